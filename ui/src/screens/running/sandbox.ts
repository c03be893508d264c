import type { Run } from '../../lib/backend'
import type { Tone } from '../../shared/tone'
import { text } from '../../text'

type Told = Pick<Run, 'sandbox' | 'landlock_abi'>

/** What the kernel enforces on a run, in a few words and in a sentence. */
export function sandboxWords(run: Told): { words: string; tone: Tone; sentence: string } {
  const missing = run.sandbox?.missing?.join(', ') ?? ''
  const { lockedIn } = text.running
  switch (run.sandbox?.is) {
    case 'enforced':
      return { words: text.running.enforced, tone: 'ok', sentence: lockedIn.enforced(run.landlock_abi) }
    case 'partly':
      return { words: text.running.partly(missing), tone: 'warn', sentence: lockedIn.partly(missing) }
    case 'refused':
      return { words: text.running.refused(missing), tone: 'bad', sentence: lockedIn.refused(missing) }
    default:
      return { words: text.running.notYet, tone: 'neutral', sentence: lockedIn.unknown }
  }
}
