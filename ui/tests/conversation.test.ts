import { screen } from '@testing-library/svelte'
import { describe, expect, it, vi } from 'vitest'
import { text } from '../src/text'
import { FakeBackend } from './fake'
import { open } from './render'
import * as sample from './sample'

async function ask(words = 'What is new?') {
  const opened = open('#/chat')
  const field = await screen.findByRole('textbox', { name: text.chat.write })
  await opened.user.type(field, `${words}{Enter}`)
  await vi.waitFor(() => expect(opened.backend.sent).toHaveLength(1))
  return { ...opened, field, sent: opened.backend.sent[0]! }
}

const accepted = { is: 'accepted', conversation: 'conv-9', answer: 'm9', run: 'run-1' } as const

describe('the chat', () => {
  it('takes the running model without being asked to choose', async () => {
    const { sent } = await ask()
    expect(sent.message).toEqual({
      conversation: null,
      model: 'gemma-3-270m',
      text: 'What is new?',
      attachments: [],
      replaces: null,
      settings: null,
    })
  })

  it('tells what the model is doing before the first word', async () => {
    const { sent } = await ask()
    sent.step({ is: 'starting', state: 'checking' })
    expect(await screen.findByText(text.chat.starting['checking']!)).toBeTruthy()
  })

  it('shows the answer as it comes, tells whole sentences to a screen reader, and the figures at the end', async () => {
    const { sent, container, backend } = await ask()
    backend.handlers.get_conversation = () => ({ ...sample.conversation, messages: [] })
    sent.step(accepted)
    sent.step({ is: 'piece', text: 'It is **bold**. And' })
    await vi.waitFor(() =>
      expect(container.querySelector('[aria-busy=true] strong')?.textContent).toBe('bold'),
    )
    await vi.waitFor(() =>
      expect(container.querySelector('[aria-live=polite]')?.textContent).toBe('It is **bold**.'),
    )
    const kept = { ...sample.conversation.messages[1]!, id: 'm9', text: 'It is **bold**. And done.' }
    backend.handlers.get_conversation = () => ({
      ...sample.conversation,
      messages: [{ ...sample.conversation.messages[0]!, text: 'What is new?' }, kept],
    })
    sent.step({ is: 'done', message: kept })
    sent.resolve()
    for (const figure of ['62 tok/s', 'first word 84 ms', '118 tokens', 'prompt 57']) {
      expect(await screen.findByText(figure)).toBeTruthy()
    }
    expect(container.querySelector('[aria-busy=true]')).toBeNull()
  })

  it('stops at Escape', async () => {
    const { sent, user, backend } = await ask()
    sent.step(accepted)
    await screen.findByRole('button', { name: text.chat.stop })
    await user.keyboard('{Escape}')
    await vi.waitFor(() => expect(backend.asked('stop_answer')).toEqual([{ id: 'conv-9' }]))
  })

  it('begins a new line with Shift and Enter', async () => {
    const { user, backend } = open('#/chat')
    const field = await screen.findByRole('textbox', { name: text.chat.write })
    await user.type(field, 'one{Shift>}{Enter}{/Shift}two')
    expect((field as HTMLTextAreaElement).value).toBe('one\ntwo')
    expect(backend.sent).toEqual([])
  })

  it('says why it failed, and what was written is still there', async () => {
    const { sent, field } = await ask()
    sent.reject(sample.fault('runner.out_of_memory'))
    expect((await screen.findByRole('alert')).textContent).toContain(text.faults['runner.out_of_memory'])
    expect((field as HTMLTextAreaElement).value).toBe('What is new?')
  })

  it('opens a conversation of before', async () => {
    const { user } = open('#/chat')
    await user.click(await screen.findByRole('button', { name: /Summarise the onboarding guide \d/ }))
    expect(await screen.findByText('Collect the laptop')).toBeTruthy()
    expect(screen.getByRole('link', { name: 'guide' }).hasAttribute('href')).toBe(false)
  })

  it('leads to the catalogue where there is no model to chat with', async () => {
    open('#/chat', new FakeBackend({ list_models: () => [sample.qwen], list_conversations: () => [] }))
    expect(await screen.findByRole('button', { name: text.chat.openCatalogue })).toBeTruthy()
  })

  it('waits for a model that is being installed, and sends nothing before', async () => {
    open('#/chat/mistral-7b')
    expect(await screen.findByText(text.chat.installing(sample.mistral.name))).toBeTruthy()
    expect(screen.getByRole('button', { name: text.chat.send })).toHaveProperty('disabled', true)
  })

  it('goes on while another screen is looked at', async () => {
    const { sent, user } = await ask()
    sent.step(accepted)
    sent.step({ is: 'piece', text: 'Half an answer' })
    await user.click(screen.getByRole('link', { name: text.nav.requests }))
    await screen.findByRole('heading', { name: text.requests.title })
    sent.step({ is: 'piece', text: ' and the rest' })
    await user.click(screen.getByRole('link', { name: text.nav.chat }))
    expect(await screen.findByText('Half an answer and the rest')).toBeTruthy()
  })
})
