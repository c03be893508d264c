import type { Request, Sighting } from '../../lib/backend'
import { longDay, timeAgo } from '../../lib/format/time'
import type { Tone } from '../../shared/tone'
import { text, word } from '../../text'

const TONES: Readonly<Record<string, Tone>> = {
  approved: 'ok',
  approved_for_others: 'info',
  altered: 'bad',
  derivative: 'info',
  unapproved: 'warn',
  dangerous: 'bad',
  inventory_only: 'neutral',
}

/** The status of a sighting: its verdict, or the open request or valid grant that overrides it. */
export function statusOf(
  sighting: Sighting,
  requests: readonly Request[],
  now: number,
): { words: string; tone: Tone } {
  const granted = requests.find(
    (request) =>
      request.state === 'granted' &&
      request.digest === sighting.digest &&
      request.until !== null &&
      Date.parse(request.until) > now,
  )
  if (granted?.until) return { words: text.computer.granted(longDay(granted.until)), tone: 'ok' }
  if (sighting.request !== null) {
    const request = requests.find((request) => request.id === sighting.request)
    const words =
      request === undefined ? text.computer.askedPlain : text.computer.asked(timeAgo(request.asked, now))
    return { words, tone: 'info' }
  }
  if (sighting.verdict === null) return { words: text.computer.comparing, tone: 'neutral' }
  return { words: word(text.computer.verdict, sighting.verdict), tone: TONES[sighting.verdict] ?? 'neutral' }
}

/** Whether saying “that is no model” makes sense: what is approved is one. */
export function mayDispute(sighting: Sighting): boolean {
  return sighting.verdict !== 'approved'
}

/** Whether asking for approval makes sense here. */
export function mayAsk(sighting: Sighting): boolean {
  const settled = ['approved', 'inventory_only']
  return (
    sighting.digest !== null && sighting.request === null && !settled.includes(sighting.verdict ?? 'approved')
  )
}
