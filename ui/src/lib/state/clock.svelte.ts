/** The time that texts such as “3 minutes ago” count from. */
export class WindowClock {
  now = $state(Date.now())

  /** Ticks until the returned function is called. */
  start(everyMs = 10_000): () => void {
    const timer = setInterval(() => (this.now = Date.now()), everyMs)
    return () => clearInterval(timer)
  }
}
