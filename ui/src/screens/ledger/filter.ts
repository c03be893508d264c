import type { LogFilter } from '../../lib/backend'

export type Group = NonNullable<LogFilter['group']>
export type Period = 'any' | 'today' | 'week' | 'month' | 'custom'

export const GROUPS: readonly Group[] = [
  'models',
  'runs',
  'computer',
  'requests',
  'catalogue',
  'data',
  'canteen',
]
export const PERIODS: readonly Period[] = ['any', 'today', 'week', 'month', 'custom']

/** What the person chose. Days are as their calendar writes them: `2026-11-24`. */
export type Chosen = {
  words: string
  group: Group | null
  model: string | null
  period: Period
  from: string
  to: string
}

export const ANYTHING: Chosen = { words: '', group: null, model: null, period: 'any', from: '', to: '' }

export function isAnything(chosen: Chosen): boolean {
  return asked(chosen, 0, () => []) === null
}

/** What the host is asked for; `null` for everything. Words are those of the window's language, so it says which kinds they name. */
export function asked(chosen: Chosen, now: number, kindsNamed: (word: string) => string[]): LogFilter | null {
  const words = chosen.words
    .split(/\s+/)
    .filter((word) => word !== '')
    .map((word) => ({ text: word, kinds: kindsNamed(word) }))
  const [since, until] = span(chosen, now)
  const { group, model } = chosen
  if (words.length === 0 && group === null && model === null && since === null && until === null) return null
  return { group, kind: null, model, since, until, words }
}

/** From the first moment of a day on, up to the first moment of another: days of the person's calendar, not 24 hours. */
function span({ period, from, to }: Chosen, now: number): [string | null, string | null] {
  const daysAgo = (days: number) => {
    const today = new Date(now)
    return new Date(today.getFullYear(), today.getMonth(), today.getDate() - days).toISOString()
  }
  switch (period) {
    case 'any':
      return [null, null]
    case 'today':
      return [daysAgo(0), null]
    case 'week':
      return [daysAgo(6), null]
    case 'month':
      return [daysAgo(29), null]
    case 'custom':
      return [beginOf(from, 0), beginOf(to, 1)]
  }
}

function beginOf(day: string, later: number): string | null {
  const [, year, month, date] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day) ?? []
  if (year === undefined) return null
  const begin = new Date(Number(year), Number(month) - 1, Number(date) + later)
  return Number.isNaN(begin.getTime()) ? null : begin.toISOString()
}
