import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { lagging, timesOf } from '../src/timeouts.ts'

describe('the times of a key', () => {
  it('let a model think for minutes where it sets none', () => {
    expect(timesOf({})).toEqual({ connectMs: 600_000, firstByteMs: 600_000, idleMs: 300_000 })
  })
  it('are what it sets, and a head comes no later than a first byte', () => {
    expect(timesOf({ connect_ms: 5, first_byte_ms: 10, idle_ms: 20 })).toEqual({
      connectMs: 5,
      firstByteMs: 10,
      idleMs: 20,
    })
    expect(timesOf({ connect_ms: 50, first_byte_ms: 10 }).connectMs).toBe(10)
  })
})

describe('a signal that follows another', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('aborts a while after it, with its reason', () => {
    const first = new AbortController()
    const { signal } = lagging(first.signal, 100)
    vi.advanceTimersByTime(1000)
    expect(signal.aborted).toBe(false)
    first.abort('left')
    vi.advanceTimersByTime(99)
    expect(signal.aborted).toBe(false)
    vi.advanceTimersByTime(1)
    expect([signal.aborted, signal.reason]).toEqual([true, 'left'])
  })

  it('counts from now where the other has aborted already', () => {
    const { signal } = lagging(AbortSignal.abort(), 100)
    vi.advanceTimersByTime(100)
    expect(signal.aborted).toBe(true)
  })

  it('leaves no timer behind', () => {
    const first = new AbortController()
    const { signal, clear } = lagging(first.signal, 100)
    first.abort()
    clear()
    expect(vi.getTimerCount()).toBe(0)
    const other = new AbortController()
    const second = lagging(other.signal, 100)
    second.clear()
    other.abort()
    vi.advanceTimersByTime(200)
    expect([signal.aborted, second.signal.aborted]).toEqual([false, false])
  })
})
