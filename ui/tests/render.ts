import { render } from '@testing-library/svelte'
import userEvent from '@testing-library/user-event'
import App from '../src/App.svelte'
import { FakeBackend } from './fake'

/** The whole window over `backend`, at `hash`. */
export function open(hash: string, backend = new FakeBackend()) {
  location.hash = hash
  const view = render(App, { backend })
  return { ...view, backend, user: userEvent.setup() }
}
