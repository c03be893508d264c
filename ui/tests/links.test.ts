// @vitest-environment jsdom
// happy-dom's tree walking loses elements under DOMPurify; jsdom walks as browsers do.

import { cleanup, render, screen } from '@testing-library/svelte'
import userEvent from '@testing-library/user-event'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { blocks } from '../src/lib/markdown'
import Markdown from '../src/screens/chat/Markdown.svelte'
import { text } from '../src/text'

afterEach(cleanup)

function shown(source: string) {
  const onlink = vi.fn()
  const view = render(Markdown, { parts: blocks(source), onlink })
  return { ...view, onlink, user: userEvent.setup() }
}

describe('a link in an answer', () => {
  it('is pressed with the mouse or the keyboard and goes nowhere by itself', async () => {
    const { user, onlink } = shown('See [the *guide*](https://example.org/guide).')
    const link = screen.getByRole('link', { name: 'the guide' })
    await user.click(link.querySelector('em')!)
    link.focus()
    await user.keyboard('{Enter}')
    expect(onlink.mock.calls).toEqual([['https://example.org/guide'], ['https://example.org/guide']])
  })
})

describe('code in an answer', () => {
  it('has its own copy button, also inside a list', async () => {
    const { user } = shown('```sh\nls -l\n```\n\n1. Then:\n   ```\n   pwd\n   ```')
    const buttons = screen.getAllByRole('button', { name: text.chat.copyCode })
    expect(buttons).toHaveLength(2)
    await user.click(buttons[1]!)
    expect(await navigator.clipboard.readText()).toBe('pwd\n')
    expect(screen.getByRole('status').textContent).toBe(text.app.copied)
    await user.click(buttons[0]!)
    expect(await navigator.clipboard.readText()).toBe('ls -l\n')
    expect(buttons.map((button) => button.textContent)).toEqual([text.app.copied, text.chat.copyCode])
  })
})
