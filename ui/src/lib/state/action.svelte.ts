import { toFault, type Fault } from '../backend'
import { within } from './query.svelte'

/** Something the person started: busy until it ends, and what went wrong stays until the next try. */
export class Action {
  busy = $state(false)
  fault: Fault | null = $state.raw(null)

  /** Whether it worked. A second press while it is busy does nothing. */
  async run(act: () => Promise<unknown>, limitMs = 30_000): Promise<boolean> {
    if (this.busy) return false
    this.busy = true
    this.fault = null
    try {
      await within(act(), limitMs)
      return true
    } catch (reason) {
      this.fault = toFault(reason)
      return false
    } finally {
      this.busy = false
    }
  }
}
