import { speak, spoken, type Language } from '../../text'

/** What the person chose; `system` follows the languages that the system reports. */
export type ChosenLanguage = 'system' | Language

/** Languages that are written from right to left, by their first subtag. None of ours is yet; the layout is ready for it. */
const RIGHT_TO_LEFT = new Set(['ar', 'fa', 'he', 'ur'])

class InUse {
  language: Language = $state('en')
  #chosen: ChosenLanguage = 'system'

  constructor() {
    this.use('system')
    // The system's languages may change while the window is open.
    globalThis.addEventListener?.('languagechange', () => this.use(this.#chosen))
  }

  use(chosen: ChosenLanguage): void {
    this.#chosen = chosen
    const reported = navigator.languages
    const language = chosen === 'system' ? spoken(reported) : chosen
    // First the words, then the state: what is drawn anew because of the state must find the new words.
    speak(language, reported)
    document.documentElement.lang = language
    document.documentElement.dir = RIGHT_TO_LEFT.has(language) ? 'rtl' : 'ltr'
    this.language = language
  }
}

/** The language in use, for `{#key}`: what was drawn in another one is drawn anew. */
export const inUse = new InUse()

/** The window speaks this language from here on. */
export function useLanguage(chosen: ChosenLanguage): void {
  inUse.use(chosen)
}
