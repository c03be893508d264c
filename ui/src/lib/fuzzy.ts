/** How well something fits what was typed, and which letters of it did. */
export type Fit = { score: number; at: readonly number[] }

// A beginning counts most, then letters that follow each other; what is left out in between costs a little.
const BEGINS = 14
const BEGINS_WORD = 10
const FOLLOWS = 10
const ANYWHERE = 1
const LEFT_OUT = 0.1
/** Longer texts are cut here: what people type are names. */
const LONGEST = 200

/**
 * Whether the letters of every word of `query` occur in `name` in their order, upper or lower case, with or without accents.
 * `null` where they do not; an empty query fits everything.
 */
export function fit(query: string, name: string): Fit | null {
  const letters = [...name.slice(0, LONGEST)].map(folded)
  const words = query.trim().split(/\s+/).filter(Boolean)
  if (words.length === 0) return { score: 0, at: [] }
  let score = 0
  const at = new Set<number>()
  for (const word of words) {
    const found = fitWord([...word].map(folded), letters)
    if (found === null) return null
    score += found.score
    for (const place of found.at) at.add(place)
  }
  return { score: score - letters.length * 0.01, at: [...at].sort((a, b) => a - b) }
}

/** The best of all ways in which the letters fit, by trying each beginning: names are short. */
function fitWord(word: readonly string[], letters: readonly string[]): Fit | null {
  let best: Fit | null = null
  for (let start = 0; start < letters.length; start += 1) {
    if (letters[start] !== word[0]) continue
    const found = from(start, word, letters)
    if (found === null) break
    if (best === null || found.score > best.score) best = found
  }
  return best
}

function from(start: number, word: readonly string[], letters: readonly string[]): Fit | null {
  const at: number[] = []
  let score = 0
  let next = start
  for (const letter of word) {
    const place = letters.indexOf(letter, next)
    if (place === -1) return null
    const last = at.at(-1)
    if (place === 0) score += BEGINS
    else if (beginsWord(place, letters)) score += BEGINS_WORD
    else if (last !== undefined && place === last + 1) score += FOLLOWS
    else score += ANYWHERE
    if (last !== undefined) score -= (place - last - 1) * LEFT_OUT
    at.push(place)
    next = place + 1
  }
  return { score, at }
}

function beginsWord(place: number, letters: readonly string[]): boolean {
  const before = letters[place - 1] ?? ' '
  const digit = /\d/
  return !/[\p{L}\d]/u.test(before) || (digit.test(letters[place] ?? '') && !digit.test(before))
}

function folded(letter: string): string {
  return letter.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
}

/** The things that fit, best first; those that fit equally well keep their order. */
export function ranked<T>(
  query: string,
  things: readonly T[],
  nameOf: (thing: T) => string,
): { thing: T; fit: Fit }[] {
  return things
    .map((thing) => ({ thing, fit: fit(query, nameOf(thing)) }))
    .filter((entry): entry is { thing: T; fit: Fit } => entry.fit !== null)
    .sort((a, b) => b.fit.score - a.fit.score)
}

/** A name in pieces, so that the letters that fit can be marked. */
export function pieces(name: string, at: readonly number[]): { text: string; fits: boolean }[] {
  const marked = new Set(at)
  const all: { text: string; fits: boolean }[] = []
  for (const [place, letter] of [...name].entries()) {
    const fits = marked.has(place)
    const last = all.at(-1)
    if (last?.fits === fits) last.text += letter
    else all.push({ text: letter, fits })
  }
  return all
}
