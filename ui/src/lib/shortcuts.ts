/**
 * The keyboard of the whole window: one table, which the key handler obeys and the keyboard map shows. What a key does inside one
 * control (arrows in a list, Enter in a field) belongs to that control.
 */
export type Act =
  | 'palette'
  | 'keys'
  | 'search'
  | 'new_chat'
  | 'undo'
  | 'catalogue'
  | 'chat'
  | 'running'
  | 'computer'
  | 'ledger'
  | 'requests'
  | 'settings'

/** One press: `mod` is Ctrl, or Command on a Mac. */
export type Stroke = { readonly key: string; readonly mod?: true }

export type Shortcut = {
  readonly act: Act
  /** Each way to press it; a way of several strokes is pressed one after the other. */
  readonly ways: readonly (readonly Stroke[])[]
}

const mod = (key: string): readonly Stroke[] => [{ key, mod: true }]
const plain = (...keys: string[]): readonly Stroke[] => keys.map((key) => ({ key }))

/** In the order in which the map shows them. */
export const SHORTCUTS: readonly Shortcut[] = [
  { act: 'palette', ways: [mod('k')] },
  { act: 'search', ways: [plain('/')] },
  { act: 'new_chat', ways: [mod('n')] },
  { act: 'undo', ways: [mod('z')] },
  { act: 'keys', ways: [plain('?')] },
  { act: 'catalogue', ways: [mod('1'), plain('g', 'c')] },
  { act: 'chat', ways: [mod('2'), plain('g', 'h')] },
  { act: 'running', ways: [mod('3'), plain('g', 'r')] },
  { act: 'computer', ways: [mod('4'), plain('g', 'd')] },
  { act: 'ledger', ways: [mod('5'), plain('g', 'l')] },
  { act: 'requests', ways: [mod('6'), plain('g', 'a')] },
  { act: 'settings', ways: [mod('7'), plain('g', 's')] },
]

export function waysTo(act: Act): readonly (readonly Stroke[])[] {
  return SHORTCUTS.find((shortcut) => shortcut.act === act)?.ways ?? []
}

/** How long a second stroke is waited for. */
export const WAITS_MS = 1_200

type Press = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'>

/** What is around the press. */
export type Around = {
  /** The focus is in a field that takes letters: there they are letters, and Ctrl Z is the field's own. */
  typing: boolean
  /** The person wants no shortcuts of plain letters and signs. */
  plainOff: boolean
}

export type Heard = { act: Act | null; pending: readonly Stroke[] }

/** What a press means after the strokes of before. Strokes that lead nowhere are forgotten. */
export function hear(pending: readonly Stroke[], press: Press, around: Around): Heard {
  const nothing: Heard = { act: null, pending: [] }
  if (press.altKey) return nothing
  const isMod = press.ctrlKey || press.metaKey
  if (!isMod && (around.typing || around.plainOff)) return nothing
  const key = press.key.length === 1 ? press.key.toLowerCase() : press.key
  const strokes: Stroke[] = [...pending, isMod ? { key, mod: true } : { key }]
  for (const { act, ways } of SHORTCUTS) {
    if (act === 'undo' && around.typing) continue
    if (ways.some((way) => way.length === strokes.length && begins(way, strokes))) return { act, pending: [] }
  }
  const open = SHORTCUTS.some(({ ways }) => ways.some((way) => begins(way, strokes)))
  if (open) return { act: null, pending: strokes }
  // Not a continuation: it may be a beginning of its own.
  return pending.length > 0 ? hear([], press, around) : nothing
}

function begins(way: readonly Stroke[], strokes: readonly Stroke[]): boolean {
  return strokes.every((stroke, at) => way[at]?.key === stroke.key && way[at]?.mod === stroke.mod)
}

/** Whether letters typed here are letters. */
export function takesLetters(element: Element | null): boolean {
  if (!(element instanceof HTMLElement)) return false
  if (element.isContentEditable || element instanceof HTMLTextAreaElement) return true
  if (element instanceof HTMLSelectElement) return true
  const silent = ['button', 'checkbox', 'radio', 'range', 'submit', 'reset', 'color', 'file']
  return element instanceof HTMLInputElement && !silent.includes(element.type)
}
