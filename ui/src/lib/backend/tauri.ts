import { Channel, invoke } from '@tauri-apps/api/core'
import { listen } from '@tauri-apps/api/event'
import type { Backend } from '.'
import type { AppEvent, ChatEvent } from './bindings'
import { toFault } from './fault'

const APP_EVENT = 'app-event'

async function asked<T>(name: string, args: Record<string, unknown>): Promise<T> {
  try {
    return await invoke<T>(name, args)
  } catch (reason) {
    throw toFault(reason)
  }
}

/** The host at the other end of Tauri's IPC. */
export const tauri: Backend = {
  call: (name, ...request) => asked(name, request.length === 0 ? {} : { request: request[0] }),
  send: async (request, onStep) => {
    const events = new Channel<ChatEvent>()
    events.onmessage = onStep
    await asked('send_message', { request, events })
  },
  listen: (onEvent) => listen<AppEvent>(APP_EVENT, ({ payload }) => onEvent(payload)),
}
