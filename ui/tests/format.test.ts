import { beforeEach, describe, expect, it } from 'vitest'
import { fileSize, fileSizes, memorySize } from '../src/lib/format/bytes'
import { shortDigest } from '../src/lib/format/digest'
import { localeOf } from '../src/lib/format/locale'
import { count, language, parameters, percent, speed } from '../src/lib/format/number'
import { sentences } from '../src/lib/format/speech'
import { clockTime, duration, moment, sameDay, timeAgo } from '../src/lib/format/time'
import { useLanguage } from '../src/lib/state/language.svelte'

describe('sizes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [46_000_000, '46 MB'],
    [253_000_000, '253 MB'],
    [999_600_000, '1 GB'],
    [4_700_000_000, '4.7 GB'],
    [12_345_000_000, '12 GB'],
    [Number.NaN, '–'],
    [-1, '–'],
  ])('a file of %d bytes is %s', (bytes, shown) => expect(fileSize(bytes)).toBe(shown))

  it.each([
    [432_000_000, '412 MiB'],
    [6_550_000_000, '6.1 GiB'],
    [16 * 1024 ** 3, '16 GiB'],
  ])('memory of %d bytes is %s', (bytes, shown) => expect(memorySize(bytes)).toBe(shown))

  it('two sizes share a unit where they have one', () => {
    expect(fileSizes(2.7e9, 4.4e9, 'of')).toBe('2.7 of 4.4 GB')
    expect(fileSizes(2.7e6, 4.4e9, 'of')).toBe('2.7 MB of 4.4 GB')
  })
})

describe('numbers', () => {
  it.each([
    [62.3, '62'],
    [4.63, '4.6'],
    [0.42, '0.42'],
  ])('a speed of %d is %s', (value, shown) => expect(speed(value)).toBe(shown))

  it('parameters are counted in millions and billions', () => {
    expect([134_515_008, 7_600_000_000].map(parameters)).toEqual(['135 M', '7.6 B'])
  })

  it('a hundred percent means that all is there', () => {
    expect([percent(999, 1000), percent(1000, 1000), percent(5, 0), percent(7, 3)]).toEqual([99, 100, 0, 100])
  })

  it('an unknown language is shown as it is', () => {
    expect([language('de'), language('not a tag')]).toEqual(['German', 'not a tag'])
  })
})

describe('locale', () => {
  it('the language C, which WebKit reports under LANG=C.UTF-8, breaks nothing', () => {
    expect(['C', 'POSIX', '', 'en_US'].map((tag) => localeOf('en', [tag]))).toEqual(Array(4).fill('en-GB'))
    expect(localeOf('en', [])).toBe('en-GB')
  })
  it('is the system’s own flavour of the language in use, else a usual one', () => {
    expect(localeOf('en', ['de-AT', 'en-US'])).toBe('en-US')
    expect(localeOf('de', ['de-AT', 'en-US'])).toBe('de-AT')
    expect(localeOf('de', ['fr-FR'])).toBe('de-DE')
  })
})

describe('in German', () => {
  beforeEach(() => useLanguage('de'))
  const now = Date.parse('2026-11-24T09:41:12Z')

  it('numbers have a comma, and a million its own name', () => {
    expect([fileSize(4.7e9), memorySize(6.55e9), speed(4.63), duration(1_240)]).toEqual([
      '4,7 GB',
      '6,1 GiB',
      '4,6',
      '1,2 s',
    ])
    expect([parameters(135e6), parameters(7.6e9), count(1284)]).toEqual(['135 Mio.', '7,6 Mrd.', '1.284'])
    expect(fileSizes(2.7e9, 4.4e9, 'von')).toBe('2,7 von 4,4 GB')
  })

  it('dates and languages are German', () => {
    expect(timeAgo('2026-11-24T09:38:12Z', now)).toBe('vor 3 Minuten')
    expect(timeAgo('2026-11-23T09:38:12Z', now)).toBe('gestern')
    expect(moment('2026-11-25T08:00:00Z', now)).toBe('25. Nov., 09:00')
    expect(language('en')).toBe('Englisch')
  })

  it('and English again when it is English again', () => {
    expect(fileSize(4.7e9)).toBe('4,7 GB')
    useLanguage('en')
    expect([fileSize(4.7e9), timeAgo('2026-11-24T09:38:12Z', now)]).toEqual(['4.7 GB', '3 minutes ago'])
  })
})

describe('time', () => {
  const now = Date.parse('2026-11-24T09:41:12Z')
  const ago = (ms: number) => new Date(now - ms).toISOString()

  it.each([
    [12_000, '12 seconds ago'],
    [-1_400, 'now'],
    [-3 * 60_000, 'in 3 minutes'],
    [3 * 60_000, '3 minutes ago'],
    [2 * 86_400_000, '2 days ago'],
  ])('%d ms before now is %s', (ms, shown) => expect(timeAgo(ago(ms), now)).toBe(shown))

  it.each([
    [84, '84 ms'],
    [1_240, '1.2 s'],
    [48_000, '48 s'],
    [59_700, '1 min'],
    [125 * 60_000, '2 h 5 min'],
    [3_600_000, '1 h'],
    [-5, '–'],
  ])('%d ms last %s', (ms, shown) => expect(duration(ms)).toBe(shown))

  it('a text that is no time is a dash, not an exception', () => {
    expect([timeAgo('soon', now), clockTime(''), moment('x', now)]).toEqual(['–', '–', '–'])
  })

  it('a day ends at midnight of the person’s clock', () => {
    expect(sameDay('2026-11-23T23:30:00Z', '2026-11-24T10:00:00Z')).toBe(true)
    expect(sameDay('2026-11-23T22:30:00Z', '2026-11-24T10:00:00Z')).toBe(false)
  })
})

describe('what a screen reader is told of a growing answer', () => {
  it('only whole sentences, each once', () => {
    let at = 0
    const said: string[] = []
    for (const text of ['Hel', 'Hello. It', 'Hello. It costs 3.', 'Hello. It costs 3.5 euros. Bye']) {
      const { say, upTo } = sentences(text, at)
      if (say) said.push(say)
      at = upTo
    }
    expect(said).toEqual(['Hello.', 'It costs 3.5 euros.'])
  })
})

it('a digest is shortened to what the eye compares', () => {
  expect(shortDigest(`sha256:7c2a${'0'.repeat(56)}91f0`)).toBe('7c2a…91f0')
})
