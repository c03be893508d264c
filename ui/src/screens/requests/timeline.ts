import type { Request } from '../../lib/backend'

/** `done` has a time, `waits` is what comes next, `later` may come after that. */
export type StepState = 'done' | 'waits' | 'later'
export type Step = {
  name: 'asked' | 'seen' | 'answered' | 'granted' | 'declined' | 'withdrawn' | 'ends' | 'ended'
  state: StepState
  at: string | null
}

/** What became of a request, from asking to the end of a grant. */
export function timeline(request: Request): Step[] {
  const asked: Step = { name: 'asked', state: 'done', at: request.asked }
  // IT may answer without ever having said that it looked.
  const seen: Step[] = request.seen === null ? [] : [{ name: 'seen', state: 'done', at: request.seen }]
  switch (request.state) {
    case 'withdrawn':
      return [asked, ...seen, { name: 'withdrawn', state: 'done', at: request.updated }]
    case 'declined':
      return [asked, ...seen, { name: 'declined', state: 'done', at: request.updated }]
    case 'granted':
      return [
        asked,
        ...seen,
        { name: 'granted', state: 'done', at: request.updated },
        { name: 'ends', state: 'waits', at: request.until },
      ]
    case 'expired':
      return [
        asked,
        ...seen,
        { name: 'granted', state: 'done', at: request.updated },
        { name: 'ended', state: 'done', at: request.until },
      ]
    default:
      return [
        asked,
        ...(request.seen === null ? [{ name: 'seen', state: 'waits', at: null } as const] : seen),
        { name: 'answered', state: request.seen === null ? 'later' : 'waits', at: null },
      ]
  }
}

export const isOpen = (request: Request): boolean => request.state === 'sent' || request.state === 'seen'

export const mayAskAgain = (request: Request): boolean =>
  request.state === 'withdrawn' || request.state === 'declined' || request.state === 'expired'
