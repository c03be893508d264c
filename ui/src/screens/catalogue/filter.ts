import type { Model } from '../../lib/backend'

/** What the person looks for. `task: null` means any. */
export type Filter = { words: string; task: string | null; fitting: boolean }

/** Every word must occur somewhere in what the catalogue says about the model; `taskName` gives the words for its tasks. */
export function filtered(
  models: readonly Model[],
  filter: Filter,
  taskName: (task: string) => string,
): Model[] {
  const words = folded(filter.words).split(/\s+/).filter(Boolean)
  return models.filter((model) => {
    if (filter.task !== null && !model.tasks.includes(filter.task)) return false
    if (filter.fitting && model.fit === 'too_large') return false
    const said = folded(
      [model.name, model.summary, model.publisher, model.licence, ...model.tasks.map(taskName)].join(' '),
    )
    return words.every((word) => said.includes(word))
  })
}

const USUAL = ['chat', 'code', 'summarise', 'translate', 'embeddings', 'completion']

/** The tasks that occur, in the order in which people ask for them; ones that this window does not know come last. */
export function tasksOf(models: readonly Model[]): string[] {
  const occurring = new Set(models.flatMap((model) => model.tasks))
  return [...USUAL.filter((task) => occurring.delete(task)), ...occurring]
}

function folded(words: string): string {
  return words.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
}
