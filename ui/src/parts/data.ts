import { text, word } from '../text'

/** From what anybody may read to what few may. Personal and payment data are kinds of their own, beside this ladder. */
const LADDER = ['public', 'internal', 'confidential']

/** The most confidential class of the ladder that is approved: `internal data`. */
export function approvedUpTo(approved: readonly string[]): string | null {
  const highest = LADDER.findLast((level) => approved.includes(level))
  const named = highest ?? approved[0]
  return named === undefined ? null : word(text.model.data, named)
}
