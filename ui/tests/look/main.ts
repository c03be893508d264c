import '../../src/styles/fonts.css'
import '../../src/styles/tokens.css'
import '../../src/styles/base.css'
import { mount } from 'svelte'
import App from '../../src/App.svelte'
import { FakeBackend } from '../fake'
import * as sample from '../sample'
import * as ledger from '../sample.ledger'
import { many } from './many'

/**
 * The real window over sample data, to look at every state without a host: `npm run look`, then `?theme=dark&language=de&case=empty#/computer`.
 * Never built into the app.
 */
const query = new URLSearchParams(location.search)
const theme = query.get('theme')
const appearance = theme === 'light' || theme === 'dark' ? theme : 'system'
const language = query.get('language') === 'de' ? 'de' : 'en'

const never = () => new Promise<never>(() => undefined)
const refuse = (code: string, remedy: string) => () => Promise.reject(sample.fault(code, { remedy }))

// The sample data are as of one moment: so is the clock.
Date.now = () => sample.NOW

const cases: Record<string, () => FakeBackend> = {
  content: () => new FakeBackend(),
  waiting: () =>
    new FakeBackend({
      list_models: never,
      list_runs: never,
      list_sightings: never,
      list_requests: never,
      read_log: never,
    }),
  empty: () =>
    new FakeBackend({
      get_status: () => ({ ...sample.status, attention: [], runs: [] }),
      list_models: () => [],
      list_runs: () => [],
      list_conversations: () => [],
      list_sightings: () => ({ ...sample.computer, sightings: [] }),
      list_nudges: () => [],
      list_requests: () => [],
      read_log: () => ({ rows: [], next: null }),
      get_ledger: () => ({ ...ledger.ledger, rows: 0, models: [] }),
    }),
  fault: () =>
    new FakeBackend({
      get_status: () => ({ ...sample.status, catalogue: { ...sample.status.catalogue, state: 'stale' } }),
      list_models: refuse('store.io', 'retry'),
      list_runs: refuse('store.io', 'ask_it'),
      list_sightings: refuse('watch.not_started', 'ask_it'),
      list_requests: refuse('store.busy', 'retry'),
      read_log: refuse('store.bad_row', 'ask_it'),
    }),
  states: () =>
    new FakeBackend({
      list_models: () => [
        sample.model({
          id: 'a',
          name: 'Paused',
          installation: { is: 'paused', reason: 'quit', done: 1.2e9, total: 4.4e9 },
        }),
        sample.model({ id: 'b', name: 'Verifying', installation: { is: 'verifying' } }),
        sample.model({
          id: 'c',
          name: 'Failed',
          installation: {
            is: 'failed',
            fault: sample.fault('library.disk_full', {
              remedy: 'free_space',
              subject: { needs_bytes: '4700000000', free_bytes: '1200000000' },
            }),
          },
        }),
        sample.model({ id: 'd', name: 'Withdrawn', installation: { is: 'withdrawn' } }),
        sample.model({ id: 'h', name: 'For others', installation: { is: 'not_for_group', here: true } }),
        sample.model({
          id: 'e',
          name: 'Update available',
          installation: { is: 'update_available', installed_version: 2 },
        }),
        sample.model({ id: 'f', name: 'Review overdue', review_overdue: true, fit: 'slow' }),
        sample.model({ id: 'g', name: 'Absent', data_approved: [], installation: { is: 'absent' } }),
      ],
    }),
  /** 10,000 models, with the part of the keyboard and the wheel. */
  many: () => new FakeBackend({ list_models: () => many(10_000) }),
  list: () => new FakeBackend({ get_settings: () => sample.changed({ catalogue_layout: 'list' }) }),
  old: () =>
    new FakeBackend({
      get_status: () => ({ ...sample.status, catalogue: { ...sample.status.catalogue, state: 'expired' } }),
    }),
  managed: () =>
    new FakeBackend({
      get_settings: () => ({
        ...sample.settings,
        managed: {
          fields: ['language', 'appearance', 'text_size', 'threads', 'idle_minutes', 'instructions'],
          by: 'IT of Nordwind',
          fault: sample.fault('app.managed_broken', {
            remedy: 'ask_it',
            subject: { file: 'settings.json', because: 'expected value at line 3 column 5' },
          }),
        },
      }),
      get_connection: () => ({ ...sample.connection, set_by: 'managed' }),
    }),
  moving: () =>
    new FakeBackend({
      get_models_folder: () => ({
        ...sample.modelsFolder,
        moving: {
          to: '/media/ada/Disk/models',
          state: { is: 'copying', done: 1_900_000_000, total: 4_700_000_000, left_ms: 41_000 },
        },
      }),
    }),
  stopped: () =>
    new FakeBackend({
      get_models_folder: () => ({
        ...sample.modelsFolder,
        there: false,
        free: null,
        moving: {
          to: '/media/ada/Disk/models',
          state: {
            is: 'stopped',
            fault: sample.fault('library.disk_full', {
              remedy: 'free_space',
              subject: { needs_bytes: '4700000000', free_bytes: '1200000000' },
            }),
          },
        },
      }),
    }),
  first: () =>
    new FakeBackend({
      get_settings: () => sample.changed({ first_start_done: false }),
      list_models: () => [
        sample.model({ installation: { is: 'absent' }, measured_speed: null }),
        sample.qwen,
      ],
    }),
  join: () =>
    new FakeBackend({
      get_settings: () => sample.changed({ first_start_done: false }),
      list_models: () => [],
      get_connection: () => ({ set_by: null, location: null, root_digest: null, groups: [] }),
      get_status: () => ({
        ...sample.status,
        catalogue: {
          ...sample.status.catalogue,
          state: 'none',
          version: null,
          organisation: null,
          entries: 0,
          checked: null,
          expires: null,
        },
      }),
    }),
  talk: () =>
    new FakeBackend({
      get_conversation: () => sample.longTalk,
      count_tokens: () => ({ ...sample.tokens, tokens: 1_780 }),
      search_conversations: () => ({
        found: [
          { line: sample.conversation.line, excerpt: '…three things: collect the laptop and sign in…' },
        ],
        more: false,
      }),
    }),
  long: () =>
    new FakeBackend({
      get_conversation: () => ({
        ...sample.conversation,
        messages: Array.from({ length: 400 }, (_, n) => {
          const said = sample.longTalk.messages[2 + (n % 2)] ?? sample.longTalk.messages[0]!
          return { ...said, id: `long-${n}`, text: n % 2 ? `Answer number ${n}. ${said.text}` : said.text }
        }),
      }),
    }),
  broken: () =>
    new FakeBackend({
      get_ledger: () => ({
        ...ledger.ledger,
        check: { ...ledger.check, unbroken: false, broken_at: 1281, how: 'content' },
      }),
    }),
  checked: () => new FakeBackend({ get_ledger: () => ({ ...ledger.ledger, check: ledger.check }) }),
  longlog: () =>
    new FakeBackend({
      read_log: ({ before }) => {
        const from = before ?? 100_001
        const rows = Array.from({ length: 200 }, (_, at) =>
          ledger.row({ ...ledger.log[at % 9], seq: from - 1 - at }),
        )
        return { rows: rows.filter((row) => row.seq > 0), next: from > 201 ? from - 200 : null }
      },
      get_ledger: () => ({ ...ledger.ledger, rows: 100_000 }),
    }),
  locked: () =>
    new FakeBackend({
      get_status: refuse('keyring.locked', 'unlock'),
      list_models: refuse('keyring.locked', 'unlock'),
    }),
  passphrase: () =>
    new FakeBackend({
      get_status: refuse('keyring.no_service', 'ask_it'),
      list_models: refuse('keyring.no_service', 'ask_it'),
    }),
}

const backend = (cases[query.get('case') ?? 'content'] ?? cases['content'])?.()
const target = document.getElementById('app')
if (target !== null && backend !== undefined) {
  const settings = backend.handlers.get_settings
  backend.handlers.get_settings = async () => {
    const page = (await settings?.()) ?? sample.settings
    return { ...page, settings: { ...page.settings, appearance, language } }
  }
  mount(App, { target, props: { backend } })
  Object.assign(window, { backend })
}
