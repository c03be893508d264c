import type { CommandName } from '../src/lib/backend'
import { FakeBackend } from './fake'
import * as sample from './sample'

/** What a screen may be in, from what the host answers when it is read. */
export const STATES = ['waiting', 'empty', 'fault', 'content'] as const
export type State = (typeof STATES)[number]

/** What is read for the whole window; without it there is no screen to be in a state. */
const FRAME: readonly string[] = ['get_status', 'get_settings']
const READS = /^(get|list|read)_/

/** A host that answers every reading of a screen in one way. New commands are in it by themselves. */
export function hostIn(state: State): FakeBackend {
  const backend = new FakeBackend()
  const handlers = backend.handlers as Record<string, (request: never) => unknown>
  for (const name of Object.keys(handlers) as CommandName[]) {
    if (!READS.test(name) || FRAME.includes(name)) continue
    const whole = handlers[name]
    if (state === 'waiting') handlers[name] = () => new Promise<never>(() => undefined)
    if (state === 'fault') handlers[name] = () => Promise.reject(sample.fault('store.io'))
    if (state === 'empty') handlers[name] = (request) => emptied(whole?.(request))
  }
  return backend
}

/** The same, with nothing in any of its lists. */
function emptied(value: unknown): unknown {
  if (Array.isArray(value)) return []
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, emptied(inner)]))
}
