/** What a language looks like where the system names no region for it. */
const REGIONS: Readonly<Record<string, string>> = { en: 'en-GB', de: 'de-DE' }

/**
 * The system's own flavour of a language that the window speaks, as `Intl` accepts it. Under `LANG=C.UTF-8` WebKit reports the
 * language `C`, and `Intl` throws on it. A system in another language gets a usual region: no half-translated dates.
 */
export function localeOf(language: string, reported: readonly string[]): string {
  const fallback = REGIONS[language] ?? 'en-GB'
  const own = reported.find((tag) => tag.toLowerCase().split(/[-_]/)[0] === language)
  try {
    return own === undefined ? fallback : (Intl.getCanonicalLocales(own)[0] ?? fallback)
  } catch {
    return fallback
  }
}

/** Dates and numbers are written as here. A live binding: it follows the language in use. */
export let locale = 'en-GB'

export function useLocale(language: string, reported: readonly string[]): void {
  locale = localeOf(language, reported)
}

/** A formatter that is made once per locale: they are dear to make and asked for at every row. */
export function perLocale<T>(make: (locale: string) => T): () => T {
  let madeFor = ''
  let made: T | undefined
  return () => {
    if (made === undefined || madeFor !== locale) {
      made = make(locale)
      madeFor = locale
    }
    return made
  }
}
