import { screen, within } from '@testing-library/svelte'
import { describe, expect, it } from 'vitest'
import type { FileCheck } from '../src/lib/backend'
import { timeline } from '../src/screens/requests/timeline'
import { moment } from '../src/lib/format/time'
import { text } from '../src/text'
import { violations } from './axe'
import { FakeBackend } from './fake'
import { open } from './render'
import * as sample from './sample'

const words = text.requests
const REASON = 'Comparing answers for support.'

const item = async (name: string) => {
  const heading = await screen.findByRole('heading', { name, level: 2 })
  return within(heading.closest('li') as HTMLElement)
}

async function form(backend = new FakeBackend({ ask_for_approval: () => sample.request() })) {
  const view = open('#/requests', backend)
  await view.user.click(await screen.findByRole('button', { name: words.new }))
  const dialog = within(await screen.findByRole('dialog', { name: words.newTitle }))
  return { ...view, dialog }
}

describe('requests', () => {
  it('show what became of each, step by step', async () => {
    open('#/requests')
    const phi = await item('Phi 4 mini')
    const steps = within(phi.getByRole('list', { name: words.steps('Phi 4 mini') })).getAllByRole('listitem')
    expect(steps.map((step) => step.textContent?.replace(/\s+/g, ' ').trim())).toEqual([
      `Asked ${moment('2026-11-19T09:41:12Z', sample.NOW)}`,
      `Seen by IT ${moment('2026-11-20T09:41:12Z', sample.NOW)}`,
      'Answered still open',
    ])
    expect(steps[2]?.getAttribute('aria-current')).toBe('step')
    expect(phi.getByText('Microsoft, https://hub.example/phi-4-mini')).toBeTruthy()
    expect(phi.queryByRole('link')).toBeNull()
  })

  it('open with the model that somebody came from, and close without it', async () => {
    const others = sample.model({
      id: 'ledger-7b',
      name: 'Ledger 7B',
      installation: { is: 'not_for_group', here: false },
    })
    const backend = new FakeBackend({ list_models: () => [others], ask_for_approval: () => sample.request() })
    const { user } = open('#/model/ledger-7b', backend)
    await user.click(await screen.findByRole('button', { name: text.install.ask }))
    const dialog = within(await screen.findByRole('dialog', { name: words.newTitle }))
    expect(dialog.getByRole<HTMLInputElement>('textbox', { name: words.name }).value).toBe('Ledger 7B')
    expect(dialog.getByText(words.forOthers('Ledger 7B'))).toBeTruthy()
    await user.click(dialog.getByRole('button', { name: text.app.cancel }))
    expect(screen.queryByRole('dialog')).toBeNull()
    expect(location.hash).toBe('#/requests')
  })

  it('show IT’s words', async () => {
    open('#/requests')
    const declined = await item('Phi-4-multimodal')
    expect(declined.getByText('Please use Qwen 2.5 7B for this.')).toBeTruthy()
  })

  it('are withdrawn at once, and undo asks anew', async () => {
    const { backend, user } = open('#/requests')
    const name = 'all-MiniLM-L6-v2'
    await user.click(await screen.findByRole('button', { name: words.withdrawNamed(name) }))
    expect(backend.asked('withdraw_request')).toEqual([{ id: 'req-1' }])
    await user.click(
      await screen.findByRole('button', { name: text.toasts.undoNamed(words.withdrawn(name)) }),
    )
    expect(backend.asked('ask_again')).toEqual([{ id: 'req-1' }])
  })

  it('say why one could not be withdrawn', async () => {
    const refuse = () => Promise.reject(sample.fault('app.unknown', { subject: { kind: 'open request' } }))
    const { user } = open('#/requests', new FakeBackend({ withdraw_request: refuse }))
    await user.click(await screen.findByRole('button', { name: words.withdrawNamed('all-MiniLM-L6-v2') }))
    expect((await screen.findByRole('alert')).textContent).toContain('no such open request')
    expect(screen.queryByText(words.withdrawn('all-MiniLM-L6-v2'))).toBeNull()
  })

  it('that were declined can be asked again; open ones cannot', async () => {
    const { backend, user } = open('#/requests')
    const declined = await item('Phi-4-multimodal')
    await user.click(declined.getByRole('button', { name: words.againNamed('Phi-4-multimodal') }))
    expect(backend.asked('ask_again')).toEqual([{ id: 'req-2' }])
    const waiting = await item('Phi 4 mini')
    expect(waiting.queryByRole('button', { name: words.againNamed('Phi 4 mini') })).toBeNull()
  })

  it.each([
    ['sent', {}, ['asked done', 'seen waits', 'answered later']],
    ['seen', { seen: '2026-11-23T00:00:00Z' }, ['asked done', 'seen done', 'answered waits']],
    ['granted', { until: '2026-12-01T00:00:00Z' }, ['asked done', 'granted done', 'ends waits']],
    ['expired', { until: '2026-11-01T00:00:00Z' }, ['asked done', 'granted done', 'ended done']],
    ['declined', {}, ['asked done', 'declined done']],
    ['withdrawn', {}, ['asked done', 'withdrawn done']],
  ])('go their way: %s', (state, over, steps) => {
    const request = sample.request({ state, ...over })
    expect(timeline(request).map((step) => `${step.name} ${step.state}`)).toEqual(steps)
  })
})

describe('asking for a model', () => {
  it('by name: what is missing is marked, then it is sent as it was written', async () => {
    const { backend, dialog, user } = await form()
    await user.click(dialog.getByRole('button', { name: text.computer.send }))
    expect(backend.asked('ask_for_approval')).toEqual([])
    expect(dialog.getByLabelText(words.name).getAttribute('aria-invalid')).toBe('true')
    await user.type(dialog.getByLabelText(words.name), 'Phi 5')
    await user.type(dialog.getByLabelText(words.details), 'https://hub.example/phi-5')
    await user.type(dialog.getByLabelText(text.computer.reason), REASON)
    await user.selectOptions(dialog.getByLabelText(text.computer.days), '90')
    await user.click(dialog.getByRole('button', { name: text.computer.send }))
    const about = { is: 'name', name: 'Phi 5', details: 'https://hub.example/phi-5' }
    expect(backend.asked('ask_for_approval')).toEqual([{ about, reason: REASON, days: 90 }])
    expect(await screen.findByText(words.sent('Phi 5'))).toBeTruthy()
    expect(screen.queryByRole('dialog')).toBeNull()
  })

  it('by name: what is in the catalogue already is pointed out', async () => {
    const { dialog, user } = await form()
    await user.type(dialog.getByLabelText(words.name), 'qwen2.5')
    await user.click(await dialog.findByRole('button', { name: words.openModel('Qwen 2.5 7B Instruct') }))
    expect(location.hash).toBe('#/model/qwen-2.5-7b')
  })

  const reading: FileCheck = {
    path: '~/a.gguf',
    name: 'a.gguf',
    size: 4_000_000_000,
    state: { is: 'reading', done: 1_000_000_000 },
  }
  const read = (over: Partial<Extract<FileCheck['state'], { is: 'read' }>> = {}): FileCheck => ({
    ...reading,
    name: 'Phi 5',
    state: {
      is: 'read',
      digest: sample.digest('9'),
      about: 'GGUF · phi3',
      verdict: 'unapproved',
      entry: null,
      request: null,
      ...over,
    },
  })

  async function byFile(after: FileCheck) {
    const backend = new FakeBackend({
      check_file: () => reading,
      get_file_check: () => after,
      ask_for_approval: () => sample.request(),
    })
    const view = await form(backend)
    await view.user.click(view.dialog.getByRole('radio', { name: words.byFile }))
    await view.user.type(view.dialog.getByLabelText(words.path), '~/a.gguf')
    await view.user.click(view.dialog.getByRole('button', { name: words.read }))
    const bar = await view.dialog.findByRole('progressbar', { name: words.progress('a.gguf') })
    expect(bar.getAttribute('aria-valuenow')).toBe('25')
    return { ...view, backend }
  }

  it('by file: it is read with progress, and asked for by its digest', async () => {
    const { backend, dialog, user } = await byFile(read())
    expect(backend.asked('check_file')).toEqual([{ path: '~/a.gguf' }])
    await user.type(dialog.getByLabelText(text.computer.reason), REASON)
    await user.click(dialog.getByRole('button', { name: text.computer.send }))
    expect(dialog.getByText(words.readFirst)).toBeTruthy()
    expect(backend.asked('ask_for_approval')).toEqual([])
    backend.emit({ is: 'changed', topic: 'file_check' })
    expect(await dialog.findByText('GGUF · phi3')).toBeTruthy()
    await user.click(dialog.getByRole('button', { name: text.computer.send }))
    const about = { is: 'file', digest: sample.digest('9') }
    expect(backend.asked('ask_for_approval')).toEqual([{ about, reason: REASON, days: 30 }])
  })

  it('by file: one that was pointed at is read at once; nothing happens where none was', async () => {
    let picked: string | null = null
    const backend = new FakeBackend({ check_file: () => reading, pick_path: () => picked })
    const { dialog, user } = await form(backend)
    await user.click(dialog.getByRole('radio', { name: words.byFile }))
    await user.click(dialog.getByRole('button', { name: words.pick }))
    expect(backend.asked('pick_path')).toEqual([{ what: 'file', title: words.pickTitle }])
    expect(backend.asked('check_file')).toEqual([])
    picked = '/home/mara/a.gguf'
    await user.click(dialog.getByRole('button', { name: words.pick }))
    expect(await dialog.findByRole('progressbar', { name: words.progress('a.gguf') })).toBeTruthy()
    expect(backend.asked('check_file')).toEqual([{ path: '/home/mara/a.gguf' }])
  })

  it('by file: what is approved already is not asked for', async () => {
    const { backend, dialog, user } = await byFile(read({ verdict: 'approved', entry: 'gemma-3-270m' }))
    backend.emit({ is: 'changed', topic: 'file_check' })
    expect(await dialog.findByText(words.approvedFile)).toBeTruthy()
    await user.type(dialog.getByLabelText(text.computer.reason), REASON)
    await user.click(dialog.getByRole('button', { name: text.computer.send }))
    expect(backend.asked('ask_for_approval')).toEqual([])
  })

  it('by file: closing the form ends the reading', async () => {
    const { backend, dialog, user } = await byFile(read())
    await user.click(dialog.getByRole('button', { name: text.app.cancel }))
    expect(backend.asked('cancel_file_check')).toHaveLength(1)
  })

  it('by file: a path that leads nowhere is said in words', async () => {
    const fault = sample.fault('watch.not_there', { remedy: 'none', subject: { path: '/x' } })
    const { dialog, user } = await form(new FakeBackend({ check_file: () => Promise.reject(fault) }))
    await user.click(dialog.getByRole('radio', { name: words.byFile }))
    await user.click(dialog.getByRole('button', { name: words.read }))
    expect(dialog.getByText(words.pathNeeded)).toBeTruthy()
    await user.type(dialog.getByLabelText(words.path), '/x')
    await user.click(dialog.getByRole('button', { name: words.read }))
    expect((await dialog.findByRole('alert')).textContent).toContain('There is no file /x')
  })

  it('by what was seen here: only what may be asked for, each once', async () => {
    const { backend, dialog, user } = await form()
    await user.click(dialog.getByRole('radio', { name: words.bySighting }))
    const which = await dialog.findByLabelText(words.pickSighting)
    expect(
      within(which)
        .getAllByRole('option')
        .map((option) => option.textContent),
    ).toEqual([
      '',
      'Llama-3-8B-Uncensored · LM Studio',
      'mistral-7b-instruct.gguf · Downloads',
      'pytorch_model.bin · Hugging Face cache',
    ])
    await user.type(dialog.getByLabelText(text.computer.reason), REASON)
    await user.click(dialog.getByRole('button', { name: text.computer.send }))
    expect(dialog.getByText(words.pickFirst)).toBeTruthy()
    await user.selectOptions(which, 'seen-1')
    await user.click(dialog.getByRole('button', { name: text.computer.send }))
    const about = { is: 'sighting', id: 'seen-1' }
    expect(backend.asked('ask_for_approval')).toEqual([{ about, reason: REASON, days: 30 }])
  })
})

describe('axe finds nothing', () => {
  it.each([
    ['content', {}],
    ['empty', { list_requests: () => [] }],
    ['a fault', { list_requests: () => Promise.reject(sample.fault('store.busy')) }],
  ])('%s', async (_, over) => {
    const { container } = open('#/requests', new FakeBackend(over))
    await expect.poll(() => container.querySelector('[role=status] .line')).toBeNull()
    expect(await violations(container)).toEqual([])
  })

  it.each([words.byName, words.byFile, words.bySighting])('in the form: %s', async (way) => {
    const { container, dialog, user } = await form()
    await user.click(dialog.getByRole('radio', { name: way }))
    await user.click(dialog.getByRole('button', { name: text.computer.send }))
    expect(await violations(container)).toEqual([])
  })
})
