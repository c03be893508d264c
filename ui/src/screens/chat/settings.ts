import type { ChatOptions, ChatSettings } from '../../lib/backend'

export const choices = ['temperature', 'top_p', 'top_k', 'max_answer_tokens', 'seed'] as const
export type Field = (typeof choices)[number]
/** As it is typed; empty for the default. */
export type Typed = Record<Field, string>

const WHOLE: readonly Field[] = ['top_k', 'max_answer_tokens', 'seed']
const LARGEST_SEED = 2 ** 32 - 1

export function typed(settings: ChatSettings): Typed {
  const one = (value: number | null) => (value === null ? '' : String(Math.round(value * 1e4) / 1e4))
  return {
    temperature: one(settings.temperature),
    top_p: one(settings.top_p),
    top_k: one(settings.top_k),
    max_answer_tokens: one(settings.max_answer_tokens),
    seed: one(settings.seed),
  }
}

/** A decimal comma is a point, and spaces between thousands are none. `null` for nothing, `NaN` for no number. */
export function parsed(text: string): number | null {
  const plain = text.replace(/\s/g, '').replace(',', '.')
  if (plain === '') return null
  return /^\d+(\.\d+)?$/.test(plain) ? Number(plain) : Number.NaN
}

/** Fields whose value may not be chosen. The host checks again. */
export function outside(fields: Typed, options: ChatOptions): Field[] {
  return choices.filter((field) => {
    const value = parsed(fields[field])
    if (value === null) return false
    if (Number.isNaN(value) || (WHOLE.includes(field) && !Number.isInteger(value))) return true
    // The bounds crossed as 32-bit numbers: 0.05 is not 0.05 exactly.
    const { low, high } = field === 'seed' ? { low: 0, high: LARGEST_SEED } : options[field]
    return value < low - 1e-6 || value > high + 1e-6
  })
}

export function read(fields: Typed): Omit<ChatSettings, 'instructions'> {
  return {
    temperature: parsed(fields.temperature),
    top_p: parsed(fields.top_p),
    top_k: parsed(fields.top_k),
    max_answer_tokens: parsed(fields.max_answer_tokens),
    seed: parsed(fields.seed),
  }
}
