import type { Model } from '../../lib/backend'

import { locale } from '../../lib/format/locale'

/** A model with its words made ready for searching: done once per model, not once per letter that is typed. */
export type Found = {
  readonly model: Model
  readonly fields: readonly string[]
  /** The fields with a blank in place of everything that parts words, so that a word's beginning is found without looking around. */
  readonly parted: readonly string[]
  readonly all: string
  /** Milliseconds since 1970. */
  readonly approved: number
  /** Its place among all by name: comparing numbers is quick, comparing names as people do is not. */
  place: number
}

/** What the window calls tasks and languages: people search for the words that they see. */
export type Names = { task: (task: string) => string; language: (tag: string) => string }

/** What a word is worth where it is found, by field; the whole field, its beginning, the beginning of a word, anywhere. */
const FIELDS = ['name', 'publisher', 'tasks', 'languages', 'licence', 'summary'] as const
const WORTH: Readonly<Record<(typeof FIELDS)[number], readonly [number, number, number, number]>> = {
  name: [1000, 400, 200, 60],
  publisher: [300, 150, 100, 20],
  tasks: [300, 150, 100, 20],
  languages: [300, 150, 100, 10],
  licence: [200, 80, 50, 10],
  summary: [40, 40, 40, 4],
}

/** Small letters without accents, so that `Étude` is found by `etude` and `STRASSE` by `straße`. */
export function folded(words: string): string {
  return words.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replaceAll('ß', 'ss')
}

const apart = (words: string) => words.replace(/[^\p{L}\p{N}]/gu, ' ')

function fieldsOf(model: Model, names: Names): string[] {
  const said: Record<(typeof FIELDS)[number], string> = {
    name: model.name,
    publisher: model.publisher,
    tasks: model.tasks.map(names.task).join(' '),
    // By the person's word for it and by its tag.
    languages: model.languages.map((tag) => `${names.language(tag)} ${tag}`).join(' '),
    licence: `${model.licence} ${model.quantisation}`,
    summary: model.summary,
  }
  return FIELDS.map((field) => folded(said[field]))
}

const sameWords = (a: Model, b: Model) =>
  a.version === b.version &&
  a.approved_on === b.approved_on &&
  a.name === b.name &&
  a.summary === b.summary &&
  a.publisher === b.publisher

/** Makes lists ready, and keeps what it made: the list is read again whenever one of its models changes. */
export class Index {
  #known = new Map<string, Found>()
  #names: Names
  #spoken = new Map<string, string>()

  constructor(names: Names) {
    // The same few dozen languages stand at thousands of models, and asking the browser for a name is dear.
    this.#names = {
      task: names.task,
      language: (tag) => {
        const known = this.#spoken.get(tag) ?? names.language(tag)
        this.#spoken.set(tag, known)
        return known
      },
    }
  }

  of(models: readonly Model[]): Found[] {
    const next = new Map<string, Found>()
    let news = models.length !== this.#known.size
    const found = models.map((model) => {
      const known = this.#known.get(model.id)
      const same = known !== undefined && sameWords(known.model, model)
      if (!same) news = true
      const one = same ? { ...known, model } : this.#make(model)
      next.set(model.id, one)
      return one
    })
    this.#known = next
    if (news) byName(found)
    return found
  }

  #make(model: Model): Found {
    const fields = fieldsOf(model, this.#names)
    return {
      model,
      fields,
      parted: fields.map(apart),
      all: fields.join('\n'),
      approved: Date.parse(model.approved_on),
      place: 0,
    }
  }
}

function byName(found: readonly Found[]): void {
  const collator = new Intl.Collator(locale, { numeric: true, sensitivity: 'base' })
  const order = (a: Found, b: Found) =>
    collator.compare(a.model.name, b.model.name) || (a.model.id < b.model.id ? -1 : 1)
  for (const [place, one] of found.toSorted(order).entries()) one.place = place
}

/** A word that a person typed, and what stands for it where a blank parts words. */
export type Wanted = { readonly word: string; readonly begin: string }

export function wordsOf(typed: string): Wanted[] {
  const words = folded(typed).split(/\s+/).filter(Boolean)
  return words.map((word) => ({ word, begin: ` ${apart(word)}` }))
}

/** How well a model fits the words; 0 when one of them is nowhere. */
export function rank(found: Found, words: readonly Wanted[]): number {
  let sum = 0
  for (const wanted of words) {
    if (!found.all.includes(wanted.word)) return 0
    let best = 0
    for (let at = 0; at < FIELDS.length; at += 1) {
      const [field, said, parted] = [FIELDS[at], found.fields[at], found.parted[at]]
      if (field !== undefined && said !== undefined && parted !== undefined)
        best = Math.max(best, worth(WORTH[field], said, parted, wanted))
    }
    // A word with a line break in it would be found across two fields only.
    if (best === 0) return 0
    sum += best
  }
  return sum
}

function worth(
  [whole, begin, word, inside]: readonly [number, number, number, number],
  said: string,
  parted: string,
  { word: typed, begin: start }: Wanted,
): number {
  if (!said.includes(typed)) return 0
  if (said === typed) return whole
  if (said.startsWith(typed)) return begin
  return parted.includes(start) ? word : inside
}
