/** When a pause of the nudges ends, as RFC 3339: each end has a name on the person's clock. */
export type PauseEnds = { hour: string; tomorrow: string; monday: string }

const NINE = 9
const HOUR = 60 * 60 * 1000

export function pauseEnds(now: number): PauseEnds {
  const today = new Date(now)
  // Through the calendar, not by adding hours: the nights between may be an hour shorter or longer.
  const nineIn = (days: number) =>
    new Date(today.getFullYear(), today.getMonth(), today.getDate() + days, NINE).toISOString()
  // On a Monday it is the next one: “until Monday” never means an hour ago.
  const toMonday = (8 - today.getDay()) % 7 || 7
  return { hour: new Date(now + HOUR).toISOString(), tomorrow: nineIn(1), monday: nineIn(toMonday) }
}
