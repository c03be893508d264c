import { duration } from '../lib/format/time'
import { fileSize } from '../lib/format/bytes'
import { useLocale } from '../lib/format/locale'
import { de } from './de'
import { en } from './en'
import type { Text } from './shape'

export type { Text } from './shape'

/** The languages that the window speaks, in full. */
export const texts = { en, de } as const satisfies Readonly<Record<string, Text>>
export type Language = keyof typeof texts

/**
 * The texts in use. A live binding: it names another file after `speak`, so read it while a component is being made, never
 * into a constant of a module. `App.svelte` makes everything anew when the language changes.
 */
export let text: Text = en

/** Words, dates and numbers are of this language from here on. `reported` are the system's languages, best first. */
export function speak(language: Language, reported: readonly string[]): void {
  text = texts[language]
  useLocale(language, reported)
}

/** The first of the system's languages that the window speaks; English where it speaks none. */
export function spoken(reported: readonly string[]): Language {
  for (const tag of reported) {
    const [language] = tag.toLowerCase().split(/[-_]/)
    if (language === 'de' || language === 'en') return language
  }
  return 'en'
}

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
  const named = text.fault.named[name]?.[value]
  if (named !== undefined) return named
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
