import { toFault, type Fault } from '../backend'
import { within } from './query.svelte'

/** How long a toast stays: long enough to read twice, longer where there is something to decide. */
export const STAYS_MS = 5_000
export const STAYS_WITH_UNDO_MS = 10_000
/** More than these at once are read by nobody: the oldest goes. */
export const MOST = 3

export type ToastSpec = {
  /** What the person just did: `Conversation deleted`. */
  text: string
  /** Takes it back. Offered while the toast is there. */
  undo?: (() => unknown) | undefined
  /**
   * What was held back so that it could be undone. Done once, when the toast goes without having been undone, and in any case
   * when the window is left. Where it fails, `undo` puts back what was on the screen and the fault is told.
   */
  done?: (() => unknown) | undefined
}

export type Toast = {
  readonly id: number
  readonly text: string
  readonly undoable: boolean
  readonly fault: Fault | null
}

/** What the window says about what the person did. Nothing else speaks here: news of the host have their places. */
export class Toasts {
  list: readonly Toast[] = $state.raw([])

  // Nothing is drawn from these.
  /* eslint-disable svelte/prefer-svelte-reactivity */
  #specs = new Map<number, ToastSpec>()
  #timers = new Map<number, ReturnType<typeof setTimeout>>()
  /** What was held back and is being done. */
  #doing = new Set<Promise<void>>()
  /* eslint-enable svelte/prefer-svelte-reactivity */
  #held = false
  #last = 0

  add(spec: ToastSpec): number {
    const id = (this.#last += 1)
    this.#specs.set(id, spec)
    this.#show({ id, text: spec.text, undoable: spec.undo !== undefined, fault: null })
    return id
  }

  /**
   * Does what the person asked for from somewhere that has no place for the result, and says how it went. `name` is what they
   * pressed.
   */
  async attempt(name: string, act: () => unknown, done: string, limitMs = 30_000): Promise<void> {
    const reason = await this.#attempt(act, limitMs)
    if (reason === null) this.add({ text: done })
    else this.#fail(name, reason.why)
  }

  /** Says that what a toast promised did not work. Stays until it is closed. */
  #fail(text: string, reason: unknown): void {
    this.#show({ id: (this.#last += 1), text, undoable: false, fault: toFault(reason) })
  }

  #show(toast: Toast): void {
    this.list = [...this.list, toast]
    for (const old of this.list.slice(0, -MOST)) void this.dismiss(old.id)
    this.#count(toast)
  }

  /** Takes it away; what was held back is done now. Settles when that is done, or has failed and been told. */
  async dismiss(id: number): Promise<void> {
    const spec = this.#forget(id)
    if (spec?.done === undefined) return
    const doing = this.#do(spec, spec.done)
    this.#doing.add(doing)
    await doing
    this.#doing.delete(doing)
  }

  async #do({ text, undo }: ToastSpec, done: () => unknown): Promise<void> {
    const reason = await this.#attempt(done)
    if (reason === null) return
    this.#fail(text, reason.why)
    if (undo !== undefined) await this.#attempt(undo)
  }

  async undo(id: number): Promise<void> {
    const spec = this.#forget(id)
    if (spec?.undo === undefined) return
    const reason = await this.#attempt(spec.undo)
    if (reason !== null) this.#fail(spec.text, reason.why)
  }

  /** Whether there was something to take back. */
  undoLast(): boolean {
    const last = this.list.findLast((toast) => toast.undoable)
    if (last === undefined) return false
    void this.undo(last.id)
    return true
  }

  /** Nothing goes while it is looked at: a pointer rests on it, or the focus is in it. */
  hold(): void {
    this.#held = true
    for (const timer of this.#timers.values()) clearTimeout(timer)
    this.#timers.clear()
  }

  release(): void {
    this.#held = false
    for (const toast of this.list) this.#count(toast)
  }

  /** The window is being left: everything that was held back is done now. Settles when it is. */
  async settle(): Promise<void> {
    for (const toast of this.list) void this.dismiss(toast.id)
    await Promise.all(this.#doing)
  }

  /** Settles when the window is left, until the returned function is called. */
  start(): () => void {
    const leave = () => void this.settle()
    const hide = () => {
      if (document.visibilityState === 'hidden') void this.settle()
    }
    window.addEventListener('pagehide', leave)
    document.addEventListener('visibilitychange', hide)
    return () => {
      window.removeEventListener('pagehide', leave)
      document.removeEventListener('visibilitychange', hide)
      void this.settle()
    }
  }

  async #attempt(act: () => unknown, limitMs = 30_000): Promise<{ why: unknown } | null> {
    try {
      await within(Promise.resolve(act()), limitMs)
      return null
    } catch (why) {
      return { why }
    }
  }

  #forget(id: number): ToastSpec | undefined {
    const spec = this.#specs.get(id)
    this.#specs.delete(id)
    clearTimeout(this.#timers.get(id))
    this.#timers.delete(id)
    this.list = this.list.filter((toast) => toast.id !== id)
    return spec
  }

  #count(toast: Toast): void {
    // What went wrong waits for the person.
    if (this.#held || toast.fault !== null || this.#timers.has(toast.id)) return
    const stays = toast.undoable ? STAYS_WITH_UNDO_MS : STAYS_MS
    this.#timers.set(
      toast.id,
      setTimeout(() => void this.dismiss(toast.id), stays),
    )
  }
}
