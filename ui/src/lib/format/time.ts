import { perLocale } from './locale'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const relative = perLocale((locale) => new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }))
const seconds = perLocale(
  (locale) => new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 }),
)
const dates = (options: Intl.DateTimeFormatOptions) =>
  perLocale((locale) => new Intl.DateTimeFormat(locale, options))
const clock = dates({ hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' })
const hourMinute = dates({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
const dayMonth = dates({ day: 'numeric', month: 'short' })
const fullDay = dates({ day: 'numeric', month: 'long', year: 'numeric' })
const exactly = dates({ dateStyle: 'full', timeStyle: 'medium' })

/** Milliseconds since 1970; `null` for a text that is no time. */
export function parseTime(rfc3339: string): number | null {
  const at = Date.parse(rfc3339)
  return Number.isNaN(at) ? null : at
}

function shown(rfc3339: string, format: () => Intl.DateTimeFormat): string {
  const at = parseTime(rfc3339)
  return at === null ? '–' : format().format(at)
}

/** `09:41:07` */
export const clockTime = (at: string): string => shown(at, clock)
/** `12 May` */
export const shortDay = (at: string): string => shown(at, dayMonth)
/** `12 May 2026` */
export const longDay = (at: string): string => shown(at, fullDay)
/** With everything, for hovering. */
export const exactTime = (at: string): string => shown(at, exactly)

/** `3 minutes ago`, `in 2 hours`, `yesterday`. */
export function timeAgo(rfc3339: string, now: number): string {
  const at = parseTime(rfc3339)
  if (at === null) return '–'
  // The window's clock ticks more slowly than things happen: what seems to come in a moment has just been.
  const past = at > now && at - now < MINUTE ? 0 : at - now
  const size = Math.abs(past)
  if (size < MINUTE) return relative().format(Math.round(past / SECOND), 'second')
  if (size < HOUR) return relative().format(Math.round(past / MINUTE), 'minute')
  if (size < DAY) return relative().format(Math.round(past / HOUR), 'hour')
  if (size < 30 * DAY) return relative().format(Math.round(past / DAY), 'day')
  return longDay(rfc3339)
}

/** When something happens: `09:00` today, `25 Nov, 09:00` on another day. */
export function moment(rfc3339: string, now: number): string {
  const at = parseTime(rfc3339)
  if (at === null) return '–'
  const sameDay = new Date(at).toDateString() === new Date(now).toDateString()
  return sameDay ? hourMinute().format(at) : `${dayMonth().format(at)}, ${hourMinute().format(at)}`
}

/** A duration, rounded to what a person would say: `84 ms`, `1.2 s`, `48 s`, `3 min`, `2 h 5 min`. */
export function duration(ms: number): string {
  if (!Number.isFinite(ms) || ms < 0) return '–'
  if (ms < 950) return `${Math.round(ms)} ms`
  if (ms < 9_950) return `${seconds().format(ms / SECOND)} s`
  if (ms < 59_500) return `${Math.round(ms / SECOND)} s`
  if (ms < 59.5 * MINUTE) return `${Math.round(ms / MINUTE)} min`
  const minutes = Math.round(ms / MINUTE)
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

/** Same calendar day on the person's clock; decides where the log begins a new day. */
export function sameDay(a: string, b: string): boolean {
  const [first, second] = [parseTime(a), parseTime(b)]
  return (
    first !== null && second !== null && new Date(first).toDateString() === new Date(second).toDateString()
  )
}
