import { describe, expect, it } from 'vitest'
import { hear, SHORTCUTS, takesLetters, type Act, type Stroke } from '../src/lib/shortcuts'

const free = { typing: false, plainOff: false }
const typing = { typing: true, plainOff: false }

type Keys = Partial<Pick<KeyboardEvent, 'ctrlKey' | 'metaKey' | 'altKey'>>
const press = (key: string, keys: Keys = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...keys,
})
const ctrl = (key: string) => press(key, { ctrlKey: true })

function after(presses: ReturnType<typeof press>[], around = free): Act | null {
  let pending: readonly Stroke[] = []
  let act: Act | null = null
  for (const one of presses) ({ act, pending } = hear(pending, one, around))
  return act
}

describe('the keyboard', () => {
  it.each(SHORTCUTS.flatMap(({ act, ways }) => ways.map((way) => [act, way] as const)))(
    'reaches %s by each of its ways (%j)',
    (act, way) => {
      expect(after(way.map((stroke) => (stroke.mod ? ctrl(stroke.key) : press(stroke.key))))).toBe(act)
    },
  )

  it('no way begins another or is used twice', () => {
    const ways = SHORTCUTS.flatMap((shortcut) => shortcut.ways.map((way) => JSON.stringify(way).slice(0, -1)))
    for (const [at, way] of ways.entries()) {
      expect(ways.filter((other, index) => index !== at && other.startsWith(way))).toEqual([])
    }
  })

  it('takes Command for Ctrl, and capitals for small letters', () => {
    expect(after([press('K', { metaKey: true })])).toBe('palette')
    expect(after([press('G'), press('C')])).toBe('catalogue')
  })

  it('a letter in a field is a letter, and Ctrl Z there is the field’s own', () => {
    expect(after([press('g'), press('c')], typing)).toBeNull()
    expect(after([press('?')], typing)).toBeNull()
    expect(after([ctrl('z')], typing)).toBeNull()
    expect(after([ctrl('k')], typing)).toBe('palette')
  })

  it('plain letters can be switched off', () => {
    expect(after([press('?')], { typing: false, plainOff: true })).toBeNull()
    expect(after([ctrl('1')], { typing: false, plainOff: true })).toBe('catalogue')
  })

  it('strokes that lead nowhere are forgotten, and the last one may begin anew', () => {
    expect(after([press('g'), press('x'), press('c')])).toBeNull()
    expect(after([press('g'), press('?')])).toBe('keys')
    expect(after([press('g'), press('g'), press('c')])).toBe('catalogue')
  })

  it('Alt belongs to the system', () =>
    expect(after([press('k', { ctrlKey: true, altKey: true })])).toBeNull())
})

it('letters are letters in fields, not on buttons', () => {
  document.body.innerHTML =
    '<input><input type="checkbox"><textarea></textarea><select></select><button></button><div contenteditable="true"></div>'
  const takes = [...document.body.children].map(takesLetters)
  document.body.innerHTML = ''
  expect(takes.slice(0, 5)).toEqual([true, false, true, true, false])
})
