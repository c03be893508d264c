import type { LogField, LogRow } from '../lib/backend'
import { count } from '../lib/format/number'
import { text, word } from '../text'

/** What a fault's code means, where that needs no figure; else the code itself. */
function causeOf(codes: readonly string[]): string {
  return codes
    .map((code) => {
      const sentence = text.faults[code]
      return sentence === undefined || sentence.includes('{') ? code : sentence
    })
    .join(' ')
}

/** The sentence of an entry in the language of the window; one of a kind that it does not know is told as the host tells it. */
export function sentence(row: LogRow, modelName: (id: string) => string): string {
  if (row.kind === '') return text.ledger.unreadable
  const say = text.ledger.sentences[row.kind]
  if (say === undefined) return row.text
  const values = new Map(row.fields.map((field) => [field.name, field.value ?? '']))
  const value = (name: string) => values.get(name) ?? ''
  const codes = [value('code'), ...value('reasons').split(', ')].filter((code) => code !== '')
  return say({
    model: modelName(value('entry')),
    value,
    count: (name) => (Number.isFinite(Number(value(name))) ? count(Number(value(name))) : value(name)),
    ended: word(text.running.reasons, value('reason')),
    cause: causeOf(codes),
    settings: value('what')
      .split(', ')
      .map((name) => word(text.ledger.settingNames, name))
      .join(', '),
  })
}

/** The name of a part; a newer host's is shown as it is. */
export function partName(name: string): string {
  return text.ledger.parts[name] ?? name.replaceAll('_', ' ').replaceAll('.', ': ')
}

/** What is kept about an entry, in a few words: the time, then its parts, each word once. */
export function keptWords(fields: readonly LogField[]): string {
  const names = fields.map((field) => {
    const name = text.ledger.together[field.name] ?? partName(field.name)
    return field.kept === 'plain' ? text.ledger.plain(name) : name
  })
  return [...new Set([partName('at'), ...names])].join(', ')
}

/** Kinds whose name in this language holds the word: the host searches values, which are the same in every language. */
export function kindsNamed(part: string): string[] {
  const wanted = part.toLowerCase()
  return Object.entries(text.ledger.kinds)
    .filter(([, name]) => name.toLowerCase().includes(wanted))
    .map(([kind]) => kind)
}
