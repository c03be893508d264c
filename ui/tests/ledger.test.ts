import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { screen, waitFor, within } from '@testing-library/svelte'
import { describe, expect, it } from 'vitest'
import type { LogFilter, LogRow, ReadLog } from '../src/lib/backend'
import { longDay } from '../src/lib/format/time'
import { ANYTHING, asked, isAnything } from '../src/screens/ledger/filter'
import { joined, Lines, type Shown } from '../src/screens/ledger/log.svelte'
import { kindsNamed, keptWords, sentence } from '../src/parts/log'
import { speak, text, texts } from '../src/text'
import { violations } from './axe'
import { FakeBackend } from './fake'
import { open } from './render'
import * as sample from './sample'
import { check, entry, ledger, log, row } from './sample.ledger'

const NOTICED = 'Noticed “Llama-3-8B-Uncensored” in LM Studio'
const name = (id: string) => (id === 'gemma-3-270m' ? 'Gemma 3 270M' : id)
const page = (rows: LogRow[], next: number | null = null) => ({ rows, next })

describe('the sentence of an entry', () => {
  it('is of the window’s language, with names and figures as people know them', () => {
    const said = (kind: string) =>
      sentence(
        log.find((found) => found.kind === kind)!,
        name,
      )
    expect(said('answer.given')).toBe('Gemma 3 270M answered: 1,057 tokens read, 118 written, complete')
    expect(said('run.started')).toBe('Started Gemma 3 270M (version 1), digest verified, locked in')
    try {
      speak('de', ['de-DE'])
      expect(said('answer.given')).toBe(
        'Gemma 3 270M hat geantwortet: 1.057 Tokens gelesen, 118 geschrieben, vollständig',
      )
    } finally {
      speak('en', ['en-GB'])
    }
  })

  it('says what a code means where that needs no figure', () => {
    const refused = row({ kind: 'policy.refused', fields: [field('reasons', 'policy.withdrawn')] })
    expect(sentence(refused, name)).toContain(text.faults['policy.withdrawn'])
    expect(
      sentence(
        log.find((found) => found.kind === 'model.install_failed')!,
        name,
      ),
    ).toContain('library.disk_full')
  })

  it('is the host’s for a kind that this window does not know, and says so where nothing can be read', () => {
    expect(sentence(row({ kind: 'new.thing', text: 'Something new' }), name)).toBe('Something new')
    expect(sentence(row({ kind: '', text: 'x' }), name)).toBe(text.ledger.unreadable)
  })

  const RUST = readFileSync(join(__dirname, '../../src-tauri/crates/canteen-audit/src/words.rs'), 'utf8')
  const KINDS = [...RUST.matchAll(/=> "([a-z_]+\.[a-z_]+)",/g)].map(([, kind]) => kind!)

  it.each(Object.entries(texts))('is there for every kind that the host records: %s', (_, words) => {
    expect(KINDS.length).toBeGreaterThan(20)
    const silent = (known: object) => KINDS.filter((kind) => !(kind in known))
    expect([silent(words.ledger.sentences), silent(words.ledger.kinds)]).toEqual([[], []])
  })

  it.each(Object.entries(texts))('has a name for every part that is stored: %s', (_, words) => {
    const snapshot = readFileSync(
      join(
        __dirname,
        '../../src-tauri/crates/canteen-audit/src/snapshots/canteen_audit__words__tests__every_event_has_one_stored_form_and_one_sentence.snap',
      ),
      'utf8',
    )
    const parts = snapshot
      .split('\n')
      .filter((line) => /^ {2}[a-z_.]+=/.test(line))
      .flatMap((line) => line.trim().split(' · '))
      .map((part) => part.split('=')[0]!)
    expect(parts.length).toBeGreaterThan(60)
    expect([...new Set(parts)].filter((part) => !(part in words.ledger.parts))).toEqual([])
  })

  it('lists what is kept, each word once, and what is not encrypted', () => {
    expect(keptWords(log[0]!.fields)).toBe(
      'time, run, model, how it ended, counts and times, the text in your conversation',
    )
    const installed = log.find((found) => found.kind === 'model.installed')!
    expect(keptWords(installed.fields)).toContain('the model file (not encrypted)')
  })
})

function field(name: string, value: string | null, kept = 'encrypted') {
  return { name, value, kept }
}

describe('a filter', () => {
  const NOW = Date.parse('2026-11-24T09:41:12Z')
  const ask = (over: object) => asked({ ...ANYTHING, ...over }, NOW, kindsNamed)

  it('that asks for nothing is none', () => {
    expect([ask({}), ask({ words: '  ' }), ask({ period: 'custom' })]).toEqual([null, null, null])
    expect(isAnything({ ...ANYTHING, group: 'runs' })).toBe(false)
  })

  it('counts days by the person’s calendar', () => {
    expect(ask({ period: 'today' })).toMatchObject({ since: '2026-11-23T23:00:00.000Z', until: null })
    expect(ask({ period: 'week' })).toMatchObject({ since: '2026-11-17T23:00:00.000Z' })
    // The clocks change on 25 October: the day has 25 hours.
    expect(ask({ period: 'custom', from: '2026-10-25', to: '2026-10-25' })).toMatchObject({
      since: '2026-10-24T22:00:00.000Z',
      until: '2026-10-25T23:00:00.000Z',
    })
    expect(ask({ period: 'custom', to: '2026-12-31' })).toMatchObject({
      since: null,
      until: '2026-12-31T23:00:00.000Z',
    })
  })

  it('says which kinds a word of this language names', () => {
    expect(ask({ words: 'Gemma installed' })?.words).toEqual([
      { text: 'Gemma', kinds: [] },
      { text: 'installed', kinds: ['model.installed'] },
    ])
  })
})

describe('pages', () => {
  const shown = (seqs: number[], next: number | null): Shown => ({
    filter: null,
    rows: seqs.map((seq) => row({ seq })),
    next,
  })
  const seqs = (of: Shown) => of.rows.map((found) => found.seq)

  it('are joined without a gap and without a row twice', () => {
    expect(seqs(joined(shown([9, 8, 7], 7), shown([8, 7, 6, 5], 5)))).toEqual([9, 8, 7, 6, 5])
    expect(joined(shown([9, 8, 7], 7), shown([8, 7, 6, 5], 5)).next).toBe(5)
    expect(seqs(joined(shown([9, 8], 8), shown([7, 6], null)))).toEqual([9, 8, 7, 6])
    expect(seqs(joined(shown([9, 8], 8), shown([6, 5], null)))).toEqual([9, 8])
    expect(joined(shown([2, 1], null), shown([1], null)).next).toBe(null)
  })

  it('have a heading per day, and rows without a time stay in their place', () => {
    const rows = [
      row({ seq: 4, at: '2026-11-24T00:30:00Z' }),
      row({ seq: 3, at: null }),
      row({ seq: 2, at: '2026-11-23T23:30:00Z' }),
      row({ seq: 1, at: '2026-11-23T22:30:00Z' }),
    ]
    const lines = new Lines().of({ filter: null, rows, next: null })
    expect(lines.map((line) => line.key)).toEqual([
      'day-4',
      'row-4',
      'row-3',
      'row-2',
      'day-1',
      'row-1',
      'end',
    ])
    expect(new Lines().of({ filter: null, rows: [], next: 7 }).map((line) => line.is)).toEqual(['older'])
  })
})

it('lines that are made page by page are those that are made at once', () => {
  const rows = Array.from({ length: 30 }, (_, at) =>
    row({ seq: 30 - at, at: new Date(Date.parse('2026-11-24T12:00:00Z') - at * 7_200_000).toISOString() }),
  )
  const shown = (from: number, to: number) => ({ filter: null, rows: rows.slice(from, to), next: 1 })
  const paged = new Lines()
  for (const to of [3, 3, 17, 30]) {
    expect(paged.of(shown(0, to))).toEqual(new Lines().of(shown(0, to)))
  }
  // Another filter, and news at the top.
  for (const [from, to] of [
    [5, 9],
    [4, 9],
    [0, 30],
  ] as const) {
    expect(paged.of(shown(from, to))).toEqual(new Lines().of(shown(from, to)))
  }
})

describe('the screen', () => {
  it('says of each entry what is kept and that nothing was sent', async () => {
    open('#/ledger')
    const line = (await screen.findByText(NOTICED)).closest<HTMLElement>('[role=listitem]')!
    expect(line.textContent).toContain('time, sighting, name, place, path and observations')
    expect(line.textContent).toContain(text.ledger.nothing)
    expect(within(line).getByText('10:12:55').getAttribute('title')).toContain('Tuesday')
    expect(screen.getByRole('heading', { name: longDay('2026-11-23T16:02:11Z') })).toBeTruthy()
  })

  it('names what was sent, once something is', async () => {
    const sent = row({ seq: 1284, sent: ['digest'] })
    open('#/ledger', new FakeBackend({ read_log: () => page([sent]) }))
    const line = (await screen.findByText(/answered/)).closest<HTMLElement>('[role=listitem]')!
    expect(within(line).getByText('digest')).toBeTruthy()
    expect(within(line).queryByText(text.ledger.nothing)).toBeNull()
  })

  it('asks the host for what was chosen, and clears it again', async () => {
    const backend = new FakeBackend({
      read_log: ({ filter }: ReadLog) => page(filter === null ? log : []),
    })
    const { user } = open('#/ledger', backend)
    await screen.findByText(NOTICED)
    await user.click(screen.getByRole('button', { name: text.ledger.groups.requests }))
    await user.selectOptions(screen.getByRole('combobox', { name: text.ledger.model }), 'qwen-2.5-7b')
    await user.selectOptions(screen.getByRole('combobox', { name: text.ledger.period }), 'today')
    await user.type(screen.getByRole('searchbox', { name: text.ledger.search }), 'llama')
    const last = () => (backend.asked('read_log').at(-1) as { filter: LogFilter }).filter
    await waitFor(() => expect(last().words).toEqual([{ text: 'llama', kinds: [] }]))
    expect(last()).toMatchObject({
      group: 'requests',
      model: 'qwen-2.5-7b',
      since: '2026-11-23T23:00:00.000Z',
    })
    await screen.findByRole('heading', { name: text.ledger.noneTitle })
    await user.click(screen.getByRole('button', { name: text.ledger.clear }))
    expect(await screen.findByText(NOTICED)).toBeTruthy()
    expect(last()).toBeNull()
  })

  it('takes days from the calendar', async () => {
    const { backend, user } = open('#/ledger')
    await user.selectOptions(await screen.findByRole('combobox', { name: text.ledger.period }), 'custom')
    await user.type(screen.getByLabelText(text.ledger.from), '2026-11-20')
    await waitFor(() =>
      expect(backend.asked('read_log').at(-1)).toMatchObject({
        filter: { since: '2026-11-19T23:00:00.000Z' },
      }),
    )
  })

  it('goes on to older entries by itself, also where a page holds none that match', async () => {
    const old = row({ seq: 3, kind: 'new.thing', text: 'An older entry' })
    const backend = new FakeBackend({
      read_log: ({ before }) =>
        before === null ? page(log, 1276) : before === 1276 ? page([], 500) : page([old]),
    })
    open('#/ledger', backend)
    expect(await screen.findByText('An older entry')).toBeTruthy()
    expect(backend.asked('read_log').map((asked) => (asked as ReadLog).before)).toEqual([null, 1276, 500])
    expect(await screen.findByText(text.ledger.end)).toBeTruthy()
  })

  it('keeps what it has when older entries cannot be read, and goes on after a retry', async () => {
    let broken = true
    const backend = new FakeBackend({
      read_log: ({ before }) => {
        if (before === null) return page(log, 1276)
        return broken
          ? Promise.reject(sample.fault('store.io'))
          : page([row({ seq: 1, text: 'First', kind: 'x.y' })])
      },
    })
    const { user } = open('#/ledger', backend)
    const alert = await screen.findByRole('alert')
    expect(screen.getByText(NOTICED)).toBeTruthy()
    const tries = backend.asked('read_log').length
    broken = false
    await user.click(within(alert).getByRole('button', { name: text.app.tryAgain }))
    expect(await screen.findByText('First')).toBeTruthy()
    expect(backend.asked('read_log')).toHaveLength(tries + 1)
  })

  it('reads the newest again when something is recorded, and keeps the older ones', async () => {
    let rows = log
    const backend = new FakeBackend({ read_log: () => page(rows) })
    open('#/ledger', backend)
    await screen.findByText(NOTICED)
    rows = [row({ seq: 1285, kind: 'new.thing', text: 'Just now' }), ...log]
    backend.emit({ is: 'changed', topic: 'log' })
    expect(await screen.findByText('Just now')).toBeTruthy()
    expect(screen.getAllByText(NOTICED)).toHaveLength(1)
  })

  it('shows an entry that cannot be read as such', async () => {
    const unreadable = row({ seq: 7, kind: '', at: null, fields: [] })
    open('#/ledger', new FakeBackend({ read_log: () => page([unreadable]) }))
    expect(await screen.findByText(text.ledger.unreadable)).toBeTruthy()
  })
})

describe('an entry', () => {
  it('is shown part by part, to the exact bytes, and how to check it by hand', async () => {
    const { user } = open('#/ledger')
    await user.click(await screen.findByRole('button', { name: /Gemma.* answered/ }))
    const dialog = await screen.findByRole('dialog', { name: text.ledger.details('1,284') })
    const cells = (await within(dialog).findAllByRole('row')).map((found) => found.textContent)
    expect(cells.some((cell) => cell.includes('time to the first token') && cell.includes('84 ms'))).toBe(
      true,
    )
    expect(cells.some((cell) => cell.includes(text.ledger.elsewhere))).toBe(true)
    expect(within(dialog).getByText(/^\{"at":"2026-11-24T09:40:12Z"/)).toBeTruthy()
    expect(within(dialog).getByText(text.ledger.fits)).toBeTruthy()
    expect(within(dialog).getByText(/xxd -r -p \| sha256sum/)).toBeTruthy()
    await user.click(within(dialog).getByRole('button', { name: text.ledger.copyBytes }))
    expect(await navigator.clipboard.readText()).toBe(entry(log[0]!).body)
    await user.click(within(dialog).getByRole('button', { name: text.app.close }))
    expect(screen.queryByRole('dialog')).toBeNull()
  })

  it('that does not fit says so', async () => {
    const backend = new FakeBackend({
      get_log_entry: () => entry(log[0]!, { fits: false, follows: false }),
    })
    const { user } = open('#/ledger', backend)
    await user.click(await screen.findByRole('button', { name: /Gemma.* answered/ }))
    expect(await screen.findByText(text.ledger.fitsNot)).toBeTruthy()
    expect(screen.getByText(text.ledger.followsNot)).toBeTruthy()
  })

  it('waits, and tells a fault', async () => {
    const backend = new FakeBackend({ get_log_entry: () => Promise.reject(sample.fault('store.io')) })
    const { user } = open('#/ledger', backend)
    await user.click(await screen.findByRole('button', { name: /Gemma.* answered/ }))
    const dialog = await screen.findByRole('dialog')
    expect((await within(dialog).findByRole('alert')).textContent).toContain(text.faults['store.io'])
  })
})

describe('the chain', () => {
  it('is checked when asked, and says when that was', async () => {
    let done = false
    const backend = new FakeBackend({
      get_ledger: () => ({ ...ledger, rows: done ? 1290 : 1284, check: done ? check : null }),
      verify_log: () => {
        done = true
        return check
      },
    })
    const { user } = open('#/ledger', backend)
    expect(await screen.findByText(text.ledger.never)).toBeTruthy()
    await user.click(screen.getByRole('button', { name: text.ledger.check }))
    backend.emit({ is: 'changed', topic: 'log' })
    expect(await screen.findByText(text.ledger.unbroken('1,284'))).toBeTruthy()
    const state = screen.getByText(text.ledger.unbroken('1,284')).closest<HTMLElement>('[role=status]')!
    expect(within(state).getByText('3 minutes ago')).toBeTruthy()
    expect(screen.getByText(new RegExp(text.ledger.after('5')))).toBeTruthy()
  })

  it('that is broken is told with what it means, and leads to the entry', async () => {
    const broken = { ...check, unbroken: false, broken_at: 1281, how: 'content' }
    const { user } = open('#/ledger', new FakeBackend({ get_ledger: () => ({ ...ledger, check: broken }) }))
    const alert = await screen.findByRole('alert')
    expect(alert.textContent).toContain(text.ledger.brokenText('1,281'))
    expect(alert.textContent).toContain(text.ledger.how['content'])
    await user.click(within(alert).getByRole('button', { name: text.ledger.showEntry('1,281') }))
    expect(await screen.findByRole('dialog', { name: text.ledger.details('1,281') })).toBeTruthy()
  })

  it('that cannot be checked says why', async () => {
    const backend = new FakeBackend({ verify_log: () => Promise.reject(sample.fault('store.disk_full')) })
    const { user } = open('#/ledger', backend)
    await user.click(await screen.findByRole('button', { name: text.ledger.check }))
    expect((await screen.findByRole('alert')).textContent).toContain(text.faults['store.disk_full'])
  })
})

describe('the export', () => {
  it('says where it was written, in the form that was chosen', async () => {
    const { backend, user } = open('#/ledger')
    await user.click(await screen.findByRole('button', { name: text.ledger.export }))
    await user.click(screen.getByRole('menuitem', { name: text.ledger.exportCsv }))
    expect(
      await screen.findByText(text.ledger.exported('1,284', '~/Downloads/canteen-log-2026-11-24.csv')),
    ).toBeTruthy()
    expect(backend.asked('export_log')).toEqual([{ form: 'csv' }])
    await user.click(screen.getByRole('button', { name: text.ledger.copyPath }))
    expect(await navigator.clipboard.readText()).toBe('~/Downloads/canteen-log-2026-11-24.csv')
  })

  it('that fails says why, and tries the same form again', async () => {
    let full = true
    const backend = new FakeBackend({
      export_log: () =>
        full ? Promise.reject(sample.fault('os.disk_full')) : { path: '~/Downloads/x.csv', rows: 1 },
    })
    const { user } = open('#/ledger', backend)
    await user.click(await screen.findByRole('button', { name: text.ledger.export }))
    await user.click(screen.getByRole('menuitem', { name: text.ledger.exportCsv }))
    const alert = await screen.findByRole('alert')
    full = false
    await user.click(within(alert).getByRole('button', { name: text.app.tryAgain }))
    expect(await screen.findByText(text.ledger.exported('1', '~/Downloads/x.csv'))).toBeTruthy()
    expect(backend.asked('export_log')).toEqual([{ form: 'csv' }, { form: 'csv' }])
  })
})

describe('your data', () => {
  async function yours(backend = new FakeBackend()) {
    const view = open('#/ledger', backend)
    await view.user.click(await screen.findByRole('tab', { name: text.ledger.yours }))
    return view
  }

  it('say what is kept, what would go, and why the log stays', async () => {
    await yours()
    expect(await screen.findByText('12, with 340 messages')).toBeTruthy()
    expect(screen.getByText(text.ledger.requestsFate('1'))).toBeTruthy()
    expect(screen.getByText(text.ledger.logFate('Nordwind', null))).toBeTruthy()
    expect(screen.getByText(text.ledger.logWhy('Nordwind', null))).toBeTruthy()
  })

  it('name the day until which the log is kept, where the rules name one', async () => {
    await yours(new FakeBackend({ get_ledger: () => ({ ...ledger, kept_until: '2027-05-12T00:00:00Z' }) }))
    const until = longDay('2027-05-12T00:00:00Z')
    expect(await screen.findByText(text.ledger.logFate('Nordwind', until))).toBeTruthy()
  })

  it('are exported whole', async () => {
    const { user } = await yours()
    await user.click(await screen.findByRole('button', { name: text.ledger.exportAll }))
    expect(
      await screen.findByText(text.ledger.exportedAll('2,034', '~/Downloads/canteen-data-2026-11-24')),
    ).toBeTruthy()
  })

  it('are deleted after it was said what goes and what stays', async () => {
    const { backend, user } = await yours()
    await user.click(await screen.findByRole('button', { name: text.ledger.delete }))
    const dialog = await screen.findByRole('dialog', { name: text.ledger.deleteTitle })
    // The harmless way out stands first: a browser gives it the focus.
    expect(within(dialog).getAllByRole('button')[0]!.textContent).toBe(text.app.cancel)
    expect(dialog.textContent).toContain('12, with 340 messages')
    expect(backend.asked('delete_data')).toEqual([])
    await user.click(within(dialog).getByRole('button', { name: text.ledger.deleteYes }))
    expect(await screen.findByText(text.ledger.deleted)).toBeTruthy()
    expect(screen.queryByRole('dialog')).toBeNull()
  })

  it('are not deleted while an answer is being written', async () => {
    const backend = new FakeBackend({ delete_data: () => Promise.reject(sample.fault('app.answering')) })
    const { user } = await yours(backend)
    await user.click(await screen.findByRole('button', { name: text.ledger.delete }))
    const dialog = await screen.findByRole('dialog')
    await user.click(within(dialog).getByRole('button', { name: text.ledger.deleteYes }))
    expect((await within(dialog).findByRole('alert')).textContent).toContain(text.faults['app.answering'])
    expect(screen.queryByText(text.ledger.deleted)).toBeNull()
  })

  it('that are none cannot be deleted', async () => {
    const none = { ...ledger.held }
    for (const key of Object.keys(none) as (keyof typeof none)[]) none[key] = 0
    const { user } = await yours(new FakeBackend({ get_ledger: () => ({ ...ledger, held: none }) }))
    await user.click(await screen.findByRole('button', { name: text.ledger.delete }))
    const dialog = await screen.findByRole('dialog')
    expect(within(dialog).getByText(text.ledger.nothingToDelete)).toBeTruthy()
    expect(within(dialog).queryByRole('button', { name: text.ledger.deleteYes })).toBeNull()
  })

  it('tell a fault, and work again after a retry', async () => {
    let broken = true
    const { user } = await yours(
      new FakeBackend({
        get_ledger: () => (broken ? Promise.reject(sample.fault('store.io')) : ledger),
      }),
    )
    const alert = await screen.findByRole('alert')
    broken = false
    await user.click(within(alert).getByRole('button', { name: text.app.tryAgain }))
    expect(await screen.findByText('12, with 340 messages')).toBeTruthy()
  })
})

describe('axe finds nothing', () => {
  it.each<[string, Partial<FakeBackend['handlers']>, string | RegExp]>([
    ['entries', {}, NOTICED],
    ['nothing', { read_log: () => page([]) }, text.ledger.emptyTitle],
    ['a fault', { read_log: () => Promise.reject(sample.fault('store.io')) }, text.faults['store.io']!],
    [
      'more to come',
      { read_log: ({ before }) => (before === null ? page(log, 9) : new Promise(() => undefined)) },
      text.ledger.older,
    ],
    [
      'a broken chain',
      { get_ledger: () => ({ ...ledger, check: { ...check, unbroken: false, broken_at: 3, how: 'joint' } }) },
      text.ledger.brokenText('3'),
    ],
  ])('with %s', async (_, handlers, shows) => {
    const { container } = open('#/ledger', new FakeBackend(handlers))
    await screen.findAllByText(shows)
    expect(await violations(container)).toEqual([])
  })

  it('in an entry', async () => {
    const { container, user } = open('#/ledger')
    await user.click(await screen.findByRole('button', { name: /Gemma.* answered/ }))
    await screen.findByText(text.ledger.fits)
    expect(await violations(container)).toEqual([])
  })

  it('in your data, and before they are deleted', async () => {
    const { container, user } = open('#/ledger')
    await user.click(await screen.findByRole('tab', { name: text.ledger.yours }))
    await screen.findByText('12, with 340 messages')
    expect(await violations(container)).toEqual([])
    await user.click(screen.getByRole('button', { name: text.ledger.delete }))
    await screen.findByRole('dialog')
    expect(await violations(container)).toEqual([])
  })
})

describe('what became of nudges', () => {
  const words = text.nudge.outcomes
  const show = async (backend = new FakeBackend()) => {
    const opened = open('#/ledger', backend)
    await opened.user.click(await screen.findByRole('tab', { name: words.tab }))
    return opened
  }
  const figure = (name: string) =>
    screen.getByRole('rowheader', { name }).closest('tr')?.querySelector('td')?.textContent

  it('is told for a month and in all, by model', async () => {
    const { container, user } = await show()
    await screen.findByRole('table', { name: words.table })
    expect([figure(words.names.shown), figure(words.names.moved)]).toEqual(['3', '0'])
    expect(screen.getByText(words.noneNow)).toBeTruthy()
    await user.click(screen.getByRole('radio', { name: words.periods.all }))
    expect([figure(words.names.shown), figure(words.names.moved), figure(words.names.disputed)]).toEqual([
      '9',
      '2',
      '1',
    ])
    expect(figure('Llama-3-8B-Uncensored')).toBe('9')
    expect(await violations(container)).toEqual([])
  })

  it('says so where there was none', async () => {
    const none = { counts: sample.outcomes.all.counts, models: [] }
    await show(new FakeBackend({ get_outcomes: () => ({ since: null, month: none, all: none }) }))
    expect(await screen.findByText(words.emptyTitle)).toBeTruthy()
  })
})
