/**
 * A locale that `Intl` accepts. Under `LANG=C.UTF-8` WebKit reports the language `C`, and `Intl` throws on it.
 * The texts are English, so any other language than English also gets British forms: no half-translated dates.
 */
export function safeLocale(reported: string | undefined): string {
  const fallback = 'en-GB'
  if (reported === undefined || !/^en(-|$)/i.test(reported)) return fallback
  try {
    return Intl.getCanonicalLocales(reported)[0] ?? fallback
  } catch {
    return fallback
  }
}

export const locale = safeLocale(globalThis.navigator?.language)
