import type { Model } from '../../lib/backend'

const FITS = { well: 0, tight: 1, too_large: 2 } as const

/** More than this is a long wait for a first model, in bytes. */
const COMFORTABLE = 3e9

/**
 * A model to begin with: one to chat with that fits, rather one that is here already, then one with memory to spare, then the
 * largest that does not take long to fetch: larger ones answer better.
 */
export function firstModel(models: readonly Model[]): Model | null {
  const able = models.filter(
    (model) =>
      model.runs_in_engine &&
      model.tasks.includes('chat') &&
      model.fit !== 'too_large' &&
      model.installation.is !== 'withdrawn',
  )
  const rank = (model: Model): number[] => [
    model.installation.is === 'installed' ? 0 : 1,
    FITS[model.fit],
    model.size > COMFORTABLE ? 1 : 0,
    model.size > COMFORTABLE ? model.size : -model.size,
  ]
  const before = (a: number[], b: number[]): number => {
    const at = a.findIndex((value, n) => value !== b[n])
    return at === -1 ? 0 : (a[at] ?? 0) - (b[at] ?? 0)
  }
  return (
    able.map((model) => ({ model, rank: rank(model) })).sort((a, b) => before(a.rank, b.rank))[0]?.model ??
    null
  )
}
