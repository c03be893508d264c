import { expect, it } from 'vitest'
import { fromHash, fromScreen, toHash, type Place } from '../src/lib/place'

const places: Place[] = [
  { screen: 'catalogue' },
  { screen: 'model', id: 'gemma-3-270m' },
  { screen: 'model', id: 'odd/id #?ü' },
  { screen: 'chat', model: null },
  { screen: 'chat', model: 'gemma-3-270m' },
  { screen: 'running' },
  { screen: 'computer', ask: null },
  { screen: 'computer', ask: '0198' },
  { screen: 'ledger' },
  { screen: 'requests', model: null },
  { screen: 'requests', model: 'qwen2.5-7b' },
  { screen: 'settings', section: 'general' },
  { screen: 'settings', section: 'about' },
]

it.each(places)('%o survives the way through the address', (place) => {
  expect(fromHash(toHash(place))).toEqual(place)
})

it.each(['', '#', '#/nowhere', '#/model', '#/model/%E0%A4%A', '#javascript:alert(1)'])(
  '%s leads to the catalogue',
  (hash) => expect(fromHash(hash)).toEqual({ screen: 'catalogue' }),
)

it.each(['#/settings', '#/settings/nowhere', '#/settings/general'])('%s leads to the settings', (hash) =>
  expect(fromHash(hash)).toEqual({ screen: 'settings', section: 'general' }),
)

it('the host’s word for the settings leads to their first part', () => {
  expect(fromScreen({ screen: 'settings' })).toEqual({ screen: 'settings', section: 'general' })
})
