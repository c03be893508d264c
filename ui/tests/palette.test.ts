import { screen, waitFor, within } from '@testing-library/svelte'
import { describe, expect, it } from 'vitest'
import { text } from '../src/text'
import { FakeBackend } from './fake'
import { open } from './render'
import * as sample from './sample'

async function opened(hash = '#/requests', backend = new FakeBackend()) {
  const view = open(hash, backend)
  await screen.findByRole('heading', { level: 1 })
  await view.user.keyboard('{Control>}k{/Control}')
  const dialog = await screen.findByRole('dialog', { name: text.palette.title })
  const field = within(dialog).getByRole('combobox')
  await waitFor(() => expect(document.activeElement).toBe(field))
  return { ...view, dialog, field, names: () => options(dialog) }
}
const options = (dialog: HTMLElement) =>
  within(dialog)
    .queryAllByRole('option')
    .map((option) => option.querySelector('.name')?.textContent?.trim() ?? '')
const chosen = (dialog: HTMLElement) =>
  dialog.querySelector('[aria-selected=true] .name')?.textContent?.trim() ?? ''

describe('the command palette', () => {
  it('offers every screen, actions, every model and every conversation', async () => {
    const { names } = await opened()
    await waitFor(() => expect(names()).toContain('Summarise the onboarding guide'))
    for (const name of [
      text.nav.catalogue,
      text.nav.ledger,
      text.actions.sync,
      text.actions.look,
      text.actions.pause,
      text.actions.newChat,
      text.actions.appearance.dark,
      text.actions.stop('Gemma 3 270M Instruct'),
    ])
      expect(names()).toContain(name)
    for (const model of sample.models) expect(names().join('|')).toContain(model.name)
  })

  it('goes to what was typed, and its heading gets the focus', async () => {
    const { user, dialog } = await opened()
    await user.keyboard('wits')
    expect(chosen(dialog)).toBe(text.nav.ledger)
    await user.keyboard('{Enter}')
    const heading = await screen.findByRole('heading', { name: text.ledger.title })
    await expect.poll(() => document.activeElement).toBe(heading)
    expect(screen.queryByRole('dialog')).toBeNull()
  })

  it('is gone through with the arrows, and the field names what is chosen', async () => {
    const { user, dialog, field } = await opened()
    const selected = () => within(dialog).getByRole('option', { selected: true })
    const first = selected()
    expect(field.getAttribute('aria-activedescendant')).toBe(first.id)
    await user.keyboard('{ArrowDown}')
    expect(selected()).not.toBe(first)
    expect(field.getAttribute('aria-activedescendant')).toBe(selected().id)
    await user.keyboard('{ArrowUp}{ArrowUp}')
    expect(selected()).toBe(within(dialog).getAllByRole('option').at(-1))
  })

  it('says so when nothing fits', async () => {
    const { user, dialog } = await opened()
    await user.keyboard('xyzzy')
    expect(within(dialog).getByRole('status').textContent).toBe(text.palette.none('xyzzy'))
    await user.keyboard('{Enter}')
    expect(screen.getByRole('dialog')).toBe(dialog)
  })

  it('checks for updates and tells how it went', async () => {
    const { user, backend } = await opened()
    await user.keyboard('updates{Enter}')
    expect(await screen.findByText(text.actions.synced)).toBeTruthy()
    expect(backend.asked('sync_catalogue')).toHaveLength(1)
  })

  it('tells why it could not', async () => {
    const { user } = await opened(
      '#/requests',
      new FakeBackend({ sync_catalogue: () => Promise.reject(sample.fault('catalogue.unreachable')) }),
    )
    await user.keyboard('updates{Enter}')
    expect(await screen.findByText(text.faults['catalogue.unreachable']!)).toBeTruthy()
  })

  it('pauses nudges until a named time, and offers to end that while they rest', async () => {
    const first = await opened()
    await first.user.keyboard('nudges{Enter}')
    await waitFor(() =>
      expect(first.backend.asked('pause_nudges')).toEqual([{ until: '2026-11-25T08:00:00.000Z' }]),
    )
    first.unmount()
    const paused = { ...sample.status, paused_until: '2026-11-25T08:00:00.000Z' }
    const { names } = await opened('#/requests', new FakeBackend({ get_status: () => paused }))
    await waitFor(() => expect(names()).toContain(text.actions.resume))
    expect(names()).not.toContain(text.actions.pause)
  })

  it('offers no appearance where the organisation set it', async () => {
    const managed = { fields: ['appearance'], by: 'Nordwind', fault: null }
    const { names } = await opened(
      '#/requests',
      new FakeBackend({ get_settings: () => ({ ...sample.settings, managed }) }),
    )
    expect(names()).not.toContain(text.actions.appearance.dark)
  })

  it('changes the appearance', async () => {
    const { user, backend } = await opened()
    await waitFor(() => expect(backend.asked('get_settings')).not.toEqual([]))
    await user.keyboard('dark{Enter}')
    await waitFor(() => expect(backend.asked('change_settings')).toEqual([{ appearance: 'dark' }]))
  })

  it('opens a conversation', async () => {
    const { user, names, backend } = await opened()
    await waitFor(() => expect(names()).toContain('Summarise the onboarding guide'))
    await user.keyboard('onboarding{Enter}')
    await waitFor(() => expect(backend.asked('get_conversation')).toEqual([{ id: 'conv-1' }]))
    expect(location.hash).toBe('#/chat')
  })

  it('closes at Escape and gives the focus back', async () => {
    const { user } = open('#/requests')
    const link = await screen.findByRole('link', { name: text.nav.running })
    link.focus()
    await user.keyboard('{Control>}k{/Control}')
    const dialog = await screen.findByRole('dialog')
    dialog.dispatchEvent(new Event('cancel', { cancelable: true }))
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    expect(document.activeElement).toBe(link)
  })
})

describe('shortcuts', () => {
  it('? opens the map, which lists every act with its keys', async () => {
    const { user } = open('#/requests')
    await screen.findByRole('heading', { level: 1 })
    await user.keyboard('?')
    const dialog = await screen.findByRole('dialog', { name: text.keys.title })
    for (const name of [...Object.values(text.keys.acts), text.nav.catalogue, text.nav.requests])
      expect(within(dialog).getByText(name)).toBeTruthy()
    expect(dialog.textContent).toContain('Ctrl')
  })

  it('lead to screens by two letters and by number', async () => {
    const { user } = open('#/requests')
    await screen.findByRole('heading', { level: 1 })
    await user.keyboard('gl')
    expect(await screen.findByRole('heading', { name: text.ledger.title })).toBeTruthy()
    await user.keyboard('{Control>}3{/Control}')
    expect(await screen.findByRole('heading', { name: text.running.title })).toBeTruthy()
  })

  it('/ looks for a model in the catalogue, and letters in a field stay letters', async () => {
    const { user } = open('#/requests')
    await screen.findByRole('heading', { level: 1 })
    await user.keyboard('/')
    await waitFor(() => expect(document.activeElement).toBe(screen.getByRole('searchbox')))
    await user.keyboard('gl?')
    expect((screen.getByRole('searchbox') as HTMLInputElement).value).toBe('gl?')
    expect(location.hash).toBe('#/catalogue')
  })

  it('Ctrl N begins a new chat with the cursor where it is written', async () => {
    const { user } = open('#/requests')
    await screen.findByRole('heading', { level: 1 })
    await user.keyboard('{Control>}n{/Control}')
    await waitFor(() => expect(document.activeElement?.tagName).toBe('TEXTAREA'))
    expect(location.hash).toBe('#/chat')
  })

  it('of single letters can be switched off, and that is kept', async () => {
    const first = open('#/requests')
    await screen.findByRole('heading', { level: 1 })
    await first.user.keyboard('?')
    await first.user.click(await screen.findByRole('checkbox'))
    await first.user.click(screen.getByRole('button', { name: text.app.close }))
    await first.user.keyboard('gl')
    expect(location.hash).toBe('#/requests')
    first.unmount()
    const again = open('#/requests')
    await screen.findByRole('heading', { level: 1 })
    await again.user.keyboard('?')
    expect(screen.queryByRole('dialog')).toBeNull()
    localStorage.clear()
  })

  it('lead nowhere while the store is closed', async () => {
    const shut = () => Promise.reject(sample.fault('keyring.no_service'))
    const { user } = open('#/catalogue', new FakeBackend({ get_status: shut }))
    await screen.findByRole('heading', { name: text.unlock.title })
    await user.keyboard('{Control>}k{/Control}')
    expect(screen.queryByRole('dialog')).toBeNull()
  })
})
