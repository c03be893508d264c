import type { Run } from '../../lib/backend'
import type { Tone } from '../../shared/tone'
import { text } from '../../text'

/** What the kernel enforces on a run, in words. */
export function sandboxWords(run: Pick<Run, 'sandbox' | 'landlock_abi'>): {
  words: string
  tone: Tone
  title: string
} {
  const missing = run.sandbox?.missing?.join(', ') ?? ''
  switch (run.sandbox?.is) {
    case 'enforced':
      return { words: text.running.enforced, tone: 'ok', title: text.running.enforcedTitle(run.landlock_abi) }
    case 'partly':
      return { words: text.running.partly(missing), tone: 'warn', title: '' }
    case 'refused':
      return { words: text.running.refused(missing), tone: 'bad', title: '' }
    default:
      return { words: text.running.notYet, tone: 'neutral', title: '' }
  }
}
