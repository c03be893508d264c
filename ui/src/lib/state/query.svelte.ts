import { toFault, windowFault, type Fault } from '../backend'

/** Longest wait for something that is only read. The host itself waits up to 15 seconds for its keyring. */
export const READ_LIMIT_MS = 20_000

/** The promise, or `window.timed_out` when it takes longer than `limitMs`: waiting has an end. */
export function within<T>(promise: Promise<T>, limitMs: number): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const timer = setTimeout(() => reject(windowFault('window.timed_out')), limitMs)
    promise.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

export type QueryState<T> = { is: 'waiting' } | { is: 'failed'; fault: Fault } | { is: 'ready'; value: T }

/**
 * Something read from the host that may go out of date. What was read last stays on the screen while it is read again, and
 * also when that fails: then `lost` says why.
 */
export class Query<T> {
  state: QueryState<T> = $state.raw({ is: 'waiting' })
  /** Why the value on the screen could not be renewed. */
  lost: Fault | null = $state.raw(null)

  #read: () => Promise<T>
  #limitMs: number
  #running: Promise<void> | null = null
  #again = false

  constructor(read: () => Promise<T>, limitMs = READ_LIMIT_MS) {
    this.#read = read
    this.#limitMs = limitMs
  }

  get value(): T | null {
    return this.state.is === 'ready' ? this.state.value : null
  }

  /** Reads again. Many calls while one read is under way become one more read. */
  refresh(): Promise<void> {
    if (this.#running !== null) {
      this.#again = true
      return this.#running
    }
    this.#running = this.#work().finally(() => (this.#running = null))
    return this.#running
  }

  /** After a fault: wait visibly, then read. */
  retry(): Promise<void> {
    if (this.state.is === 'failed') this.state = { is: 'waiting' }
    return this.refresh()
  }

  /** Changes what is shown without asking, e.g. from an event that carries the news. */
  patch(change: (value: T) => T): void {
    if (this.state.is === 'ready') this.state = { is: 'ready', value: change(this.state.value) }
  }

  async #work(): Promise<void> {
    do {
      this.#again = false
      try {
        const value = await within(this.#read(), this.#limitMs)
        this.state = { is: 'ready', value }
        this.lost = null
      } catch (reason) {
        const fault = toFault(reason)
        if (this.state.is === 'ready') this.lost = fault
        else this.state = { is: 'failed', fault }
      }
    } while (this.#again)
  }
}
