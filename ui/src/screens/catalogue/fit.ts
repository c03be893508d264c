import type { Model } from '../../lib/backend'
import type { Tone } from '../../shared/tone'

export const FIT_TONE: Readonly<Record<Model['fit'], Tone>> = {
  well: 'ok',
  slow: 'warn',
  tight: 'warn',
  too_large: 'bad',
}
