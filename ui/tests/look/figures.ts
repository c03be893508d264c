import '../../src/styles/fonts.css'
import '../../src/styles/tokens.css'
import '../../src/styles/base.css'
import { mount } from 'svelte'
import App from '../../src/App.svelte'
import { FakeBackend } from '../fake'
import { many } from './many'

/** Measures the catalogue with 10,000 models in this browser and hands the figures to `figures.js`, which prints them. */
const MODELS = 10_000
const TYPED = 'étude coder 12'

const painted = () => new Promise<void>((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0)))
const found = async (look: () => Element | null) => {
  for (;;) {
    const element = look()
    if (element !== null) return element
    await new Promise(requestAnimationFrame)
  }
}
const middle = (all: number[]) => all.toSorted((a, b) => a - b)[all.length >> 1] ?? 0
const ms = (value: number) => `${value.toFixed(1)} ms`
const told = (all: number[]) => `${ms(middle(all))}, longest ${ms(Math.max(...all))}`

async function measure(): Promise<Record<string, string>> {
  const figures: Record<string, string> = {}
  const text = JSON.stringify(many(MODELS))
  figures['list_models as JSON'] = `${text.length} characters`
  let parsed = 0
  const backend = new FakeBackend({
    // As the answer comes from the host: a text that must be read first.
    list_models: () => {
      const from = performance.now()
      const models = JSON.parse(text)
      parsed = performance.now() - from
      return models
    },
  })
  location.hash = '#/catalogue'
  const target = document.getElementById('app')
  if (target === null) throw new Error('no place')
  const from = performance.now()
  mount(App, { target, props: { backend } })
  await found(() => document.querySelector('[aria-posinset="1"]'))
  await painted()
  figures['first paint, from mounting the window'] = ms(performance.now() - from)
  figures['of it reading the JSON'] = ms(parsed)
  figures['cards drawn'] = String(document.querySelectorAll('[aria-posinset]').length)

  const field = document.querySelector<HTMLInputElement>('input[type=search]')
  if (field === null) throw new Error('no field')
  const keys: number[] = []
  for (let length = 1; length <= TYPED.length; length += 1) {
    const begun = performance.now()
    field.value = TYPED.slice(0, length)
    field.dispatchEvent(new InputEvent('input', { bubbles: true }))
    await painted()
    keys.push(performance.now() - begun)
  }
  figures['search, letter to paint'] = told(keys)
  field.value = ''
  field.dispatchEvent(new InputEvent('input', { bubbles: true }))
  await painted()

  let others = 0
  const first = document.querySelector('[aria-posinset="1"]')
  const watcher = new MutationObserver((changes) => (others += changes.length))
  const steps: number[] = []
  const step = (done: number) =>
    backend.emit({
      is: 'progress',
      model: 'model-0',
      installation: { is: 'fetching', done, total: 1e9, rate: 5e7, left_ms: 9_000 },
    })
  step(1)
  await painted()
  for (const card of document.querySelectorAll('[aria-posinset]'))
    if (card !== first)
      watcher.observe(card, { subtree: true, childList: true, characterData: true, attributes: true })
  for (let n = 1; n <= 50; n += 1) {
    const begun = performance.now()
    step(n * 1e7)
    await painted()
    steps.push(performance.now() - begun)
  }
  watcher.disconnect()
  figures['a step of a download, event to paint'] = told(steps)
  figures['changes in other cards in 50 steps'] = String(others)

  const main = document.querySelector('main')
  const jumps: number[] = []
  for (let n = 1; n <= 40 && main !== null; n += 1) {
    const begun = performance.now()
    main.scrollTop = (main.scrollHeight * n) / 41
    await painted()
    jumps.push(performance.now() - begun)
  }
  figures['a jump through the list, to paint'] = told(jumps)

  const turns: number[] = []
  if (main !== null) main.scrollTop = 0
  await painted()
  for (let n = 0; n < 60 && main !== null; n += 1) {
    const begun = performance.now()
    main.scrollTop += 120
    await painted()
    turns.push(performance.now() - begun)
  }
  figures['a turn of the wheel, to paint'] = told(turns)

  const again = performance.now()
  backend.emit({ is: 'changed', topic: 'models' })
  await painted()
  await painted()
  figures['the whole list read again, to paint'] = ms(performance.now() - again)
  return figures
}

const result = await measure().catch((reason: unknown) => ({ failed: String(reason) }))
await fetch('/told', { method: 'POST', body: JSON.stringify(result) })
