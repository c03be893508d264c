import type { Place } from '../lib/place'
import type { Act } from '../lib/shortcuts'
import type { IconName } from '../shared/Icon.svelte'
import { text } from '../text'

/** A screen as the menu, the palette and the keyboard know it. */
export type ScreenItem = {
  act: Act
  place: Place
  icon: IconName
  name: string
  /** A screen that belongs to this one. */
  also?: Place['screen']
}

/** Every screen, in the order of the menu and of Ctrl 1 to 9. */
export function screens(): ScreenItem[] {
  return [
    {
      act: 'catalogue',
      place: { screen: 'catalogue' },
      icon: 'grid',
      name: text.nav.catalogue,
      also: 'model',
    },
    { act: 'chat', place: { screen: 'chat', model: null }, icon: 'bubble', name: text.nav.chat },
    { act: 'running', place: { screen: 'running' }, icon: 'pulse', name: text.nav.running },
    { act: 'computer', place: { screen: 'computer', ask: null }, icon: 'screen', name: text.nav.computer },
    { act: 'ledger', place: { screen: 'ledger' }, icon: 'list', name: text.nav.ledger },
    { act: 'requests', place: { screen: 'requests', model: null }, icon: 'hand', name: text.nav.requests },
    {
      act: 'settings',
      place: { screen: 'settings', section: 'general' },
      icon: 'dial',
      name: text.nav.settings,
    },
  ]
}
