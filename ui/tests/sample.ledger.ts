import type { Ledger, LogCheck, LogEntry, LogField, LogRow } from '../src/lib/backend'

/** The log as the host would tell it. Names and figures are invented. */

const part = (name: string, value: string | null, kept = 'encrypted'): LogField => ({ name, value, kept })
const DIGEST = `sha256:${'9a12'.repeat(16)}`
const RUN = '01a1ee56-5e00-7101-8101-010101010101'

const happened: [string, string, LogField[]][] = [
  [
    'answer.given',
    '2026-11-24T09:40:12Z',
    [
      part('run', RUN),
      part('entry', 'gemma-3-270m'),
      part('end', 'finished'),
      part('figures.answer_tokens', '118'),
      part('figures.first_token_ms', '84'),
      part('figures.generation_ms', '1900'),
      part('figures.prompt_tokens', '1057'),
      part('conversation', null),
    ],
  ],
  [
    'run.started',
    '2026-11-24T09:40:02Z',
    [
      part('run', RUN),
      part('entry', 'gemma-3-270m'),
      part('version', '1'),
      part('digest', DIGEST),
      part('enforcement.is', 'enforced'),
      part('run_details', null),
    ],
  ],
  [
    'nudge.answered',
    '2026-11-24T09:13:40Z',
    [part('nudge', RUN), part('digest', DIGEST), part('answer', 'asked')],
  ],
  [
    'request.sent',
    '2026-11-24T09:13:40Z',
    [
      part('request', RUN),
      part('digest', DIGEST),
      part('name', 'Llama-3-8B-Uncensored'),
      part('days', '30'),
      part('request_reason', null),
    ],
  ],
  [
    'sighting.opened',
    '2026-11-24T09:12:55Z',
    [
      part('sighting', RUN),
      part('name', 'Llama-3-8B-Uncensored'),
      part('found_in', 'LM Studio'),
      part('sighting_details', null),
    ],
  ],
  [
    'model.installed',
    '2026-11-23T16:02:11Z',
    [
      part('entry', 'gemma-3-270m'),
      part('version', '1'),
      part('digest', DIGEST),
      part('how', 'was fetched'),
      part('model_file', null, 'plain'),
    ],
  ],
  [
    'model.install_failed',
    '2026-11-23T15:58:40Z',
    [part('entry', 'qwen-2.5-7b'), part('code', 'library.disk_full')],
  ],
  [
    'catalogue.accepted',
    '2026-11-23T08:30:02Z',
    [part('version', '42'), part('policy_version', '3'), part('catalogue_files', null)],
  ],
  ['host.started', '2026-11-23T08:30:00Z', [part('version', '0.1.0'), part('host', 'tray')]],
]

export const log: LogRow[] = happened.map(([kind, at, fields], place) => ({
  seq: 1284 - place,
  at,
  kind,
  text: `The host says: ${kind}.`,
  fields,
  sent: [],
  hash: String(place).repeat(64),
}))

export const row = (over: Partial<LogRow>): LogRow => ({ ...(log[0] as LogRow), ...over })

export const entry = (of: LogRow, over: Partial<LogEntry> = {}): LogEntry => ({
  row: of,
  body: `{"at":"${of.at}","event":{"kind":"${of.kind}"}}`,
  previous: 'ab'.repeat(32),
  message: '63616e7465656e'.repeat(8),
  fits: true,
  follows: true,
  ...over,
})

export const check: LogCheck = {
  rows: 1284,
  unbroken: true,
  broken_at: null,
  how: null,
  head: '0'.repeat(64),
  checked: '2026-11-24T09:38:12Z',
}

export const ledger: Ledger = {
  rows: 1284,
  oldest: '2026-05-12T08:30:00Z',
  check: null,
  models: ['gemma-3-270m', 'qwen-2.5-7b'],
  held: {
    conversations: 12,
    messages: 340,
    sightings: 9,
    past_sightings: 6,
    evidence: 41,
    nudges: 3,
    requests: 4,
    open_requests: 1,
    runs: 58,
    live_runs: 1,
  },
  organisation: 'Nordwind',
  kept_until: null,
}
