/** What a sentence of the ledger is made of. */
export type Said = {
  /** Name of the model, as people know it. */
  model: string
  /** A part of the entry as it is stored. */
  value: (name: string) => string
  /** A number among them, as people write it. */
  count: (name: string) => string
  /** Why a run ended. */
  ended: string
  /** What a fault or a refusal means. */
  cause: string
  /** Settings by their names. */
  settings: string
}

const plural = (n: string, one: string, many: string) => (n === '1' ? one : many)

function word(words: Readonly<Record<string, string>>, key: string): string {
  return words[key] ?? key.replaceAll('_', ' ')
}

const HOSTS: Readonly<Record<string, string>> = {
  tray: 'with the desktop',
  headless: 'without a window',
}
const HOWS: Readonly<Record<string, string>> = {
  'was fetched': 'fetched',
  'was here already': 'here already',
  'was on this disk already': 'taken from this disk',
}
const ENDS: Readonly<Record<string, string>> = {
  finished: 'complete',
  length: 'ended at the length limit',
  context_full: 'ended because the conversation is too long',
  stopped: 'stopped by you',
}
const ANSWERS: Readonly<Record<string, string>> = {
  used: 'you took the approved model',
  asked: 'you asked for approval',
  snoozed: 'later',
  dismissed: 'you closed it',
  ignored: 'no answer',
  withdrawn: 'no longer needed',
  silenced: 'silent for a time',
  reopened: 'you took that back',
}
const REWRITES: Readonly<Record<string, string>> = {
  edited: 'you changed what you had written',
  regenerated: 'you asked for another answer',
}
const FORMS: Readonly<Record<string, string>> = { markdown: 'Markdown', json: 'JSON' }
const WHYS: Readonly<Record<string, string>> = {
  gone: 'it is no longer there',
  approved: 'it was approved',
  disputed: 'it was a mistake',
  not_a_model: 'you said that it is not a model',
  not_me: 'you said that it is not you',
  granted: 'it was granted',
}
const ASKED: Readonly<Record<string, string>> = {
  asked: 'it may save its work first',
  gone: 'it had ended by itself',
  not_own: 'it belongs to another user',
  not_here: 'this system has no gentle way, please end it yourself',
}
const SANDBOXES: Readonly<Record<string, string>> = {
  enforced: 'locked in',
  partly: 'partly locked in',
  refused: 'not locked in',
}

export const ledger = {
  title: 'What IT sees',
  sub: 'Everything Canteen recorded, and the part of it that leaves this computer. Today nothing leaves it: there is nobody that it is sent to. Your prompts are never sent.',
  tabs: 'What IT sees',
  recorded: 'Recorded',
  yours: 'Your data',
  table: 'Everything that was recorded, newest first',
  when: 'When',
  what: 'What happened',
  kept: 'Kept here',
  sent: 'Sent to IT',
  nothing: 'nothing',
  plain: (name: string) => `${name} (not encrypted)`,
  unreadable: 'This entry cannot be read: a newer Canteen wrote it, or it was changed.',
  unknownTime: 'time not readable',

  entries: (n: string) => plural(n, '1 entry', `${n} entries`),
  unbroken: (n: string) => `${n} entries, chain unbroken`,
  broken: (at: string) => `Chain broken at entry ${at}`,
  brokenText: (at: string) =>
    `The chain is broken at entry ${at}. What stands before it is as it was written; of what stands after it, nothing is certain. Tell IT, and export the log before you do anything else.`,
  how: {
    number: 'The numbers do not go on there: entries before it were removed, or others were put in.',
    joint: 'It was written after another entry than the one that stands before it: that one was replaced.',
    content: 'Its words are not those that were written: somebody changed them, or the disk lost them.',
  } as Readonly<Record<string, string>>,
  showEntry: (seq: string) => `Show entry ${seq}`,
  check: 'Check the chain',
  checking: 'Checking…',
  never: 'never checked',
  /** Followed by “3 minutes ago”. */
  lastCheck: 'checked',
  after: (n: string) => plural(n, '1 entry was added since', `${n} entries were added since`),

  filters: 'Filter the entries',
  search: 'Search names, codes and words',
  kind: 'What about',
  anyKind: 'Everything',
  groups: {
    models: 'Models',
    runs: 'Runs and answers',
    computer: 'This computer and nudges',
    requests: 'Requests',
    catalogue: 'Catalogue and rules',
    data: 'This log and your data',
    canteen: 'Canteen and settings',
  },
  model: 'Model',
  anyModel: 'All models',
  period: 'When',
  periods: {
    any: 'At any time',
    today: 'Today',
    week: 'Last 7 days',
    month: 'Last 30 days',
    custom: 'From … to …',
  },
  from: 'From',
  to: 'To',
  found: (n: string) => plural(n, '1 entry so far', `${n} entries so far`),
  foundAll: (n: string) => plural(n, '1 entry', `${n} entries`),
  looking: (seq: string) => `Looking further back, at entry ${seq}…`,
  older: 'Older entries are coming…',
  end: 'This is the first entry.',
  endFound: 'Nothing older matches.',
  noneTitle: 'Nothing like that was recorded',
  noneText: 'Try other words, or take a filter away.',
  clear: 'Clear search and filters',
  emptyTitle: 'Nothing recorded yet',
  emptyText: 'Installing, running and asking leave an entry here.',

  details: (seq: string) => `Entry ${seq}`,
  /** Read out after the sentence on the button that opens the details. */
  open: 'show every part',
  part: 'Part',
  value: 'Value',
  elsewhere: 'kept beside this log',
  encrypted: 'encrypted',
  unencrypted: 'as a file, not encrypted',
  sentNever: 'not sent',
  sentYes: 'sent',
  bytes: 'Exactly as stored',
  bytesText: 'These are the bytes that were written and hashed, to the last sign.',
  hash: 'Hash of this entry',
  previous: 'Hash of the entry before',
  fits: 'The hash is that of these bytes',
  fitsNot: 'The hash is not that of these bytes',
  follows: 'It follows the entry before',
  followsNot: 'It does not follow the entry before',
  byHand: 'Check it by hand',
  byHandText:
    'The hash is the SHA-256 of: the text canteen-audit-1, a zero byte, the hash of the entry before (32 bytes), the number of the entry (8 bytes), the length of the bytes above (8 bytes), and these bytes. The command works that out on this computer; its result has to be the hash above.',
  copyBytes: 'Copy the bytes',
  copyHash: 'Copy the hash',
  copyCommand: 'Copy the command',

  export: 'Export',
  exportJsonl: 'For checking (JSON Lines)',
  exportCsv: 'As a table (CSV)',
  exporting: 'Exporting…',
  exported: (rows: string, path: string) =>
    `${plural(rows, '1 entry was', `${rows} entries were`)} written to ${path}. The file is not encrypted.`,
  copyPath: 'Copy the path',

  held: 'What Canteen keeps about you',
  heldText:
    'All of it lies on this computer, encrypted. The models themselves are files that say nothing about you.',
  heldWhat: 'What',
  heldCount: 'How much',
  heldFate: 'When you delete your data',
  goes: 'goes',
  stays: 'stays',
  rows: {
    conversations: 'Conversations',
    sightings: 'Models seen on this computer',
    nudges: 'Nudges',
    requests: 'Requests to IT',
    runs: 'Runs and measured speeds',
    kept: 'Settings, installed models, licences',
    log: 'This log',
  },
  messages: (n: string) => plural(n, '1 message', `${n} messages`),
  conversationsOf: (n: string, messages: string) => `${n}, with ${messages}`,
  sightingsFate: (open: string) =>
    open === '0'
      ? 'goes'
      : `goes; ${plural(open, 'the one that is there now stays', `the ${open} that are there now stay`)} listed as if just seen`,
  requestsFate: (open: string) =>
    open === '0' ? 'goes' : `goes, except ${plural(open, '1 that is', `${open} that are`)} open or granted`,
  runsFate: (live: string) =>
    live === '0' ? 'goes' : `goes, except ${plural(live, '1 that is', `${live} that are`)} running`,
  nudgesFate: 'goes; you may be told again',
  keptFate: 'stays: Canteen needs it to go on',
  keptCount: 'as you see them in Canteen',
  logFate: (organisation: string | null, until: string | null) =>
    until !== null
      ? `stays until ${until}`
      : organisation !== null
        ? `stays while Canteen is set up for ${organisation}`
        : 'stays while Canteen is set up here',
  logWhy: (organisation: string | null, until: string | null) =>
    `The log cannot be deleted ${until !== null ? `before ${until}` : `while Canteen is set up${organisation === null ? ' here' : ` for ${organisation}`}`}: whoever could empty it could hide what happened, from you as well as from IT. It holds no prompt and no answer. When you leave, “canteen purge” removes it together with everything else.`,
  exportAll: 'Export everything',
  exportAllText:
    'A new folder in your downloads: this log, conversations, requests, nudges, settings and all the rest, for people and programs to read, with a note that explains it.',
  exportedAll: (rows: string, path: string) =>
    `${rows} rows were written to ${path}. The folder is not encrypted.`,
  delete: 'Delete my data…',
  deleteText: 'Conversations, what was seen and pointed out, answered requests and measurements.',
  deleteTitle: 'Delete your data?',
  deleteIntro: 'This cannot be undone. Export everything first if you may need it again.',
  deleteGoes: 'What goes',
  deleteStays: 'What stays',
  deleteYes: 'Delete',
  deleting: 'Deleting…',
  deleted: 'Your data were deleted. What went stands in the log.',
  nothingToDelete: 'There is nothing to delete at present.',

  kinds: {
    'host.started': 'Canteen started',
    'host.stopped': 'Canteen ended',
    'catalogue.accepted': 'Catalogue received',
    'catalogue.refused': 'Catalogue refused',
    'signatures.accepted': 'Knowledge about programs taken over',
    'server.asked': 'Program asked',
    'server.answered': 'Program answered',
    'licence.accepted': 'Licence accepted',
    'model.installed': 'Model installed',
    'model.install_failed': 'Installation failed',
    'model.removed': 'Model removed',
    'file.altered': 'File altered',
    'run.started': 'Run started',
    'run.ended': 'Run ended',
    'conversation.rewritten': 'Conversation rewritten',
    'conversation.exported': 'Conversation exported',
    'answer.given': 'Answer given',
    'sighting.opened': 'Model noticed',
    'sighting.resolved': 'Noticed model resolved',
    'sighting.asked_to_end': 'Program asked to end',
    'nudge.shown': 'Nudge shown',
    'nudge.answered': 'Nudge answered',
    'request.sent': 'Request made',
    'request.withdrawn': 'Request withdrawn',
    'policy.refused': 'Not allowed by the rules',
    'log.verified': 'Log checked',
    'log.exported': 'Log exported',
    'data.exported': 'Everything exported',
    'data.deleted': 'Data deleted',
    'settings.changed': 'Setting changed',
  } as Readonly<Record<string, string>>,

  sentences: {
    'host.started': (said) => `Canteen ${said.value('version')} started ${word(HOSTS, said.value('host'))}`,
    'host.stopped': () => 'Canteen ended',
    'catalogue.accepted': (said) =>
      `Catalogue ${said.count('version')} received and its signatures checked (rules version ${said.count('policy_version')})`,
    'catalogue.refused': (said) => `A catalogue was refused; the last good one stays. ${said.cause}`,
    'signatures.accepted': (said) =>
      `What your organisation knows about programs that run models was taken over (version ${said.value('version')})`,
    'server.asked': (said) =>
      `${said.value('program')} was asked at port ${said.value('port')} of this computer what it is`,
    'server.answered': (said) => {
      const answer = `${said.value('program')} answered at port ${said.value('port')} that it is ${said.value('product')}`
      const to = said.value('forwards_to')
      return to === '' ? answer : `${answer} and forwards to another computer, ${to}`
    },
    'licence.accepted': (said) => `You accepted the licence “${said.value('licence')}” of ${said.model}`,
    'model.installed': (said) =>
      `Installed ${said.model} (version ${said.value('version')}, ${word(HOWS, said.value('how'))}), digest verified`,
    'model.install_failed': (said) => `Installing ${said.model} failed. ${said.cause}`,
    'model.removed': (said) => `Removed ${said.model} from this computer`,
    'file.altered': (said) => `The file of ${said.model} is not what was approved; it was not started`,
    'run.started': (said) =>
      `Started ${said.model} (version ${said.value('version')}), digest verified, ${word(SANDBOXES, said.value('enforcement.is'))}`,
    'run.ended': (said) => `${said.model} ended: ${said.ended}`,
    'answer.given': (said) =>
      `${said.model} answered: ${said.count('figures.prompt_tokens')} tokens read, ${said.count('figures.answer_tokens')} written, ${word(ENDS, said.value('end'))}`,
    'conversation.rewritten': (said) =>
      `${plural(said.value('removed'), '1 message', `${said.count('removed')} messages`)} of a conversation replaced: ${word(REWRITES, said.value('why'))}`,
    'conversation.exported': (said) =>
      `You exported a conversation to your downloads (${word(FORMS, said.value('format'))})`,
    'sighting.opened': (said) => `Noticed “${said.value('name')}” in ${said.value('found_in')}`,
    'sighting.resolved': (said) =>
      `A model that was noticed is off the list: ${word(WHYS, said.value('why'))}`,
    'sighting.asked_to_end': (said) =>
      `The date for ${said.value('program')} had passed, so it was asked to end: ${word(ASKED, said.value('outcome'))}`,
    'nudge.shown': (said) =>
      said.value('by') === 'notification'
        ? 'A nudge was shown as a notification'
        : 'A nudge was shown in the window',
    'nudge.answered': (said) => `A nudge was settled: ${word(ANSWERS, said.value('answer'))}`,
    'request.sent': (said) =>
      `You asked for approval of “${said.value('name')}” for ${plural(said.value('days'), '1 day', `${said.value('days')} days`)}`,
    'request.withdrawn': () => 'You took a request back',
    'policy.refused': (said) => `Not allowed by the rules. ${said.cause}`,
    'log.verified': (said) =>
      `This log was checked: ${said.count('rows')} entries, ${said.value('unbroken') === 'true' ? 'unbroken' : 'broken'}`,
    'log.exported': (said) =>
      `You exported this log: ${said.count('rows')} entries ${said.value('to') === 'downloads' ? 'to your downloads' : 'from the command line'}`,
    'data.exported': () => 'You exported everything about you to your downloads',
    'data.deleted': (said) =>
      `You deleted your data: ${plural(said.value('conversations'), '1 conversation', `${said.count('conversations')} conversations`)}, ${plural(said.value('nudges'), '1 nudge', `${said.count('nudges')} nudges`)}, ${plural(said.value('requests'), '1 request', `${said.count('requests')} requests`)}, ${plural(said.value('runs'), '1 run', `${said.count('runs')} runs`)}`,
    'settings.changed': (said) => `A setting was changed: ${said.settings}`,
  } as Readonly<Record<string, (said: Said) => string>>,

  /** Short names of the parts; those that say the same to people have one name. */
  parts: {
    at: 'time',
    version: 'version',
    policy_version: 'version of the rules',
    host: 'how it was started',
    code: 'reason',
    entry: 'model',
    licence: 'licence',
    outcome: 'what came of it',
    program: 'program',
    port: 'port',
    product: 'what it says that it is',
    forwards_to: 'other computer',
    digest: 'digest',
    how: 'how it came',
    run: 'run',
    'enforcement.is': 'lock-in',
    'enforcement.missing': 'lock-in',
    reason: 'reason',
    end: 'how it ended',
    'figures.prompt_tokens': 'tokens read',
    'figures.answer_tokens': 'tokens written',
    'figures.first_token_ms': 'time to the first token',
    'figures.generation_ms': 'time to the last token',
    removed: 'number of messages',
    format: 'form',
    sighting: 'sighting',
    name: 'name',
    found_in: 'place',
    why: 'reason',
    nudge: 'nudge',
    by: 'way',
    answer: 'your answer',
    request: 'request',
    days: 'days',
    reasons: 'reasons',
    rows: 'number of entries',
    unbroken: 'result',
    form: 'form',
    to: 'destination',
    what: 'which setting',
    conversations: 'counts',
    messages: 'counts',
    sightings: 'counts',
    evidence: 'counts',
    nudges: 'counts',
    requests: 'counts',
    runs: 'counts',
    catalogue_files: 'the catalogue',
    model_file: 'the model file',
    run_details: 'lock-in and speed in full',
    conversation: 'the text in your conversation',
    sighting_details: 'path and observations',
    nudge_text: 'words of the nudge',
    request_reason: 'your reason',
    setting_value: 'the value',
    exported_copy: 'the exported copy',
  } as Readonly<Record<string, string>>,
  /** In the narrow column these stand for several parts. */
  together: {
    'figures.prompt_tokens': 'counts and times',
    'figures.answer_tokens': 'counts and times',
    'figures.first_token_ms': 'counts and times',
    'figures.generation_ms': 'counts and times',
  } as Readonly<Record<string, string>>,
  settingNames: {
    'nudges.paused_until': 'pause of nudges',
    'catalogue.joined': 'catalogue',
    'managed by your organisation': 'managed by your organisation',
    language: 'language',
    appearance: 'appearance',
    catalogue_layout: 'layout of the catalogue',
    autostart: 'start with the desktop',
    idle_minutes: 'time until a model rests',
    threads: 'threads',
    instructions: 'instructions for every chat',
    first_start_done: 'first start',
    ask_servers: 'asking programs what they are',
    models_folder: 'models folder',
  } as Readonly<Record<string, string>>,
} as const
