import type { AppEvent, ChatEvent, Commands, SendMessage } from './bindings'

export type CommandName = Exclude<keyof Commands, 'send_message'>

/** A command without a request takes no argument. */
export type RequestOf<K extends CommandName> = Commands[K]['request'] extends null
  ? []
  : [request: Commands[K]['request']]

export type ResultOf<K extends CommandName> = Commands[K]['result']

/**
 * What the window knows of the host. Every promise rejects with a `Fault` and nothing else.
 */
export interface Backend {
  call<K extends CommandName>(name: K, ...request: RequestOf<K>): Promise<ResultOf<K>>
  /** Resolves when the answer has ended; its steps come through `onStep`. */
  send(message: SendMessage, onStep: (step: ChatEvent) => void): Promise<void>
  /** Resolves to the function that ends listening. */
  listen(onEvent: (event: AppEvent) => void): Promise<() => void>
}

export type * from './bindings'
export { isFault, toFault, windowFault } from './fault'
