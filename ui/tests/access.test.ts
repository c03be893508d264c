import { screen, waitFor } from '@testing-library/svelte'
import { describe, expect, it } from 'vitest'
import { toHash } from '../src/lib/place'
import { useLanguage } from '../src/lib/state/language.svelte'
import { screens } from '../src/parts/screens'
import { text } from '../src/text'
import { open } from './render'
import { violations } from './axe'
import { FakeBackend } from './fake'
import * as sample from './sample'
import { hostIn, STATES } from './states'

const SECTIONS = ['appearance', 'models', 'resources', 'tools', 'privacy', 'catalogue', 'about']
const PLACES = [
  ...screens().map((screen) => toHash(screen.place)),
  ...SECTIONS.map((section) => `#/settings/${section}`),
  '#/model/qwen-2.5-7b',
]
/** Some parts of the settings show nothing that is read when they open. */
const mayShowNoReading = (hash: string) => hash.startsWith('#/settings')

describe.each(['en', 'de'] as const)('axe finds nothing in %s', (language) => {
  const cases = PLACES.flatMap((hash) => STATES.map((state) => [hash, state] as const))

  it.each(cases)('on %s, %s', async (hash, state) => {
    useLanguage(language)
    const backend = hostIn(state)
    backend.handlers.get_settings = () => sample.changed({ language })
    const { container } = open(hash, backend)
    await screen.findAllByRole('heading')
    if (state === 'fault' && !mayShowNoReading(hash)) await screen.findAllByRole('alert')
    if (state === 'content') await waitFor(() => expect(screen.queryByText(text.app.waiting)).toBeNull())
    expect(document.documentElement.lang).toBe(language)
    expect(await violations(container)).toEqual([])
  })
})

describe('axe finds nothing', () => {
  it('in a dialog', async () => {
    const { container } = open('#/computer/seen-1')
    await screen.findByRole('dialog')
    expect(await violations(container)).toEqual([])
  })

  it('where the store is closed', async () => {
    const { container } = open(
      '#/',
      new FakeBackend({ get_status: () => Promise.reject(sample.fault('keyring.no_service')) }),
    )
    await screen.findByRole('heading', { name: text.unlock.title })
    expect(await violations(container)).toEqual([])
  })
})

describe('axe finds nothing in what opens above everything', () => {
  it.each(['{Control>}k{/Control}', '?'])('by %s', async (keys) => {
    const { container, user } = open('#/requests')
    await screen.findByRole('heading', { level: 1 })
    await user.keyboard(keys)
    await screen.findByRole('dialog')
    expect(await violations(container)).toEqual([])
  })
})

describe('by keyboard', () => {
  it('the first Tab offers to skip the menu', async () => {
    const { user } = open('#/catalogue')
    await user.tab()
    expect(document.activeElement?.textContent).toBe(text.app.skip)
    await user.keyboard('{Enter}')
    expect(document.activeElement?.tagName).toBe('MAIN')
  })

  it('tabs are gone through with the arrows, and only the chosen one is in the way of Tab', async () => {
    const { user } = open('#/model/qwen-2.5-7b')
    const first = await screen.findByRole('tab', { name: text.model.about })
    first.focus()
    await user.keyboard('{ArrowRight}')
    const second = screen.getByRole('tab', { name: text.model.report })
    expect(document.activeElement).toBe(second)
    expect(second.getAttribute('aria-selected')).toBe('true')
    await user.keyboard('{End}')
    expect(screen.getByRole('tab', { name: text.model.licence }).tabIndex).toBe(0)
    expect(second.tabIndex).toBe(-1)
  })

  it('a dialog gives the focus back to what opened it', async () => {
    const { user } = open('#/computer')
    const button = await screen.findByRole('button', { name: text.computer.detailsOf('gemma3:270m') })
    button.focus()
    await user.keyboard('{Enter}')
    await screen.findByRole('dialog')
    await user.click(screen.getByRole('button', { name: text.app.close }))
    await expect.poll(() => document.activeElement).toBe(button)
  })

  it('the menu says where one is, and how much needs attention', async () => {
    open('#/computer')
    const link = await screen.findByRole('link', { name: `${text.nav.computer} ${text.nav.attention(1)}` })
    expect(link.getAttribute('aria-current')).toBe('page')
  })
})
