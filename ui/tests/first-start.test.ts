import { screen, waitFor } from '@testing-library/svelte'
import { describe, expect, it } from 'vitest'
import { firstOf } from '../src/screens/first-start/recommend'
import { text } from '../src/text'
import { violations } from './axe'
import { FakeBackend } from './fake'
import { open } from './render'
import * as sample from './sample'

const t = text.firstStart
const absent = sample.model({ installation: { is: 'absent' }, measured_speed: null })

/** As after the installation: nothing was chosen and nothing is installed. */
function fresh(over: ConstructorParameters<typeof FakeBackend>[0] = {}) {
  let done = false
  return new FakeBackend({
    get_settings: () => sample.changed({ first_start_done: done }),
    change_settings: (change) => {
      done = change.first_start_done ?? done
      return sample.changed({ first_start_done: done })
    },
    list_models: () => [absent, sample.qwen],
    suggest_models: () => [{ model: absent.id, at: 'ability', speed: null, measured: false }],
    ...over,
  })
}

const step = (name: string) => screen.findByRole('heading', { level: 1, name })

describe('the first start', () => {
  it('goes through three steps, back and forth, and is over for good', async () => {
    const { user, backend } = open('#/', fresh())
    expect(await step(t.steps.what)).toBeTruthy()
    expect(screen.getByText(t.seenText)).toBeTruthy()
    await user.click(screen.getByRole('button', { name: t.next }))
    expect(await step(t.steps.catalogue)).toBeTruthy()
    await user.click(screen.getByRole('button', { name: t.back }))
    await step(t.steps.what)
    await user.click(screen.getByRole('button', { name: t.next }))
    await user.click(screen.getByRole('button', { name: t.next }))
    expect(await step(t.steps.model)).toBeTruthy()
    await user.click(screen.getByRole('button', { name: t.done }))
    expect(backend.asked('change_settings')).toEqual([{ first_start_done: true }])
    expect(await step(text.catalogue.title)).toBeTruthy()
  })

  it.each([0, 1, 2])('is skipped from step %i, and never shown again', async (steps) => {
    const backend = fresh()
    const { user, unmount } = open('#/', backend)
    await step(t.steps.what)
    for (let n = 0; n < steps; n += 1) await user.click(screen.getByRole('button', { name: t.next }))
    await user.click(screen.getByRole('button', { name: t.skip }))
    await step(text.catalogue.title)
    unmount()
    open('#/', backend)
    await step(text.catalogue.title)
    expect(screen.queryByText(t.title)).toBeNull()
  })

  it.each([
    ['was gone through', fresh({ get_settings: () => sample.settings })],
    ['has models already', fresh({ list_models: () => [sample.model()] })],
  ])('does not come to someone who %s', async (_, backend) => {
    open('#/', backend)
    await step(text.catalogue.title)
    await waitFor(() => expect(backend.asked('get_settings').length).toBeGreaterThan(0))
    expect(screen.queryByText(t.title)).toBeNull()
  })

  it('stays where its end cannot be kept, and says why', async () => {
    const backend = fresh({ change_settings: () => Promise.reject(sample.fault('store.disk_full')) })
    const { user } = open('#/', backend)
    await step(t.steps.what)
    await user.click(screen.getByRole('button', { name: t.skip }))
    expect(await screen.findByText(text.faults['store.disk_full'] ?? '')).toBeTruthy()
    expect(screen.getByText(t.title)).toBeTruthy()
  })

  it('gives the focus to the heading of each step', async () => {
    const { user } = open('#/', fresh())
    const first = await step(t.steps.what)
    await waitFor(() => expect(document.activeElement).toBe(first))
    await user.click(screen.getByRole('button', { name: t.next }))
    await waitFor(() => expect(document.activeElement?.textContent).toBe(t.steps.catalogue))
    await user.tab()
    expect(document.activeElement?.textContent).toBe(t.skip)
  })

  it('gives way to a place that was asked for', async () => {
    const { user } = open('#/', fresh())
    await step(t.steps.what)
    await user.click(screen.getByRole('link', { name: text.nav.ledger }))
    expect(await step(text.ledger.title)).toBeTruthy()
  })

  it('is shown again from the settings, and leads back there', async () => {
    const { user, backend } = open('#/settings')
    await user.click(await screen.findByRole('button', { name: text.settings.showFirstSteps }))
    await step(t.steps.what)
    await user.click(screen.getByRole('button', { name: t.skip }))
    expect(await step(text.settings.title)).toBeTruthy()
    expect(backend.asked('change_settings')).toEqual([])
  })
})

describe('axe finds nothing', () => {
  it.each(['what', 'catalogue', 'model'] as const)('in the step %s', async (name) => {
    const backend = fresh({
      get_connection: () => ({ set_by: null, location: null, root_digest: null, groups: [] }),
    })
    const { user, container } = open('#/', backend)
    await step(t.steps.what)
    while (screen.queryByRole('heading', { level: 1, name: t.steps[name] }) === null) {
      await user.click(screen.getByRole('button', { name: t.next }))
    }
    if (name === 'catalogue') await screen.findByLabelText(text.join.location)
    if (name === 'model') await screen.findByText(absent.summary)
    expect(await violations(container)).toEqual([])
  })
})

describe('its catalogue', () => {
  async function atCatalogue(backend: FakeBackend) {
    const view = open('#/', backend)
    await step(t.steps.what)
    await view.user.click(screen.getByRole('button', { name: t.next }))
    await step(t.steps.catalogue)
    return view
  }
  const none = { ...sample.status.catalogue, state: 'none', version: null, organisation: null }

  it('is shown where one is set', async () => {
    await atCatalogue(fresh({ get_connection: () => ({ ...sample.connection, set_by: 'managed' }) }))
    expect(await screen.findByText(t.catalogueOf('Nordwind'))).toBeTruthy()
    expect(screen.getByText(text.settings.managed(null))).toBeTruthy()
  })

  it('is fetched where it is set and not here yet, with the reason when that fails', async () => {
    const backend = fresh({
      get_status: () => ({ ...sample.status, catalogue: none }),
      sync_catalogue: () => Promise.reject(sample.fault('catalogue.unreachable')),
    })
    const { user } = await atCatalogue(backend)
    await user.click(
      (await screen.findAllByRole('button', { name: text.settings.sync })).at(-1) ?? document.body,
    )
    expect(await screen.findByText(text.faults['catalogue.unreachable'] ?? '')).toBeTruthy()
  })

  it('is joined where there is none', async () => {
    let joined = false
    const backend = fresh({
      get_connection: () =>
        joined
          ? { ...sample.connection, set_by: 'person' }
          : { set_by: null, location: null, root_digest: null, groups: [] },
      get_status: () => (joined ? sample.status : { ...sample.status, catalogue: none }),
      join_organisation: () => {
        joined = true
        return sample.status.catalogue
      },
    })
    const { user } = await atCatalogue(backend)
    await user.type(await screen.findByLabelText(text.join.location), '/srv/catalogue')
    await user.click(screen.getByLabelText(text.join.rootText))
    await user.paste('{"signed":{},"signatures":[]}')
    await user.click(screen.getByRole('button', { name: text.join.submit }))
    expect(await screen.findByText(t.catalogueOf('Nordwind'))).toBeTruthy()
  })
})

describe('its model', () => {
  async function atModel(backend: FakeBackend) {
    const view = open('#/', backend)
    await step(t.steps.what)
    await view.user.click(screen.getByRole('button', { name: t.next }))
    await view.user.click(screen.getByRole('button', { name: t.next }))
    await step(t.steps.model)
    return view
  }

  it('is named with its size and installed from there', async () => {
    const { user, backend } = await atModel(fresh())
    expect(await screen.findByText(t.modelText(absent.name))).toBeTruthy()
    await user.click(screen.getByRole('button', { name: text.install.installSize('253 MB') }))
    expect(backend.asked('install_model')).toEqual([{ id: absent.id, accepted_licence: null }])
    backend.emit({ is: 'progress', model: absent.id, installation: { is: 'installed' } })
    expect(await screen.findByText(t.modelHere(absent.name))).toBeTruthy()
  })

  it('says that there is none yet', async () => {
    await atModel(fresh({ list_models: () => [], suggest_models: () => [] }))
    expect(await screen.findByText(t.modelNone)).toBeTruthy()
  })

  it('tells why it could not be recommended', async () => {
    await atModel(fresh({ suggest_models: () => Promise.reject(sample.fault('store.io')) }))
    expect(await screen.findByText(text.faults['store.io'] ?? '')).toBeTruthy()
  })

  it('is rather one that is here, then the most able one', () => {
    const one = (model: string, at: 'ability' | 'speed' | 'ready') => ({
      model,
      at,
      speed: null,
      measured: false,
    })
    expect(firstOf([one('a', 'ability'), one('b', 'ready')])?.model).toBe('b')
    expect(firstOf([one('a', 'speed'), one('b', 'ability')])?.model).toBe('b')
    expect(firstOf([one('a', 'speed')])?.model).toBe('a')
    expect(firstOf([])).toBeNull()
  })
})
