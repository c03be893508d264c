/** Where each row of a long list begins, from what was measured and an estimate for the rest. */
export type Rows = {
  /** `starts[n]` is where row `n` begins; the last one is the end of the list. In pixels. */
  readonly starts: Float64Array
}

/** How many columns of at least `least` pixels fit into `width`; `null` asks for one. */
export function columnsIn(width: number, least: number | null, gap: number): number {
  if (least === null || !(width > 0)) return 1
  return Math.max(1, Math.floor((width + gap) / (least + gap)))
}

export function rowsOf(count: number, gap: number, height: (row: number) => number): Rows {
  const starts = new Float64Array(count + 1)
  let at = 0
  for (let row = 0; row < count; row += 1) {
    starts[row] = at
    at += height(row) + gap
  }
  starts[count] = count === 0 ? 0 : at - gap
  return { starts }
}

/** The row at `y`: the last one that begins at or above it. */
export function rowAt({ starts }: Rows, y: number): number {
  let low = 0
  let high = starts.length - 2
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((starts[middle] ?? 0) <= y) low = middle
    else high = middle - 1
  }
  return Math.max(0, low)
}

/** The rows to draw for a view from `top` to `bottom`, `spare` more on each side, and `also` whatever happens: it has the focus. */
export function drawn(rows: Rows, top: number, bottom: number, spare: number, also: number | null): number[] {
  const last = rows.starts.length - 2
  if (last < 0) return []
  const from = Math.max(0, rowAt(rows, top) - spare)
  const to = Math.min(last, rowAt(rows, bottom) + spare)
  const list = Array.from({ length: to - from + 1 }, (_, n) => from + n)
  if (also === null || also > last || (also >= from && also <= to)) return list
  return also < from ? [also, ...list] : [...list, also]
}

/** The item that a key leads to from `at`; `null` for a key that leads nowhere. */
export function stepFrom(
  at: number,
  key: string,
  list: { count: number; columns: number; page: number },
): number | null {
  const steps: Record<string, number> = {
    ArrowDown: at + list.columns,
    ArrowUp: at - list.columns,
    Home: 0,
    End: list.count - 1,
    PageDown: at + list.page * list.columns,
    PageUp: at - list.page * list.columns,
  }
  // In one column they are left to what has the focus.
  if (list.columns > 1) {
    steps['ArrowRight'] = at + 1
    steps['ArrowLeft'] = at - 1
  }
  const wanted = steps[key]
  if (wanted === undefined) return null
  const bounded = key.startsWith('Page')
    ? Math.max(at % list.columns, Math.min(list.count - 1, wanted))
    : wanted
  return bounded < 0 || bounded >= list.count ? at : bounded
}
