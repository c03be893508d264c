import type {
  Alternative,
  AskedServer,
  Because,
  BlindSpot,
  Decided,
  Evidence,
  LogRow,
  NothingSuits,
  Nudge,
  NudgeBasis,
  Quiet,
} from '../../lib/backend'
import { fileSize, memorySize } from '../../lib/format/bytes'
import { count, language, speed } from '../../lib/format/number'
import { moment, timeAgo } from '../../lib/format/time'
import { approvedUpTo } from '../../parts/data'
import { partName } from '../../parts/log'
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

export function blindSentence(spot: BlindSpot, now: number): string {
  if (spot.span !== null)
    return text.computer.notRunning(moment(spot.span[0], now), moment(spot.span[1], now))
  return text.computer.cannotSee[spot.code] ?? capital(spot.text)
}

/** It is here, or what fetching it takes. */
export function alternativeSentence(alternative: Alternative): string {
  const { ready, toFetch } = text.nudge
  return alternative.installed
    ? ready(alternative.name)
    : toFetch(alternative.name, fileSize(alternative.size))
}

/** Why this one, on one line: what counts most comes first, then its size, its licence and what data it may be given. */
export function alternativeReasons(alternative: Alternative): string {
  const words = text.nudge.because
  const data = approvedUpTo(alternative.data)
  const told = alternative.reasons.flatMap((reason) => because(reason) ?? [])
  const accept = alternative.reasons.some((reason) => reason.is === 'licence_to_accept')
  told.push(fileSize(alternative.size))
  if (!accept) told.push(words.licence(alternative.licence))
  if (data !== null) told.push(words.data(data))
  return capital(told.join(text.app.separator))
}

function because(reason: Because): string | null {
  const words = text.nudge.because
  const named = (table: Readonly<Record<string, string>>, keys: readonly string[]) =>
    keys.map((key) => word(table, key)).join(', ')
  switch (reason.is) {
    case 'same_work':
      return words.same_work(named(text.model.task, reason.tasks))
    case 'languages':
      return words.languages(reason.languages.map(language).join(', '))
    case 'same_model':
    case 'no_language':
      return words[reason.is]
    case 'runs': {
      const suits = word(words.suits, reason.suits)
      if (reason.speed === null) return suits
      const unit = text.model.speedUnit(speed(reason.speed))
      return `${suits}, ${reason.measured ? words.measured(unit) : words.expected(unit)}`
    }
    case 'licence_to_accept':
      return words.licence_to_accept(reason.licence)
    case 'data':
    case 'ready':
    case 'to_fetch':
      // Said with every alternative.
      return null
  }
}

export function nothingSentence(nothing: NothingSuits): string {
  const words = text.nudge.nothing
  switch (nothing.is) {
    case 'nothing_approved':
    case 'other_work':
    case 'not_for_data':
      return words[nothing.is]
    case 'needs_memory':
      return words.needs_memory(memorySize(nothing.least))
  }
}

/** Headline and text of a nudge. A sighting that is no longer known leaves what the host kept. */
export function nudgeWords(nudge: Nudge, now: number): { title: string; seen: string; then: string } {
  const { subject, alternative, nothing_suits } = nudge
  if (subject === null) return { title: nudge.title, seen: '', then: nudge.body }
  const words = text.nudge
  const seen = subject.holder === null ? words.found(subject.found_in) : words.used(subject.holder)
  const nothing = nothing_suits === null ? words.ask : `${nothingSentence(nothing_suits)} ${words.ask}`
  return {
    title: headline(nudge),
    seen: `${seen} ${words.where(subject.path, timeAgo(subject.since, now))}`,
    then: alternative === null ? nothing : alternativeSentence(alternative),
  }
}

/** What it is; the host's own words for a reason that this window does not know. */
export function headline({ reason, subject, title }: Nudge): string {
  const say = text.nudge.headline[reason]
  return say === undefined || subject === null ? title : say(subject.name, subject.of)
}

/** What is dangerous or recalled looks different from what is not approved yet. */
export const isGrave = (nudge: Nudge): boolean => nudge.reason === 'dangerous' || nudge.reason === 'recalled'

export function deadlineSentence(basis: NudgeBasis | null, now: number): string | null {
  const deadline = basis?.deadline ?? null
  if (deadline === null) return null
  const { at, then } = deadline
  return text.nudge.deadline[then](moment(at, now))
}

export function heldSentence(basis: NudgeBasis | null, now: number): string | null {
  if (basis === null || basis.held_by.length === 0) return null
  const by = basis.held_by.map((held) => word(text.nudge.heldBy, held)).join(', ')
  return text.nudge.held(by, basis.held_until === null ? null : moment(basis.held_until, now))
}

export function signalWords(basis: NudgeBasis): string {
  const words = basis.signals.map((signal) => word(text.computer.signal, signal)).join(', ')
  return words === '' ? text.nudge.noSignals : capital(words)
}

export function versionWords(basis: NudgeBasis): string {
  return text.nudge.version(count(basis.rules_version), basis.rules_by ?? text.nudge.defaults)
}

/** What of the log's rows was sent to IT, each part once. */
export function toldWords(rows: readonly LogRow[]): string {
  const parts = [...new Set(rows.flatMap((row) => row.sent))].map(partName)
  return parts.length === 0 ? text.nudge.toldNothing : text.nudge.told(parts.join(', '))
}

/** What is done about a sighting at this moment, and why no more than that. */
export function decidedSentence({ step, basis }: Decided, now: number): string {
  const words = text.nudge.step
  switch (step.is) {
    case 'record':
      return quietSentence(step.because, basis.signals.length, now)
    case 'hold':
      return words.hold(moment(step.until, now))
    case 'nothing':
    case 'badge':
    case 'notify':
    case 'stop':
    case 'stays':
      return words[step.is]
  }
}

function quietSentence(quiet: Quiet, signals: number, now: number): string {
  const words = text.nudge.quiet
  switch (quiet.is) {
    case 'granted':
    case 'resting':
      return words[quiet.is](moment(quiet.until, now))
    case 'too_few_signals':
      return words.too_few_signals(signals, quiet.needed)
    case 'not_yet_known':
    case 'record_only':
    case 'too_small':
    case 'asked':
    case 'not_in_use':
    case 'said_with':
      return words[quiet.is]
  }
}
