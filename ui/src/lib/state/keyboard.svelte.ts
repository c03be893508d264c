const KEEPS_AT = 'canteen.plain-keys'

/** What the keyboard opened, and whether it listens to plain letters. */
export class Keyboard {
  /** The command palette or the keyboard map, while one of them is open. */
  open: 'palette' | 'keys' | null = $state(null)
  #plainOff = $state(kept())

  /** Shortcuts of plain letters are off: who dictates or has a tremor presses them by accident (WCAG 2.1.4). */
  get plainOff(): boolean {
    return this.#plainOff
  }

  set plainOff(off: boolean) {
    this.#plainOff = off
    try {
      localStorage.setItem(KEEPS_AT, off ? 'off' : 'on')
    } catch {
      // Without a place to keep it, it holds for as long as the window is open.
    }
  }
}

function kept(): boolean {
  try {
    return localStorage.getItem(KEEPS_AT) === 'off'
  } catch {
    return false
  }
}
