import { fireEvent, screen, within } from '@testing-library/svelte'
import { describe, expect, it } from 'vitest'
import type { Installation, Model } from '../src/lib/backend'
import { language } from '../src/lib/format/number'
import { AppContext } from '../src/lib/state/context.svelte'
import { useLanguage } from '../src/lib/state/language.svelte'
import { chosen, dataOf, EVERYTHING, tasksOf, type Choice } from '../src/screens/catalogue/choice'
import { folded, Index } from '../src/screens/catalogue/search'
import { columnsIn, drawn, rowAt, rowsOf, stepFrom } from '../src/shared/virtual'
import { text } from '../src/text'
import { violations } from './axe'
import { FakeBackend } from './fake'
import { open } from './render'
import * as sample from './sample'

const names = () =>
  screen.queryAllByRole('article').map((card) => within(card).getByRole('heading').textContent)
const card = async (name: string) =>
  (await screen.findByRole('heading', { name, level: 2 })).closest('article')!

describe('what is looked for', () => {
  const models = [
    sample.model({ id: 'a', name: 'Étude 7B', publisher: 'Nordlicht Labs', languages: ['de'] }),
    sample.model({
      id: 'b',
      name: 'Coder 2',
      publisher: 'Étude Research',
      tasks: ['code'],
      languages: ['ja'],
    }),
    sample.model({ id: 'c', name: 'Model 10', summary: 'For an etude in the evening.', languages: [] }),
    sample.model({ id: 'd', name: 'Model 9', languages: ['pt-BR'], data_approved: ['public'] }),
  ]
  const task = (name: string) => (name === 'code' ? 'Code' : name)
  const look = (choice: Partial<Choice>, all: Model[] = models) =>
    chosen(new Index({ task, language }).of(all), { ...EVERYTHING, ...choice }).map((model) => model.id)

  it('is found without accents and in any case, the name before the publisher before the summary', () => {
    expect(look({ words: 'ETUDE' })).toEqual(['a', 'b', 'c'])
    expect(folded('Straße ÉTUDE ﬁne')).toBe('strasse etude fine')
  })
  it('is found by task and by language, in the person’s words or as a tag', () => {
    expect(look({ words: 'code' })).toEqual(['b'])
    expect(look({ words: 'german' })).toEqual(['a'])
    expect(look({ words: 'pt-br' })).toEqual(['d'])
    useLanguage('de')
    expect(look({ words: 'deutsch' })).toEqual(['a'])
    expect(look({ words: 'japanisch code' })).toEqual(['b'])
  })
  it('must fit every word', () => {
    expect(look({ words: 'etude research' })).toEqual(['b'])
    expect(look({ words: 'etude nobody' })).toEqual([])
  })
  it('begins with a word before it stands inside one', () => {
    const two = [sample.model({ id: 'x', name: 'Encoder' }), sample.model({ id: 'y', name: 'My Coder' })]
    expect(look({ words: 'coder' }, two)).toEqual(['y', 'x'])
  })
  it('is sorted by name as people count, by size and by the newest approval', () => {
    expect(look({ sort: 'name' })).toEqual(['b', 'a', 'd', 'c'])
    const sized = models.map((model, at) => ({
      ...model,
      size: 10 - at,
      approved_on: `2026-0${at + 1}-01T00:00:00Z`,
    }))
    expect(look({ sort: 'size' }, sized)).toEqual(['d', 'c', 'b', 'a'])
    expect(look({ sort: 'newest' }, sized)).toEqual(['d', 'c', 'b', 'a'])
  })
  it('is sorted by what is here and what suits this computer', () => {
    const fits = (['too_large', 'slow', 'well', 'tight'] as const).map((fit) =>
      sample.model({ id: fit, fit, installation: { is: 'absent' } }),
    )
    const here = sample.model({ id: 'here', fit: 'too_large', parameters: 1 })
    expect(look({}, [...fits, here])).toEqual(['here', 'well', 'tight', 'slow', 'too_large'])
  })
  it('passes the filters', () => {
    expect(look({ data: 'internal' }).sort()).toEqual(['a', 'b', 'c'])
    const some = [
      sample.model({ id: 'big', fit: 'too_large' }),
      sample.model({ id: 'new', installation: { is: 'absent' } }),
      sample.model({ id: 'old', installation: { is: 'update_available', installed_version: 1 } }),
    ]
    expect(look({ fitting: true }, some).sort()).toEqual(['new', 'old'])
    expect(look({ installed: true }, some).sort()).toEqual(['big', 'old'])
    const others = sample.model({ id: 'others', installation: { is: 'not_for_group', here: false } })
    expect(look({}, [others, ...some]).at(-1)).toBe('others')
    expect(tasksOf([sample.minilm, sample.qwen])).toEqual(['chat', 'code', 'embeddings'])
    expect(dataOf(models)).toEqual(['public', 'internal'])
  })
  it('knows a model again when only its state has changed, and not when its words have', () => {
    const index = new Index({ task, language })
    const [before] = index.of([models[0]!])
    const [same] = index.of([{ ...models[0]!, installation: { is: 'absent' } }])
    expect(same!.fields).toBe(before!.fields)
    expect(same!.model.installation.is).toBe('absent')
    const [renamed] = index.of([{ ...models[0]!, name: 'Other' }])
    expect(renamed!.fields[0]).toBe('other')
    const byName = (all: Model[]) =>
      chosen(index.of(all), { ...EVERYTHING, sort: 'name' }).map((model) => model.name)
    expect(byName(models.slice(0, 2))).toEqual(['Coder 2', 'Étude 7B'])
    expect(byName([models[0]!, { ...models[1]!, name: 'Zed' }])).toEqual(['Étude 7B', 'Zed'])
  })
})

describe('the rows of a long list', () => {
  it('are as many columns as fit', () => {
    expect([columnsIn(0, 380, 16), columnsIn(775, 380, 16), columnsIn(776, 380, 16)]).toEqual([1, 1, 2])
    expect(columnsIn(2000, null, 16)).toBe(1)
  })
  it('begin where those above end', () => {
    const rows = rowsOf(3, 10, (row) => [100, 50, 70][row] ?? 0)
    expect([...rows.starts]).toEqual([0, 110, 170, 240])
    expect([-5, 0, 109, 110, 999].map((y) => rowAt(rows, y))).toEqual([0, 0, 0, 1, 2])
    expect([...rowsOf(0, 10, () => 1).starts]).toEqual([0])
  })
  it('are drawn where they are seen, and where the focus is', () => {
    const rows = rowsOf(5_000, 0, () => 100)
    expect(drawn(rows, 1_000, 1_250, 2, null)).toEqual([8, 9, 10, 11, 12, 13, 14])
    expect(drawn(rows, 1_000, 1_050, 0, 3)).toEqual([3, 10])
    expect(drawn(rows, 0, 0, 0, 4_999)).toEqual([0, 4_999])
    expect(
      drawn(
        rowsOf(0, 0, () => 1),
        0,
        100,
        2,
        null,
      ),
    ).toEqual([])
  })
  it('are gone through by the arrows, a page and the ends', () => {
    const list = { count: 10, columns: 3, page: 2 }
    const steps = (at: number) =>
      ['ArrowRight', 'ArrowLeft', 'ArrowDown', 'ArrowUp', 'Home', 'End', 'PageDown', 'PageUp', 'a'].map(
        (key) => stepFrom(at, key, list),
      )
    expect(steps(4)).toEqual([5, 3, 7, 1, 0, 9, 9, 1, null])
    expect(steps(9)).toEqual([9, 8, 9, 6, 0, 9, 9, 3, null])
    expect(stepFrom(4, 'ArrowRight', { ...list, columns: 1 })).toBeNull()
  })
})

describe('the catalogue', () => {
  it('is searched as one types, by name, publisher and task', async () => {
    const { user } = open('#/catalogue')
    await user.type(await screen.findByRole('searchbox'), 'alibaba code')
    expect(names()).toEqual(['Qwen 2.5 7B Instruct'])
    await user.clear(screen.getByRole('searchbox'))
    await user.type(screen.getByRole('searchbox'), 'nothing like it')
    await user.click(screen.getByRole('button', { name: text.catalogue.clear }))
    expect(names()).toHaveLength(sample.models.length)
  })

  it('is filtered by task, by data and by what is here, and sorted', async () => {
    const { user } = open('#/catalogue')
    const filter = await screen.findByRole('group', { name: text.catalogue.tasks })
    await user.click(within(filter).getByRole('button', { name: 'Embeddings' }))
    expect(names()).toEqual(['MiniLM L6 v2'])
    await user.click(within(filter).getByRole('button', { name: 'Embeddings' }))
    await user.click(screen.getByRole('button', { name: text.shelf.installed }))
    expect(names()).toEqual(['Gemma 3 270M Instruct', 'MiniLM L6 v2'])
    await user.click(screen.getByRole('button', { name: text.shelf.installed }))
    await user.selectOptions(screen.getByLabelText(text.shelf.sort), 'size')
    expect(names()[0]).toBe('MiniLM L6 v2')
    await user.selectOptions(screen.getByLabelText(text.shelf.data), 'internal')
    expect(names()).toHaveLength(sample.models.length)
  })

  it('names what suits this computer best, in words, while nothing is looked for', async () => {
    const { user } = open('#/catalogue')
    const best = await screen.findByRole('region', { name: text.shelf.best })
    expect(best.textContent).toContain('Mistral 7B Instruct v0.3')
    expect(best.textContent).toContain(text.shelf.measured(text.model.speedUnit('4.6')))
    expect(best.textContent).toContain('15 GiB of memory, 4 cores · computes with AVX2')
    expect(best.textContent).toContain('Intel (46a6)')
    await user.type(screen.getByRole('searchbox'), 'q')
    expect(screen.queryByRole('region', { name: text.shelf.best })).toBeNull()
  })

  it('says what is expected where nothing was measured, and nothing where nothing is known', async () => {
    const suggest_models = () => [
      { model: 'qwen-2.5-7b', at: 'ability' as const, speed: 4.1, measured: false },
      { model: 'mistral-7b', at: 'ready' as const, speed: null, measured: false },
      { model: 'gone', at: 'speed' as const, speed: null, measured: false },
    ]
    open('#/catalogue', new FakeBackend({ suggest_models }))
    const best = await screen.findByRole('region', { name: text.shelf.best })
    expect(best.textContent).toContain(text.shelf.expected(text.model.speedUnit('4.1')))
    expect(best.textContent).toContain(text.shelf.unmeasured)
    expect(within(best).getAllByRole('listitem')).toHaveLength(2)
  })

  it('says so where the processor cannot run any model', async () => {
    const hardware = { ...sample.hardware, lacking: ['AVX2', 'FMA'] }
    open('#/catalogue', new FakeBackend({ get_hardware: () => hardware }))
    expect(await screen.findByText(text.shelf.lacking('AVX2, FMA'))).toBeTruthy()
    expect(screen.queryByRole('region', { name: text.shelf.best })).toBeNull()
  })

  it('shows its models although the computer cannot be asked', async () => {
    const refuse = () => Promise.reject(sample.fault('os.computer_unknown'))
    open('#/catalogue', new FakeBackend({ get_hardware: refuse, suggest_models: refuse }))
    expect(await screen.findByText('Qwen 2.5 7B Instruct')).toBeTruthy()
  })

  it('is cards or a list, as the person chose, and has no switch where the organisation chose', async () => {
    const { backend, user, unmount } = open('#/catalogue')
    await user.click(await screen.findByRole('button', { name: text.shelf.list }))
    expect(backend.asked('change_settings')).toEqual([{ catalogue_layout: 'list' }])
    expect(screen.getByRole('button', { name: text.shelf.list }).getAttribute('aria-pressed')).toBe('true')
    expect(names()).toHaveLength(sample.models.length)
    unmount()
    const managed = {
      ...sample.settings,
      managed: { ...sample.settings.managed, fields: ['catalogue_layout'] },
    }
    open('#/catalogue', new FakeBackend({ get_settings: () => managed }))
    await screen.findByText('Qwen 2.5 7B Instruct')
    expect(screen.queryByRole('button', { name: text.shelf.list })).toBeNull()
  })

  it('draws of 10,000 models only those that are seen, and says how many there are', async () => {
    const many = Array.from({ length: 10_000 }, (_, n) => sample.model({ id: `m-${n}`, name: `Model ${n}` }))
    const { user } = open('#/catalogue', new FakeBackend({ list_models: () => many }))
    const list = await screen.findByRole('list', { name: text.shelf.models })
    const items = within(list)
      .getAllByRole('listitem')
      .filter((item) => item.hasAttribute('aria-posinset'))
    expect(items.length).toBeLessThan(40)
    expect(items[0]!.getAttribute('aria-setsize')).toBe('10000')
    expect(items[0]!.getAttribute('aria-posinset')).toBe('1')
    await user.type(screen.getByRole('searchbox'), '9876')
    expect(names()[0]).toBe('Model 9876')
  })

  it('is gone through by keyboard: the end of 10,000 models is one key away, and has the focus', async () => {
    const many = Array.from({ length: 10_000 }, (_, n) => sample.model({ id: `m-${n}`, name: `Model ${n}` }))
    const { user } = open('#/catalogue', new FakeBackend({ list_models: () => many }))
    const first = await screen.findByRole('link', { name: 'Model 0' })
    first.focus()
    await user.keyboard('{ArrowDown}')
    await expect.poll(() => document.activeElement?.textContent).toBe('Model 1')
    await user.keyboard('{End}')
    await expect.poll(() => document.activeElement?.textContent).toBe('Model 9999')
    await user.keyboard('{Home}')
    await expect.poll(() => document.activeElement?.textContent).toBe('Model 0')
  })

  it('a step of a download draws its own card and leaves the list as it is', async () => {
    const backend = new FakeBackend()
    const app = new AppContext(backend)
    const stop = app.start()
    await expect.poll(() => app.models.value).not.toBeNull()
    const before = app.models.value!
    const progress = (installation: Installation) =>
      backend.emit({ is: 'progress', model: 'mistral-7b', installation })
    progress({ is: 'fetching', done: 3.3e9, total: 4.4e9, rate: 47e6, left_ms: 30_000 })
    expect(app.models.value).toBe(before)
    expect(app.installs.of(sample.mistral)).toMatchObject({ done: 3.3e9 })
    // Another state is news for whoever lists, filters and sorts.
    progress({ is: 'verifying' })
    expect(app.models.value).not.toBe(before)
    expect(app.models.value!.find((model) => model.id === 'mistral-7b')!.installation.is).toBe('verifying')
    stop()
  })

  it('an answer that is being written does not read the list again', async () => {
    const { backend } = open('#/catalogue')
    await card('Mistral 7B Instruct v0.3')
    const before = backend.asked('list_models').length
    backend.emit({ is: 'changed', topic: 'runs' })
    expect(backend.asked('list_models')).toHaveLength(before)
    backend.emit({ is: 'changed', topic: 'models' })
    await expect.poll(() => backend.asked('list_models').length).toBe(before + 1)
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
    await user.click(
      within(await card('Qwen 2.5 7B Instruct')).getByRole('button', { name: text.install.install }),
    )
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
    await user.click(
      within(await card(sample.licensed.name)).getByRole('button', { name: text.install.install }),
    )
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

  it('a cancelled download rests, goes on when that is undone, and is given up when it is not', async () => {
    const { backend, user } = open('#/catalogue')
    const fetching = within(await card('Mistral 7B Instruct v0.3'))
    await user.click(fetching.getByRole('button', { name: text.install.cancel }))
    expect(backend.asked('pause_install')).toEqual([{ id: 'mistral-7b' }])
    expect(await fetching.findByText(text.install.goes)).toBeTruthy()
    await user.click(
      screen.getByRole('button', {
        name: text.toasts.undoNamed(text.install.cancelled('Mistral 7B Instruct v0.3')),
      }),
    )
    expect(backend.asked('install_model')).toEqual([{ id: 'mistral-7b', accepted_licence: null }])
    expect(backend.asked('cancel_install')).toEqual([])
    await user.click(await fetching.findByRole('button', { name: text.install.cancel }))
    await fetching.findByText(text.install.goes)
    fireEvent(window, new Event('pagehide'))
    await expect.poll(() => backend.asked('cancel_install')).toEqual([{ id: 'mistral-7b' }])
  })
})

describe('every state of a model', () => {
  const fault = sample.fault('library.disk_full', {
    remedy: 'free_space',
    subject: { needs_bytes: '4700000000', free_bytes: '1200000000' },
  })
  const states: [string, Installation, string, string | null][] = [
    ['absent', { is: 'absent' }, text.model.download, text.install.install],
    [
      'fetching',
      { is: 'fetching', done: 1e9, total: 4e9, rate: 0, left_ms: null },
      '25 %',
      text.install.pause,
    ],
    [
      'paused',
      { is: 'paused', reason: 'quit', done: 1e9, total: 4e9 },
      text.install.paused['quit']!,
      text.install.resume,
    ],
    ['verifying', { is: 'verifying' }, text.install.verifying, text.install.cancel],
    ['installed', { is: 'installed' }, text.shelf.here, text.install.chat],
    [
      'update available',
      { is: 'update_available', installed_version: 2 },
      text.install.updateText(2),
      text.install.update,
    ],
    ['failed', { is: 'failed', fault }, '4.7 GB are needed', text.install.again],
    ['withdrawn', { is: 'withdrawn' }, text.install.withdrawnText, text.install.remove],
    [
      'not for your group',
      { is: 'not_for_group', here: false },
      text.install.notForGroupText(false),
      text.install.ask,
    ],
    [
      'not for your group any more',
      { is: 'not_for_group', here: true },
      text.install.notForGroupText(true),
      text.install.remove,
    ],
  ]
  const layouts = ['grid', 'list'] as const
  it.each(layouts.flatMap((layout) => states.map((state) => [layout, ...state] as const)))(
    'as %s: %s',
    async (layout, _, installation, says, button) => {
      const settings = {
        ...sample.settings,
        settings: { ...sample.settings.settings, catalogue_layout: layout },
      }
      const one = sample.model({ name: 'One', installation })
      const backend = new FakeBackend({ list_models: () => [one], get_settings: () => settings })
      const { container } = open('#/catalogue', backend)
      const article = await card('One')
      // Size alone says it in a list of lines.
      const quiet = layout === 'list' && (installation.is === 'absent' || installation.is === 'installed')
      if (!quiet) expect(article.textContent).toContain(says)
      if (button !== null) expect(within(article).getByRole('button', { name: button })).toBeTruthy()
      expect(await violations(container)).toEqual([])
    },
  )

  it('an old catalogue fetches nothing new and says so, and what is installed still runs', async () => {
    const status = { ...sample.status, catalogue: { ...sample.status.catalogue, state: 'expired' } }
    const backend = new FakeBackend({ get_status: () => status })
    open('#/catalogue', backend)
    expect(await screen.findByText(text.catalogue.expired)).toBeTruthy()
    const absent = within(await card('Qwen 2.5 7B Instruct'))
    expect(absent.getByRole('button', { name: text.install.install })).toHaveProperty('disabled', true)
    expect(absent.getByText(text.shelf.outOfDate)).toBeTruthy()
    const here = within(await card('Gemma 3 270M Instruct'))
    expect(here.getByRole('button', { name: text.install.chat })).toHaveProperty('disabled', false)
    expect(here.queryByText(text.shelf.outOfDate)).toBeNull()
  })

  it('an overdue review warns, a model for no data says so, and a slow one too', async () => {
    const one = sample.model({ name: 'One', review_overdue: true, data_approved: [], fit: 'slow' })
    open('#/catalogue', new FakeBackend({ list_models: () => [one] }))
    const article = within(await card('One'))
    for (const says of [text.shelf.overdue, text.model.notApprovedForData, text.model.fit.slow]) {
      expect(article.getByText(says)).toBeTruthy()
    }
  })
})
