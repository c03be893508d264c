import { screen } from '@testing-library/svelte'
import { describe, expect, it, vi } from 'vitest'
import { AS_USUAL } from '../src/lib/state/chat.svelte'
import { outside, parsed, read, typed } from '../src/screens/chat/settings'
import { text } from '../src/text'
import { FakeBackend } from './fake'
import { open } from './render'
import * as sample from './sample'

const input = (name: string) => screen.findByRole<HTMLInputElement>('textbox', { name })

async function dialog(backend = new FakeBackend(), conversation = false) {
  const view = open('#/chat', backend)
  if (conversation) {
    await view.user.click(await screen.findByRole('button', { name: /Summarise the onboarding guide \d/ }))
    await screen.findByText('Collect the laptop')
  }
  await view.user.click(await screen.findByRole('button', { name: text.chat.settings }))
  await input(text.chat.choices.temperature)
  return view
}

describe('the settings of a conversation', () => {
  it('are kept for the open conversation', async () => {
    const { user, backend } = await dialog(new FakeBackend(), true)
    await user.type(await input(text.chat.choices.temperature), '0,4')
    await user.type(await input(text.chat.instructions), 'Be brief.')
    await user.click(screen.getByRole('button', { name: text.chat.settingsSave }))
    await vi.waitFor(() =>
      expect(backend.asked('change_chat_settings')).toEqual([
        { id: 'conv-1', settings: { ...AS_USUAL, temperature: 0.4, instructions: 'Be brief.' } },
      ]),
    )
    await vi.waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    expect(screen.getByTitle(text.chat.settingsChosen)).toBeTruthy()
  })

  it('go along with the first message of a new one', async () => {
    const { user, backend } = await dialog()
    await user.type(await input(text.chat.choices.seed), '7')
    await user.click(screen.getByRole('button', { name: text.chat.settingsSave }))
    await user.type(await screen.findByRole('textbox', { name: text.chat.write }), 'Hello{Enter}')
    await vi.waitFor(() => expect(backend.sent).toHaveLength(1))
    expect(backend.sent[0]!.message.settings).toEqual({ ...AS_USUAL, seed: 7 })
    expect(backend.asked('change_chat_settings')).toEqual([])
  })

  it('show the default and the bounds, and take nothing past them', async () => {
    const { user } = await dialog()
    const temperature = await input(text.chat.choices.temperature)
    expect(temperature.placeholder).toBe('0.7')
    await user.type(temperature, '2.1')
    expect(temperature.getAttribute('aria-invalid')).toBe('true')
    expect(screen.getByRole('button', { name: text.chat.settingsSave })).toHaveProperty('disabled', true)
    await user.click(screen.getByRole('button', { name: text.chat.reset }))
    expect(temperature.value).toBe('')
    expect(screen.getByRole('button', { name: text.chat.settingsSave })).toHaveProperty('disabled', false)
  })

  it('say what the host refused', async () => {
    const backend = new FakeBackend({
      change_chat_settings: () =>
        Promise.reject(
          sample.fault('app.choice', { subject: { setting: 'top_k', least: '0', most: '100' } }),
        ),
    })
    const { user } = await dialog(backend, true)
    await user.type(await input(text.chat.choices.top_k), '150')
    await user.click(screen.getByRole('button', { name: text.chat.settingsSave }))
    expect((await screen.findByRole('alert')).textContent).toContain('between 0 and 100')
  })

  it('say why they cannot be read', async () => {
    const backend = new FakeBackend({ get_chat_options: () => Promise.reject(sample.fault('store.io')) })
    const { user } = open('#/chat', backend)
    await user.click(await screen.findByRole('button', { name: text.chat.settings }))
    expect((await screen.findByRole('alert')).textContent).toContain(text.faults['store.io'])
  })
})

describe('what is typed', () => {
  it('is a number with a point or a comma', () => {
    expect([parsed('0.4'), parsed('0,4'), parsed(' 1 000 '), parsed('')]).toEqual([0.4, 0.4, 1000, null])
    for (const odd of ['-1', '1e3', 'x', '0.4.1', 'Infinity']) expect(parsed(odd)).toBeNaN()
  })

  it('comes back as it was', () => {
    const settings = { ...AS_USUAL, temperature: 0.30000001192092896, seed: 7 }
    expect(typed(settings).temperature).toBe('0.3')
    expect(read(typed(settings))).toMatchObject({ temperature: 0.3, seed: 7, top_p: null })
  })

  it('is within the bounds', () => {
    const wrong = (over: Partial<ReturnType<typeof typed>>) =>
      outside({ ...typed(AS_USUAL), ...over }, sample.chatOptions)
    expect(wrong({})).toEqual([])
    expect(wrong({ top_p: '0.05', top_k: '200', max_answer_tokens: '2048', seed: '4294967295' })).toEqual([])
    expect(wrong({ top_k: '1.5', max_answer_tokens: '0', seed: '4294967296', temperature: '' })).toEqual([
      'top_k',
      'max_answer_tokens',
      'seed',
    ])
  })
})
