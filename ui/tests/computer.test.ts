import { screen, within } from '@testing-library/svelte'
import { describe, expect, it } from 'vitest'
import { evidenceOf, grouped } from '../src/screens/computer/groups'
import { pauseEnds } from '../src/lib/pause'
import {
  alternativeReasons,
  alternativeSentence,
  blindSentence,
  decidedSentence,
  evidenceSentence,
  headline,
  nothingSentence,
  nudgeWords,
  toldWords,
} from '../src/screens/computer/words'
import * as ledger from './sample.ledger'
import { useLanguage } from '../src/lib/state/language.svelte'
import { moment } from '../src/lib/format/time'
import { text } from '../src/text'
import type { Quiet } from '../src/lib/backend'
import { violations } from './axe'
import { FakeBackend } from './fake'
import { open } from './render'
import * as sample from './sample'

const words = text.computer
const said = text.nudge
const NAME = 'Llama-3-8B-Uncensored'
const computer = (over: Partial<typeof sample.computer>) => ({ ...sample.computer, ...over })
const seeing = (over: Partial<typeof sample.computer>) =>
  new FakeBackend({ list_sightings: () => computer(over) })

describe('this computer', () => {
  it('the nudge says in the person’s language what was seen', async () => {
    open('#/computer')
    expect(await screen.findByText(`${NAME} is not approved yet`)).toBeTruthy()
    const seen = said.where('.lmstudio/models/llama-3-8b-uncensored.gguf', '2 days ago')
    expect(screen.getByText(`${said.used('lm-studio')} ${seen}`)).toBeTruthy()
    expect(screen.getByText(said.ready('Mistral 7B Instruct v0.3'))).toBeTruthy()
    expect(
      screen.getByText(
        'Approved for Chat, Code · runs well here, 12 tok/s measured here · knows English · 4.4 GB · licence Apache-2.0 · may be given internal data',
      ),
    ).toBeTruthy()
  })

  it('the nudge leads to the approved model', async () => {
    const backend = new FakeBackend({ answer_nudge: () => ({ is: 'open_chat', model: 'gemma-3-270m' }) })
    const { user } = open('#/computer', backend)
    await user.click(await screen.findByRole('button', { name: words.use('Mistral 7B Instruct v0.3') }))
    expect(backend.asked('answer_nudge')).toEqual([{ id: 'nudge-1', answer: 'use' }])
    expect(location.hash).toBe('#/chat/gemma-3-270m')
  })

  it('the nudge leads to the form, and the form to a request', async () => {
    const backend = new FakeBackend({
      answer_nudge: () => ({ is: 'open_request', sighting: 'seen-1' }),
      ask_for_approval: () => sample.request(),
    })
    const { user } = open('#/computer', backend)
    await user.click(await screen.findByRole('button', { name: words.ask }))
    const dialog = await screen.findByRole('dialog')
    await user.click(within(dialog).getByRole('button', { name: words.send }))
    expect(backend.asked('ask_for_approval')).toEqual([])
    await user.type(within(dialog).getByRole('textbox'), 'Comparing answers for support.')
    await user.click(within(dialog).getByRole('button', { name: words.send }))
    expect(backend.asked('ask_for_approval')).toEqual([
      { about: { is: 'sighting', id: 'seen-1' }, reason: 'Comparing answers for support.', days: 30 },
    ])
    expect(location.hash).toBe('#/requests')
  })

  it('the same bytes in two places are one model', async () => {
    const copy = sample.sighting({
      id: 'seen-9',
      found_in: 'Downloads',
      path: '~/Downloads/a.gguf',
      grade: 'present',
      holder: null,
    })
    const { user } = open('#/computer', seeing({ sightings: [...sample.sightings, copy] }))
    const row = (await screen.findByRole('rowheader', { name: new RegExp(`^${NAME}`) })).closest('tr')
    expect(row?.textContent).toContain(words.places('LM Studio', 1))
    await user.click(screen.getByRole('button', { name: words.detailsOf(NAME) }))
    const dialog = within(await screen.findByRole('dialog', { name: NAME }))
    expect(dialog.getByText('~/Downloads/a.gguf')).toBeTruthy()
    expect(dialog.getByRole('button', { name: words.copyPathOf('~/Downloads/a.gguf') })).toBeTruthy()
  })

  it('details say what was observed and why there was a nudge', async () => {
    const { user } = open('#/computer')
    await user.click(await screen.findByRole('button', { name: words.detailsOf(NAME) }))
    const dialog = await screen.findByRole('dialog', { name: NAME })
    expect(dialog.textContent).toContain('lm-studio (process 4711) has it in memory.')
    expect(dialog.textContent).toContain('4, set by Nordwind')
    expect(dialog.textContent).toContain(said.step.stays)
    await user.click(within(dialog).getByRole('button', { name: said.whyOf(NAME) }))
    expect(await screen.findByRole('dialog', { name: said.why })).toBeTruthy()
  })

  it('why: rule, version, who set it, signals, and literally what IT was told', async () => {
    const { backend, user } = open('#/computer')
    await user.click(await screen.findByRole('button', { name: said.whyOf(NAME) }))
    const dialog = await screen.findByRole('dialog', { name: said.why })
    await within(dialog).findByText(said.toldNothing)
    expect(backend.asked('get_nudge')).toEqual([{ id: 'nudge-1' }])
    for (const told of ['nudge.unapproved.toast', '4, set by Nordwind', said.rule['unapproved']])
      expect(dialog.textContent).toContain(told)
    expect(dialog.textContent).toContain('The file’s content is that of model weights, a running program')
    expect(within(dialog).getAllByText(new RegExp(said.sentNothing))).toHaveLength(2)
    expect(await violations(dialog)).toEqual([])
  })

  it('what is approved for the same work stands there by rank, and each leads to its page', async () => {
    const { backend, user } = open('#/computer')
    await user.click(await screen.findByRole('button', { name: said.whyOf(NAME) }))
    const dialog = await screen.findByRole('dialog', { name: said.why })
    const { alternative, others } = sample.nudge
    const ranked = within(dialog).getAllByRole('button', { name: /^Show the model/ })
    const names = [alternative!, ...others].map(({ name }) => text.computer.openNamed(name))
    expect(ranked.map((button) => button.getAttribute('aria-label'))).toEqual(names)
    expect(within(dialog).getByText(alternativeSentence(others[0]!))).toBeTruthy()
    await user.click(ranked[1] as HTMLElement)
    expect(location.hash).toBe(`#/model/${others[0]!.id}`)
    expect(backend.asked('answer_nudge')).toEqual([])
  })

  it('a silence names its end, and is taken back by undo', async () => {
    const until = '2026-12-01T09:41:12Z'
    const backend = new FakeBackend({ answer_nudge: () => ({ is: 'later', until }) })
    const { user } = open('#/computer', backend)
    await user.click(await screen.findByRole('button', { name: new RegExp(said.silence) }))
    const week = said.silenceFor.silence_week(moment(until, sample.NOW))
    await user.click(screen.getByRole('menuitem', { name: week }))
    expect(backend.asked('answer_nudge')).toEqual([{ id: 'nudge-1', answer: 'silence_week' }])
    const told = said.silenced(NAME, moment(until, sample.NOW))
    await user.click(await screen.findByRole('button', { name: text.toasts.undoNamed(told) }))
    expect(backend.asked('reopen_nudge')).toEqual([{ id: 'nudge-1' }])
  })

  it('what rests is listed with its time and can be shown again; what has run out is not', async () => {
    const rests = (id: string, state: string, until: string) => ({ ...sample.nudge, id, state, until })
    const nudges = [
      rests('a', 'silenced', '2026-12-01T09:41:12Z'),
      rests('b', 'snoozed', '2026-11-25T08:00:00Z'),
      rests('c', 'silenced', '2026-11-20T08:00:00Z'),
    ]
    const { backend, user } = open('#/computer', new FakeBackend({ list_nudges: () => nudges }))
    await user.click(await screen.findByText(said.resting(2)))
    expect(screen.getByText(new RegExp(said.restsUntil.snoozed('25 Nov')))).toBeTruthy()
    await user.click(screen.getAllByRole('button', { name: said.reopenNamed(NAME) })[0] as HTMLElement)
    expect(backend.asked('reopen_nudge')).toEqual([{ id: 'a' }])
  })

  it('a deadline stands with its time and what follows, and what is dangerous comes first', async () => {
    const deadline = { announced: '2026-11-24T09:00:00Z', at: '2026-11-27T09:00:00Z', then: 'stop' as const }
    const late = { ...sample.nudge, basis: { ...sample.basis, deadline } }
    const grave = { ...sample.nudge, id: 'nudge-2', reason: 'dangerous' }
    open('#/computer', new FakeBackend({ list_nudges: () => [late, grave] }))
    await screen.findByText(said.deadline.stop(moment(deadline.at, sample.NOW)))
    const titles = [`${NAME} is dangerous: the file can do harm`, `${NAME} is not approved yet`]
    const [first, second] = titles.map((title) => screen.getByText(title))
    expect(first?.compareDocumentPosition(second as Node)).toBe(Node.DOCUMENT_POSITION_FOLLOWING)
  })

  it.each(['not_a_model', 'not_me'] as const)(
    'what a person disputes as %s goes, and comes back by undo',
    async (why) => {
      const { backend, user } = open('#/computer')
      await user.click(await screen.findByRole('button', { name: words.detailsOf(NAME) }))
      await user.click(await screen.findByRole('button', { name: said.dispute[why] }))
      expect(backend.asked('dispute_sighting')).toEqual([{ id: 'seen-1', why }])
      expect(screen.queryByRole('dialog')).toBeNull()
      await user.click(
        await screen.findByRole('button', { name: text.toasts.undoNamed(words.disputed(NAME)) }),
      )
      expect(backend.asked('reopen_sighting')).toEqual([{ id: 'seen-1' }])
    },
  )

  it('an approved model cannot be disputed, and leads to its page', async () => {
    const { user } = open('#/computer')
    await user.click(await screen.findByRole('button', { name: words.detailsOf('gemma3:270m') }))
    const dialog = within(await screen.findByRole('dialog'))
    expect(dialog.queryByRole('button', { name: said.dispute.not_me })).toBeNull()
    await user.click(dialog.getByRole('button', { name: words.openModel }))
    expect(location.hash).toBe('#/model/gemma-3-270m')
  })

  it('what was disputed stays listed and can be shown again', async () => {
    const backend = seeing({
      disputed: [sample.sighting({ id: 'seen-7', name: 'odd.bin', disputed: 'not_me' })],
    })
    const { user } = open('#/computer', backend)
    await user.click(await screen.findByText(words.disputedList(1)))
    expect(screen.getByText(new RegExp(said.disputedAs['not_me'] as string))).toBeTruthy()
    await user.click(screen.getByRole('button', { name: words.reopenNamed('odd.bin') }))
    expect(backend.asked('reopen_sighting')).toEqual([{ id: 'seen-7' }])
  })

  it('an open request stands in the place of the verdict', async () => {
    open('#/computer')
    expect(await screen.findByText(words.asked('2 days ago'))).toBeTruthy()
  })

  it('says what it cannot see in the person’s language, also what this window does not know', async () => {
    const spots = [
      { code: 'users_hidden', text: 'programs of other users', span: null },
      {
        code: 'not_running',
        text: 'what ran then',
        span: ['2026-05-12T07:00:00Z', '2026-05-12T08:30:00Z'] as [string, string],
      },
      { code: 'future', text: 'something new', span: null },
    ]
    open('#/computer', seeing({ blind_spots: spots }))
    expect(await screen.findByText(words.cannotSee['users_hidden'] as string)).toBeTruthy()
    expect(screen.getByText('Something new')).toBeTruthy()
    expect(screen.getByText(/^What ran between .* and .*: Canteen was not running/)).toBeTruthy()
  })

  it('says which programs were asked what they are, and what forwards is no model here', async () => {
    const one = {
      program: 'notes-app',
      known_as: null,
      port: 8123,
      questions: ['/v1/models'],
      product: 'llama.cpp',
      models: ['a.gguf'],
      forwards_to: null,
      only_forwards: false,
      at: new Date(0).toISOString(),
    }
    const to = 'https://models.example'
    const cloud = { ...one, program: 'x', known_as: 'Ollama', product: 'Ollama', models: [], forwards_to: to }
    const asked = [one, { ...cloud, only_forwards: true }, { ...one, product: null }]
    open('#/computer', seeing({ asked }))
    expect(await screen.findByText(words.askedList(3))).toBeTruthy()
    const said = screen.getAllByRole('listitem', { hidden: true }).map((line) => line.textContent)
    const has = (...parts: string[]) =>
      expect(said.some((line) => parts.every((part) => line.includes(part)))).toBe(true)
    has('notes-app', words.askedIs('llama.cpp'), words.askedModels('a.gguf'))
    has(words.askedWho('x', 'Ollama'), words.askedOnlyForwards(to))
    has('notes-app', words.askedNothing)
  })

  it('says that nobody is asked, and who wants it so', async () => {
    open('#/computer', seeing({ asking: 'off_by_policy' }))
    expect(await screen.findByText(words.askingOff.off_by_policy)).toBeTruthy()
  })

  it('shows how far a look has got', async () => {
    open('#/computer', seeing({ looking: { place: 'Ollama', done: 3, of: 12 } }))
    const bar = await screen.findByRole('progressbar', { name: words.lookProgress })
    expect(bar.getAttribute('aria-valuenow')).toBe('25')
    expect(bar.getAttribute('aria-valuetext')).toBe(`${words.lookingIn('Ollama')}, 3 of 12`)
  })

  it('shows how far the home folder is gone through, and that this rests', async () => {
    open('#/computer', seeing({ home: { state: 'resting', percent: 43, files: 1204 } }))
    const bar = await screen.findByRole('progressbar', { name: words.homeProgress })
    expect(bar.getAttribute('aria-valuenow')).toBe('43')
    expect(bar.getAttribute('aria-valuetext')).toBe(`${words.homeRests}, about 43 % · 1,204 files`)
  })

  it('says nothing of the home folder once that is through', async () => {
    open('#/computer')
    await screen.findByRole('button', { name: words.scan })
    expect(screen.queryByRole('progressbar')).toBeNull()
  })

  it('looks when asked', async () => {
    const { backend, user } = open('#/computer')
    await user.click(await screen.findByRole('button', { name: words.scan }))
    expect(backend.asked('scan_now')).toHaveLength(1)
  })
})

describe('a pause of the nudges', () => {
  it.each([
    [0, '2026-11-24T10:41:12.000Z'],
    [1, '2026-11-25T08:00:00.000Z'],
    [2, '2026-11-30T08:00:00.000Z'],
  ])('has a named end (%i)', async (at, until) => {
    const { backend, user } = open('#/computer')
    await user.click(await screen.findByRole('button', { name: new RegExp(words.pause) }))
    await user.click(screen.getAllByRole('menuitem')[at] as HTMLElement)
    expect(backend.asked('pause_nudges')).toEqual([{ until }])
  })

  it('says when it ends, and can be ended', async () => {
    const { backend, user } = open('#/computer', seeing({ paused_until: '2026-11-25T08:00:00Z' }))
    expect(await screen.findByText(words.paused(moment('2026-11-25T08:00:00Z', sample.NOW)))).toBeTruthy()
    await user.click(screen.getByRole('button', { name: words.resume }))
    expect(backend.asked('pause_nudges')).toEqual([{ until: null }])
  })

  it('is taken back by undo', async () => {
    const { backend, user } = open('#/computer')
    await user.click(await screen.findByRole('button', { name: new RegExp(words.pause) }))
    await user.click(screen.getByRole('menuitem', { name: words.pauseTomorrow }))
    await user.click(
      await screen.findByRole('button', {
        name: text.toasts.undoNamed(words.paused(moment('2026-11-25T08:00:00Z', sample.NOW))),
      }),
    )
    expect(backend.asked('pause_nudges').at(-1)).toEqual({ until: null })
  })

  it('ends at nine on the person’s clock, also over the change to winter time, and on the next Monday', () => {
    expect(pauseEnds(Date.parse('2026-11-24T23:30:00Z')).tomorrow).toBe('2026-11-26T08:00:00.000Z')
    expect(pauseEnds(Date.parse('2026-10-24T10:00:00Z')).tomorrow).toBe('2026-10-25T08:00:00.000Z')
    const monday = (now: string) => pauseEnds(Date.parse(now)).monday
    expect(monday('2026-11-23T06:00:00Z')).toBe('2026-11-30T08:00:00.000Z')
    expect(monday('2026-11-29T22:00:00Z')).toBe('2026-11-30T08:00:00.000Z')
    expect(monday('2026-10-23T10:00:00Z')).toBe('2026-10-26T08:00:00.000Z')
  })
})

describe('groups', () => {
  it('are the same bytes; what has no digest yet stands alone', () => {
    const one = (id: string, digest: string | null, over = {}) => sample.sighting({ id, digest, ...over })
    const a = sample.digest('a')
    const groups = grouped([
      one('1', a, { grade: 'present', holder: null, first_seen: '2026-11-01T00:00:00Z' }),
      one('2', null),
      one('3', a, { grade: 'loaded', holder: 'ollama', first_seen: '2026-11-02T00:00:00Z' }),
      one('4', null),
    ])
    expect(groups.map((group) => group.places.map(({ id }) => id))).toEqual([['3', '1'], ['2'], ['4']])
    expect([groups[0]?.first.id, groups[0]?.since, groups[0]?.holders]).toEqual([
      '3',
      '2026-11-01T00:00:00Z',
      ['ollama'],
    ])
  })

  it('have what was observed twice once, newest first', () => {
    const seen = (code: string | null, at: string, said = 'x') => ({
      source: 'maps',
      signal: null,
      code,
      fields: { pid: '1' },
      text: said,
      at,
    })
    const evidence = [
      seen('holder.maps', '2026-11-01T00:00:00Z'),
      seen('holder.maps', '2026-11-03T00:00:00Z'),
      seen(null, '2026-11-02T00:00:00Z', 'old words'),
    ]
    const [group] = grouped([sample.sighting({ evidence })])
    expect(evidenceOf(group!).map(({ at }) => at)).toEqual(['2026-11-03T00:00:00Z', '2026-11-02T00:00:00Z'])
  })
})

describe('the words', () => {
  const seen = { source: 'maps', signal: null, text: 'As the host says it.', at: '2026-11-24T00:00:00Z' }

  it('are the host’s own where this window has none, or a field is missing', () => {
    expect(evidenceSentence({ ...seen, code: 'future.code', fields: {} })).toBe(seen.text)
    expect(evidenceSentence({ ...seen, code: 'holder.maps', fields: { pid: '7' } })).toBe(seen.text)
    expect(evidenceSentence({ ...seen, code: null, fields: {} })).toBe(seen.text)
    const old = { ...sample.nudge, subject: null, basis: null }
    expect(nudgeWords(old, sample.NOW)).toEqual({ title: old.title, seen: '', then: old.body })
    expect(headline({ ...sample.nudge, reason: 'future' })).toBe(sample.nudge.title)
  })

  it('are German for who speaks German', () => {
    useLanguage('de')
    const fields = { holder: 'ollama', pid: '7' }
    expect(evidenceSentence({ ...seen, code: 'holder.maps', fields })).toBe(
      'ollama (Prozess 7) hat die Datei im Speicher.',
    )
    expect(blindSentence({ code: 'elsewhere', text: '', span: null }, 0)).toContain('virtuellen Maschine')
    expect(headline(sample.nudge)).toBe(`${NAME} ist noch nicht freigegeben`)
    expect(alternativeReasons(sample.sighting().alternative!)).toContain(
      'läuft hier gut, 12 Tokens/s hier gemessen',
    )
  })

  it('an approved model that is not here names what fetching it takes', () => {
    const alternative = { ...sample.sighting().alternative!, installed: false }
    const then = (over: Partial<typeof sample.nudge>) =>
      nudgeWords({ ...sample.nudge, ...over }, sample.NOW).then
    expect(then({ alternative })).toContain('fetching it takes 4.4 GB')
    expect(then({ alternative: null })).toBe(said.ask)
    const nothing_suits = { is: 'needs_memory', least: 16 * 2 ** 30 } as const
    expect(then({ alternative: null, nothing_suits })).toBe(`${nothingSentence(nothing_suits)} ${said.ask}`)
    expect(nothingSentence(nothing_suits)).toContain('16 GiB')
  })

  it.each([
    ['unapproved', null, 'X is not approved yet'],
    ['approved_for_others', null, 'X is approved for others, not for you yet'],
    ['altered', 'Mistral', 'X is an altered copy of Mistral'],
    ['altered', null, 'X is an altered copy of an approved model'],
    ['derivative', 'Mistral', 'X was made from Mistral, which is approved; this one is not yet'],
    ['recalled', null, 'X was recalled by IT'],
    ['dangerous', null, 'X is dangerous: the file can do harm'],
  ])('say what the reason is: %s of %s', (reason, of, expected) => {
    const subject = { ...sample.nudge.subject!, name: 'X', of }
    expect(headline({ ...sample.nudge, reason, subject })).toBe(expected)
  })

  it('say why nothing is said', () => {
    const quiet = (because: Quiet) =>
      decidedSentence({ step: { is: 'record', because }, reason: null, basis: sample.basis }, sample.NOW)
    expect(quiet({ is: 'too_few_signals', needed: 3 })).toBe(
      'Nothing: 2 of 3 signals that it takes to be sure.',
    )
    expect(quiet({ is: 'granted', until: '2026-11-24T12:00:00Z' })).toContain('until 13:00')
    expect(quiet({ is: 'not_in_use' })).toBe(said.quiet.not_in_use)
  })

  it('name what of the log was sent to IT, once it was', () => {
    expect(toldWords([ledger.row({ sent: [] })])).toBe(said.toldNothing)
    expect(toldWords([ledger.row({ sent: ['digest'] }), ledger.row({ sent: ['digest', 'name'] })])).toBe(
      said.told('digest, name'),
    )
  })
})

describe('axe finds nothing', () => {
  it.each([
    ['content', {}],
    [
      'disputed, looking and paused',
      {
        disputed: [sample.sighting()],
        looking: { place: null, done: 1, of: 2 },
        paused_until: '2026-11-25T08:00:00Z',
      },
    ],
    ['empty', { sightings: [] }],
    ['before the first look', { sightings: [], last_look: null }],
  ])('%s', async (_, over) => {
    const { container } = open('#/computer', seeing(over))
    await screen.findByText(words.blind)
    expect(await violations(container)).toEqual([])
  })

  it('in the details', async () => {
    const { container, user } = open('#/computer')
    await user.click(await screen.findByRole('button', { name: words.detailsOf(NAME) }))
    await screen.findByRole('dialog')
    expect(await violations(container)).toEqual([])
  })
})
