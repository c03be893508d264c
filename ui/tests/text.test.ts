import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { faultSentence, text, word } from '../src/text'
import { fault } from './sample'

describe('the sentence for a fault', () => {
  it('holds the figures of the fault', () => {
    const full = fault('library.disk_full', {
      subject: { needs_bytes: '4700000000', free_bytes: '1200000000' },
    })
    expect(faultSentence(full)).toContain('4.7 GB are needed and 1.2 GB are free')
  })
  it('is the host’s own where a figure is missing', () => {
    expect(faultSentence(fault('library.disk_full'))).toBe('The host says: library.disk_full.')
  })
  it('is the host’s own for a code that this window does not know', () => {
    expect(faultSentence(fault('future.code'))).toBe('The host says: future.code.')
  })
  it('is never empty', () => {
    expect(faultSentence(fault('future.code', { message: '' }))).not.toBe('')
  })
})

it('a state that this window does not know is shown as it is', () => {
  expect([word(text.running.states, 'ready'), word(text.running.states, 'on_hold')]).toEqual([
    'Ready',
    'on hold',
  ])
})

describe('every code that the host can send', () => {
  const CRATES = ['app', 'catalogue', 'library', 'os', 'policy', 'runner', 'sandbox', 'store']
  /** The host's sentence says more than a fixed one could: it names a path, a form's field or a platform's reason. */
  const HOST_SAYS = new Set([
    'app.form',
    'app.told',
    'sandbox.unsupported',
    'os.no_home',
    'os.path_too_long',
    'os.folder_not_private',
    'os.file_failed',
    'os.not_started',
    'os.unsupported',
  ])

  function sources(folder: string): string[] {
    return readdirSync(folder).flatMap((name) => {
      const path = join(folder, name)
      if (statSync(path).isDirectory()) return sources(path)
      return name.endsWith('.rs') ? [readFileSync(path, 'utf8')] : []
    })
  }

  const codes = CRATES.flatMap((crate) =>
    sources(join(__dirname, `../../src-tauri/crates/canteen-${crate}/src`)),
  )
    // What only canteen-admin meets while publishing never reaches a window.
    .filter((source) => !source.includes('catalogue.repository_exists'))
    .flatMap((source) => [
      ...source.matchAll(/fn (?:ended_)?code\([^)]*\) -> &'static str \{[\s\S]*?\n {4}?\}/g),
    ])
    .flatMap(([body]) => [...body.matchAll(/"([a-z]+\.[a-z_0-9]+)"/g)].map((match) => match[1] ?? ''))

  it('are found', () => expect(codes.length).toBeGreaterThan(60))
  it('has a sentence', () => {
    const silent = [...new Set(codes)].filter((code) => !(code in text.faults) && !HOST_SAYS.has(code))
    expect(silent).toEqual([])
  })
})
