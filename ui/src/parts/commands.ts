import type { ConversationLine } from '../lib/backend'
import { moment } from '../lib/format/time'
import { pauseEnds } from '../lib/pause'
import { waysTo, type Stroke } from '../lib/shortcuts'
import type { AppContext } from '../lib/state/context.svelte'
import type { IconName } from '../shared/Icon.svelte'
import { text } from '../text'
import { screens } from './screens'

/** Something that the palette offers. */
export type Command = {
  id: string
  kind: 'screen' | 'action' | 'model' | 'conversation'
  icon: IconName
  name: string
  /** Said beside the name: the publisher of a model. */
  beside?: string
  ways?: readonly (readonly Stroke[])[]
  act: () => void
}

const SYNC_LIMIT_MS = 120_000

/** All that can be gone to or done from anywhere, in the order in which it stands when nothing was typed. */
export function commands(app: AppContext, conversations: readonly ConversationLine[]): Command[] {
  return [...goes(app), ...actions(app), ...chats(app, conversations), ...models(app)]
}

function goes(app: AppContext): Command[] {
  return screens().map((screen) => ({
    id: `screen ${screen.act}`,
    kind: 'screen',
    icon: screen.icon,
    name: screen.name,
    ways: waysTo(screen.act),
    act: () => app.navigation.go(screen.place),
  }))
}

/** A new conversation, with the cursor where it is written. */
export function newChat(app: AppContext): void {
  app.chat.begin()
  app.navigation.go({ screen: 'chat', model: null })
  // After the heading of the new screen took the focus.
  setTimeout(() => document.querySelector<HTMLElement>('main textarea')?.focus())
}

function actions(app: AppContext): Command[] {
  const { backend, toasts } = app
  const words = text.actions
  const action = (id: string, icon: IconName, name: string, act: () => void): Command => ({
    id,
    kind: 'action',
    icon,
    name,
    act,
  })
  const running = (app.status.value?.runs ?? []).filter((run) => run.state !== 'ended')
  return [
    { ...action('new', 'plus', words.newChat, () => newChat(app)), ways: waysTo('new_chat') },
    action('sync', 'tick', words.sync, () => {
      void toasts.attempt(words.sync, () => backend.call('sync_catalogue'), words.synced, SYNC_LIMIT_MS)
    }),
    action('look', 'search', words.look, () => {
      void toasts.attempt(words.look, () => backend.call('scan_now'), words.looked, SYNC_LIMIT_MS)
    }),
    pause(app, action),
    ...running.map((run) =>
      action(`stop ${run.id}`, 'pulse', words.stop(run.name), () => {
        const act = () => backend.call('stop_run', { id: run.id })
        void toasts.attempt(words.stop(run.name), act, words.stopped(run.name))
      }),
    ),
    ...appearances(app, action),
    { ...action('keys', 'list', words.keys, () => (app.keyboard.open = 'keys')), ways: waysTo('keys') },
  ]
}

type Make = (id: string, icon: IconName, name: string, act: () => void) => Command

function pause(app: AppContext, action: Make): Command {
  const { backend, toasts } = app
  const words = text.actions
  if (app.status.value?.paused_until) {
    return action('resume', 'screen', words.resume, () => {
      void toasts.attempt(words.resume, () => backend.call('pause_nudges', { until: null }), words.resumed)
    })
  }
  return action('pause', 'screen', words.pause, () => {
    const until = pauseEnds(app.clock.now).tomorrow
    const said = words.paused(moment(until, app.clock.now))
    void toasts.attempt(words.pause, () => backend.call('pause_nudges', { until }), said)
  })
}

/** The other appearances than the one in force; none where the organisation set it. */
function appearances(app: AppContext, action: Make): Command[] {
  const page = app.settings.value
  if (page === null || page.managed.fields.includes('appearance')) return []
  return (['light', 'dark', 'system'] as const)
    .filter((appearance) => appearance !== page.settings.appearance)
    .map((appearance) => {
      const name = text.actions.appearance[appearance]
      return action(`appearance ${appearance}`, 'dial', name, () => {
        const act = () => app.backend.call('change_settings', { appearance })
        void app.toasts.attempt(name, act, name)
      })
    })
}

function chats(app: AppContext, conversations: readonly ConversationLine[]): Command[] {
  return conversations.map((line) => ({
    id: `conversation ${line.id}`,
    kind: 'conversation',
    icon: 'bubble',
    name: line.title,
    act: () => {
      app.chat.open(line.id)
      app.navigation.go({ screen: 'chat', model: null })
    },
  }))
}

function models(app: AppContext): Command[] {
  return (app.models.value ?? []).map((model) => ({
    id: `model ${model.id}`,
    kind: 'model',
    icon: 'grid',
    name: model.name,
    beside: model.publisher,
    act: () => app.navigation.go({ screen: 'model', id: model.id }),
  }))
}
