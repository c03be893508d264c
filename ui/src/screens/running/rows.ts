import type { RunSample } from '../../lib/backend'

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
  const steps = new Map<number, RunSample[]>()
  for (const sample of samples) {
    const step = Math.floor(Date.parse(sample.at) / STEP_MS)
    const of = steps.get(step)
    if (of === undefined) steps.set(step, [sample])
    else of.push(sample)
  }
  return [...steps.values()].reverse().map((of) => ({
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
