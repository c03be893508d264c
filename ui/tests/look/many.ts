import type { Model } from '../../src/lib/backend'
import * as sample from '../sample'

const FITS = ['well', 'tight', 'slow', 'too_large'] as const
const PUBLISHERS = ['Nordlicht Labs', 'Étude Research', 'Harbour Systems']
const KINDS = ['Instruct', 'Coder', 'Base']

/** So many models as the host would tell them, each with words of the usual length. */
export function many(count: number): Model[] {
  return Array.from({ length: count }, (_, n) =>
    sample.model({
      id: `model-${n}`,
      name: `Model ${n} ${KINDS[n % 3] ?? ''}`,
      summary: `Model ${n} answers short questions, rewrites and sums up texts. Approved for everyday office work.`,
      publisher: PUBLISHERS[n % 3] ?? '',
      languages: ['en', 'de', 'fr', 'ja', 'uk', 'pt-BR', 'zh-Hans'].slice(0, 1 + (n % 7)),
      tasks: n % 3 === 1 ? ['code', 'chat'] : ['chat', 'summarise'],
      size: 1e8 + n * 1e6,
      fit: FITS[n % 4] ?? 'well',
      measured_speed: null,
      installation: n % 50 === 0 ? { is: 'installed' } : { is: 'absent' },
    }),
  )
}
