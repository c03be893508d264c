import { screen, within } from '@testing-library/svelte'
import { describe, expect, it, vi } from 'vitest'
import { text } from '../src/text'
import { FakeBackend } from './fake'
import { open } from './render'
import * as sample from './sample'

const TITLE = sample.conversation.line.title

async function act(user: ReturnType<typeof open>['user'], name: string) {
  await user.click(await screen.findByRole('button', { name: text.chat.actions(TITLE) }))
  await user.click(await screen.findByRole('menuitem', { name }))
}

const row = () => screen.queryByRole('button', { name: new RegExp(`^${TITLE}`) })

describe('the list of conversations', () => {
  it('searches titles and messages and shows the place', async () => {
    const found = { line: sample.conversation.line, excerpt: '…Collect the laptop and sign in…' }
    const backend = new FakeBackend({ search_conversations: () => ({ found: [found], more: true }) })
    const { user } = open('#/chat', backend)
    const field = await screen.findByRole('searchbox', { name: text.chat.search })
    await user.type(field, ' laptop ')
    expect(await screen.findByText(found.excerpt)).toBeTruthy()
    expect(screen.getByText(text.chat.foundMore)).toBeTruthy()
    expect(backend.asked('search_conversations').at(-1)).toEqual({ words: 'laptop' })
    await user.keyboard('{Escape}')
    await vi.waitFor(() => expect(screen.queryByText(found.excerpt)).toBeNull())
    expect(row()).toBeTruthy()
  })

  it('says when nothing was found', async () => {
    const { user } = open('#/chat')
    await user.type(await screen.findByRole('searchbox', { name: text.chat.search }), 'zebra')
    expect(await screen.findByText(text.chat.foundNone)).toBeTruthy()
  })

  it('says when the search fails', async () => {
    const backend = new FakeBackend({ search_conversations: () => Promise.reject(sample.fault('store.io')) })
    const { user } = open('#/chat', backend)
    await user.type(await screen.findByRole('searchbox', { name: text.chat.search }), 'zebra')
    expect((await screen.findByRole('alert')).textContent).toContain(text.faults['store.io'])
  })

  it('renames', async () => {
    const { user, backend } = open('#/chat')
    await act(user, text.chat.rename)
    const field = await screen.findByRole<HTMLInputElement>('textbox', { name: text.chat.renameField })
    expect(field.value).toBe(TITLE)
    await user.clear(field)
    expect(within(screen.getByRole('dialog')).getByRole('button', { name: text.chat.rename })).toHaveProperty(
      'disabled',
      true,
    )
    await user.type(field, 'First week{Enter}')
    await vi.waitFor(() =>
      expect(backend.asked('rename_conversation')).toEqual([{ id: 'conv-1', title: 'First week' }]),
    )
    await vi.waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
  })

  it.each([
    [text.chat.exportMarkdown, 'markdown'],
    [text.chat.exportJson, 'json'],
  ])('writes a file and says where: %s', async (name, format) => {
    const { user, backend } = open('#/chat')
    await act(user, name)
    expect(await screen.findByText('~/Downloads/2026-11-24 Guide.md')).toBeTruthy()
    expect(backend.asked('export_conversation')).toEqual([{ id: 'conv-1', format }])
    expect(screen.getByRole('button', { name: text.model.copyPath })).toBeTruthy()
  })

  it('says why a file could not be written', async () => {
    const backend = new FakeBackend({
      export_conversation: () => Promise.reject(sample.fault('os.disk_full')),
    })
    const { user } = open('#/chat', backend)
    await act(user, text.chat.exportJson)
    expect((await screen.findByRole('alert')).textContent).toContain(text.faults['os.disk_full'])
  })
})

describe('a deleted conversation', () => {
  it('is gone from the list at once and from the store only when nobody took it back', async () => {
    const { user, backend } = open('#/chat')
    await act(user, text.chat.deleteYes)
    await vi.waitFor(() => expect(row()).toBeNull())
    expect(backend.asked('delete_conversation')).toEqual([])
    await user.click(
      await screen.findByRole('button', { name: text.toasts.undoNamed(text.chat.deleted(TITLE)) }),
    )
    await vi.waitFor(() => expect(row()).toBeTruthy())
    expect(backend.asked('delete_conversation')).toEqual([])
  })

  it('is deleted when the window is left', async () => {
    const { user, backend } = open('#/chat')
    await act(user, text.chat.deleteYes)
    window.dispatchEvent(new Event('pagehide'))
    await vi.waitFor(() => expect(backend.asked('delete_conversation')).toEqual([{ id: 'conv-1' }]))
  })

  it('comes back when the host could not delete it', async () => {
    const backend = new FakeBackend({
      delete_conversation: () => Promise.reject(sample.fault('store.disk_full')),
    })
    const { user } = open('#/chat', backend)
    await act(user, text.chat.deleteYes)
    await vi.waitFor(() => expect(row()).toBeNull())
    window.dispatchEvent(new Event('pagehide'))
    await vi.waitFor(() => expect(row()).toBeTruthy())
  })

  it('that was open makes room for a new one', async () => {
    const { user } = open('#/chat')
    await user.click(await screen.findByRole('button', { name: new RegExp(`^${TITLE}`) }))
    await screen.findByText('Collect the laptop')
    await act(user, text.chat.deleteYes)
    expect(await screen.findByText(text.chat.beginTitle)).toBeTruthy()
  })
})
