import type { Alternative, AskedServer, BlindSpot, Evidence, Nudge } from '../../lib/backend'
import { fileSize } from '../../lib/format/bytes'
import { count } from '../../lib/format/number'
import { capital, text, word } from '../../text'

/** The sentence for an observation; the host's own where this window has none for it, or a field is missing. */
export function evidenceSentence(evidence: Evidence): string {
  const template = evidence.code === null ? undefined : text.computer.saw[evidence.code]
  if (template === undefined) return evidence.text
  let whole = true
  const sentence = template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = evidence.fields[name]
    if (value === undefined) whole = false
    return value ?? ''
  })
  return whole ? sentence : evidence.text
}

/** What a program said when it was asked what it is. */
export function askedWords(asked: AskedServer): string {
  const words = text.computer
  if (asked.product === null) return words.askedNothing
  const models = asked.models.length === 0 ? [] : [words.askedModels(asked.models.join(', '))]
  const forwards =
    asked.forwards_to === null
      ? []
      : [(asked.only_forwards ? words.askedOnlyForwards : words.askedForwards)(asked.forwards_to)]
  return [words.askedIs(asked.product), ...models, ...forwards].join(' ')
}

export function blindSentence(spot: BlindSpot): string {
  return text.computer.cannotSee[spot.code] ?? capital(spot.text)
}

/** Why this one: it is here, or what fetching it takes. */
export function alternativeSentence(alternative: Alternative): string {
  const { readyHere, toFetch } = text.computer
  return alternative.installed
    ? readyHere(alternative.name)
    : toFetch(alternative.name, fileSize(alternative.size))
}

/** Headline and text of a nudge. A sighting that is no longer known leaves what the host kept. */
export function nudgeWords(nudge: Nudge): { title: string; body: string } {
  const { subject, alternative } = nudge
  if (subject === null) return { title: nudge.title, body: nudge.body }
  const words = text.computer
  const seen = subject.holder === null ? words.nudgeFound(subject.found_in) : words.nudgeUsed(subject.holder)
  const then = alternative === null ? words.nudgeAsk : alternativeSentence(alternative)
  return { title: words.nudgeTitle(subject.name), body: `${seen} ${then}` }
}

/** Rule, who set it, signals, and what IT was told. */
export function whyWords(nudge: Nudge): readonly string[] {
  const { basis } = nudge
  if (basis === null) return nudge.why
  const words = text.computer
  const signals = basis.signals.map((signal) => word(words.signal, signal)).join(', ')
  return [
    words.whyRule(count(basis.rules_version), basis.rules_by ?? words.whyDefaults),
    words.whySignals(signals),
    words.whyTold,
  ]
}
