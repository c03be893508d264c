import { SvelteMap } from 'svelte/reactivity'
import type { Backend, RunSample } from '../../lib/backend'
import { within } from '../../lib/state/query.svelte'

/** As many as the host keeps. */
const KEPT = 300
/** Longest wait for one answer; a host that is busy is asked again. */
const LIMIT_MS = 5_000

/** The last minutes of every live run, as far as the window has asked for them. */
export class LiveSamples {
  readonly of = new SvelteMap<string, readonly RunSample[]>()
  #backend: Backend
  #asking = false

  constructor(backend: Backend) {
    this.#backend = backend
  }

  /** Asks for what is new. A question that is still open is not asked twice. */
  async refresh(): Promise<void> {
    if (this.#asking) return
    this.#asking = true
    try {
      const told = await within(this.#backend.call('list_run_samples', { after: this.#newest() }), LIMIT_MS)
      for (const id of [...this.of.keys()]) if (!told.some(({ run }) => run === id)) this.of.delete(id)
      for (const { run, samples } of told) this.#add(run, samples)
    } catch {
      // The list of runs on the same screen says what is wrong; the plots go on when the host answers again.
    } finally {
      this.#asking = false
    }
  }

  #add(run: string, samples: readonly RunSample[]): void {
    const known = this.of.get(run) ?? []
    const last = known.at(-1)?.at
    // The host compares with the newest of all runs; another one may have been a moment behind.
    const news = last === undefined ? samples : samples.filter(({ at }) => Date.parse(at) > Date.parse(last))
    this.of.set(run, [...known, ...news].slice(-KEPT))
  }

  /** The oldest of the newest: nothing of any run is missed. */
  #newest(): string | null {
    const newest = [...this.of.values()].map((samples) => samples.at(-1)?.at)
    if (newest.length === 0 || newest.includes(undefined)) return null
    return newest.reduce((a, b) => (a !== undefined && b !== undefined && a < b ? a : b)) ?? null
  }
}

/** One row of the table: what was taken in a quarter of a minute. */
export type Row = {
  at: string
  cpu: number
  memory: number
  speed: number | null
  watts: number | null
}

const STEP_MS = 15_000

/** A table of every second is read by nobody: means of a quarter of a minute, newest first. */
export function rows(samples: readonly RunSample[]): Row[] {
  const steps: { step: number; of: RunSample[] }[] = []
  for (const sample of samples) {
    const step = Math.floor(Date.parse(sample.at) / STEP_MS)
    const last = steps.at(-1)
    if (last?.step === step) last.of.push(sample)
    else steps.push({ step, of: [sample] })
  }
  return steps.reverse().map(({ of }) => ({
    at: of.at(-1)?.at ?? '',
    cpu: mean(of.map((sample) => sample.cpu_percent)) ?? 0,
    memory: of.at(-1)?.memory ?? 0,
    speed: mean(of.flatMap((sample) => sample.speed ?? [])),
    watts: mean(of.flatMap((sample) => sample.watts ?? [])),
  }))
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length
}
