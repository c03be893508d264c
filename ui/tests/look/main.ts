import '../../src/styles/fonts.css'
import '../../src/styles/tokens.css'
import '../../src/styles/base.css'
import { mount } from 'svelte'
import App from '../../src/App.svelte'
import { FakeBackend } from '../fake'
import * as sample from '../sample'

/**
 * The real window over sample data, to look at every state without a host: `npm run look`, then `?theme=dark&case=empty#/computer`.
 * Never built into the app.
 */
const query = new URLSearchParams(location.search)
const theme = query.get('theme')
if (theme !== null) document.documentElement.dataset['theme'] = theme

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
      read_log: () => [],
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
      ],
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
  mount(App, { target, props: { backend } })
  Object.assign(window, { backend })
}
