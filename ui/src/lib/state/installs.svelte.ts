import type { Backend, Fault } from '../backend'
import { Action } from './action.svelte'

/** What the person does to installations; one action per model, so that each card shows its own fault. */
export class Installs {
  #backend: Backend
  #actions: Record<string, Action> = $state({})

  constructor(backend: Backend) {
    this.#backend = backend
  }

  busy(id: string): boolean {
    return this.#actions[id]?.busy ?? false
  }

  fault(id: string): Fault | null {
    return this.#actions[id]?.fault ?? null
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
