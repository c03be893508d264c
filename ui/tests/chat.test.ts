import { describe, expect, it, vi } from 'vitest'
import type { Message } from '../src/lib/backend'
import { Chat } from '../src/lib/state/chat.svelte'
import { FakeBackend } from './fake'
import { conversation, fault, run } from './sample'

const answer: Message = {
  ...conversation.messages[1]!,
  id: 'm4',
  text: 'Hello there.',
}

async function asked(text = 'Hi') {
  const backend = new FakeBackend()
  const chat = new Chat(backend)
  chat.draft = text
  const sending = chat.send('gemma-3-270m')
  await vi.waitFor(() => expect(backend.sent).toHaveLength(1))
  return { backend, chat, sending, sent: backend.sent[0]! }
}

const accepted = { is: 'accepted', conversation: 'conv-1', answer: 'm4', run: 'run-1' } as const

describe('a message', () => {
  it('shows at once, with what the model is doing', async () => {
    const { chat, sent } = await asked()
    expect(chat.draft).toBe('')
    expect(chat.messages.map((message) => message.text)).toEqual(['Hi'])
    sent.step({ is: 'starting', state: 'checking' })
    expect(chat.phase).toEqual({ is: 'starting', state: 'checking' })
  })

  it('is answered piece by piece and ends as it is kept', async () => {
    const { chat, sent, sending } = await asked()
    sent.step(accepted)
    expect(chat.conversation).toBe('conv-1')
    sent.step({ is: 'piece', text: 'Hello ' })
    sent.step({ is: 'piece', text: 'there.' })
    expect(chat.written).toBe('Hello there.')
    sent.step({ is: 'done', message: answer })
    sent.resolve()
    expect(await sending).toBe(true)
    expect(chat.busy).toBe(false)
    expect(chat.phase).toBeNull()
  })

  it('is answered even when the last step comes after the result', async () => {
    const { chat, sent, sending } = await asked()
    sent.step(accepted)
    sent.step({ is: 'piece', text: 'Hello ' })
    sent.resolve()
    await Promise.resolve()
    expect(chat.busy).toBe(true)
    sent.step({ is: 'done', message: answer })
    await sending
    expect(chat.busy).toBe(false)
  })

  it('is shown once when it was stored before its last step came', async () => {
    const { backend, chat, sent } = await asked()
    const question = { ...conversation.messages[0]!, id: 'm3', text: 'Hi' }
    backend.handlers.get_conversation = () => ({ ...conversation, messages: [question, answer] })
    sent.step(accepted)
    await vi.waitFor(() => expect(chat.stored?.state.is).toBe('ready'))
    expect(chat.messages.map((message) => message.id)).toEqual(['m3', 'm4'])
    sent.step({ is: 'done', message: answer })
    expect(chat.messages.map((message) => message.id)).toEqual(['m3', 'm4'])
  })

  it('that was refused goes back to where it can be sent again', async () => {
    const { chat, sent, sending } = await asked('A long thought')
    sent.reject(fault('policy.catalogue_expired'))
    expect(await sending).toBe(false)
    expect(chat.draft).toBe('A long thought')
    expect(chat.fault?.code).toBe('policy.catalogue_expired')
    expect(chat.messages).toEqual([])
  })

  it('whose answer breaks off keeps what was written and says why', async () => {
    const { chat, sent, sending } = await asked()
    sent.step(accepted)
    await vi.waitFor(() => expect(chat.stored?.state.is).toBe('ready'))
    sent.step({ is: 'piece', text: 'Hel' })
    sent.step({
      is: 'failed',
      fault: fault('runner.crashed'),
      message: { ...answer, text: 'Hel', end: 'failed' },
    })
    expect(chat.messages.at(-1)?.text).toBe('Hel')
    expect(chat.fault?.code).toBe('runner.crashed')
    sent.resolve()
    await sending
  })

  it('cannot be sent while another is being answered', async () => {
    const { backend, chat } = await asked()
    chat.draft = 'And this?'
    expect(await chat.send('gemma-3-270m')).toBe(false)
    expect(backend.sent).toHaveLength(1)
  })
})

describe('stop', () => {
  it('stops the answer', async () => {
    const { backend, chat, sent } = await asked()
    sent.step(accepted)
    await chat.stop()
    await chat.stop()
    expect(backend.asked('stop_answer')).toEqual([{ id: 'conv-1' }])
    expect(chat.stopping).toBe(true)
  })

  it('stops a model that is still loading, and that is no fault', async () => {
    const { backend, chat, sent, sending } = await asked()
    backend.handlers.list_runs = () => [{ ...run, state: 'starting' }]
    await chat.stop()
    expect(backend.asked('stop_run')).toEqual([{ id: 'run-1' }])
    sent.reject(fault('runner.stopped_by_person'))
    await sending
    expect(chat.fault).toBeNull()
    expect(chat.draft).toBe('Hi')
  })
})

describe('another conversation', () => {
  it('does not get the answer of the one before', async () => {
    const { chat, sent } = await asked()
    chat.begin()
    sent.step(accepted)
    sent.step({ is: 'piece', text: 'Hello' })
    expect(chat.conversation).toBeNull()
    expect(chat.here).toBe(false)
    expect(chat.messages).toEqual([])
    chat.open('conv-1')
    expect(chat.here).toBe(true)
    expect(chat.written).toBe('Hello')
  })
})
