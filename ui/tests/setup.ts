import { afterEach, beforeEach, vi } from 'vitest'
import { useLanguage } from '../src/lib/state/language.svelte'
import { NOW } from './sample'

beforeEach(() => {
  location.hash = ''
  useLanguage('en')
  vi.spyOn(Date, 'now').mockReturnValue(NOW)
})
afterEach(() => {
  vi.restoreAllMocks()
})
