import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const css = readFileSync(join(__dirname, '../src/styles/tokens.css'), 'utf8')

type Scheme = 'light' | 'dark'

/** The colours of one appearance; `more` is what `prefers-contrast: more` makes of it. */
function colours(scheme: Scheme, more: boolean): Record<string, string> {
  const found: Record<string, string> = {}
  const part = more ? css : css.slice(0, css.indexOf('@media'))
  for (const [, name = '', value = ''] of part.matchAll(/--([\w-]+):\s*([^;]+);/g)) {
    const both = /light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/.exec(value)
    const one = /^#[0-9a-f]{6}$/.exec(value)
    const colour = both?.[scheme === 'light' ? 1 : 2] ?? one?.[0]
    if (colour !== undefined) found[name] = colour
  }
  return found
}

/** WCAG 2.2, relative luminance. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5]
    .map((at) => parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

export function contrast(a: string, b: string): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return (light + 0.05) / (dark + 0.05)
}

it('black on white is 21 to 1', () => expect(contrast('#000000', '#ffffff')).toBeCloseTo(21))

const GROUNDS = ['bg', 'panel', 'sunken']
const WORDS = ['text', 'muted', 'faint', 'ok', 'warn', 'bad', 'info']
const pairs = [
  ...WORDS.flatMap((word) => GROUNDS.map((ground) => [word, ground])),
  ...['ok', 'warn', 'bad', 'info'].map((tone) => [tone, `${tone}-soft`]),
  ['accent-text', 'accent'],
  // Toasts and pressed chips turn the colours round.
  ['bg', 'text'],
]

describe.each(['light', 'dark'] as const)('words in %s', (scheme) => {
  it.each([
    [4.5, false],
    [7, true],
  ])('have a contrast of %s to 1 (more asked for: %s)', (least, more) => {
    const of = colours(scheme, more)
    const poor = pairs
      .map(([word = '', ground = '']) => ({
        pair: `${word} on ${ground}`,
        ratio: contrast(of[word] ?? '#808080', of[ground] ?? '#808080'),
      }))
      .filter(({ ratio }) => ratio < least)
      .map(({ pair, ratio }) => `${pair}: ${ratio.toFixed(2)}`)
    expect(poor).toEqual([])
  })

  it('controls have lines that are seen where more contrast is asked for, and a focus that is always seen', () => {
    const more = colours(scheme, true)
    const usual = colours(scheme, false)
    for (const ground of GROUNDS) {
      expect(contrast(more['line-strong'] ?? '', more[ground] ?? ''), `line on ${ground}`).toBeGreaterThan(
        4.5,
      )
      expect(contrast(usual['accent'] ?? '', usual[ground] ?? ''), `focus on ${ground}`).toBeGreaterThan(3)
    }
  })
})
