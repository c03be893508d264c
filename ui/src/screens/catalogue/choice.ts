import type { Installation, Model } from '../../lib/backend'
import { rank, wordsOf, type Found } from './search'

export const SORTS = ['fit', 'name', 'size', 'newest'] as const
export type Sort = (typeof SORTS)[number]

/** What the person looks for. `null` means any. */
export type Choice = {
  words: string
  task: string | null
  data: string | null
  fitting: boolean
  installed: boolean
  sort: Sort
}

export const EVERYTHING: Choice = {
  words: '',
  task: null,
  data: null,
  fitting: false,
  installed: false,
  sort: 'fit',
}

/** Whether the person looks at a part of the catalogue only. */
export function isNarrowed(choice: Choice): boolean {
  return (
    choice.words.trim() !== '' ||
    choice.task !== null ||
    choice.data !== null ||
    choice.fitting ||
    choice.installed
  )
}

const FITS: Readonly<Record<Model['fit'], number>> = { well: 0, tight: 1, slow: 2, too_large: 3 }
const HERE: ReadonlySet<Installation['is']> = new Set(['installed', 'update_available', 'withdrawn'])

/** Something of it lies on this computer. */
export const isHere = ({ installation }: Model): boolean =>
  installation.is === 'not_for_group' ? installation.here : HERE.has(installation.is)

type Ranked = { found: Found; rank: number }
type Order = (a: Ranked, b: Ranked) => number

/** The models to show, in order. With words, those that fit them best come first; else as the person sorts. */
export function chosen(all: readonly Found[], choice: Choice): Model[] {
  const words = wordsOf(choice.words)
  const kept: Ranked[] = []
  for (const found of all) {
    if (!passes(found.model, choice)) continue
    const score = words.length === 0 ? 1 : rank(found, words)
    if (score > 0) kept.push({ found, rank: score })
  }
  const order = orders(choice.sort)
  kept.sort((a, b) => b.rank - a.rank || order(a, b))
  return kept.map(({ found }) => found.model)
}

function passes(model: Model, choice: Choice): boolean {
  return (
    (choice.task === null || model.tasks.includes(choice.task)) &&
    (choice.data === null || model.data_approved.includes(choice.data)) &&
    (!choice.fitting || model.fit !== 'too_large') &&
    (!choice.installed || isHere(model))
  )
}

function orders(sort: Sort): Order {
  const name: Order = (a, b) => a.found.place - b.found.place
  switch (sort) {
    case 'name':
      return name
    case 'size':
      return (a, b) => a.found.model.size - b.found.model.size || name(a, b)
    case 'newest':
      return (a, b) => b.found.approved - a.found.approved || name(a, b)
    case 'fit':
      return (a, b) => fitOf(a.found.model) - fitOf(b.found.model) || ability(b, a) || name(a, b)
  }
}

/** What is here comes first, then what suits this computer, and last what is for others. */
const fitOf = (model: Model) =>
  (isHere(model) ? -10 : model.installation.is === 'not_for_group' ? 10 : 0) +
  FITS[model.fit] * 2 +
  (model.runs_in_engine ? 0 : 1)
const ability: Order = (a, b) => a.found.model.parameters - b.found.model.parameters

const USUAL = ['chat', 'code', 'summarise', 'translate', 'embeddings', 'completion']
const LADDER = [
  'public',
  'internal',
  'confidential',
  'personal',
  'special_category',
  'payment',
  'credentials',
]

/** The tasks that occur, in the order in which people ask for them; ones that this window does not know come last. */
export function tasksOf(models: readonly Model[]): string[] {
  return occurring(models, (model) => model.tasks, USUAL)
}

/** The classes of data that at least one model may be given. */
export function dataOf(models: readonly Model[]): string[] {
  return occurring(models, (model) => model.data_approved, LADDER)
}

function occurring(
  models: readonly Model[],
  of: (model: Model) => readonly string[],
  usual: readonly string[],
): string[] {
  const found = new Set<string>()
  for (const model of models) for (const one of of(model)) found.add(one)
  return [...usual.filter((one) => found.delete(one)), ...found]
}
