import { fireEvent, screen, within } from '@testing-library/svelte'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Installation, ModelPage } from '../src/lib/backend'
import { longDay } from '../src/lib/format/time'
import { text } from '../src/text'
import { violations } from './axe'
import { FakeBackend } from './fake'
import { open } from './render'
import * as sample from './sample'

afterEach(() => vi.useRealTimers())

function page(of = sample.qwen, over: Partial<ModelPage> = {}) {
  const backend = new FakeBackend({ list_models: () => [of], get_model: () => sample.page(of, over) })
  return open(`#/model/${of.id}`, backend)
}
const tab = async (name: string) => screen.findByRole('tab', { name })

describe('the model page', () => {
  it('says of every kind of test that it was not run, rather than nothing', async () => {
    const { user } = page()
    await user.click(await tab(text.model.report))
    const table = screen.getByRole('table', { name: text.page.tests })
    const rows = within(table).getAllByRole('row').slice(1)
    expect(rows.map((row) => within(row).getByRole('rowheader').textContent)).toEqual(
      Object.values(text.page.kinds).map((kind) => kind.name),
    )
    expect(within(table).getAllByText(text.page.notTested)).toHaveLength(4)
  })

  it('names what it may and may not be used for, who decided and until when', async () => {
    const { user } = page(sample.qwen, { uses_not_approved: ['hiring-decisions', 'weather-forecasts'] })
    await user.click(await tab(text.model.use))
    expect(screen.getByText('Not personal data')).toBeTruthy()
    expect(screen.getByText('Hiring decisions')).toBeTruthy()
    expect(screen.getByText('Weather forecasts')).toBeTruthy()
    expect(
      screen.getByText(text.page.decided('Maren Petersen', 'AI governance', longDay('2026-05-12T09:00:00Z'))),
    ).toBeTruthy()
  })

  it('names the groups that it is for', async () => {
    page(
      { ...sample.qwen, installation: { is: 'not_for_group', here: false } },
      { groups: ['finance', 'audit'] },
    )
    expect(await screen.findByRole('heading', { name: text.model.mayBeUsed })).toBeTruthy()
    expect(await screen.findByText(text.page.groups('finance, audit'))).toBeTruthy()
  })

  it('says so where no data is approved', async () => {
    page({ ...sample.qwen, data_approved: [] })
    expect(await screen.findByText(text.page.noData)).toBeTruthy()
  })

  it('tells the whole digest, the sources in their order and the chain from its beginning', async () => {
    const { user } = page()
    await user.click(await tab(text.model.files))
    expect(screen.getByText('7'.repeat(64))).toBeTruthy()
    expect(screen.getByRole('button', { name: text.page.copyDigest })).toBeTruthy()
    expect(screen.getByText('mirror.nordwind.example')).toBeTruthy()
    expect(screen.getByText(text.page.folder)).toBeTruthy()
    const chain = screen.getByRole('heading', { name: text.model.origin }).parentElement!
    expect(
      within(chain)
        .getAllByRole('listitem')
        .map((item) => item.querySelector('b')!.textContent),
    ).toEqual(['Qwen2.5-7B', 'Qwen2.5-7B-Instruct', 'Qwen 2.5 7B Instruct'])
  })

  it('says what measuring the weights has shown, of the chain and of others in the catalogue', async () => {
    const claimed = {
      name: 'Qwen2.5-7B',
      publisher: 'Alibaba Cloud',
      entry: 'qwen',
      measured: 'unrelated',
    } as const
    const kin = { entry: 'other', name: 'Other 7B', relation: 'requantised', confidence: 0.978 } as const
    const { container } = page(sample.qwen, { base_chain: [claimed], kin: [kin] })
    expect(await screen.findByText(text.page.measured.unrelated)).toBeTruthy()
    const link = screen.getByRole<HTMLAnchorElement>('link', {
      name: text.page.kinOf.requantised('Other 7B'),
    })
    expect(link.hash).toBe('#/model/other')
    expect(screen.getByText(text.page.sure(97))).toBeTruthy()
    expect(await violations(container)).toEqual([])
  })

  it('names the files that vouch for it, with the keys that signed and no other', async () => {
    const { user } = page()
    await user.click(await tab(text.model.files))
    const signed = screen.getByRole('heading', { name: text.page.signatures }).parentElement!
    expect(signed.textContent).toContain(text.page.roles.root)
    expect(signed.textContent).toContain(text.page.signedBy(2, 2, '3', longDay('2027-02-01T00:00:00Z')))
    expect(signed.textContent).toContain(text.page.key('1a'.repeat(8)))
    expect(signed.textContent).not.toContain('3c3c')
  })

  it('tells a department’s entry from the organisation’s', async () => {
    const files = [sample.signedFile('root', ['1a'], 1), sample.signedFile('dept-finance', ['fe'], 1)]
    const { user } = page(sample.qwen, { signatures: files, department: 'dept-finance' })
    await user.click(await tab(text.model.files))
    expect(screen.getByText(text.page.departmentText('finance'))).toBeTruthy()
    expect(screen.getByText(text.page.departmentRole('finance'))).toBeTruthy()
  })

  it('says what was odd about the file, and why it was approved all the same', async () => {
    page(sample.qwen, {
      accepted_hazards: { codes: ['gguf.tail'], reason: 'The maker signs its files there.' },
    })
    expect(await screen.findByText(text.model.facts.despite)).toBeTruthy()
    expect(screen.getByText(/gguf\.tail.*The maker signs its files there/)).toBeTruthy()
  })

  it('a withdrawn model has no signatures and no current version', async () => {
    const gone = { ...sample.qwen, installation: { is: 'withdrawn' } as Installation }
    const { user } = page(gone, { listed: false, signatures: [] })
    await user.click(await tab(text.model.files))
    expect(screen.getByText(text.page.noSignatures)).toBeTruthy()
    await user.click(await tab(text.page.versions))
    expect(screen.queryByText(text.page.versionTable.current)).toBeNull()
  })

  it('knows the version that is approved and an older one that is here, and claims no more', async () => {
    const old = {
      ...sample.qwen,
      installation: { is: 'update_available', installed_version: 2 } as Installation,
    }
    const installed = {
      version: 2,
      same_bytes: false,
      digest: sample.digest('9'),
      installed: '2026-03-01T09:00:00Z',
      approved_on: null,
      approver: null,
    }
    const { user } = page(old, { installed })
    await user.click(await tab(text.page.versions))
    const rows = within(screen.getByRole('table', { name: text.page.versions })).getAllByRole('row')
    expect(rows).toHaveLength(3)
    expect(rows[1]!.textContent).toContain(text.page.versionTable.current)
    expect(rows[2]!.textContent).toContain(text.page.versionTable.replaced)
    expect(within(rows[2]!).getAllByText(text.page.versionTable.unknown)).toHaveLength(2)
    expect(screen.getByText(text.page.historyOf('42'))).toBeTruthy()
  })

  it('one version that is approved and here is one line', async () => {
    const { user } = page(sample.model())
    await user.click(await tab(text.page.versions))
    expect(screen.getAllByRole('row')).toHaveLength(2)
    expect(screen.getByText(text.page.versionTable.here(longDay('2026-10-25T09:41:12Z')))).toBeTruthy()
  })

  it('shows the text of a licence of its own, and says where a public one has none', async () => {
    const { user, unmount } = page(sample.licensed, { licence_text: 'Use it well.' })
    await user.click(await tab(text.model.licence))
    expect(screen.getByRole('region', { name: text.model.licenceText('Gemma licence') }).textContent).toBe(
      'Use it well.',
    )
    unmount()
    const second = page()
    await second.user.click(await tab(text.model.licence))
    expect(screen.getByText(text.install.licencePublic('Apache-2.0'))).toBeTruthy()
  })

  it('“Use in my tools” leads to the file, and says when there is none yet', async () => {
    const { user, unmount } = page()
    await user.click(await screen.findByRole('button', { name: text.model.tools }))
    expect(screen.getByText(text.model.toolsAbsent)).toBeTruthy()
    await expect.poll(() => document.activeElement?.id).toBe('tools')
    unmount()
    const second = page(sample.minilm)
    await second.user.click(await screen.findByRole('button', { name: text.model.tools }))
    expect(screen.getByText('/home/ada/.local/share/canteen/models/sha256-77')).toBeTruthy()
  })

  it('removes only after the way back has gone', async () => {
    const { backend, user } = page(sample.minilm)
    await user.click(await screen.findByRole('button', { name: text.install.remove }))
    expect(screen.getByText(text.install.removed('MiniLM L6 v2'))).toBeTruthy()
    expect(backend.asked('remove_model')).toEqual([])
    await user.click(
      screen.getByRole('button', { name: text.toasts.undoNamed(text.install.removed('MiniLM L6 v2')) }),
    )
    await user.click(await screen.findByRole('button', { name: text.install.remove }))
    expect(backend.asked('remove_model')).toEqual([])
    fireEvent(window, new Event('pagehide'))
    await expect.poll(() => backend.asked('remove_model')).toEqual([{ id: 'minilm-l6' }])
  })

  it('a removal that fails is told, and the model is there again', async () => {
    const backend = new FakeBackend({
      list_models: () => [sample.minilm],
      get_model: () => sample.page(sample.minilm),
      remove_model: () => Promise.reject(sample.fault('library.disk_full')),
    })
    const { user } = open('#/model/minilm-l6', backend)
    await user.click(await screen.findByRole('button', { name: text.install.remove }))
    fireEvent(window, new Event('pagehide'))
    expect(await screen.findByText(text.toasts.failed(text.install.removed('MiniLM L6 v2')))).toBeTruthy()
    expect(await screen.findByRole('button', { name: text.install.remove })).toBeTruthy()
  })

  it('warns of an overdue review and of an old catalogue, which fetches nothing', async () => {
    const status = { ...sample.status, catalogue: { ...sample.status.catalogue, state: 'stale' } }
    const overdue = { ...sample.qwen, review_overdue: true }
    const backend = new FakeBackend({
      get_status: () => status,
      list_models: () => [overdue],
      get_model: () => sample.page(overdue),
    })
    open('#/model/qwen-2.5-7b', backend)
    expect(await screen.findByText(text.model.overdue)).toBeTruthy()
    expect(await screen.findByText(text.catalogue.stale)).toBeTruthy()
    expect(screen.getByRole('button', { name: text.install.installSize('4.7 GB') })).toHaveProperty(
      'disabled',
      true,
    )
  })

  it('says so where there is no such model', async () => {
    const refuse = () => Promise.reject(sample.fault('app.unknown', { remedy: 'none' }))
    open('#/model/gone', new FakeBackend({ get_model: refuse }))
    expect(await screen.findByRole('alert')).toBeTruthy()
  })
})

describe('axe finds nothing on the model page', () => {
  const tabs = [
    text.model.about,
    text.model.report,
    text.model.use,
    text.model.files,
    text.page.versions,
    text.model.licence,
  ]
  it.each(tabs)('under %s', async (name) => {
    const { user, container } = page(sample.model(), { licence_text: 'Use it well.' })
    await user.click(await tab(name))
    expect(await violations(container)).toEqual([])
  })
})
