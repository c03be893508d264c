import { screen, waitFor, within } from '@testing-library/svelte'
import { describe, expect, it, vi } from 'vitest'
import { useLanguage } from '../src/lib/state/language.svelte'
import { digestOf, locationProblem, LONGEST_ROOT, rootProblem } from '../src/parts/join'
import { allParts, grouped } from '../src/screens/settings/licences'
import { withChosen } from '../src/screens/settings/steps'
import { text } from '../src/text'
import { FakeBackend } from './fake'
import { open } from './render'
import * as sample from './sample'

const t = text.settings
const never = () => new Promise<never>(() => undefined)
const managed = (over: Partial<(typeof sample.settings)['managed']>) => ({
  ...sample.settings,
  managed: { fields: [], by: null, fault: null, ...over },
})

describe('the settings', () => {
  it('wait, and say what went wrong', async () => {
    open('#/settings', new FakeBackend({ get_settings: never }))
    expect(await screen.findByText(text.app.waiting)).toBeTruthy()
    open('#/settings', new FakeBackend({ get_settings: () => Promise.reject(sample.fault('store.io')) }))
    expect(await screen.findByText(text.faults['store.io'] ?? '')).toBeTruthy()
  })

  it('are gone through by their links, which say where one is', async () => {
    const { user } = open('#/settings')
    const menu = within(await screen.findByRole('navigation', { name: t.sections }))
    expect(menu.getByRole('link', { name: t.section.general }).getAttribute('aria-current')).toBe('true')
    await user.click(menu.getByRole('link', { name: t.section.resources }))
    expect(location.hash).toBe('#/settings/resources')
    expect(await screen.findByLabelText(t.threads)).toBeTruthy()
  })

  it('take a choice over at once, and show what is in force', async () => {
    const { user, backend } = open('#/settings/resources')
    const threads: HTMLSelectElement = await screen.findByLabelText(t.threads)
    expect(threads.selectedOptions[0]?.textContent).toBe(t.threadsAutomatic(4))
    await user.selectOptions(threads, t.threadsNumber(2))
    await user.selectOptions(threads, t.threadsAutomatic(4))
    expect(backend.asked('change_settings')).toEqual([{ threads: 2 }, { threads: null }])
    await user.selectOptions(screen.getByLabelText(t.idle), t.idleHours(1))
    expect(backend.asked('change_settings').at(-1)).toEqual({ idle_minutes: 60 })
  })

  it('keep the old value where the host refuses, and say why', async () => {
    const refuse = () => Promise.reject(sample.fault('store.disk_full'))
    const { user } = open('#/settings/resources', new FakeBackend({ change_settings: refuse }))
    const threads: HTMLSelectElement = await screen.findByLabelText(t.threads)
    await user.selectOptions(threads, t.threadsNumber(2))
    expect(await screen.findByText(text.faults['store.disk_full'] ?? '')).toBeTruthy()
    expect(threads.selectedOptions[0]?.textContent).toBe(t.threadsAutomatic(4))
  })

  it('that the organisation has set are locked, and say who set them', async () => {
    const page = managed({ fields: ['threads'], by: 'IT of Nordwind' })
    open('#/settings/resources', new FakeBackend({ get_settings: () => page }))
    const threads: HTMLSelectElement = await screen.findByLabelText(t.threads)
    expect(threads.disabled).toBe(true)
    const lock = screen.getByText(t.managed('IT of Nordwind'))
    expect(threads.getAttribute('aria-describedby')?.split(' ')).toContain(lock.closest('p')?.id)
    expect((await screen.findByLabelText<HTMLSelectElement>(t.idle)).disabled).toBe(false)
  })

  it('of the organisation that cannot be read are never passed over', async () => {
    const fault = sample.fault('app.managed_broken', {
      subject: { file: 'settings.json', because: 'unknown field' },
    })
    open('#/settings', new FakeBackend({ get_settings: () => managed({ fault }) }))
    expect(await screen.findByText(/settings\.json.*unknown field/)).toBeTruthy()
  })

  it('offer a value that only IT could set', () => {
    expect(withChosen([5, 15], 7)).toEqual([5, 7, 15])
    expect(withChosen([5, 15], 15)).toEqual([5, 15])
  })
})

describe('general', () => {
  it('switches the start with the computer', async () => {
    const { user, backend } = open('#/settings')
    const knob = await screen.findByRole('switch', { name: t.autostart })
    expect(knob.getAttribute('aria-checked')).toBe('false')
    await user.click(knob)
    expect(backend.asked('change_settings')).toEqual([{ autostart: true }])
    await waitFor(() => expect(knob.getAttribute('aria-checked')).toBe('true'))
  })

  it('keeps instructions only when they are saved', async () => {
    const { user, backend } = open('#/settings')
    await user.type(await screen.findByLabelText(t.instructions), '  Be brief.  ')
    expect(backend.asked('change_settings')).toEqual([])
    await user.click(screen.getByRole('button', { name: t.save }))
    expect(backend.asked('change_settings')).toEqual([{ instructions: 'Be brief.' }])
    expect(await screen.findByText(t.saved)).toBeTruthy()
  })

  it('changes the language of the window', async () => {
    const { user, backend } = open('#/settings')
    await user.selectOptions(await screen.findByLabelText(t.language), t.languages.de)
    expect(backend.asked('change_settings')).toEqual([{ language: 'de' }])
    expect(await screen.findByRole('heading', { level: 1, name: 'Einstellungen' })).toBeTruthy()
    useLanguage('en')
  })
})

describe('appearance', () => {
  it.each(['light', 'dark'] as const)('%s is the theme of the whole window', async (appearance) => {
    open('#/requests', new FakeBackend({ get_settings: () => sample.changed({ appearance }) }))
    await waitFor(() => expect(document.documentElement.dataset['theme']).toBe(appearance))
  })

  it('follows the system again', async () => {
    document.documentElement.dataset['theme'] = 'dark'
    const { user, backend } = open('#/settings/appearance')
    await waitFor(() => expect(document.documentElement.dataset['theme']).toBeUndefined())
    await user.click(await screen.findByRole('radio', { name: t.appearances.dark }))
    expect(backend.asked('change_settings')).toEqual([{ appearance: 'dark' }])
    await waitFor(() => expect(document.documentElement.dataset['theme']).toBe('dark'))
  })

  it('has steps for the size of the text and a layout of the catalogue', async () => {
    const { user, backend } = open('#/settings/appearance')
    await user.selectOptions(await screen.findByLabelText(t.textSize), t.textSizeStep('125'))
    await user.click(screen.getByRole('radio', { name: t.layouts.list }))
    expect(backend.asked('change_settings')).toEqual([{ text_size: 125 }, { catalogue_layout: 'list' }])
  })
})

describe('the models folder', () => {
  const at = (over: Partial<typeof sample.modelsFolder>) =>
    new FakeBackend({ get_models_folder: () => ({ ...sample.modelsFolder, ...over }) })

  it('says where, how much, and how much more there is room for', async () => {
    open('#/settings/models')
    expect(await screen.findByText(sample.modelsFolder.path)).toBeTruthy()
    expect(screen.getByText('4.7 GB')).toBeTruthy()
    expect(screen.getByText('182 GB')).toBeTruthy()
  })

  it('is moved to the folder that was written', async () => {
    const { user, backend } = open('#/settings/models')
    await user.type(await screen.findByLabelText(t.movePath), ' /media/disk/models ')
    await user.click(screen.getByRole('button', { name: t.moveStart }))
    expect(backend.asked('move_models')).toEqual([{ to: '/media/disk/models' }])
  })

  it('is not moved before the folder that was pointed at is confirmed', async () => {
    const { user, backend } = open('#/settings/models', new FakeBackend({ pick_path: () => '/media/disk' }))
    await user.click(await screen.findByRole('button', { name: t.movePick }))
    expect(backend.asked('pick_path')).toEqual([{ what: 'folder', title: t.movePickTitle }])
    const field: HTMLInputElement = screen.getByLabelText(t.movePath)
    await waitFor(() => expect(field.value).toBe('/media/disk'))
    expect(backend.asked('move_models')).toEqual([])
    await user.click(screen.getByRole('button', { name: t.moveStart }))
    expect(backend.asked('move_models')).toEqual([{ to: '/media/disk' }])
  })

  it('is not moved where the host refuses, and what was written stays', async () => {
    const backend = new FakeBackend({
      move_models: () => Promise.reject(sample.fault('library.folder_network')),
    })
    const { user } = open('#/settings/models', backend)
    const field: HTMLInputElement = await screen.findByLabelText(t.movePath)
    await user.type(field, '/net/models{Enter}')
    expect(await screen.findByText(text.faults['library.folder_network'] ?? '')).toBeTruthy()
    expect(field.value).toBe('/net/models')
  })

  it('shows how far a move is, and lets it be given up', async () => {
    const to = '/media/disk/models'
    const { user, backend } = open(
      '#/settings/models',
      at({ moving: { to, state: { is: 'copying', done: 1.9e9, total: 4.7e9, left_ms: 41_000 } } }),
    )
    const bar = await screen.findByRole('progressbar', { name: t.moveProgress })
    expect(bar.getAttribute('aria-valuenow')).toBe('40')
    expect(bar.getAttribute('aria-valuetext')).toBe('1.9 of 4.7 GB')
    expect(screen.queryByLabelText(t.movePath)).toBeNull()
    await user.click(screen.getByRole('button', { name: t.moveGiveUp }))
    expect(backend.asked('cancel_move')).toHaveLength(1)
  })

  it('offers to go on with a move that was cut off', async () => {
    const fault = sample.fault('library.folder_too_small', {
      subject: { needs_bytes: '4700000000', free_bytes: '1200000000' },
    })
    const { user, backend } = open(
      '#/settings/models',
      at({ moving: { to: '/media/disk/models', state: { is: 'stopped', fault } } }),
    )
    expect(await screen.findByText(t.moveStopped('/media/disk/models'))).toBeTruthy()
    expect(screen.getByText(/4\.7 GB are needed and 1\.2 GB are free/)).toBeTruthy()
    await user.click(screen.getByRole('button', { name: t.moveGoOn }))
    expect(backend.asked('move_models')).toEqual([{ to: null }])
  })

  it('that is away is said, and the usual one is a way out', async () => {
    const { user, backend } = open(
      '#/settings/models',
      at({ there: false, path: '/media/disk/models', free: null }),
    )
    expect(await screen.findByText(t.folderAway)).toBeTruthy()
    await user.click(screen.getByRole('button', { name: t.useUsual }))
    expect(backend.asked('move_models')).toEqual([{ to: sample.modelsFolder.usual_path }])
  })

  it('hears of each step', async () => {
    const backend = at({})
    open('#/settings/models', backend)
    await screen.findByText('4.7 GB')
    backend.handlers.get_models_folder = () => ({ ...sample.modelsFolder, used: 9_000_000_000 })
    backend.emit({ is: 'changed', topic: 'settings' })
    expect(await screen.findByText('9 GB')).toBeTruthy()
  })
})

describe('tools and privacy', () => {
  it('lead to what is installed, or say that nothing is', async () => {
    open('#/settings/tools')
    expect(await screen.findByRole('link', { name: /Gemma 3 270M Instruct/ })).toBeTruthy()
    open('#/settings/tools', new FakeBackend({ list_models: () => [sample.qwen] }))
    expect(await screen.findByText(t.toolsNone)).toBeTruthy()
  })

  it('rest nudges until tomorrow and lead to the log', async () => {
    const { user, backend } = open('#/settings/privacy')
    await user.click(await screen.findByRole('button', { name: t.nudgesPause }))
    expect(backend.asked('pause_nudges')).toHaveLength(1)
    await user.click(screen.getByRole('button', { name: t.recordedOpen }))
    expect(location.hash).toBe('#/ledger')
  })

  it('stop asking programs what they are', async () => {
    const { user, backend } = open('#/settings/privacy')
    await user.click(await screen.findByRole('switch', { name: t.askServers }))
    expect(backend.asked('change_settings').at(-1)).toEqual({ ask_servers: false })
  })

  it('end a pause', async () => {
    const paused = { ...sample.status, paused_until: '2026-11-25T08:00:00Z' }
    const { user, backend } = open('#/settings/privacy', new FakeBackend({ get_status: () => paused }))
    await user.click(await screen.findByRole('button', { name: t.nudgesResume }))
    expect(backend.asked('pause_nudges')).toEqual([{ until: null }])
  })
})

describe('the connection', () => {
  const ROOT = JSON.stringify({ signed: {}, signatures: [] })

  it('says which organisation, from where, and who joined it', async () => {
    open('#/settings/catalogue')
    expect(await screen.findByText(sample.connection.location ?? '')).toBeTruthy()
    expect(screen.getByText(t.setBy['preset'] ?? '')).toBeTruthy()
    expect(screen.getByText(t.noGroup)).toBeTruthy()
  })

  it('says which groups this computer belongs to', async () => {
    const groups = ['audit', 'finance']
    open(
      '#/settings/catalogue',
      new FakeBackend({ get_connection: () => ({ ...sample.connection, groups }) }),
    )
    expect(await screen.findByText('audit, finance')).toBeTruthy()
  })

  it('that is managed cannot be changed, and says what that means', async () => {
    const backend = new FakeBackend({ get_connection: () => ({ ...sample.connection, set_by: 'managed' }) })
    open('#/settings/catalogue', backend)
    expect(await screen.findByText(t.managedMeans)).toBeTruthy()
    expect(screen.queryByRole('button', { name: t.joinOther })).toBeNull()
  })

  it('says why an update was refused', async () => {
    const catalogue = { ...sample.status.catalogue, refused: sample.fault('catalogue.unreachable') }
    const backend = new FakeBackend({ get_status: () => ({ ...sample.status, catalogue }) })
    open('#/settings/catalogue', backend)
    expect(await screen.findByText(text.faults['catalogue.unreachable'] ?? '')).toBeTruthy()
  })

  it('is joined with a place and a root file', async () => {
    const { user, backend } = open('#/settings/catalogue')
    await user.click(await screen.findByRole('button', { name: t.joinOther }))
    await user.click(screen.getByRole('button', { name: text.join.submit }))
    expect(screen.getByText(text.join.problems.location)).toBeTruthy()
    expect(document.activeElement).toBe(screen.getByLabelText(text.join.location))
    await user.type(screen.getByLabelText(text.join.location), 'https://models.example.org/catalogue')
    await user.upload(screen.getByLabelText(text.join.rootPick), new File([ROOT], 'root.json'))
    expect(await screen.findByText(text.join.rootRead('root.json'))).toBeTruthy()
    await user.type(screen.getByLabelText(text.join.digest), 'AB'.repeat(32))
    await user.click(screen.getByRole('button', { name: text.join.submit }))
    await waitFor(() =>
      expect(backend.asked('join_organisation')).toEqual([
        {
          location: 'https://models.example.org/catalogue',
          root: ROOT,
          root_digest: `sha256:${'ab'.repeat(32)}`,
        },
      ]),
    )
    expect(await screen.findByText(text.join.joined('Nordwind'))).toBeTruthy()
  })

  it('stays as it was where the host refuses the new one', async () => {
    const join_organisation = () => Promise.reject(sample.fault('app.wrong_root'))
    const { user } = open('#/settings/catalogue', new FakeBackend({ join_organisation }))
    await user.click(await screen.findByRole('button', { name: t.joinOther }))
    await user.type(screen.getByLabelText(text.join.location), '/srv/catalogue')
    await user.click(screen.getByLabelText(text.join.rootText))
    await user.paste(ROOT)
    await user.click(screen.getByRole('button', { name: text.join.submit }))
    expect(await screen.findByText(text.faults['app.wrong_root'] ?? '')).toBeTruthy()
  })

  it.each([
    ['https://models.example.org/catalogue', true],
    ['file:///srv/catalogue', true],
    ['/srv/catalogue', true],
    ['C:\\catalogue', true],
    ['http://models.example.org/', false],
    ['models.example.org', false],
    ['javascript:alert(1)', false],
    ['', false],
  ])('%s is a place: %s', (location, fine) => expect(locationProblem(location) === null).toBe(fine))

  it('checks root and digest before the host is asked', () => {
    expect(rootProblem(ROOT)).toBeNull()
    expect(rootProblem('{}')).toBe('root')
    expect(rootProblem('not JSON')).toBe('root')
    expect(rootProblem(' '.repeat(LONGEST_ROOT + 1))).toBe('rootTooLong')
    expect(digestOf('')).toBeNull()
    expect(digestOf('abc')).toBeUndefined()
    expect(digestOf(`SHA256:${'0'.repeat(64)}`)).toBe(`sha256:${'0'.repeat(64)}`)
  })
})

describe('about', () => {
  it('saves the diagnostics only after they were shown', async () => {
    const { user, backend } = open('#/settings/about')
    await user.click(await screen.findByRole('button', { name: t.diagnosticsMake }))
    const region = await screen.findByRole('region', { name: t.diagnosticsLabel })
    expect(region.textContent).toContain('"version": "0.1.0"')
    expect(region.tabIndex).toBe(0)
    await user.click(screen.getByRole('button', { name: t.diagnosticsSave }))
    expect(backend.asked('save_diagnostics')).toHaveLength(1)
    expect(
      await screen.findByText(t.diagnosticsSaved('canteen-diagnostics-20261124T094112.json')),
    ).toBeTruthy()
  })

  it('lists every part with its licence, and finds one', async () => {
    const { user } = open('#/settings/about')
    await user.click(await screen.findByRole('button', { name: t.licencesShow }))
    const search = await screen.findByLabelText(t.licencesSearch)
    await user.type(search, 'svelte')
    expect(await screen.findByText('svelte')).toBeTruthy()
    await user.clear(search)
    await user.type(search, 'no such part')
    expect(await screen.findByText(t.licencesNone)).toBeTruthy()
  })

  it('knows hundreds of parts, each with a version and a licence', async () => {
    const parts = await allParts()
    expect(parts.length).toBeGreaterThan(400)
    expect(parts.filter((part) => !part.name || !/^\d/.test(part.version) || !part.licence)).toEqual([])
    const [first, second] = grouped(parts, '')
    expect(first?.parts.length).toBeGreaterThanOrEqual(second?.parts.length ?? 0)
    expect(grouped(parts, 'OFL').map((group) => group.licence)).toEqual(['OFL-1.1'])
  })
})

vi.setConfig({ testTimeout: 15_000 })
