import { duration } from '../lib/format/time'
import { fileSize } from '../lib/format/bytes'
import { en, type Text } from './en'

/** The texts in use. A second language is a second file of the same shape. */
export const text: Text = en

/** The part of a fault that a sentence needs. */
type Told = { code: string; message: string; subject: Readonly<Record<string, string | undefined>> }

/** The sentence for a fault. Falls back to the host's own when the code is unknown, or a figure that belongs in it is missing. */
export function faultSentence(fault: Told): string {
  const template = text.faults[fault.code]
  if (template === undefined) return fault.message === '' ? text.fault.title : fault.message
  let whole = true
  const sentence = template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = fault.subject[name]
    if (value === undefined) whole = false
    return value === undefined ? '' : filled(name, value)
  })
  return whole || fault.message === '' ? sentence : fault.message
}

function filled(name: string, value: string): string {
  const number = Number(value)
  if (!Number.isFinite(number)) return value
  if (name === 'bytes' || name.endsWith('_bytes')) return fileSize(number)
  if (name.endsWith('_ms')) return duration(number)
  return value
}

/** The word for a state that came over the wire; one that this window does not know is shown as it is. */
export function word(words: Readonly<Record<string, string>>, key: string): string {
  return words[key] ?? key.replaceAll('_', ' ')
}

export function capital(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1)
}
