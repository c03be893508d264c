import type {
  Computer,
  ChatOptions,
  Connection,
  Conversation,
  Fault,
  Hardware,
  Model,
  ModelPage,
  ModelsFolder,
  Nudge,
  NudgeBasis,
  Outcomes,
  Request,
  Run,
  RunSamples,
  SavedFile,
  SettingsChange,
  SettingsPage,
  Sighting,
  SignedFile,
  Status,
  Suggestion,
  TokenCount,
} from '../src/lib/backend'

/** Things as the host would tell them, for tests and for looking at the screens. Names and figures are invented. */

export const NOW = Date.parse('2026-11-24T09:41:12Z')
const ago = (ms: number) => new Date(NOW - ms).toISOString()
const MINUTE = 60_000
const DAY = 86_400_000

export const digest = (letter: string) => `sha256:${letter.repeat(64)}`

export function fault(code: string, over: Partial<Fault> = {}): Fault {
  return {
    code,
    message: `The host says: ${code}.`,
    remedy: 'retry',
    subject: {},
    incident: '0198c0de-0000',
    ...over,
  }
}

export function model(over: Partial<Model> = {}): Model {
  return {
    id: 'gemma-3-270m',
    version: 3,
    name: 'Gemma 3 270M Instruct',
    summary: 'A small, quick model for short answers, summaries and rewriting.',
    publisher: 'Google',
    licence: 'Gemma licence',
    licence_to_accept: false,
    tasks: ['chat', 'summarise'],
    languages: ['en', 'de', 'fr'],
    parameters: 268_000_000,
    quantisation: 'Q8_0',
    size: 253_000_000,
    memory_minimum: 644_000_000,
    fit: 'well',
    measured_speed: 62.3,
    expected_speed: null,
    data_approved: ['public', 'internal'],
    data_not_approved: ['personal', 'payment'],
    runs_in_engine: true,
    approved_on: '2026-05-12T09:00:00Z',
    review_overdue: false,
    installation: { is: 'installed' },
    run: null,
    ...over,
  }
}

export const qwen = model({
  id: 'qwen-2.5-7b',
  name: 'Qwen 2.5 7B Instruct',
  publisher: 'Alibaba Cloud',
  licence: 'Apache-2.0',
  tasks: ['chat', 'code'],
  languages: Array.from({ length: 29 }, (_, n) => ['en', 'de', 'fr', 'es', 'it'][n] ?? `x-l${n}`),
  parameters: 7_600_000_000,
  quantisation: 'Q4_K_M',
  size: 4_700_000_000,
  memory_minimum: 6_550_000_000,
  fit: 'slow',
  measured_speed: null,
  expected_speed: 4.1,
  installation: { is: 'absent' },
})
export const mistral = model({
  id: 'mistral-7b',
  name: 'Mistral 7B Instruct v0.3',
  publisher: 'Mistral AI',
  licence: 'Apache-2.0',
  tasks: ['chat', 'translate'],
  languages: ['en'],
  size: 4_400_000_000,
  memory_minimum: 6_000_000_000,
  fit: 'tight',
  measured_speed: 4.6,
  installation: {
    is: 'fetching',
    done: 2_700_000_000,
    total: 4_400_000_000,
    rate: 35_000_000,
    left_ms: 48_000,
  },
})
export const minilm = model({
  id: 'minilm-l6',
  name: 'MiniLM L6 v2',
  publisher: 'Sentence Transformers',
  licence: 'Apache-2.0',
  tasks: ['embeddings'],
  languages: ['en'],
  size: 46_000_000,
  memory_minimum: 107_000_000,
  measured_speed: null,
  runs_in_engine: false,
})
export const licensed = model({
  id: 'gemma-3-270m-base',
  name: 'Gemma 3 270M (base)',
  licence_to_accept: true,
  tasks: ['completion'],
  measured_speed: null,
  installation: { is: 'absent' },
})

export const models: Model[] = [model({ run: 'run-1' }), qwen, mistral, minilm, licensed]

/** Its last key has not signed, where there are more than are needed. */
export function signedFile(role: string, keys: string[], needed: number): SignedFile {
  return {
    role,
    version: 3,
    expires: '2027-02-01T00:00:00Z',
    needed,
    keys: keys.map((key, at) => ({ id: key.repeat(32), signed: at < needed })),
  }
}

export const hardware: Hardware = {
  memory: 16_000_000_000,
  memory_available: 9_000_000_000,
  physical_cores: 4,
  logical_cores: 8,
  processor: 'Sample Processor 4000',
  architecture: 'x86_64',
  instruction_sets: ['SSE4.2', 'AVX', 'F16C', 'FMA', 'AVX2', 'BMI2'],
  lacking: [],
  gpus: [{ name: 'Intel (46a6)', memory: null }],
}

export const suggestions: Suggestion[] = [
  { model: 'mistral-7b', at: 'ability', speed: 4.6, measured: true },
  { model: 'gemma-3-270m', at: 'speed', speed: 62.3, measured: true },
]

export function page(of: Model, over: Partial<ModelPage> = {}): ModelPage {
  return {
    model: of,
    licence_text: null,
    licence_digest: digest('1'),
    context_length: 32_768,
    context_tokens: 8_192,
    format: 'gguf',
    digest: digest('7'),
    sources: [{ is: 'mirror', host: 'mirror.nordwind.example' }, { is: 'folder' }],
    chat_template: digest('c'),
    base_chain: [
      { name: 'Qwen2.5-7B-Instruct', publisher: 'Alibaba Cloud', entry: null, measured: null },
      { name: 'Qwen2.5-7B', publisher: 'Alibaba Cloud', entry: null, measured: null },
    ],
    kin: [],
    uses_approved: ['summarise', 'draft'],
    uses_not_approved: ['decisions-about-people', 'hiring-decisions'],
    groups: [],
    approver: 'Maren Petersen',
    approver_role: 'AI governance',
    accepted_hazards: null,
    review_due: '2027-05-12T09:00:00Z',
    installed_path:
      of.installation.is === 'installed' ? '/home/ada/.local/share/canteen/models/sha256-77' : null,
    listed: true,
    installed:
      of.installation.is === 'installed'
        ? {
            version: of.version,
            same_bytes: true,
            digest: digest('7'),
            installed: ago(30 * DAY),
            approved_on: '2026-05-12T09:00:00Z',
            approver: 'Maren Petersen',
          }
        : null,
    signatures: [
      signedFile('root', ['1a', '2b', '3c'], 2),
      signedFile('timestamp', ['4d'], 1),
      signedFile('snapshot', ['5e'], 1),
      signedFile('targets', ['6f'], 1),
    ],
    department: null,
    ...over,
  }
}

export const run: Run = {
  id: 'run-1',
  model: 'gemma-3-270m',
  name: 'Gemma 3 270M Instruct',
  state: 'ready',
  ended: null,
  started: ago(12 * MINUTE),
  ended_at: null,
  sandbox: { is: 'enforced' },
  landlock_abi: 3,
  memory: 432_000_000,
  cpu_ms: 41_300,
  answer_tokens: 118,
  speed: 62.3,
  memory_limit: 1_288_000_000,
  idle_ms: 900_000,
  answering: null,
}

export const runs: Run[] = [
  run,
  {
    ...run,
    id: 'run-2',
    model: 'mistral-7b',
    name: 'Mistral 7B Instruct v0.3',
    state: 'answering',
    sandbox: { is: 'partly', missing: ['landlock'] },
    memory: 5_900_000_000,
    cpu_ms: 183_000,
    speed: 4.6,
    memory_limit: 9_900_000_000,
    answering: 'conv-1',
  },
  {
    ...run,
    id: 'run-0',
    state: 'ended',
    ended: 'idle',
    started: ago(200 * MINUTE),
    ended_at: ago(3 * 60 * MINUTE),
    answer_tokens: 1204,
    idle_ms: null,
  },
]

/** Two minutes of a run: an answer of half a minute with rest around it. */
export function samples(of: string, speed: number, memory: number, watts: number | null = null): RunSamples {
  return {
    run: of,
    samples: Array.from({ length: 120 }, (_, second) => {
      const busy = second >= 50 && second < 85
      const wave = Math.sin(second / 3)
      return {
        at: ago((119 - second) * 1000),
        cpu_percent: busy ? 74 + 9 * wave : 0.4,
        memory: memory + (busy ? 20_000_000 + 4_000_000 * wave : 0),
        speed: busy ? speed + (speed / 12) * wave : null,
        watts: watts === null ? null : watts + (busy ? 18 + wave : 0),
      }
    }),
  }
}

export const runSamples: RunSamples[] = [
  samples('run-1', 62, 432_000_000),
  samples('run-2', 4.6, 5_900_000_000, 9),
]

export const basis: NudgeBasis = {
  rule: 'nudge.unapproved.toast',
  rung: 'toast',
  rules_version: 4,
  rules_by: 'Nordwind',
  signals: ['content', 'holder'],
  held_by: [],
  held_until: null,
  deadline: null,
}

export function sighting(over: Partial<Sighting> = {}): Sighting {
  return {
    id: 'seen-1',
    name: 'Llama-3-8B-Uncensored',
    about: 'llama · Q4_K_M',
    size: 4_900_000_000,
    digest: digest('a'),
    found_in: 'LM Studio',
    path: '.lmstudio/models/llama-3-8b-uncensored.gguf',
    grade: 'inferring',
    verdict: 'unapproved',
    entry: null,
    holder: 'lm-studio (4711)',
    first_seen: ago(2 * DAY),
    last_seen: ago(12_000),
    evidence: [
      {
        source: 'maps',
        signal: 'holder',
        code: 'holder.maps',
        fields: { holder: 'lm-studio', pid: '4711' },
        text: 'lm-studio (process 4711) has it in memory.',
        at: ago(40_000),
      },
      {
        source: 'content',
        signal: 'content',
        code: 'content.weights',
        fields: { about: 'GGUF · llama · Q4_K_M' },
        text: 'Its first bytes are those of model weights (GGUF · llama · Q4_K_M).',
        at: ago(2 * DAY),
      },
    ],
    request: null,
    alternative: {
      id: 'mistral-7b',
      name: 'Mistral 7B Instruct v0.3',
      installed: true,
      size: 4_400_000_000,
      licence: 'Apache-2.0',
      data: ['public', 'internal'],
      because: 'Mistral 7B Instruct v0.3 is approved for the same work and is ready on this computer.',
      reasons: [
        { is: 'same_work', tasks: ['chat', 'code'] },
        { is: 'runs', suits: 'well', speed: 12.3, measured: true },
        { is: 'languages', languages: ['en'] },
        { is: 'ready' },
      ],
    },
    others: [
      {
        id: 'llama-32-3b',
        name: 'Llama 3.2 3B Instruct',
        installed: false,
        size: 2_020_000_000,
        licence: 'Llama 3.2',
        data: ['public'],
        because: 'Llama 3.2 3B Instruct is approved for the same work; fetching it takes 2.0 GB.',
        reasons: [
          { is: 'same_work', tasks: ['chat'] },
          { is: 'to_fetch', size: 2_020_000_000 },
        ],
      },
    ],
    nothing_suits: null,
    disputed: null,
    decided: { step: { is: 'stays', nudge: 'nudge-1' }, reason: 'unapproved', basis },
    ...over,
  }
}

export const sightings: Sighting[] = [
  sighting(),
  sighting({
    id: 'seen-2',
    name: 'mistral-7b-instruct.gguf',
    about: 'looks like the approved file, but differs',
    found_in: 'Downloads',
    grade: 'present',
    verdict: 'altered',
    holder: null,
    digest: digest('b'),
  }),
  sighting({
    id: 'seen-3',
    name: 'gemma3:270m',
    about: 'same bytes as the approved model',
    size: 253_000_000,
    found_in: 'Ollama',
    grade: 'present',
    verdict: 'approved',
    entry: 'gemma-3-270m',
    holder: null,
    digest: digest('c'),
    alternative: null,
    others: [],
  }),
  sighting({
    id: 'seen-4',
    name: 'pytorch_model.bin',
    about: 'pickle',
    found_in: 'Hugging Face cache',
    grade: 'present',
    verdict: 'dangerous',
    holder: null,
    digest: digest('d'),
  }),
  sighting({
    id: 'seen-5',
    name: 'all-MiniLM-L6-v2',
    about: 'safetensors',
    size: 91_000_000,
    found_in: 'Hugging Face cache',
    grade: 'present',
    holder: null,
    digest: digest('e'),
    request: 'req-1',
  }),
]

export const computer: Computer = {
  sightings,
  last_look: ago(12_000),
  files_seen: 214_318,
  watched: ['Ollama', 'LM Studio', 'Hugging Face cache', 'Downloads'],
  blind_spots: [
    { code: 'other_users', text: 'what programs of other users have open', span: null },
    { code: 'elsewhere', text: 'models inside a web page', span: null },
  ],
  looking: null,
  home: { state: 'through', percent: 100, files: 198_004 },
  asked: [],
  asking: 'on',
  runners: { built_in: 1, organisation: null },
  disputed: [],
  paused_until: null,
}

export const nudge: Nudge = {
  id: 'nudge-1',
  sighting: 'seen-1',
  title: 'Llama-3-8B-Uncensored is not approved yet',
  body: 'LM Studio is running it. Mistral 7B Instruct v0.3 is approved for the same work and is ready on this computer.',
  state: 'shown',
  until: null,
  shown_by: 'window',
  created: ago(MINUTE),
  reason: 'unapproved',
  alternative: sighting().alternative,
  others: sighting().others,
  nothing_suits: null,
  why: [
    'Rule: models that are in use and not in the catalogue (rules version 4, set by Nordwind).',
    'Signals: the file’s content, a process that holds it.',
    'What IT was told: nothing. It stays on this computer unless you ask for approval.',
  ],
  basis,
  subject: {
    name: 'Llama-3-8B-Uncensored',
    found_in: 'LM Studio',
    path: '.lmstudio/models/llama-3-8b-uncensored.gguf',
    holder: 'lm-studio',
    since: ago(2 * DAY),
    of: null,
  },
}

const counts = {
  shown: 9,
  acted: 6,
  moved: 2,
  asked: 1,
  disputed: 1,
  put_off: 1,
  silenced: 1,
  closed: 0,
  ignored: 1,
  gone: 1,
  waiting: 1,
}

export const outcomes: Outcomes = {
  since: ago(80 * DAY),
  month: {
    counts: { ...counts, shown: 3, acted: 0, moved: 0, asked: 0, disputed: 0, put_off: 0, silenced: 0 },
    models: [],
  },
  all: { counts, models: [{ digest: digest('a'), name: 'Llama-3-8B-Uncensored', counts }] },
}

export function request(over: Partial<Request> = {}): Request {
  return {
    id: 'req-1',
    name: 'all-MiniLM-L6-v2',
    digest: digest('e'),
    details: null,
    reason: 'Search in our own manuals.',
    days: 30,
    state: 'sent',
    answer: null,
    until: null,
    asked: ago(2 * DAY),
    seen: null,
    updated: ago(2 * DAY),
    ...over,
  }
}

export const requests: Request[] = [
  request(),
  request({
    id: 'req-3',
    name: 'Phi 4 mini',
    digest: null,
    details: 'Microsoft, https://hub.example/phi-4-mini',
    reason: 'Short answers for the service desk.',
    state: 'seen',
    asked: ago(5 * DAY),
    seen: ago(4 * DAY),
    updated: ago(4 * DAY),
  }),
  request({
    id: 'req-2',
    name: 'Phi-4-multimodal',
    digest: digest('f'),
    reason: 'Comparing answers for the support team.',
    days: 90,
    state: 'declined',
    answer: 'Please use Qwen 2.5 7B for this.',
    asked: ago(20 * DAY),
    updated: ago(18 * DAY),
  }),
]

export const status: Status = {
  version: '0.1.0',
  host: 'tray',
  catalogue: {
    state: 'fresh',
    organisation: 'Nordwind',
    version: 42,
    entries: 5,
    checked: ago(3 * MINUTE),
    expires: ago(-9 * DAY),
    refused: null,
  },
  runs: [run],
  attention: [nudge],
  paused_until: null,
  key_place: 'keyring',
  sandbox: 'enforced',
  notifications: true,
  log_rows: 1284,
  memory: 16_000_000_000,
}

export const conversation: Conversation = {
  line: {
    id: 'conv-1',
    title: 'Summarise the onboarding guide',
    model: 'gemma-3-270m',
    updated: ago(2 * MINUTE),
  },
  settings: {
    instructions: null,
    temperature: null,
    top_p: null,
    top_k: null,
    max_answer_tokens: null,
    seed: null,
  },
  messages: [
    {
      id: 'm1',
      role: 'user',
      text: 'Give me the three things a new colleague has to do in the first week.',
      attachments: [],
      at: ago(3 * MINUTE),
      model: null,
      end: null,
      prompt_tokens: null,
      answer_tokens: null,
      first_token_ms: null,
      speed: null,
    },
    {
      id: 'm2',
      role: 'assistant',
      text: '1. **Collect the laptop** and sign in with the temporary password.\n2. **Finish the security training** (45 minutes).\n3. **Meet the team lead** and agree on the first project.\n\nMore is in the [guide](https://intranet.nordwind.example/guide).',
      attachments: [],
      at: ago(2 * MINUTE),
      model: 'gemma-3-270m',
      end: 'finished',
      prompt_tokens: 57,
      answer_tokens: 118,
      first_token_ms: 84,
      speed: 62.3,
    },
  ],
}

/** One of everything that an answer can hold. */
export const longTalk: Conversation = {
  ...conversation,
  messages: [
    ...conversation.messages,
    {
      ...conversation.messages[0]!,
      id: 'm3',
      text: 'Write a function that counts them, and a table of what it costs.',
      attachments: [{ name: 'notes.txt', text: 'Collect the laptop.\n' }],
    },
    {
      ...conversation.messages[1]!,
      id: 'm4',
      text: [
        'Here it is:',
        '',
        '```python',
        'def things(week: int) -> list[str]:',
        '    # What is to be done.',
        '    return ["laptop", "training"] if week == 1 else []',
        '```',
        '',
        '| Step | Minutes | Cost |',
        '| --- | ---: | --- |',
        '| Laptop | 20 | $x^2$ |',
        '| Training | 45 | – |',
        '',
        '> Everything else can wait.',
      ].join('\n'),
    },
  ],
}

export const chatOptions: ChatOptions = {
  defaults: {
    instructions: '',
    temperature: 0.7,
    top_p: 0.95,
    top_k: 40,
    max_answer_tokens: 512,
    seed: null,
  },
  temperature: { low: 0, high: 2 },
  top_p: { low: 0.05, high: 1 },
  top_k: { low: 0, high: 200 },
  max_answer_tokens: { low: 1, high: 2048 },
  context_tokens: 2048,
}

export const tokens: TokenCount = {
  tokens: 190,
  exact: true,
  context_tokens: 2048,
  max_answer_tokens: 512,
}

export const settings: SettingsPage = {
  settings: {
    language: 'system',
    appearance: 'system',
    text_size: 100,
    catalogue_layout: 'grid',
    autostart: false,
    idle_minutes: 15,
    threads: null,
    instructions: '',
    first_start_done: true,
    ask_servers: true,
  },
  managed: { fields: [], by: null, fault: null },
  cores: 8,
  automatic_threads: 4,
}

export function changed(change: SettingsChange): SettingsPage {
  return { ...settings, settings: { ...settings.settings, ...change } }
}

export const modelsFolder: ModelsFolder = {
  path: '/home/ada/.local/share/canteen/data/models',
  usual_path: '/home/ada/.local/share/canteen/data/models',
  there: true,
  used: 4_700_000_000,
  free: 182_000_000_000,
  moving: null,
}

export const connection: Connection = {
  set_by: 'preset',
  location: 'https://models.nordwind.example/catalogue',
  root_digest: digest('7'),
  groups: [],
}

export const saved = (name: string): SavedFile => ({
  name,
  path: `/home/ada/Downloads/${name}`,
  shown: `~/Downloads/${name}`,
})
