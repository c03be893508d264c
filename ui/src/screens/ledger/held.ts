import type { Ledger } from '../../lib/backend'
import { count } from '../../lib/format/number'
import { longDay } from '../../lib/format/time'
import { text } from '../../text'

export type HeldRow = { name: string; count: string; fate: string; goes: boolean }

/** What is kept about the person, how much it is, and what becomes of it when they delete their data. */
export function heldRows({ held, rows, organisation, kept_until }: Ledger): HeldRow[] {
  const said = text.ledger
  const until = kept_until === null ? null : longDay(kept_until)
  return [
    {
      name: said.rows.conversations,
      count: said.conversationsOf(count(held.conversations), said.messages(count(held.messages))),
      fate: said.goes,
      goes: held.conversations > 0,
    },
    {
      name: said.rows.sightings,
      count: count(held.sightings),
      fate: said.sightingsFate(count(held.sightings - held.past_sightings)),
      goes: held.past_sightings > 0 || held.evidence > 0,
    },
    {
      name: said.rows.nudges,
      count: count(held.nudges),
      fate: said.nudgesFate,
      goes: held.nudges > 0,
    },
    {
      name: said.rows.requests,
      count: count(held.requests),
      fate: said.requestsFate(count(held.open_requests)),
      goes: held.requests > held.open_requests,
    },
    {
      name: said.rows.runs,
      count: count(held.runs),
      fate: said.runsFate(count(held.live_runs)),
      goes: held.runs > held.live_runs,
    },
    { name: said.rows.kept, count: said.keptCount, fate: said.keptFate, goes: false },
    {
      name: said.rows.log,
      count: said.entries(count(rows)),
      fate: said.logFate(organisation, until),
      goes: false,
    },
  ]
}
