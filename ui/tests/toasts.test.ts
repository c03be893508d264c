import { screen } from '@testing-library/svelte'
import userEvent from '@testing-library/user-event'
import { flushSync } from 'svelte'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { MOST, STAYS_MS, STAYS_WITH_UNDO_MS, Toasts } from '../src/lib/state/toasts.svelte'
import { text } from '../src/text'
import { render } from '@testing-library/svelte'
import ToastsInApp from './ToastsInApp.svelte'
import { fault } from './sample'

describe('a toast', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())
  const said = (toasts: Toasts) => toasts.list.map((toast) => toast.text)

  it('goes by itself, later where it can be undone', () => {
    const toasts = new Toasts()
    toasts.add({ text: 'Copied' })
    toasts.add({ text: 'Deleted', undo: () => undefined })
    vi.advanceTimersByTime(STAYS_MS)
    expect(said(toasts)).toEqual(['Deleted'])
    vi.advanceTimersByTime(STAYS_WITH_UNDO_MS - STAYS_MS)
    expect(said(toasts)).toEqual([])
  })

  it('stays while it is looked at', () => {
    const toasts = new Toasts()
    toasts.add({ text: 'Copied' })
    toasts.hold()
    vi.advanceTimersByTime(STAYS_MS * 10)
    expect(said(toasts)).toEqual(['Copied'])
    toasts.release()
    vi.advanceTimersByTime(STAYS_MS)
    expect(said(toasts)).toEqual([])
  })

  it('does what was held back once, when it goes', async () => {
    const toasts = new Toasts()
    const done = vi.fn()
    toasts.add({ text: 'Deleted', undo: () => undefined, done })
    vi.advanceTimersByTime(STAYS_WITH_UNDO_MS - 1)
    expect(done).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    toasts.settle()
    expect(done).toHaveBeenCalledTimes(1)
  })

  it('that was undone does nothing of what was held back', async () => {
    const toasts = new Toasts()
    const [undo, done] = [vi.fn(), vi.fn()]
    toasts.add({ text: 'Deleted', undo, done })
    expect(toasts.undoLast()).toBe(true)
    vi.advanceTimersByTime(STAYS_WITH_UNDO_MS)
    expect([undo.mock.calls.length, done.mock.calls.length]).toEqual([1, 0])
    expect(toasts.undoLast()).toBe(false)
  })

  it('does what was held back when the window is left', () => {
    const toasts = new Toasts()
    const end = toasts.start()
    const done = vi.fn()
    toasts.add({ text: 'Deleted', undo: () => undefined, done })
    window.dispatchEvent(new Event('pagehide'))
    expect(done).toHaveBeenCalledTimes(1)
    end()
  })

  it('puts back what could not be done, and says why until it is closed', async () => {
    const toasts = new Toasts()
    const undo = vi.fn()
    toasts.add({ text: 'Deleted', undo, done: () => Promise.reject(fault('store.io')) })
    await vi.advanceTimersByTimeAsync(STAYS_WITH_UNDO_MS * 3)
    expect(undo).toHaveBeenCalledTimes(1)
    expect(toasts.list.map((toast) => toast.fault?.code)).toEqual(['store.io'])
  })

  it('makes room for a newer one, and what it held back is done', () => {
    const toasts = new Toasts()
    const done = vi.fn()
    toasts.add({ text: 'first', undo: () => undefined, done })
    for (let n = 0; n < MOST; n += 1) toasts.add({ text: `next ${n}` })
    expect(said(toasts)).toEqual(['next 0', 'next 1', 'next 2'])
    expect(done).toHaveBeenCalledTimes(1)
  })
})

describe('on the screen', () => {
  function shown() {
    const toasts = new Toasts()
    const view = render(ToastsInApp, { toasts })
    return { ...view, toasts, user: userEvent.setup() }
  }

  it('it is a status, and can be undone by keyboard; the focus goes back', async () => {
    const { toasts, user } = shown()
    const undo = vi.fn()
    screen.getByRole('button', { name: 'before' }).focus()
    toasts.add({ text: 'Conversation deleted', undo })
    flushSync()
    expect(screen.getByRole('status').textContent).toContain('Conversation deleted')
    await user.tab()
    expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Undo: Conversation deleted' }))
    await user.keyboard('{Enter}')
    expect(undo).toHaveBeenCalledTimes(1)
    expect(document.activeElement).toBe(screen.getByRole('button', { name: 'before' }))
    expect(screen.queryByText('Conversation deleted')).toBeNull()
  })

  it('Escape closes it', async () => {
    const { toasts, user } = shown()
    toasts.add({ text: 'Copied' })
    flushSync()
    screen.getByRole('button', { name: text.toasts.close('Copied') }).focus()
    await user.keyboard('{Escape}')
    expect(toasts.list).toEqual([])
  })

  it('stays while the pointer or the focus is on it', async () => {
    const { toasts, user } = shown()
    const [hold, release] = [vi.spyOn(toasts, 'hold'), vi.spyOn(toasts, 'release')]
    toasts.add({ text: 'Copied' })
    flushSync()
    await user.hover(screen.getByText('Copied'))
    expect(hold).toHaveBeenCalledTimes(1)
    screen.getByRole('button', { name: text.toasts.close('Copied') }).focus()
    await user.unhover(screen.getByText('Copied'))
    expect(release).not.toHaveBeenCalled()
    screen.getByRole('button', { name: 'before' }).focus()
    expect(release).toHaveBeenCalled()
  })
})
