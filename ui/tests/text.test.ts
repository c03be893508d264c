import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { useLanguage } from '../src/lib/state/language.svelte'
import { faultSentence, text, texts, word } from '../src/text'
import { fault } from './sample'

describe('the sentence for a fault', () => {
  const full = fault('library.disk_full', {
    subject: { needs_bytes: '4700000000', free_bytes: '1200000000' },
  })
  it('holds the figures of the fault', () => {
    expect(faultSentence(full)).toContain('4.7 GB are needed and 1.2 GB are free')
  })
  it('is in the language in use, with its figures as they are written there', () => {
    useLanguage('de')
    expect(faultSentence(full)).toContain('4,7 GB werden gebraucht, 1,2 GB sind frei')
  })
  it('has the words of its language for what the host names by a word', () => {
    const gone = fault('app.unknown', { subject: { kind: 'conversation', id: '1' } })
    expect(faultSentence(gone)).toMatch(/^There is no such conversation any more/)
    useLanguage('de')
    expect(faultSentence(gone)).toMatch(/^Diese Unterhaltung gibt es nicht mehr/)
  })
  it('is the host’s own where a figure is missing', () => {
    expect(faultSentence(fault('library.disk_full'))).toBe('The host says: library.disk_full.')
  })
  it('is the host’s own for a code that this window does not know', () => {
    expect(faultSentence(fault('future.code'))).toBe('The host says: future.code.')
  })
  it('is never empty', () => {
    expect(faultSentence(fault('future.code', { message: '' }))).not.toBe('')
  })
})

it('a state that this window does not know is shown as it is', () => {
  expect([word(text.running.states, 'ready'), word(text.running.states, 'on_hold')]).toEqual([
    'Ready',
    'on hold',
  ])
})

type Leaf = { path: string; value: unknown }

function leaves(node: unknown, path = ''): Leaf[] {
  if (typeof node !== 'object' || node === null) return [{ path, value: node }]
  return Object.entries(node).flatMap(([key, value]) => leaves(value, path === '' ? key : `${path}.${key}`))
}

const english = new Map(leaves(texts.en).map((leaf) => [leaf.path, leaf.value]))

describe.each(Object.entries(texts))('the texts in %s', (language, words) => {
  const own = new Map(leaves(words).map((leaf) => [leaf.path, leaf.value]))

  it('are all there, and no more than there are in English', () => {
    expect([...own.keys()].sort()).toEqual([...english.keys()].sort())
  })

  it('take what the English ones take', () => {
    const arity = (value: unknown) => (typeof value === 'function' ? value.length : 'words')
    const differ = [...own].filter(([path, value]) => arity(value) !== arity(english.get(path)))
    expect(differ.map(([path]) => path)).toEqual([])
  })

  it('use everything that they are handed', () => {
    const lost = [...own].filter(([path, value]) => {
      if (typeof value !== 'function') return false
      const source = value.toString()
      const [, names = ''] = /^\(?([^)=]*)\)?\s*=>/.exec(source) ?? []
      const body = source.slice(source.indexOf('=>'))
      return names
        .split(',')
        .map((name) => name.trim())
        .some((name) => name !== '' && !new RegExp(`\\b${name}\\b`).test(body) && path !== '')
    })
    expect(lost.map(([path]) => path)).toEqual([])
  })

  it('hold no empty sentence, no double blank, no three dots', () => {
    const poor = [...own].filter(
      ([, value]) => typeof value === 'string' && (value.trim() !== value || /^$| {2}|\.\.\./.test(value)),
    )
    // A separator is all blanks.
    expect(poor.map(([path]) => path).filter((path) => path !== 'app.separator')).toEqual([])
  })

  it.runIf(language !== 'en')('are no forgotten English', () => {
    const same = [...own].filter(
      ([path, value]) =>
        typeof value === 'string' && value === english.get(path) && /\p{L}+ \p{L}+ \p{L}+/u.test(value),
    )
    expect(same.map(([path]) => path)).toEqual([])
  })

  it('have the marks of their language', () => {
    const said = [...own].map(([path, value]) => [path, String(value)] as const)
    // „so“ in German, “so” in English; never the straight ones, which TypeScript shows only inside code.
    const wrong = language === 'de' ? /“[^„”]*”|\w"\w|’s\b/ : /„|»|«/
    expect(said.filter(([, words]) => wrong.test(words)).map(([path]) => path)).toEqual([])
  })
})

describe('the sentences for faults', () => {
  const slots = (sentence: string) => new Set([...sentence.matchAll(/\{(\w+)\}/g)].map((match) => match[1]))
  /** The host says these in English prose; another language leaves them to the details below the sentence. */
  const PROSE = new Set(['why', 'because'])

  it.each(Object.entries(texts))('in %s have the slots of the English ones', (language, words) => {
    const differ = Object.entries(texts.en.faults).filter(([code, sentence]) => {
      const wanted = [...slots(sentence)].filter((slot) => language === 'en' || !PROSE.has(slot ?? ''))
      const has = slots(words.faults[code] ?? '')
      return wanted.length !== has.size || wanted.some((slot) => !has.has(slot))
    })
    expect(differ.map(([code]) => code)).toEqual([])
  })
})

describe('what the Rust side can send', () => {
  const CRATES = join(__dirname, '../../src-tauri/crates')
  /** These never speak to the window: IT's own program, the command line, the tools, the child process, the log's format. */
  const ELSEWHERE = ['admin', 'audit', 'cli', 'dev', 'engine', 'modelfile', 'provenance']

  function sources(folder: string): string[] {
    return readdirSync(folder).flatMap((name) => {
      const path = join(folder, name)
      if (statSync(path).isDirectory()) return sources(path)
      return name.endsWith('.rs') ? [readFileSync(path, 'utf8')] : []
    })
  }
  const all = readdirSync(CRATES)
    .filter((crate) => !ELSEWHERE.includes(crate.replace('canteen-', '')))
    .flatMap((crate) => sources(join(CRATES, crate, 'src')))
    // What only canteen-admin meets while publishing never reaches a window.
    .filter((source) => !source.includes('catalogue.repository_exists'))

  /** The host's sentence says more than a fixed one could: it names a path, a form's field or a platform's reason. */
  const HOST_SAYS = new Set([
    'app.form',
    'app.told',
    'sandbox.unsupported',
    'os.no_home',
    'os.path_too_long',
    'os.folder_not_private',
    'os.file_failed',
    'os.not_started',
    'os.unsupported',
  ])
  /** What an observation was, told by the screen of this computer. */
  const EVIDENCE = /^(content|digest|holder)\./
  /** Codes that arise in the window itself. */
  const OWN = /^window\./

  const codes = new Set(
    all
      .flatMap((source) => [
        ...source.matchAll(/fn (?:ended_)?code\([^)]*\) -> &'static str \{[\s\S]*?\n(?: {4})?\}/g),
      ])
      .flatMap(([body]) => [...body.matchAll(/"([a-z]+\.[a-z_0-9]+)"/g)].map((match) => match[1] ?? ''))
      .filter((code) => !EVIDENCE.test(code)),
  )

  it('are many codes', () => expect(codes.size).toBeGreaterThan(90))

  it.each(Object.entries(texts))('has a sentence for each code in %s', (_, words) => {
    expect([...codes].filter((code) => !(code in words.faults) && !HOST_SAYS.has(code))).toEqual([])
  })

  it('are all codes that have a sentence: none is left over', () => {
    expect(Object.keys(texts.en.faults).filter((code) => !codes.has(code) && !OWN.test(code))).toEqual([])
  })

  it.each(Object.entries(texts))('has a word in %s for each kind of thing that may be gone', (_, words) => {
    const kinds = all.flatMap((source) =>
      [...source.matchAll(/Unknown \{\s*kind: "([^"]+)"/g)].map((match) => match[1] ?? ''),
    )
    expect(kinds.length).toBeGreaterThan(5)
    expect(kinds.filter((kind) => !(kind in (words.fault.named['kind'] ?? {})))).toEqual([])
  })

  it.each(Object.entries(texts))('has a word in %s for each part that a start compares', (_, words) => {
    const parts = all.flatMap((source) =>
      [...source.matchAll(/TicketMismatch \{\s*what: "([^"]+)"/g)].map((match) => match[1] ?? ''),
    )
    expect(parts.length).toBeGreaterThan(1)
    expect(parts.filter((part) => !(part in (words.fault.named['what'] ?? {})))).toEqual([])
  })

  it('names every slot of a sentence', () => {
    const slots = new Set(
      Object.values(texts.en.faults).flatMap((sentence) =>
        [...sentence.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? ''),
      ),
    )
    const source = all.join('\n')
    expect([...slots].filter((slot) => !source.includes(`("${slot}"`))).toEqual([])
  })
})
