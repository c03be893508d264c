import type { Fault, SettingsChange } from '../backend'
import { Action } from './action.svelte'
import type { AppContext } from './context.svelte'

/** One control of the settings: what is chosen is in force at once, or says why not. */
export class Setting {
  #app: AppContext
  #action = new Action()

  constructor(app: AppContext) {
    this.#app = app
  }

  get busy(): boolean {
    return this.#action.busy
  }

  get fault(): Fault | null {
    return this.#action.fault
  }

  change(change: SettingsChange): Promise<boolean> {
    return this.#action.run(async () => {
      const page = await this.#app.backend.call('change_settings', change)
      this.#app.settings.patch(() => page)
    })
  }
}
