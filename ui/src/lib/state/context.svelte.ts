import { createContext, onDestroy } from 'svelte'
import type { AppEvent, Backend, Installation, Model, SettingsPage, Status, Topic } from '../backend'
import { Events } from '../backend/events'
import { fromScreen } from '../place'
import { Chat } from './chat.svelte'
import { WindowClock } from './clock.svelte'
import { Installs } from './installs.svelte'
import { Keyboard } from './keyboard.svelte'
import { Navigation } from './navigation.svelte'
import { Query } from './query.svelte'
import { Toasts } from './toasts.svelte'

/** What every screen gets handed. Made once per window, in `App.svelte`. */
export class AppContext {
  readonly events = new Events()
  readonly clock = new WindowClock()
  readonly navigation = new Navigation()
  readonly status: Query<Status>
  readonly models: Query<Model[]>
  readonly settings: Query<SettingsPage>
  readonly installs: Installs
  readonly chat: Chat
  readonly toasts = new Toasts()
  /** The first steps are shown: the person asked for them, or has not been through them. */
  firstStart = $state(false)
  readonly keyboard = new Keyboard()
  /** The host is ending: what is on the screen is the last that was known. */
  closing = $state(false)

  /** Too old a catalogue: what is installed runs, nothing new is fetched. */
  get outOfDate(): boolean {
    const state = this.status.value?.catalogue.state
    return state === 'stale' || state === 'expired'
  }

  constructor(readonly backend: Backend) {
    this.status = new Query(() => backend.call('get_status'))
    this.models = new Query(() => backend.call('list_models'))
    this.settings = new Query(() => backend.call('get_settings'))
    this.installs = new Installs(backend)
    this.chat = new Chat(backend)
  }

  /** Listens and reads; the returned function ends it. */
  start(): () => void {
    const ends = [
      this.clock.start(),
      this.navigation.start(),
      this.toasts.start(),
      this.events.onChange(['status', 'nudges', 'runs'], () => void this.status.refresh()),
      this.events.onChange(['models'], () => void this.models.refresh()),
      this.events.onChange(['settings'], () => void this.settings.refresh()),
      this.events.onChange(['conversations'], () => this.chat.refresh()),
      this.events.listen((event) => this.#take(event)),
    ]
    const listening = this.backend.listen((event) => this.events.send(event))
    // Listening first: what changes while the first reading is under way must not be missed.
    void listening
      .catch(() => undefined)
      .then(() => Promise.all([this.status.refresh(), this.models.refresh(), this.settings.refresh()]))
    void this.#begin()
    return () => {
      for (const end of ends) end()
      listening.then(
        (stop) => stop(),
        () => undefined,
      )
    }
  }

  async #begin(): Promise<void> {
    try {
      const screen = await this.backend.call('initial_screen')
      if (screen !== null) this.navigation.replace(fromScreen(screen))
    } catch {
      // The catalogue is a good beginning, too; what is really wrong shows up in the status.
    }
  }

  /** What could still be undone is done; then the window may go. Where that cannot be said, the shell waits no longer than it must. */
  async #leave(): Promise<void> {
    await this.toasts.settle()
    await this.backend.call('leave_window').catch(() => undefined)
  }

  /** A step of a download comes several times a second: the list is made anew only when a model comes into another state. */
  #progress(id: string, installation: Installation): void {
    const at = this.models.value?.findIndex((model) => model.id === id) ?? -1
    if (!this.installs.take(id, installation, this.models.value?.[at]?.installation)) return
    this.models.patch((models) =>
      models.map((model, each) => (each === at ? { ...model, installation } : model)),
    )
  }

  #take(event: AppEvent): void {
    if (event.is === 'show' && event.target !== null) this.navigation.go(fromScreen(event.target))
    if (event.is === 'closing') this.closing = true
    if (event.is === 'leaving') void this.#leave()
    if (event.is === 'resync') this.closing = false
    if (event.is === 'progress') {
      this.#progress(event.model, event.installation)
    }
  }
}

export const [useApp, provideApp] = createContext<AppContext>()

/** A query of one screen: read when the screen opens, again when a topic changes, forgotten with the screen. */
export function useQuery<T>(topics: readonly Topic[], read: (backend: Backend) => Promise<T>): Query<T> {
  const app = useApp()
  const query = new Query(() => read(app.backend))
  onDestroy(app.events.onChange(topics, () => void query.refresh()))
  void query.refresh()
  return query
}
