import { onDestroy, untrack } from 'svelte'
import type { Backend, LogFilter, LogRow } from '../../lib/backend'
import { longDay, sameDay } from '../../lib/format/time'
import { Action } from '../../lib/state/action.svelte'
import { useApp } from '../../lib/state/context.svelte'
import { Query } from '../../lib/state/query.svelte'

/** Rows per page; the newest page is read again whenever something is recorded. */
const PAGE = 200

/** Rows that were read so far for one filter, newest first, and where the host goes on. */
export type Shown = { filter: LogFilter | null; rows: readonly LogRow[]; next: number | null }

/** The page that was just read, joined with what was read before: no row is lost and none stands twice. */
export function joined(page: Shown, known: Shown | null): Shown {
  const newest = known?.rows[0]
  if (known === null || newest === undefined || page.next === null) return page
  const from = page.next
  // More came than one page holds: between it and what is known there may be rows that nobody has read.
  if (newest.seq < from - 1) return page
  const below = known.rows.filter((row) => row.seq < from)
  return { filter: page.filter, rows: [...page.rows, ...below], next: known.next }
}

export type Line =
  | { is: 'day'; key: string; name: string }
  | { is: 'row'; key: string; row: LogRow }
  | { is: 'older'; key: string }
  | { is: 'end'; key: string }

/**
 * What the list shows: the rows below the days of the person's calendar, and its end. Older rows are added to what was made of
 * the newer ones: to begin anew with every page would be felt after some ten thousand.
 */
export class Lines {
  #rows: readonly LogRow[] = []
  #lines: Line[] = []
  #day: string | null = null

  of(shown: Shown): Line[] {
    const known = this.#rows.length
    const goesOn =
      known > 0 && this.#rows[0] === shown.rows[0] && this.#rows[known - 1] === shown.rows[known - 1]
    if (!goesOn) {
      this.#lines = []
      this.#day = null
    }
    for (const row of goesOn ? shown.rows.slice(known) : shown.rows) this.#add(row)
    this.#rows = shown.rows
    const end: Line[] =
      shown.next !== null
        ? [{ is: 'older', key: 'older' }]
        : shown.rows.length > 0
          ? [{ is: 'end', key: 'end' }]
          : []
    return [...this.#lines, ...end]
  }

  #add(row: LogRow): void {
    // A row without a readable time stands where it was written: below the day of the one after it.
    if (row.at !== null && (this.#day === null || !sameDay(this.#day, row.at))) {
      this.#day = row.at
      this.#lines.push({ is: 'day', key: `day-${row.seq}`, name: longDay(row.at) })
    }
    this.#lines.push({ is: 'row', key: `row-${row.seq}`, row })
  }
}

/** The log as one filter shows it, read page by page. */
export class Log {
  readonly query: Query<Shown>
  readonly older = new Action()
  #filter: LogFilter | null = null
  #backend: Backend

  constructor(backend: Backend) {
    this.#backend = backend
    this.query = new Query(async () => {
      const filter = this.#filter
      const page = await this.#page(filter, null)
      // Another filter was chosen meanwhile: what came is for nobody, and it is asked again.
      if (filter !== this.#filter) return this.query.value ?? page
      const known = this.query.value
      return joined(page, known?.filter === filter ? known : null)
    })
  }

  /** From now on with this filter. What is on the screen stays until the new rows are there. */
  ask(filter: LogFilter | null): void {
    this.#filter = filter
    void this.query.retry()
  }

  async #page(filter: LogFilter | null, before: number | null): Promise<Shown> {
    const page = await this.#backend.call('read_log', { before, limit: PAGE, filter })
    return { filter, rows: page.rows, next: page.next }
  }

  readOlder(): Promise<boolean> {
    return this.older.run(async () => {
      const shown = this.query.value
      if (shown === null || shown.next === null) return
      const page = await this.#page(shown.filter, shown.next)
      this.query.patch((now) =>
        now.filter === shown.filter && now.next === shown.next
          ? { ...now, rows: [...now.rows, ...page.rows], next: page.next }
          : now,
      )
    })
  }
}

/** The log of one screen: read when it opens, again when something is recorded, forgotten with the screen. */
export function useLog(): Log {
  const app = useApp()
  const log = new Log(app.backend)
  onDestroy(app.events.onChange(['log'], () => void log.query.refresh()))
  untrack(() => void log.query.refresh())
  return log
}
