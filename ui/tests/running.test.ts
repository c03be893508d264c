import { screen, within } from '@testing-library/svelte'
import { describe, expect, it, vi } from 'vitest'
import { rows } from '../src/screens/running/rows'
import { LiveSamples } from '../src/screens/running/samples.svelte'
import { ceiling, paths, pieces } from '../src/shared/plot'
import { text } from '../src/text'
import { violations } from './axe'
import { FakeBackend } from './fake'
import { open } from './render'
import * as sample from './sample'

const words = text.running
const card = async (name: string) => {
  const heading = await screen.findByRole('heading', { name, level: 2 })
  return within(heading.closest('.card') as HTMLElement)
}

describe('running', () => {
  it('says in words what each plot shows', async () => {
    open('#/running')
    const gemma = await card('Gemma 3 270M Instruct')
    expect(
      await gemma.findByRole('img', { name: words.plot(words.memory, '412 MiB', '435 MiB') }),
    ).toBeTruthy()
    expect(gemma.getByRole('img', { name: words.plot(words.cpu, '0.4 %', '83 %') })).toBeTruthy()
    expect(
      gemma.getByRole('img', { name: words.plot(words.tokensPerSecond, words.noAnswer, '67 tok/s') }),
    ).toBeTruthy()
  })

  it('has no figure for what the computer does not tell', async () => {
    open('#/running')
    const gemma = await card('Gemma 3 270M Instruct')
    expect(await gemma.findByText(words.powerUnknown)).toBeTruthy()
    expect(gemma.queryByText(words.power)).toBeNull()
    const mistral = await card('Mistral 7B Instruct v0.3')
    expect(mistral.getByText(words.powerText)).toBeTruthy()
    expect(mistral.queryByText(words.powerUnknown)).toBeNull()
  })

  it('has the same as a table, for screen readers at once and for everybody by a switch', async () => {
    const { user } = open('#/running')
    const table = await screen.findByRole('table', { name: words.samples('Gemma 3 270M Instruct') })
    const row = within(table).getAllByRole('row')[1] as HTMLElement
    expect(row.textContent).toContain('412 MiB')
    const place = () => table.closest('.off-screen')
    expect(place()).not.toBeNull()
    await user.click(screen.getByRole('button', { name: words.asTable }))
    expect(place()).toBeNull()
  })

  it('says the limits and the sandbox in sentences', async () => {
    open('#/running')
    const mistral = await card('Mistral 7B Instruct v0.3')
    expect(mistral.getByText(words.lockedIn.partly('landlock'))).toBeTruthy()
    expect(mistral.getByText(words.memoryLimit('9.2 GiB'))).toBeTruthy()
    expect(mistral.getByText(words.restsAfter(15))).toBeTruthy()
  })

  it('stops an answer and leaves the model', async () => {
    const { backend, user } = open('#/running')
    await user.click(
      await screen.findByRole('button', { name: words.stopAnswerNamed('Mistral 7B Instruct v0.3') }),
    )
    expect(backend.asked('stop_answer')).toEqual([{ id: 'conv-1' }])
    expect(screen.queryByRole('button', { name: words.stopAnswerNamed('Gemma 3 270M Instruct') })).toBeNull()
  })

  it('unloads a model, and starts it again when that was a slip', async () => {
    const { backend, user } = open('#/running')
    await user.click(await screen.findByRole('button', { name: words.unloadNamed('Gemma 3 270M Instruct') }))
    expect(backend.asked('stop_run')).toEqual([{ id: 'run-1' }])
    await user.click(
      await screen.findByRole('button', {
        name: text.toasts.undoNamed(words.unloaded('Gemma 3 270M Instruct')),
      }),
    )
    expect(backend.asked('start_run')).toEqual([{ id: 'gemma-3-270m' }])
  })

  it('says why one could not be unloaded', async () => {
    const refuse = () => Promise.reject(sample.fault('app.unknown', { subject: { kind: 'run' } }))
    const { user } = open('#/running', new FakeBackend({ stop_run: refuse }))
    await user.click(await screen.findByRole('button', { name: words.unloadNamed('Gemma 3 270M Instruct') }))
    expect((await screen.findByRole('alert')).textContent).toContain('no such run')
  })

  it('keeps reasons, tokens and duration of what ended', async () => {
    open('#/running')
    const table = within(await screen.findByRole('table', { name: words.earlier }))
    const ended = table.getAllByRole('row')[1]?.textContent
    for (const shows of [words.reasons['idle'], '20 min', '1,204']) expect(ended).toContain(shows)
  })

  it('asks for no samples while nothing runs', async () => {
    const { backend } = open('#/running', new FakeBackend({ list_runs: () => [] }))
    await screen.findByRole('heading', { name: words.emptyTitle })
    expect(backend.asked('list_run_samples')).toEqual([])
  })

  it.each([
    ['content', {}],
    ['measuring', { list_run_samples: () => [] }],
    ['empty', { list_runs: () => [] }],
    ['a fault', { list_runs: () => Promise.reject(sample.fault('store.io')) }],
  ])('axe finds nothing: %s', async (_, over) => {
    const { container } = open('#/running', new FakeBackend(over))
    await expect.poll(() => container.querySelector('[role=status] .line')).toBeNull()
    await screen.findByRole('heading', { name: words.title })
    expect(await violations(container)).toEqual([])
  })
})

describe('samples', () => {
  const at = (second: number) => new Date(sample.NOW + second * 1000).toISOString()
  const one = (second: number) => ({
    at: at(second),
    cpu_percent: second,
    memory: 1,
    speed: null,
    watts: null,
  })

  it('are asked for once, and what was there before stays', async () => {
    const told = vi
      .fn()
      .mockReturnValueOnce([
        { run: 'a', samples: [one(1), one(2)] },
        { run: 'b', samples: [one(1)] },
      ])
      .mockReturnValueOnce([{ run: 'a', samples: [one(2), one(3)] }])
    const backend = new FakeBackend({ list_run_samples: told })
    const live = new LiveSamples(backend)
    await live.refresh()
    await live.refresh()
    // From the run that is furthest behind on, so that nothing is missed.
    expect(backend.asked('list_run_samples')).toEqual([{ after: null }, { after: at(1) }])
    expect(live.of.get('a')?.map(({ at }) => at)).toEqual([at(1), at(2), at(3)])
    expect(live.of.has('b')).toBe(false)
  })

  it('a host that does not answer leaves what is known', async () => {
    const told = vi
      .fn()
      .mockReturnValueOnce([{ run: 'a', samples: [one(1)] }])
      .mockRejectedValueOnce(sample.fault('app.closing'))
    const live = new LiveSamples(new FakeBackend({ list_run_samples: told }))
    await live.refresh()
    await live.refresh()
    expect(live.of.get('a')).toHaveLength(1)
  })

  it('are means of a quarter of a minute in the table, newest first', () => {
    // The sample's moment is 12 seconds past the minute: a step begins three seconds later.
    const second = (n: number, speed: number | null) => ({ ...one(n), speed })
    const table = rows([second(3, null), second(4, 10), second(8, 20), second(18, null)])
    expect(table.map((row) => [row.cpu, row.speed])).toEqual([
      [18, null],
      [5, 15],
    ])
  })
})

describe('a plot', () => {
  it('has a scale that ends at a round number above everything', () => {
    expect([0, 0.3, 1, 4.9, 62, 95.5, 1000].map((highest) => ceiling(highest))).toEqual([
      1, 0.5, 2, 10, 100, 200, 2000,
    ])
    expect(ceiling(435 * 2 ** 20, 2 ** 20)).toBe(500 * 2 ** 20)
  })

  it('breaks where nothing was measured, and where time is missing', () => {
    const points = [0, 1, 2, 3, 20, 21].map((second) => ({
      at: second * 1000,
      value: second === 2 ? null : second,
    }))
    expect(pieces(points, 0).map((piece) => piece.map(({ value }) => value))).toEqual([[0, 1], [3], [20, 21]])
    expect(pieces(points, 1000).at(0)).toEqual([{ at: 1000, value: 1 }])
  })

  it('draws new on the right and high on top', () => {
    const points = [
      { at: 0, value: 0 },
      { at: 1000, value: 5 },
      { at: 2000, value: 99 },
    ]
    const frame = { from: 0, to: 2000, top: 10 }
    expect(paths(points, frame)).toEqual({
      line: 'M0.0 100.0L300.0 50.0L600.0 0.0',
      area: 'M0.0 100.0L0.0 100.0L300.0 50.0L600.0 0.0L600.0 100.0Z',
    })
    expect(paths([], frame)).toEqual({ line: '', area: '' })
  })
})
