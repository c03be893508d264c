/** One measured moment; `null` where nothing could be measured. */
export type Point = { at: number; value: number | null }

/** The drawing is stretched to its place: its own measures only have to be fine enough. */
export const WIDTH = 600
export const HEIGHT = 100

/** Two samples further apart than this are not joined: the computer slept, or nothing was measured. */
const GAP_MS = 5_000

/** Room above the highest value, so that the line does not run along the edge. */
const HEADROOM = 1.05

/** Upper end of the scale: a round number of `unit`s that `highest` fits under. */
export function ceiling(highest: number, unit = 1): number {
  const wanted = (highest / unit) * HEADROOM
  if (!(wanted > 0)) return unit
  const step = 10 ** Math.floor(Math.log10(wanted))
  return ([1, 2, 5, 10].find((factor) => factor * step >= wanted) ?? 10) * step * unit
}

/** The pieces of the line: each runs without a gap, from old to new. */
export function pieces(points: readonly Point[], from: number): { at: number; value: number }[][] {
  const all: { at: number; value: number }[][] = []
  let last: number | null = null
  for (const { at, value } of points) {
    if (value === null || at < from) {
      last = null
      continue
    }
    const piece = all.at(-1)
    if (piece === undefined || last === null || at - last > GAP_MS) all.push([{ at, value }])
    else piece.push({ at, value })
    last = at
  }
  return all
}

type Frame = { from: number; to: number; top: number }

const place = (frame: Frame, point: { at: number; value: number }): string => {
  const x = ((point.at - frame.from) / (frame.to - frame.from)) * WIDTH
  const y = HEIGHT - (Math.min(point.value, frame.top) / frame.top) * HEIGHT
  return `${x.toFixed(1)} ${y.toFixed(1)}`
}

/** `d` of the line, and of the area below it. */
export function paths(points: readonly Point[], frame: Frame): { line: string; area: string } {
  const drawn = pieces(points, frame.from).map((piece) => {
    const line = piece.map((point) => place(frame, point)).join('L')
    const [first, last] = [piece[0], piece.at(-1)]
    if (first === undefined || last === undefined) return { line: '', area: '' }
    const [start, end] = [place(frame, { ...first, value: 0 }), place(frame, { ...last, value: 0 })]
    // A single moment is a dot: a line of no length with round ends.
    return { line: piece.length === 1 ? `M${line}h0.1` : `M${line}`, area: `M${start}L${line}L${end}Z` }
  })
  return { line: drawn.map((piece) => piece.line).join(''), area: drawn.map((piece) => piece.area).join('') }
}
