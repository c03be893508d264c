import type { Backend, LogRow } from '../../lib/backend'
import { longDay, sameDay } from '../../lib/format/time'
import { Action } from '../../lib/state/action.svelte'
import { useApp, useQuery } from '../../lib/state/context.svelte'
import type { Query } from '../../lib/state/query.svelte'

/** Rows per page; the newest page is read again whenever something is recorded. */
const PAGE = 100

export type Day = { name: string; today: boolean; rows: LogRow[] }

/** Newest first, without a row twice: the new page, then the rows below it that were read before. */
export function joined(page: readonly LogRow[], known: readonly LogRow[]): LogRow[] {
  const last = page.at(-1)
  return last === undefined ? [...page] : [...page, ...known.filter((row) => row.seq < last.seq)]
}

/** The rows by the days of the person's calendar. */
export function byDay(rows: readonly LogRow[], now: string): Day[] {
  const days: Day[] = []
  for (const row of rows) {
    const day = days.at(-1)
    if (day?.rows[0] !== undefined && sameDay(day.rows[0].at, row.at)) day.rows.push(row)
    else days.push({ name: longDay(row.at), today: sameDay(row.at, now), rows: [row] })
  }
  return days
}

class Log {
  readonly older = new Action()
  /** There are rows before the oldest that is shown: they count from 1. */
  readonly more = $derived.by(() => (this.query.value?.at(-1)?.seq ?? 1) > 1)

  constructor(
    readonly query: Query<LogRow[]>,
    readonly backend: Backend,
    readonly now: () => number,
  ) {}

  days(rows: readonly LogRow[]): Day[] {
    return byDay(rows, new Date(this.now()).toISOString())
  }

  readOlder(): Promise<boolean> {
    return this.older.run(async () => {
      const before = this.query.value?.at(-1)?.seq ?? null
      const page = await this.backend.call('read_log', { before, limit: PAGE })
      this.query.patch((rows) => [...rows, ...page.filter((row) => before === null || row.seq < before)])
    })
  }
}

export function useLog(): Log {
  const app = useApp()
  const query: Query<LogRow[]> = useQuery(['log'], async (backend) => {
    const page = await backend.call('read_log', { before: null, limit: PAGE })
    return joined(page, query.value ?? [])
  })
  return new Log(query, app.backend, () => app.clock.now)
}
