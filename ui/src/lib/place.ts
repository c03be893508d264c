import type { Screen } from './backend'

/** Where the window is. `Screen` of the wire, with what only the window knows. */
export type Place =
  | { screen: 'catalogue' }
  | { screen: 'model'; id: string }
  | { screen: 'chat'; model: string | null }
  | { screen: 'running' }
  | { screen: 'computer'; ask: string | null }
  | { screen: 'ledger' }
  | { screen: 'requests'; model: string | null }
  | { screen: 'settings'; section: SettingsSection }

/** The parts of the settings, in the order in which they stand there. */
export const SETTINGS_SECTIONS = [
  'general',
  'appearance',
  'models',
  'resources',
  'tools',
  'privacy',
  'catalogue',
  'about',
] as const
export type SettingsSection = (typeof SETTINGS_SECTIONS)[number]

/** The place as the hash of the address, so that links, back and forward are the web view's own. */
export function toHash(place: Place): string {
  switch (place.screen) {
    case 'model':
      return `#/model/${encodeURIComponent(place.id)}`
    case 'chat':
      return place.model === null ? '#/chat' : `#/chat/${encodeURIComponent(place.model)}`
    case 'requests':
      return place.model === null ? '#/requests' : `#/requests/${encodeURIComponent(place.model)}`
    case 'computer':
      return place.ask === null ? '#/computer' : `#/computer/${encodeURIComponent(place.ask)}`
    case 'settings':
      return place.section === 'general' ? '#/settings' : `#/settings/${place.section}`
    default:
      return `#/${place.screen}`
  }
}

/** Every hash leads somewhere: what is not understood is the catalogue. */
export function fromHash(hash: string): Place {
  const [, screen, rest] = hash.replace(/^#/, '').split('/')
  const id = decoded(rest)
  switch (screen) {
    case 'model':
      return id === null ? { screen: 'catalogue' } : { screen, id }
    case 'chat':
      return { screen, model: id }
    case 'computer':
      return { screen, ask: id }
    case 'running':
    case 'ledger':
      return { screen }
    case 'requests':
      return { screen, model: id }
    case 'settings':
      return { screen, section: SETTINGS_SECTIONS.find((section) => section === id) ?? 'general' }
    default:
      return { screen: 'catalogue' }
  }
}

export function fromScreen(screen: Screen): Place {
  if (screen.screen === 'settings') return { screen: 'settings', section: 'general' }
  return screen.screen === 'requests' ? { screen: 'requests', model: null } : screen
}

function decoded(part: string | undefined): string | null {
  if (part === undefined || part === '') return null
  try {
    return decodeURIComponent(part)
  } catch {
    return null
  }
}
