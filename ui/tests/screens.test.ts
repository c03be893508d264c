import { screen, within } from '@testing-library/svelte'
import { describe, expect, it } from 'vitest'
import type { CommandName } from '../src/lib/backend'
import { text } from '../src/text'
import { FakeBackend } from './fake'
import { open } from './render'
import * as sample from './sample'

const never = () => new Promise<never>(() => undefined)

type Case = { hash: string; reads: CommandName; emptyTitle: string; empty: unknown; shows: string }
const cases: Case[] = [
  {
    hash: '#/catalogue',
    reads: 'list_models',
    emptyTitle: text.catalogue.emptyTitle,
    empty: [],
    shows: 'Qwen 2.5 7B Instruct',
  },
  { hash: '#/running', reads: 'list_runs', emptyTitle: text.running.emptyTitle, empty: [], shows: '412 MiB' },
  {
    hash: '#/computer',
    reads: 'list_sightings',
    emptyTitle: text.computer.emptyTitle,
    empty: { ...sample.computer, sightings: [] },
    shows: 'pytorch_model.bin',
  },
  {
    hash: '#/ledger',
    reads: 'read_log',
    emptyTitle: text.ledger.emptyTitle,
    empty: { rows: [], next: null },
    shows: 'Noticed “Llama-3-8B-Uncensored” in LM Studio',
  },
  {
    hash: '#/requests',
    reads: 'list_requests',
    emptyTitle: text.requests.emptyTitle,
    empty: [],
    shows: 'Search in our own manuals.',
  },
]

describe.each(cases)('$hash', ({ hash, reads, emptyTitle, empty, shows }) => {
  it('waits', async () => {
    open(hash, new FakeBackend({ [reads]: never }))
    expect(await screen.findByText(text.app.waiting)).toBeTruthy()
  })

  it('says so when there is nothing', async () => {
    open(hash, new FakeBackend({ [reads]: () => empty }))
    expect(await screen.findByRole('heading', { name: emptyTitle })).toBeTruthy()
  })

  it('shows a fault with its remedy, and works again after a retry', async () => {
    let broken = true
    const whole = new FakeBackend().handlers[reads] as () => unknown
    const backend = new FakeBackend({
      [reads]: () => (broken ? Promise.reject(sample.fault('store.io')) : whole()),
    })
    const { user } = open(hash, backend)
    const alert = (await screen.findAllByRole('alert'))[0]!
    expect(alert.textContent).toContain(text.faults['store.io'])
    expect(alert.textContent).toContain('0198c0de-0000')
    broken = false
    await user.click(within(alert).getByRole('button', { name: text.app.tryAgain }))
    expect((await screen.findAllByText(shows)).length).toBeGreaterThan(0)
  })

  it('shows its content', async () => {
    open(hash)
    expect((await screen.findAllByText(shows)).length).toBeGreaterThan(0)
  })
})

describe('the catalogue', () => {
  const names = () =>
    screen.queryAllByRole('article').map((card) => within(card).getByRole('heading').textContent)

  it('is searched as one types, by name, publisher and task', async () => {
    const { user } = open('#/catalogue')
    await user.type(await screen.findByRole('searchbox'), 'alibaba code')
    expect(names()).toEqual(['Qwen 2.5 7B Instruct'])
    await user.clear(screen.getByRole('searchbox'))
    await user.type(screen.getByRole('searchbox'), 'nothing like it')
    await user.click(screen.getByRole('button', { name: text.catalogue.clear }))
    expect(names()).toHaveLength(sample.models.length)
  })

  it('is filtered by task', async () => {
    const { user } = open('#/catalogue')
    const filter = await screen.findByRole('group', { name: text.catalogue.tasks })
    await user.click(within(filter).getByRole('button', { name: 'Embeddings' }))
    expect(names()).toEqual(['MiniLM L6 v2'])
    expect(within(filter).getByRole('button', { name: 'Embeddings' }).getAttribute('aria-pressed')).toBe(
      'true',
    )
  })

  it('follows an installation by its events', async () => {
    const { backend } = open('#/catalogue')
    await screen.findByText('Qwen 2.5 7B Instruct')
    backend.emit({
      is: 'progress',
      model: 'qwen-2.5-7b',
      installation: { is: 'fetching', done: 470e6, total: 4.7e9, rate: 47e6, left_ms: 90_000 },
    })
    const bar = await screen.findByRole('progressbar', {
      name: text.install.progress('Qwen 2.5 7B Instruct'),
    })
    expect(bar.getAttribute('aria-valuenow')).toBe('10')
    expect(bar.getAttribute('aria-valuetext')).toBe('10 % · 470 MB of 4.7 GB · 47 MB/s · 2 min left')
  })

  it('installs at a press, pauses and resumes', async () => {
    const { backend, user } = open('#/catalogue')
    await user.click((await screen.findAllByRole('button', { name: text.install.install }))[0]!)
    expect(backend.asked('install_model')).toEqual([{ id: 'qwen-2.5-7b', accepted_licence: null }])
    await user.click(screen.getByRole('button', { name: text.install.pause }))
    expect(backend.asked('pause_install')).toEqual([{ id: 'mistral-7b' }])
    backend.emit({
      is: 'progress',
      model: 'mistral-7b',
      installation: { is: 'paused', reason: 'person', done: 1e9, total: 4e9 },
    })
    await user.click(await screen.findByRole('button', { name: text.install.resume }))
    expect(backend.asked('install_model')[1]).toEqual({ id: 'mistral-7b', accepted_licence: null })
  })

  it('fetches nothing before a licence that must be accepted was', async () => {
    const backend = new FakeBackend({
      get_model: () => sample.page(sample.licensed, { licence_text: 'Use it well.' }),
    })
    const { user } = open('#/catalogue', backend)
    await user.click((await screen.findAllByRole('button', { name: text.install.install }))[1]!)
    const dialog = await screen.findByRole('dialog', {
      name: text.install.licenceTitle(sample.licensed.name),
    })
    expect(await within(dialog).findByText('Use it well.')).toBeTruthy()
    expect(backend.asked('install_model')).toEqual([])
    await user.click(within(dialog).getByRole('button', { name: text.install.accept }))
    expect(backend.asked('install_model')).toEqual([
      { id: sample.licensed.id, accepted_licence: sample.digest('1') },
    ])
  })

  it('says why an installation failed and offers to try again', async () => {
    const failed = sample.model({
      installation: { is: 'failed', fault: sample.fault('library.cancelled', { remedy: 'none' }) },
    })
    const { backend, user } = open('#/catalogue', new FakeBackend({ list_models: () => [failed] }))
    await user.click(await screen.findByRole('button', { name: text.install.again }))
    expect(backend.asked('install_model')).toHaveLength(1)
  })
})

describe('the model page', () => {
  it('says plainly that there are no test results', async () => {
    const { user } = open('#/model/qwen-2.5-7b')
    await user.click(await screen.findByRole('tab', { name: text.model.report }))
    expect(screen.getByRole('heading', { name: text.model.notTestedTitle })).toBeTruthy()
  })

  it('names what it may not be used for', async () => {
    open('#/model/qwen-2.5-7b')
    expect(await screen.findByText('Not personal data')).toBeTruthy()
    expect(screen.getByText('Decisions about people')).toBeTruthy()
  })
})

describe('this computer', () => {
  it('the nudge leads to the approved model', async () => {
    const backend = new FakeBackend({ answer_nudge: () => ({ is: 'open_chat', model: 'gemma-3-270m' }) })
    const { user } = open('#/computer', backend)
    await user.click(
      await screen.findByRole('button', { name: text.computer.use('Mistral 7B Instruct v0.3') }),
    )
    expect(backend.asked('answer_nudge')).toEqual([{ id: 'nudge-1', answer: 'use' }])
    expect(location.hash).toBe('#/chat/gemma-3-270m')
  })

  it('the nudge leads to the form, and the form to a request', async () => {
    const backend = new FakeBackend({
      answer_nudge: () => ({ is: 'open_request', sighting: 'seen-1' }),
      ask_for_approval: () => sample.requests[0]!,
    })
    const { user } = open('#/computer', backend)
    await user.click(await screen.findByRole('button', { name: text.computer.ask }))
    const dialog = await screen.findByRole('dialog')
    await user.click(within(dialog).getByRole('button', { name: text.computer.send }))
    expect(backend.asked('ask_for_approval')).toEqual([])
    await user.type(within(dialog).getByRole('textbox'), 'Comparing answers for support.')
    await user.click(within(dialog).getByRole('button', { name: text.computer.send }))
    expect(backend.asked('ask_for_approval')).toEqual([
      { sighting: 'seen-1', reason: 'Comparing answers for support.', days: 30 },
    ])
    expect(location.hash).toBe('#/requests')
  })

  it('details say what was observed and why there was a nudge', async () => {
    const { user } = open('#/computer')
    await user.click(
      await screen.findByRole('button', { name: text.computer.detailsOf('Llama-3-8B-Uncensored') }),
    )
    const dialog = await screen.findByRole('dialog', { name: 'Llama-3-8B-Uncensored' })
    expect(dialog.textContent).toContain('lm-studio has the file mapped into its memory.')
    expect(dialog.textContent).toContain('rules version 4, set by Nordwind')
  })

  it('nudges rest until nine in the morning', async () => {
    const { backend, user } = open('#/computer')
    await user.click(await screen.findByRole('button', { name: text.computer.pause }))
    expect(backend.asked('pause_nudges')).toEqual([{ until: '2026-11-25T08:00:00.000Z' }])
  })

  it('an open request stands in the place of the verdict', async () => {
    open('#/computer')
    expect(await screen.findByText(text.computer.asked('2 days ago'))).toBeTruthy()
  })
})

describe('the window', () => {
  it('opens where the host says', async () => {
    open('', new FakeBackend({ initial_screen: () => ({ screen: 'computer', ask: null }) }))
    expect(await screen.findByRole('heading', { name: text.computer.title })).toBeTruthy()
  })

  it('follows the host to another screen, and its heading gets the focus', async () => {
    const { backend } = open('#/catalogue')
    await screen.findByRole('heading', { name: text.catalogue.title })
    backend.emit({ is: 'show', target: { screen: 'requests' } })
    const heading = await screen.findByRole('heading', { name: text.requests.title })
    await expect.poll(() => document.activeElement).toBe(heading)
    expect(document.title).toBe(text.app.title(text.nav.requests))
  })

  it('reads again what a topic changed, and everything after lost events', async () => {
    const { backend } = open('#/requests')
    await screen.findByRole('table')
    const before = backend.asked('list_requests').length
    backend.emit({ is: 'changed', topic: 'log' })
    expect(backend.asked('list_requests')).toHaveLength(before)
    backend.emit({ is: 'changed', topic: 'requests' })
    await expect.poll(() => backend.asked('list_requests').length).toBe(before + 1)
    backend.emit({ is: 'resync' })
    await expect.poll(() => backend.asked('list_requests').length).toBe(before + 2)
  })

  it('asks for the passphrase while the store is closed, and goes on when it is open', async () => {
    let locked = true
    const shut = sample.fault('keyring.passphrase_needed', { remedy: 'unlock' })
    const backend = new FakeBackend({
      get_status: () => (locked ? Promise.reject(shut) : sample.status),
      list_models: () => (locked ? Promise.reject(shut) : sample.models),
      unlock_store: () => {
        locked = false
        return null
      },
    })
    const { user } = open('#/catalogue', backend)
    await user.type(await screen.findByLabelText(text.unlock.passphrase), 'correct horse battery')
    await user.keyboard('{Enter}')
    expect(backend.asked('unlock_store')).toEqual([{ passphrase: 'correct horse battery' }])
    expect(await screen.findByText('Qwen 2.5 7B Instruct')).toBeTruthy()
  })

  it('a store that cannot be opened says so and offers no passphrase', async () => {
    const backend = new FakeBackend({
      get_status: () =>
        Promise.reject(sample.fault('store.newer_version', { subject: { found: '9', known: '4' } })),
    })
    open('#/catalogue', backend)
    expect(await screen.findByRole('heading', { name: text.unlock.blocked })).toBeTruthy()
    expect(screen.queryByLabelText(text.unlock.passphrase)).toBeNull()
  })
})

it('two places of one name break no screen', async () => {
  const twice = { ...sample.computer, watched: ['Ollama', 'Ollama'], blind_spots: ['The same.', 'The same.'] }
  open('#/computer', new FakeBackend({ list_sightings: () => twice }))
  expect(await screen.findAllByText('The same.')).toHaveLength(2)
})
