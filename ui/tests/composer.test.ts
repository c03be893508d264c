import { fireEvent, screen, within } from '@testing-library/svelte'
import { describe, expect, it, vi } from 'vitest'
import type { Conversation, TokenCount } from '../src/lib/backend'
import { decoded, LONGEST_FILE, LONGEST_TOGETHER, readFiles } from '../src/lib/files'
import { lengthOf } from '../src/screens/chat/length'
import { text } from '../src/text'
import { FakeBackend } from './fake'
import { open } from './render'
import * as sample from './sample'

const field = () => screen.findByRole<HTMLTextAreaElement>('textbox', { name: text.chat.write })
const accepted = { is: 'accepted', conversation: 'conv-1', answer: 'm9', run: 'run-1' } as const

/** The chat with the conversation of before. */
async function opened(backend = new FakeBackend()) {
  const view = open('#/chat', backend)
  await view.user.click(await screen.findByRole('button', { name: /Summarise the onboarding guide \d/ }))
  await screen.findByText('Collect the laptop')
  return { ...view, box: await field() }
}

describe('edit', () => {
  it('takes a message into the composer and replaces it when it is sent', async () => {
    const { user, backend, box } = await opened()
    await user.click(screen.getByRole('button', { name: text.chat.editMessage }))
    expect(box.value).toBe(sample.conversation.messages[0]!.text)
    expect(document.activeElement).toBe(box)
    await user.clear(box)
    await user.type(box, 'Two things only.{Enter}')
    await vi.waitFor(() => expect(backend.sent).toHaveLength(1))
    expect(backend.sent[0]!.message).toMatchObject({
      conversation: 'conv-1',
      text: 'Two things only.',
      replaces: 'm1',
    })
    // What followed is no longer shown while the new answer comes.
    await vi.waitFor(() => expect(screen.queryByText('Collect the laptop')).toBeNull())
    expect(screen.getByText('Two things only.')).toBeTruthy()
  })

  it('begins with the arrow up in an empty composer and ends with Escape', async () => {
    const { user, box } = await opened()
    await user.click(box)
    await user.keyboard('{ArrowUp}')
    expect(box.value).toBe(sample.conversation.messages[0]!.text)
    await user.keyboard('{Escape}')
    expect(box.value).toBe('')
    expect(screen.queryByText(text.chat.editing)).toBeNull()
    await user.type(box, 'words')
    await user.keyboard('{ArrowUp}')
    expect(box.value).toBe('words')
  })

  it('stays with its conversation', async () => {
    const { user, box } = await opened()
    await user.click(screen.getByRole('button', { name: text.chat.editMessage }))
    await user.click(screen.getByRole('button', { name: text.chat.newChat }))
    expect(box.value).toBe('')
  })

  it('that was refused can be sent again, and what followed is still there', async () => {
    const { user, backend, box } = await opened()
    await user.click(screen.getByRole('button', { name: text.chat.editMessage }))
    await user.type(box, '!{Enter}')
    await vi.waitFor(() => expect(backend.sent).toHaveLength(1))
    backend.sent[0]!.reject(sample.fault('runner.out_of_memory'))
    await vi.waitFor(() => expect(box.value).toBe(`${sample.conversation.messages[0]!.text}!`))
    expect(screen.getByText(text.chat.editing)).toBeTruthy()
    expect(screen.getByText('Collect the laptop')).toBeTruthy()
  })
})

describe('answer again', () => {
  it('replaces the last answer by a new one', async () => {
    const { user, backend } = await opened()
    await user.click(screen.getByRole('button', { name: text.chat.again }))
    expect(backend.sent[0]!.message).toMatchObject({ text: '', replaces: 'm2', conversation: 'conv-1' })
    await vi.waitFor(() => expect(screen.queryByText('Collect the laptop')).toBeNull())
    const sent = backend.sent[0]!
    sent.step(accepted)
    sent.step({ is: 'piece', text: 'Anew.' })
    expect(await screen.findByText('Anew.')).toBeTruthy()
    const kept = { ...sample.conversation.messages[1]!, id: 'm9', text: 'Anew.' }
    backend.handlers.get_conversation = () => ({
      ...sample.conversation,
      messages: [sample.conversation.messages[0]!, kept],
    })
    sent.step({ is: 'done', message: kept })
    sent.resolve()
    expect(await screen.findByText('62 tok/s')).toBeTruthy()
    expect(screen.getAllByText(sample.conversation.messages[0]!.text)).toHaveLength(1)
  })

  it('asks a question again whose answer failed', async () => {
    const question = sample.conversation.messages[0]!
    const backend = new FakeBackend({
      get_conversation: (): Conversation => ({ ...sample.conversation, messages: [question] }),
    })
    const { user } = open('#/chat', backend)
    await user.click(await screen.findByRole('button', { name: /Summarise the onboarding guide \d/ }))
    await user.click(await screen.findByRole('button', { name: text.chat.askAgain }))
    expect(backend.sent[0]!.message).toMatchObject({ text: question.text, replaces: 'm1' })
  })

  it('is not offered while an answer comes', async () => {
    const { user, box } = await opened()
    await user.type(box, 'More{Enter}')
    await vi.waitFor(() => expect(screen.queryByRole('button', { name: text.chat.again })).toBeNull())
    expect(screen.queryByRole('button', { name: text.chat.editMessage })).toBeNull()
  })
})

const file = (content: BlobPart, name = 'notes.txt') => new File([content], name)

describe('files', () => {
  it('go with the message as text and can be taken away', async () => {
    const { user, backend, box, container } = await opened()
    const picker = container.querySelector<HTMLInputElement>('input[type=file]')!
    await user.upload(picker, [file('Grüße'), file('x', 'b.md')])
    const list = await screen.findByRole('list', { name: text.chat.files })
    expect(within(list).getAllByRole('listitem')).toHaveLength(2)
    await user.click(screen.getByRole('button', { name: text.chat.removeFile('b.md') }))
    await user.type(box, 'Sum up{Enter}')
    await vi.waitFor(() => expect(backend.sent).toHaveLength(1))
    expect(backend.sent[0]!.message.attachments).toEqual([{ name: 'notes.txt', text: 'Grüße' }])
    // In the message it can be looked at.
    await user.click(await screen.findByTitle(text.chat.showFile('notes.txt')))
    expect(await screen.findByText('Grüße')).toBeTruthy()
  })

  it('are taken where they are dropped', async () => {
    const { container } = await opened()
    const talk = container.querySelector('.talk')!
    const dataTransfer = { types: ['Files'], files: [file('dropped')] }
    await fireEvent.dragEnter(talk, { dataTransfer })
    expect(screen.getByText(text.chat.dropHere)).toBeTruthy()
    await fireEvent.drop(talk, { dataTransfer })
    expect(await screen.findByRole('button', { name: text.chat.removeFile('notes.txt') })).toBeTruthy()
    expect(screen.queryByText(text.chat.dropHere)).toBeNull()
  })

  it('are refused with the reason', async () => {
    const { user, container } = await opened()
    const picker = container.querySelector<HTMLInputElement>('input[type=file]')!
    await user.upload(picker, [
      file(new Uint8Array([0x50, 0x4b, 0x03, 0x04, 0xff, 0xfe]), 'report.docx'),
      file('x'.repeat(LONGEST_FILE + 1), 'huge.log'),
    ])
    const alert = await screen.findByRole('alert')
    expect(alert.textContent).toContain(text.chat.fileNoText('report.docx'))
    expect(alert.textContent).toContain(text.chat.fileLarge('huge.log', '131 kB'))
    expect(screen.queryByRole('list', { name: text.chat.files })).toBeNull()
  })

  it('have a limit for all together and in number', async () => {
    const half = { name: 'a', text: 'x'.repeat(LONGEST_TOGETHER - 10) }
    expect((await readFiles([file('x'.repeat(11))], [half])).refused[0]?.why).toBe('together')
    expect((await readFiles([file('x'.repeat(10))], [half])).taken).toHaveLength(1)
    const many = await readFiles(
      Array.from({ length: 9 }, () => file('x')),
      [],
    )
    expect([many.taken.length, many.refused[0]?.why]).toEqual([8, 'many'])
  })

  it('that cannot be read are a folder, most likely', async () => {
    const folder = file('x', 'folder')
    folder.arrayBuffer = () => Promise.reject(new Error('is a folder'))
    expect((await readFiles([folder], [])).refused[0]?.why).toBe('unreadable')
  })

  it('are text in UTF-8, or in UTF-16 that says so', () => {
    expect(decoded(new Uint8Array([0xef, 0xbb, 0xbf, 0x61]))).toBe('a')
    expect(decoded(new Uint8Array([0xff, 0xfe, 0x61, 0x00]))).toBe('a')
    expect(decoded(new Uint8Array([0x61, 0x00]))).toBeNull()
    expect(decoded(new Uint8Array([0xc3, 0x28]))).toBeNull()
  })
})

describe('the length', () => {
  const counting = (over: Partial<TokenCount>) =>
    new FakeBackend({ count_tokens: () => ({ ...sample.tokens, ...over }) })

  it('stands under the composer and is counted with what is written', async () => {
    const { user, backend, box } = await opened()
    expect(await screen.findByText(text.chat.tokensOf('190', '2,048'))).toBeTruthy()
    await user.type(box, 'Hello')
    await vi.waitFor(() =>
      expect(backend.asked('count_tokens').at(-1)).toMatchObject({ conversation: 'conv-1', text: 'Hello' }),
    )
  })

  it('says when it is an estimate', async () => {
    await opened(counting({ exact: false }))
    expect(await screen.findByText(text.chat.aboutTokensOf('190', '2,048'))).toBeTruthy()
  })

  it('warns before the context is full', async () => {
    await opened(counting({ tokens: 1_900 }))
    expect(await screen.findByText(text.chat.tight('148'))).toBeTruthy()
  })

  it('holds a message back that was counted as too long, but not one that was guessed', async () => {
    const { user, backend, box } = await opened(counting({ tokens: 3_000 }))
    expect(await screen.findByText(text.chat.tooLong)).toBeTruthy()
    await user.type(box, 'More')
    expect(screen.getByRole('button', { name: text.chat.send })).toHaveProperty('disabled', true)
    backend.handlers.count_tokens = () => ({ ...sample.tokens, tokens: 3_000, exact: false })
    await user.type(box, '!')
    await vi.waitFor(() =>
      expect(screen.getByRole('button', { name: text.chat.send })).toHaveProperty('disabled', false),
    )
  })

  it('is tight when the answer has no room left', () => {
    const at = (tokens: number) => lengthOf({ ...sample.tokens, tokens })
    expect([at(1_000), at(1_536), at(1_537), at(2_047), at(2_048)]).toEqual([
      'fine',
      'fine',
      'tight',
      'tight',
      'over',
    ])
  })
})
