import { render, screen } from '@testing-library/svelte'
import userEvent from '@testing-library/user-event'
import axe from 'axe-core'
import { describe, expect, it, vi } from 'vitest'
import Menu from '../src/shared/Menu.svelte'

function shown() {
  const [rename, share, remove] = [vi.fn(), vi.fn(), vi.fn()]
  const items = [
    { name: 'Rename', act: rename },
    { name: 'Share', act: share, disabled: true },
    { name: 'Remove', act: remove, danger: true },
  ]
  const view = render(Menu, { label: 'More for Gemma', items })
  return { ...view, rename, share, remove, user: userEvent.setup() }
}
const button = () => screen.getByRole('button', { name: 'More for Gemma' })
const focused = () => document.activeElement?.textContent?.trim()

describe('a menu', () => {
  it('opens by a press with the first item in focus, and says that it is open', async () => {
    const { user, container } = shown()
    expect(button().getAttribute('aria-expanded')).toBe('false')
    await user.click(button())
    expect(screen.getByRole('menu', { name: 'More for Gemma' })).toBeTruthy()
    expect(button().getAttribute('aria-expanded')).toBe('true')
    await expect.poll(focused).toBe('Rename')
    const found = await axe.run(container, {
      rules: { region: { enabled: false }, 'color-contrast': { enabled: false } },
    })
    expect(found.violations.map((violation) => violation.id)).toEqual([])
  })

  it('is gone through with arrows, Home, End and letters', async () => {
    const { user } = shown()
    button().focus()
    await user.keyboard('{ArrowUp}')
    await expect.poll(focused).toBe('Remove')
    await user.keyboard('{ArrowDown}')
    expect(focused()).toBe('Rename')
    await user.keyboard('{End}')
    expect(focused()).toBe('Remove')
    await user.keyboard('{Home}')
    expect(focused()).toBe('Rename')
    await user.keyboard('s')
    expect(focused()).toBe('Share')
  })

  it('does what is chosen and gives the focus back', async () => {
    const { user, remove } = shown()
    button().focus()
    await user.keyboard('{ArrowDown}')
    await expect.poll(focused).toBe('Rename')
    await user.keyboard('{End}{Enter}')
    expect(remove).toHaveBeenCalledTimes(1)
    expect(screen.queryByRole('menu')).toBeNull()
    expect(document.activeElement).toBe(button())
  })

  it('does nothing where an item is disabled', async () => {
    const { user, share } = shown()
    await user.click(button())
    await user.click(screen.getByRole('menuitem', { name: 'Share' }))
    expect(share).not.toHaveBeenCalled()
    expect(screen.getByRole('menu')).toBeTruthy()
  })

  it('closes at Escape, and nothing around it hears of that', async () => {
    const { user } = shown()
    const heard = vi.fn()
    window.addEventListener('keydown', heard)
    await user.click(button())
    await expect.poll(focused).toBe('Rename')
    await user.keyboard('{Escape}')
    window.removeEventListener('keydown', heard)
    expect(heard).not.toHaveBeenCalled()
    expect(screen.queryByRole('menu')).toBeNull()
    expect(document.activeElement).toBe(button())
  })

  it('closes at a press beside it', async () => {
    const { user } = shown()
    await user.click(button())
    await user.click(document.body)
    expect(screen.queryByRole('menu')).toBeNull()
  })
})
