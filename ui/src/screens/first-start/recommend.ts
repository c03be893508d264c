import type { Suggestion } from '../../lib/backend'

/** A model to begin with: one that is here already, else the most able one that is comfortable here. */
export function firstOf(suggested: readonly Suggestion[]): Suggestion | null {
  const at = (reason: Suggestion['at']) => suggested.find((one) => one.at === reason)
  return at('ready') ?? at('ability') ?? suggested[0] ?? null
}
