import { screen } from '@testing-library/svelte'
import { describe, expect, it, vi } from 'vitest'
import { useLanguage } from '../src/lib/state/language.svelte'
import { spoken, text, texts } from '../src/text'
import { FakeBackend } from './fake'
import { open } from './render'
import * as sample from './sample'

const speaking = (language: 'system' | 'en' | 'de') =>
  new FakeBackend({ get_settings: () => sample.changed({ language }) })

describe('the language', () => {
  it.each([
    [['de-DE', 'en'], 'de'],
    [['fr-FR', 'de-AT', 'en'], 'de'],
    [['en-US'], 'en'],
    [['de_CH'], 'de'],
    [['C'], 'en'],
    [[], 'en'],
  ])('of a system that reports %j is %s', (reported, language) => expect(spoken(reported)).toBe(language))

  it('is the one that was chosen', async () => {
    open('#/requests', speaking('de'))
    expect(await screen.findByRole('heading', { name: texts.de.requests.title })).toBeTruthy()
    expect(document.documentElement.lang).toBe('de')
    expect(document.documentElement.dir).toBe('ltr')
    expect(document.title).toBe('Anfragen – Canteen')
  })

  it('is the system’s where nothing was chosen, also when that changes', async () => {
    const languages = vi.spyOn(navigator, 'languages', 'get').mockReturnValue(['de-DE'])
    open('#/requests', speaking('system'))
    expect(await screen.findByRole('heading', { name: texts.de.requests.title })).toBeTruthy()
    languages.mockReturnValue(['en-GB'])
    window.dispatchEvent(new Event('languagechange'))
    expect(await screen.findByRole('heading', { name: texts.en.requests.title })).toBeTruthy()
    expect(document.documentElement.lang).toBe('en')
  })

  it('changes while the window is open, and the focus stays where it was', async () => {
    let language: 'en' | 'de' = 'en'
    const backend = new FakeBackend({ get_settings: () => sample.changed({ language }) })
    open('#/catalogue', backend)
    await screen.findByText('Qwen 2.5 7B Instruct')
    const search = screen.getByRole('searchbox')
    search.focus()
    language = 'de'
    backend.emit({ is: 'changed', topic: 'settings' })
    expect(await screen.findByRole('heading', { name: texts.de.catalogue.title })).toBeTruthy()
    expect(screen.getByRole('link', { name: texts.de.nav.requests })).toBeTruthy()
    await expect.poll(() => document.activeElement).toBe(screen.getByRole('searchbox'))
    expect(search.isConnected).toBe(false)
  })

  it('is a live binding: who reads the texts later reads the new ones', () => {
    expect(text.nav.requests).toBe('Requests')
    useLanguage('de')
    expect(text.nav.requests).toBe('Anfragen')
  })
})
