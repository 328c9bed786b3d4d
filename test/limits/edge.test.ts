// The law of the edge: whatever isolates, networks and clocks do, requests that were admitted near the end of a window
// never pass it; and nobody is kept back for ever.
import fc from 'fast-check'
import { afterEach, expect, it, vi } from 'vitest'
import { Observers } from '../../src/limits/observe.ts'
import { Network } from './network.ts'

const NOW = Date.UTC(2026, 10, 20, 12)
const LIMIT = 100
const WINDOW_MS = 60_000

afterEach(() => {
  vi.useRealTimers()
})

/** A provider with a fixed window, which counts a request when it comes, and may be slow to answer. */
class Provider {
  remaining: number
  refused = 0
  resetAt = NOW + WINDOW_MS

  constructor(remaining: number) {
    this.remaining = remaining
  }

  count() {
    if (Date.now() >= this.resetAt) {
      this.resetAt = Date.now() + WINDOW_MS
      this.remaining = LIMIT
    }
    const ok = this.remaining > 0
    if (ok) this.remaining--
    else this.refused++
    return { status: ok ? 200 : 429, requests: { limit: LIMIT, remaining: this.remaining, resetAt: this.resetAt } }
  }
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

const request = fc.record({
  isolate: fc.nat({ max: 4 }),
  afterMs: fc.oneof(
    { weight: 4, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 3000 }) },
  ),
  calls: fc.oneof({ weight: 6, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.integer({ min: 2, max: 3 }) }),
  /** Until it is sent, until it arrives, and until its head comes back. */
  idleMs: fc.integer({ min: 0, max: 200 }),
  thereMs: fc.integer({ min: 0, max: 90 }),
  headMs: fc.oneof(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: 30_000 })),
})
const story = fc.record({
  remaining: fc.integer({ min: 0, max: 9 }),
  offsets: fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 5, maxLength: 5 }),
  requests: fc.array(request, { minLength: 1, maxLength: 40 }),
  delays: fc.infiniteStream(fc.integer({ min: 0, max: 200 })),
})

it('no more reaches the provider than it has left', async () => {
  let [used, kept] = [0, 0]
  await fc.assert(
    fc.asyncProperty(story, async ({ remaining, offsets, requests, delays }) => {
      vi.useFakeTimers({ now: NOW })
      const delay = () => delays.next().value as number
      const network = new Network(() => ({ thereMs: delay(), backMs: delay(), fate: 'arrives' }))
      const provider = new Provider(remaining)
      const isolates = offsets.map((offset) => new Observers(() => Date.now() + offset))
      const observerOf = (isolate: number) =>
        (isolates[isolate] as Observers).observer({
          ...{ limiter: network, credentialId: 'cafe', family: 'large', mode: 'hard' },
          waitUntil: () => {},
        } as const)
      const call = async (isolate: number, calls: number, [idleMs, thereMs, headMs]: [number, number, number]) => {
        const observer = observerOf(isolate)
        if ((await observer.admit(calls, true)) !== 'go') {
          kept++
          return
        }
        await sleep(idleMs)
        const one = async () => {
          const { sentAt, land } = observer.depart()
          await sleep(thereMs)
          const { status, requests } = provider.count()
          used++
          await sleep(headMs)
          land()
          observer.observe({ requests }, { status, sentAt })
        }
        await Promise.all(Array.from({ length: calls }, one))
      }
      // Everybody knows how little there is.
      const known = { requests: { limit: LIMIT, remaining, resetAt: provider.resetAt } }
      for (const i of offsets.keys()) observerOf(i).observe(known, { status: 200, sentAt: NOW - 1000 })
      await vi.advanceTimersByTimeAsync(1000)
      for (const { isolate, afterMs, calls, idleMs, thereMs, headMs } of requests) {
        if (Date.now() + afterMs > provider.resetAt - 5000) break
        await vi.advanceTimersByTimeAsync(afterMs)
        void call(isolate, calls, [idleMs, thereMs, headMs])
      }
      await vi.advanceTimersByTimeAsync(provider.resetAt - Date.now() - 1)
      expect(provider.refused).toBe(0)
      // All that was there can still be had, but for what is on its way; and when the window is over, a new one.
      await vi.advanceTimersByTimeAsync(WINDOW_MS)
      const before = used
      void call(0, 1, [0, 0, 0])
      await vi.advanceTimersByTimeAsync(5000)
      expect(used).toBe(before + 1)
    }),
    { numRuns: 300 },
  )
  // Both happened: some were sent, and some were not.
  expect(Math.min(used, kept)).toBeGreaterThan(300)
}, 60_000)
