import type { TokenCount } from '../../lib/backend'

/**
 * `tight` where the longest answer has no room behind the conversation any more, or less than a tenth of the context is left;
 * `over` where the conversation itself does not fit.
 */
export function lengthOf(count: TokenCount): 'fine' | 'tight' | 'over' {
  const left = count.context_tokens - count.tokens
  if (left <= 0) return 'over'
  // A short answer may still fit: what warns all the time is read by nobody.
  return left < Math.min(count.max_answer_tokens, count.context_tokens / 4) ? 'tight' : 'fine'
}
