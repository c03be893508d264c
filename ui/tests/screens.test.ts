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
    await screen.findByRole('list', { name: text.requests.list })
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
  const spot = { code: 'new', text: 'the same.', span: null }
  const twice = { ...sample.computer, watched: ['Ollama', 'Ollama'], blind_spots: [spot, spot] }
  open('#/computer', new FakeBackend({ list_sightings: () => twice }))
  expect(await screen.findAllByText('The same.')).toHaveLength(2)
})
