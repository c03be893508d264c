import { SvelteMap, SvelteSet } from 'svelte/reactivity'
import type { Backend, Fault, Installation, Model } from '../backend'
import { Action } from './action.svelte'

/** What the person does to installations; one action per model, so that each card shows its own fault. */
export class Installs {
  #backend: Backend
  #actions: Record<string, Action> = $state({})
  /** How far what is being fetched has got. Apart from the list, so that a step of one model draws that model alone. */
  #steps = new SvelteMap<string, Installation>()
  /** What goes in a moment, while it can still be undone. */
  #leaving = new SvelteSet<string>()

  constructor(backend: Backend) {
    this.#backend = backend
  }

  /** Where a model stands now. */
  of(model: Model): Installation {
    const known = model.installation
    return known.is === 'fetching' ? (this.#steps.get(model.id) ?? known) : known
  }

  /** Takes news of one model; whether the list must know of it, because it is in another state than before. */
  take(id: string, installation: Installation, before: Installation | undefined): boolean {
    if (installation.is !== 'fetching') {
      this.#steps.delete(id)
      return true
    }
    this.#steps.set(id, installation)
    return before?.is !== 'fetching'
  }

  busy(id: string): boolean {
    return this.#actions[id]?.busy ?? false
  }

  fault(id: string): Fault | null {
    return this.#actions[id]?.fault ?? null
  }

  /** It is about to go from this computer, unless that is undone. */
  leaving(id: string): boolean {
    return this.#leaving.has(id)
  }

  hold(id: string): void {
    this.#leaving.add(id)
  }

  letGo(id: string): void {
    this.#leaving.delete(id)
  }

  /** Also resumes, and tries again after a failure. */
  install(id: string, acceptedLicence: string | null = null): Promise<boolean> {
    return this.#act(id, () => this.#backend.call('install_model', { id, accepted_licence: acceptedLicence }))
  }

  pause(id: string): Promise<boolean> {
    return this.#act(id, () => this.#backend.call('pause_install', { id }))
  }

  cancel(id: string): Promise<boolean> {
    return this.#act(id, () => this.#backend.call('cancel_install', { id }))
  }

  remove(id: string): Promise<boolean> {
    return this.#act(id, () => this.#backend.call('remove_model', { id }))
  }

  #act(id: string, act: () => Promise<unknown>): Promise<boolean> {
    this.#actions[id] ??= new Action()
    return this.#actions[id].run(act)
  }
}
