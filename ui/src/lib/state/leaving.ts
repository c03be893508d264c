import type { Backend, Model } from '../backend'
import type { Installs } from './installs.svelte'
import type { Toasts } from './toasts.svelte'

/** What taking a model away needs; the app has it all. */
type Parts = { backend: Backend; installs: Installs; toasts: Toasts }

/**
 * Takes a file away with a way back: nothing is deleted before the toast has gone. What was fetched so far rests meanwhile and goes
 * on when that is undone. Where the window is left first, the toast settles it.
 */
export async function takeAway(
  { backend, installs, toasts }: Parts,
  model: Model,
  said: string,
): Promise<void> {
  const id = model.id
  const stage = installs.of(model).is
  const fetching = stage === 'fetching' || stage === 'verifying'
  if (fetching && !(await installs.pause(id))) return
  installs.hold(id)
  toasts.add({
    text: said,
    undo: async () => {
      installs.letGo(id)
      if (fetching) await backend.call('install_model', { id, accepted_licence: null })
    },
    done: async () => {
      try {
        if (REMOVED.has(stage)) await backend.call('remove_model', { id })
        else await backend.call('cancel_install', { id })
      } finally {
        installs.letGo(id)
      }
    },
  })
}

const REMOVED: ReadonlySet<string> = new Set(['installed', 'update_available', 'withdrawn', 'not_for_group'])
