// The law of the limiter: whatever isolates, networks and clocks do, no window ever grants more than its limit.
import fc from 'fast-check'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Leases } from '../../src/limits/lease.ts'
import { Network, type Weather } from './network.ts'

const NOW = Date.UTC(2026, 10, 20, 23, 58)

beforeEach(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => {})
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const delay = fc.oneof(
  { weight: 12, arbitrary: fc.integer({ min: 0, max: 40 }) },
  { weight: 2, arbitrary: fc.integer({ min: 40, max: 3000 }) },
  // An answer can come after the lease, and after the window.
  { weight: 1, arbitrary: fc.constantFrom(9_999, 12_000, 59_990, 61_000) },
)
const weather: fc.Arbitrary<Weather> = fc.record({
  thereMs: delay,
  backMs: delay,
  fate: fc.oneof(
    { weight: 8, arbitrary: fc.constant('arrives' as const) },
    { weight: 1, arbitrary: fc.constantFrom('fails' as const, 'lost' as const, 'hung' as const) },
  ),
})
/** A time to wait, or a moment about the end of the minute that runs. */
const pause = fc.oneof(
  { weight: 6, arbitrary: fc.record({ ms: fc.integer({ min: 0, max: 50 }) }) },
  { weight: 2, arbitrary: fc.record({ ms: fc.integer({ min: 50, max: 4000 }) }) },
  { weight: 1, arbitrary: fc.record({ ms: fc.constantFrom(6_700, 9_980, 10_000, 10_020) }) },
  { weight: 3, arbitrary: fc.record({ edge: fc.integer({ min: -60, max: 10 }) }) },
)
const isolate = fc.nat({ max: 3 })
const act = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('burst' as const),
      isolate,
      requests: fc.integer({ min: 1, max: 3 }),
      count: fc.integer({ min: 1, max: 40 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('evict' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('die' as const), isolate }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('step back' as const), ms: fc.integer({ min: 1, max: 5000 }) }),
  },
)
const story = fc.record({
  limit: fc.integer({ min: 1, max: 100 }),
  perDay: fc.option(fc.integer({ min: 1, max: 150 }), { nil: undefined }),
  offsets: fc.array(fc.integer({ min: -5000, max: 5000 }), { minLength: 4, maxLength: 4 }),
  acts: fc.array(fc.tuple(pause, act), { minLength: 1, maxLength: 40 }),
  weathers: fc.infiniteStream(weather),
})

it('never one too many', async () => {
  let most = 0
  await fc.assert(
    fc.asyncProperty(story, async ({ limit, perDay, offsets, acts, weathers }) => {
      vi.useFakeTimers({ now: NOW })
      const network = new Network(() => weathers.next().value as Weather)
      const limits = { requests_per_minute: limit, requests_per_day: perDay }
      const isolates = offsets.map((offset) => new Leases(() => Date.now() + offset))
      const grants: { readonly at: number; readonly requests: number }[] = []
      for (const [wait, action] of acts) {
        const minute = network.begun('requests_per_minute').at(-1) ?? Date.now()
        const ms = 'ms' in wait ? wait.ms : minute + 60_000 + wait.edge - Date.now()
        await vi.advanceTimersByTimeAsync(Math.max(0, ms))
        if (action.kind === 'evict') network.evict()
        else if (action.kind === 'step back') network.clockMs -= action.ms
        else if (action.kind === 'die') {
          const offset = offsets[action.isolate] ?? 0
          isolates[action.isolate] = new Leases(() => Date.now() + offset)
        } else {
          for (let sent = 0; sent < action.count; sent++) {
            const { requests } = action
            isolates[action.isolate]
              ?.reserve({
                limiter: network,
                keyId: 'key_1',
                limits,
                mode: 'hard',
                requests,
                waitUntil: () => {},
              })
              .granted.then(
                () => grants.push({ at: Date.now(), requests }),
                () => {},
              )
          }
        }
      }
      await vi.advanceTimersByTimeAsync(5000)
      for (const [name, max] of [
        ['requests_per_minute', limit],
        ['requests_per_day', perDay ?? Number.POSITIVE_INFINITY],
      ] as const) {
        const begun = network.begun(name)
        for (const [at, from] of begun.entries()) {
          const to = begun[at + 1] ?? Number.POSITIVE_INFINITY
          if (name === 'requests_per_minute') expect(to - from).toBeGreaterThanOrEqual(60_000)
          const sum = grants.reduce((all, grant) => all + (grant.at >= from && grant.at < to ? grant.requests : 0), 0)
          expect(sum).toBeLessThanOrEqual(max)
          most = Math.max(most, sum / max)
        }
      }
    }),
    { numRuns: 500 },
  )
  // Not for want of asking: some window was granted to the last.
  expect(most).toBe(1)
}, 60_000)
