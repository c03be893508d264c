import { afterEach, beforeEach, vi } from 'vitest'
import { NOW } from './sample'

beforeEach(() => {
  location.hash = ''
  vi.spyOn(Date, 'now').mockReturnValue(NOW)
})
afterEach(() => {
  vi.restoreAllMocks()
})
