import { screen } from '@testing-library/svelte'
import axe from 'axe-core'
import { describe, expect, it } from 'vitest'
import { text } from '../src/text'
import { FakeBackend } from './fake'
import { open } from './render'
import * as sample from './sample'

const found = async () =>
  // happy-dom loses elements under DOMPurify: what stands in an answer is looked at in a real browser.
  (
    await axe.run(
      { include: [['body']], exclude: [['.markdown']] },
      { rules: { 'color-contrast': { enabled: false } } },
    )
  ).violations.map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.html).join(' ')}`)

async function talk() {
  const backend = new FakeBackend({ get_conversation: () => sample.longTalk })
  const view = open('#/chat', backend)
  await view.user.click(await screen.findByRole('button', { name: /Summarise the onboarding guide \d/ }))
  await screen.findByText('Everything else can wait.')
  return view
}

describe('axe finds nothing', () => {
  it('in a conversation with files, code and a table, while a message is edited', async () => {
    const { user } = await talk()
    await user.click(screen.getAllByRole('button', { name: text.chat.editMessage }).at(-1)!)
    expect(await screen.findByText(text.chat.editing)).toBeTruthy()
    expect(await found()).toEqual([])
  })

  it('in the actions of a conversation and its new name', async () => {
    const { user } = await talk()
    await user.click(screen.getByRole('button', { name: text.chat.actions(sample.conversation.line.title) }))
    expect(await found()).toEqual([])
    await user.click(await screen.findByRole('menuitem', { name: text.chat.rename }))
    await screen.findByRole('dialog')
    expect(await found()).toEqual([])
  })

  it('in the settings of a conversation', async () => {
    const { user } = await talk()
    await user.click(screen.getByRole('button', { name: text.chat.settings }))
    await screen.findByRole('textbox', { name: text.chat.choices.seed })
    expect(await found()).toEqual([])
  })

  it('before a link opens', async () => {
    const { user } = await talk()
    await user.click(screen.getByRole('link', { name: 'guide' }))
    await screen.findByRole('dialog')
    expect(await found()).toEqual([])
  })
})
