import { describe, expect, it } from 'vitest'
import { fit, pieces, ranked } from '../src/lib/fuzzy'

const best = (query: string, names: string[]) => ranked(query, names, (name) => name).map((r) => r.thing)

describe('what was typed', () => {
  it.each([
    ['qwen', 'Qwen 2.5 7B Instruct'],
    ['q7', 'Qwen 2.5 7B Instruct'],
    ['instruct gem', 'Gemma 3 270M Instruct'],
    ['GEMMA', 'Gemma 3 270M Instruct'],
    ['prufen', 'Kette prüfen'],
    ['prüfen', 'Kette prufen'],
    ['', 'anything'],
    ['   ', 'anything'],
  ])('“%s” fits %s', (query, name) => expect(fit(query, name)).not.toBeNull())

  it.each([
    ['nq', 'Qwen'],
    ['qwen x', 'Qwen 2.5'],
    ['a', ''],
  ])('“%s” does not fit %s', (query, name) => expect(fit(query, name)).toBeNull())

  it('finds first what begins with it, then what has a word that does, then what only holds the letters', () => {
    expect(best('chat', ['Catch a thought', 'New chat', 'Chat'])).toEqual([
      'Chat',
      'New chat',
      'Catch a thought',
    ])
  })

  it('prefers letters that belong together over scattered ones', () => {
    expect(best('mist', ['My installed test', 'Mistral 7B'])).toEqual(['Mistral 7B', 'My installed test'])
    expect(fit('at', 'xa cat')?.at).toEqual([4, 5])
  })

  it('keeps the order of what fits equally well', () => {
    expect(best('', ['bbb', 'aa', 'c'])).toEqual(['bbb', 'aa', 'c'])
  })

  it('a long name costs no more than a short one', () => {
    expect(fit('z', `${'a'.repeat(100_000)}z`)).toBeNull()
  })
})

it('the letters that fit are marked', () => {
  const name = 'Gemma 3'
  expect(pieces(name, fit('gem3', name)?.at ?? [])).toEqual([
    { text: 'Gem', fits: true },
    { text: 'ma ', fits: false },
    { text: '3', fits: true },
  ])
})
