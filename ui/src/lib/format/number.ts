import { perLocale } from './locale'

const whole = perLocale((locale) => new Intl.NumberFormat(locale, { maximumFractionDigits: 0 }))
const short = perLocale((locale) => new Intl.NumberFormat(locale, { maximumSignificantDigits: 2 }))
// Models are called 7B in all of English; British newspapers would write 7bn.
const compact = perLocale(
  (locale) => new Intl.NumberFormat(locale.startsWith('en') ? 'en-US' : locale, { notation: 'compact' }),
)
const languageNames = perLocale(
  (locale) => new Intl.DisplayNames([locale], { type: 'language', fallback: 'code' }),
)

/** 1284 → `1,284`. */
export function count(value: number): string {
  return whole().format(value)
}

/** Tokens per second: `62`, `4.2`; two digits below ten, because there the half matters. */
export function speed(tokensPerSecond: number): string {
  return tokensPerSecond < 10 ? short().format(tokensPerSecond) : whole().format(tokensPerSecond)
}

/** Number of parameters: `135 M`, `7.6 B`; in German `135 Mio.`, `7,6 Mrd.` */
export function parameters(value: number): string {
  if (value >= 1e9) return `${short().format(value / 1e9)} ${scale(1e9)}`
  if (value >= 1e6) return `${whole().format(value / 1e6)} ${scale(1e6)}`
  return whole().format(value)
}

/** What the language calls a million or a billion, shortened. */
function scale(of: number): string {
  return (
    compact()
      .formatToParts(of)
      .find((part) => part.type === 'compact')?.value ?? ''
  )
}

/** Part of a whole in percent, rounded down: 100 only when all is there. */
export function percent(done: number, total: number): number {
  if (!(total > 0)) return 0
  return Math.max(0, Math.min(100, Math.floor((done / total) * 100)))
}

/** `de` → `German`; an unknown tag is shown as it is. */
export function language(tag: string): string {
  try {
    return languageNames().of(tag) ?? tag
  } catch {
    return tag
  }
}
