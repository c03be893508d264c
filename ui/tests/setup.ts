import { afterEach, beforeEach, vi } from 'vitest'
import { useLanguage } from '../src/lib/state/language.svelte'
import { NOW } from './sample'

beforeEach(() => {
  location.hash = ''
  // Dates and numbers as in one place, wherever the tests run.
  vi.spyOn(navigator, 'languages', 'get').mockReturnValue(['en-GB'])
  useLanguage('en')
  vi.spyOn(Date, 'now').mockReturnValue(NOW)
})
afterEach(() => {
  vi.restoreAllMocks()
})
