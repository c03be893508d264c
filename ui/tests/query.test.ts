import { afterEach, describe, expect, it, vi } from 'vitest'
import { Query } from '../src/lib/state/query.svelte'
import { Action } from '../src/lib/state/action.svelte'
import { fault } from './sample'

afterEach(() => {
  vi.useRealTimers()
})

describe('a query', () => {
  it('waits, then has its value', async () => {
    const query = new Query(async () => 1)
    expect(query.state.is).toBe('waiting')
    await query.refresh()
    expect(query.state).toEqual({ is: 'ready', value: 1 })
  })

  it('does not wait for ever', async () => {
    vi.useFakeTimers()
    const query = new Query(() => new Promise<never>(() => undefined), 5_000)
    const read = query.refresh()
    await vi.advanceTimersByTimeAsync(5_000)
    await read
    expect(query.state).toMatchObject({ is: 'failed', fault: { code: 'window.timed_out' } })
  })

  it('keeps the last good value when it cannot be renewed, and says why', async () => {
    let good = true
    const query = new Query(() => (good ? Promise.resolve('old') : Promise.reject(fault('store.io'))))
    await query.refresh()
    good = false
    await query.refresh()
    expect(query.value).toBe('old')
    expect(query.lost?.code).toBe('store.io')
  })

  it('many changes during one read become one more read', async () => {
    const read = vi.fn(async () => 1)
    const query = new Query(read)
    await Promise.all([query.refresh(), query.refresh(), query.refresh(), query.refresh()])
    expect(read).toHaveBeenCalledTimes(2)
  })

  it('a plain text that Tauri rejects with becomes a fault', async () => {
    const query = new Query(() => Promise.reject('command get_status not allowed'))
    await query.refresh()
    expect(query.state).toMatchObject({
      fault: { code: 'window.unexpected', message: 'command get_status not allowed' },
    })
  })
})

it('an action that is under way is not started twice', async () => {
  const act = vi.fn(async () => undefined)
  const action = new Action()
  expect(await Promise.all([action.run(act), action.run(act)])).toEqual([true, false])
  expect(act).toHaveBeenCalledOnce()
})
