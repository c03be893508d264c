import type { Model } from '../../lib/backend'

const COMING = ['fetching', 'paused', 'verifying', 'installed']

/** Models to chat with: installed or on the way. */
export function offered(models: readonly Model[]): Model[] {
  return models.filter((model) => model.runs_in_engine && COMING.includes(model.installation.is))
}

/**
 * Which model answers next: the one that was picked, else the one that answered in this conversation, else one that is ready
 * (a running one first), so that nobody has to choose before the first word.
 */
export function chosenModel(
  models: readonly Model[],
  picked: string | null,
  last: string | null,
): string | null {
  if (picked !== null) return picked
  if (last !== null) return last
  const all = offered(models)
  const ready = all.filter((model) => model.installation.is === 'installed')
  return (ready.find((model) => model.run !== null) ?? ready[0] ?? all[0])?.id ?? null
}

export function modelName(models: readonly Model[], id: string | null): string {
  return models.find((model) => model.id === id)?.name ?? id ?? ''
}
