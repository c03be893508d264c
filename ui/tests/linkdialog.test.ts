import { screen, within } from '@testing-library/svelte'
import { describe, expect, it, vi } from 'vitest'
import { text } from '../src/text'
import { FakeBackend } from './fake'
import { open } from './render'
import * as sample from './sample'

async function pressed(target: string, backend = new FakeBackend()) {
  const [question, answer] = sample.conversation.messages
  const messages = [question!, { ...answer!, text: `More is in the [guide](${target}).` }]
  backend.handlers.get_conversation = () => ({ ...sample.conversation, messages })
  const view = open('#/chat', backend)
  await view.user.click(await screen.findByRole('button', { name: /Summarise the onboarding guide \d/ }))
  await view.user.click(await screen.findByRole('link', { name: 'guide' }))
  return { ...view, dialog: await screen.findByRole('dialog') }
}

describe('before a link opens', () => {
  it('it is shown where it leads, and only then the host is asked', async () => {
    const { user, backend, dialog } = await pressed('https://intranet.nordwind.example/guide?a=b')
    expect(within(dialog).getByText('intranet.nordwind.example')).toBeTruthy()
    expect(within(dialog).getByText('https://intranet.nordwind.example/guide?a=b')).toBeTruthy()
    expect(backend.asked('open_link')).toEqual([])
    await user.click(within(dialog).getByRole('button', { name: text.chat.linkYes }))
    expect(backend.asked('open_link')).toEqual([{ url: 'https://intranet.nordwind.example/guide?a=b' }])
    await vi.waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
  })

  it('the harmless way out asks nobody', async () => {
    const { user, backend, dialog } = await pressed('https://example.org/')
    await user.click(within(dialog).getByRole('button', { name: text.app.cancel }))
    expect(backend.asked('open_link')).toEqual([])
    expect(screen.queryByRole('dialog')).toBeNull()
  })

  it('a name that only looks like another is shown as the network knows it', async () => {
    const { dialog } = await pressed('https://nоrdwind.example/')
    expect(within(dialog).getByText('xn--nrdwind-9ig.example')).toBeTruthy()
    expect(within(dialog).getByText(text.chat.linkLookalike)).toBeTruthy()
  })

  it('what the host refuses is said', async () => {
    const backend = new FakeBackend({ open_link: () => Promise.reject(sample.fault('os.link_refused')) })
    const { user, dialog } = await pressed('https://a@b.example/', backend)
    await user.click(within(dialog).getByRole('button', { name: text.chat.linkYes }))
    expect((await within(dialog).findByRole('alert')).textContent).toContain(text.faults['os.link_refused'])
  })

  it('an address is for the mail program', async () => {
    const { dialog } = await pressed('mailto:ada@example.org')
    expect(within(dialog).getByText('ada@example.org')).toBeTruthy()
    expect(within(dialog).getByRole('button', { name: text.chat.linkMailYes })).toBeTruthy()
  })
})
