import type { AppEvent, Topic } from './bindings'

type Ear = (event: AppEvent) => void

/** Hands each event of the host to whoever listens in this window. */
export class Events {
  #ears = new Set<Ear>()

  send(event: AppEvent): void {
    for (const ear of [...this.#ears]) ear(event)
  }

  listen(ear: Ear): () => void {
    this.#ears.add(ear)
    return () => this.#ears.delete(ear)
  }

  /** Calls `act` whenever one of `topics` may be out of date. */
  onChange(topics: readonly Topic[], act: () => void): () => void {
    return this.listen((event) => {
      if (event.is === 'resync' || (event.is === 'changed' && topics.includes(event.topic))) act()
    })
  }
}
