// The law of the limiter: whatever isolates, networks and clocks do, no limit is ever passed. All limits at once: tokens are
// reserved, and settled at any time for less or more; requests run for a moment or for minutes; isolates die with requests
// under way.
import fc from 'fast-check'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Leases } from '../../src/limits/lease.ts'
import type { LimiterNamespace } from '../../src/limits/rpc.ts'
import { SLOTS_MS } from '../../src/limits/slots.ts'
import { Network, type Weather } from './network.ts'

const NOW = Date.UTC(2026, 10, 20, 23, 57)

beforeEach(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => {})
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const delay = fc.oneof(
  { weight: 20, arbitrary: fc.integer({ min: 0, max: 40 }) },
  { weight: 3, arbitrary: fc.integer({ min: 40, max: 3000 }) },
  { weight: 1, arbitrary: fc.constantFrom(9_999, 12_000, 59_990, 61_000) },
)
const weather: fc.Arbitrary<Weather> = fc.record({
  thereMs: delay,
  backMs: delay,
  fate: fc.oneof(
    { weight: 12, arbitrary: fc.constant('arrives' as const) },
    { weight: 1, arbitrary: fc.constantFrom('fails' as const, 'lost' as const, 'hung' as const) },
  ),
})
const pause = fc.oneof(
  { weight: 6, arbitrary: fc.record({ ms: fc.integer({ min: 0, max: 50 }) }) },
  { weight: 3, arbitrary: fc.record({ ms: fc.integer({ min: 50, max: 4000 }) }) },
  { weight: 1, arbitrary: fc.record({ ms: fc.constantFrom(6_700, 9_980, 10_020, 29_990, 30_010) }) },
  { weight: 5, arbitrary: fc.record({ edge: fc.integer({ min: -60, max: 30 }) }) },
)
const isolate = fc.nat({ max: 3 })
const act = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('burst' as const),
      isolate,
      requests: fc.integer({ min: 1, max: 3 }),
      tokens: fc.integer({ min: 0, max: 60 }),
      count: fc.integer({ min: 1, max: 20 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('evict' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('die' as const), isolate }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('step back' as const), ms: fc.integer({ min: 1, max: 5000 }) }),
  },
)
/** How long a request runs, and what it uses: in parts of what was reserved. */
const course = fc.record({
  ms: fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 300, max: 90_000 })),
  part: fc.oneof({ weight: 4, arbitrary: fc.double({ min: 0, max: 1, noNaN: true }) }, fc.constant(1), fc.constant(3)),
})
/** Not every key has every limit: one that binds first hides the others. */
const maybe = (limit: fc.Arbitrary<number>) =>
  fc.oneof({ weight: 2, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: limit })
const story = fc.record({
  requestsPerMinute: maybe(fc.integer({ min: 1, max: 100 })),
  requestsPerDay: maybe(fc.integer({ min: 1, max: 150 })),
  tokensPerMinute: fc.integer({ min: 60, max: 500 }),
  tokensPerDay: maybe(fc.integer({ min: 60, max: 3000 })),
  concurrent: fc.oneof({ weight: 3, arbitrary: fc.integer({ min: 3, max: 30 }) }, fc.constant(1000)),
  offsets: fc.array(fc.integer({ min: -5000, max: 5000 }), { minLength: 4, maxLength: 4 }),
  acts: fc.array(fc.tuple(pause, act), { minLength: 1, maxLength: 40 }),
  weathers: fc.infiniteStream(weather),
  courses: fc.infiniteStream(course),
})

const WINDOWS = ['requests_per_minute', 'requests_per_day', 'tokens_per_minute', 'tokens_per_day'] as const

interface Run {
  readonly at: number
  readonly requests: number
  readonly tokens: number
  settledAt: number
  used: number
}

/** An isolate, whose calls stop when it dies. */
class Isolate {
  readonly leases: Leases
  readonly holders = new Set<string>()
  readonly limiter: LimiterNamespace
  alive = true
  running = 0

  constructor(network: Network, offset: number) {
    this.leases = new Leases(() => Date.now() + offset)
    const silence = new Promise<never>(() => {})
    this.limiter = {
      getByName: (name) => {
        const stub = network.getByName(name)
        return {
          ...stub,
          lease: (ask) => {
            this.holders.add(ask.holder)
            return this.alive ? stub.lease(ask) : silence
          },
          giveBack: (ask) => (this.alive ? stub.giveBack(ask) : silence),
        }
      },
    }
  }

  /** No word of it came through for so long that the limiter must take it for dead. */
  isLost(network: Network): boolean {
    const heard = Math.max(...[...this.holders].map((holder) => network.heard.get(holder) ?? 0))
    return this.alive && this.running > 0 && Date.now() - heard >= SLOTS_MS
  }
}

it('never a request, a token or a slot too many', async () => {
  const most = { requests_per_minute: 0, requests_per_day: 0, tokens_per_minute: 0, tokens_per_day: 0, concurrent: 0 }
  let lapses = 0
  let stories = 0
  await fc.assert(
    fc.asyncProperty(story, async (told) => {
      vi.useFakeTimers({ now: NOW })
      stories++
      const network = new Network(() => told.weathers.next().value as Weather)
      const limits = {
        requests_per_minute: told.requestsPerMinute,
        requests_per_day: told.requestsPerDay,
        tokens_per_minute: told.tokensPerMinute,
        tokens_per_day: told.tokensPerDay,
        concurrent_requests: told.concurrent,
      }
      const isolates = told.offsets.map((offset) => new Isolate(network, offset))
      const runs: Run[] = []
      // Slots of an isolate that could not renew them for so long are given to others: nobody can do better.
      let lapsed = false
      let crowd = 0
      const granted = (one: Isolate, run: Run, settle: (tokens: number) => void) => {
        if (!one.alive) return
        runs.push(run)
        one.running += run.requests
        lapsed ||= isolates.some((isolate) => isolate.isLost(network))
        if (!lapsed) {
          const running = isolates.reduce((sum, { running }) => sum + running, 0)
          crowd = Math.max(crowd, running)
        }
        const { ms, part } = told.courses.next().value
        setTimeout(() => {
          if (!one.alive) return
          lapsed ||= isolates.some((isolate) => isolate.isLost(network))
          one.running -= run.requests
          run.used = Math.round(run.tokens * part)
          run.settledAt = Date.now()
          settle(run.used)
        }, ms)
      }
      for (const [wait, action] of told.acts) {
        const minute = network.begun('tokens_per_minute').at(-1) ?? Date.now()
        const ms = 'ms' in wait ? wait.ms : minute + 60_000 + wait.edge - Date.now()
        await vi.advanceTimersByTimeAsync(Math.max(0, ms))
        if (action.kind === 'evict') network.evict()
        else if (action.kind === 'step back') network.clockMs -= action.ms
        else if (action.kind === 'die') {
          const dead = isolates[action.isolate]
          if (dead) {
            dead.alive = false
            dead.running = 0
          }
          isolates[action.isolate] = new Isolate(network, told.offsets[action.isolate] ?? 0)
        } else {
          const one = isolates[action.isolate]
          for (let sent = 0; one && sent < action.count; sent++) {
            const { requests, tokens } = action
            const options = { limiter: one.limiter, keyId: 'key_1', limits, mode: 'hard', waitUntil: () => {} } as const
            const reservation = one.leases.reserve({ ...options, cost: { requests, tokens } })
            reservation.granted.then(
              () => {
                const run = { at: Date.now(), requests, tokens, settledAt: Number.POSITIVE_INFINITY, used: 0 }
                granted(one, run, reservation.settle)
              },
              () => reservation.settle(0),
            )
          }
        }
      }
      await vi.advanceTimersByTimeAsync(5000)
      if (lapsed) lapses++
      expect(crowd).toBeLessThanOrEqual(told.concurrent)
      most.concurrent = Math.max(most.concurrent, crowd / told.concurrent)
      for (const name of WINDOWS) {
        const max = limits[name] ?? Number.POSITIVE_INFINITY
        const begun = network.begun(name)
        for (const [i, from] of begun.entries()) {
          const to = begun[i + 1] ?? Number.POSITIVE_INFINITY
          // One that a debt began may have been noticed late.
          if (name === 'requests_per_minute') expect(to - from).toBeGreaterThanOrEqual(60_000)
          const within = runs.filter(({ at }) => at >= from && at < to)
          for (const { at: now } of within) {
            // What is reserved, and of what is over what it used of that.
            const sum = within
              .filter(({ at }) => at <= now)
              .reduce((all, { requests, tokens, settledAt, used }) => {
                if (name.startsWith('requests')) return all + requests
                return all + (settledAt <= now ? Math.min(used, tokens) : tokens)
              }, 0)
            expect(sum).toBeLessThanOrEqual(max)
            most[name] = Math.max(most[name], sum / max)
          }
        }
      }
      vi.clearAllTimers()
    }),
    { numRuns: 1000 },
  )
  // Not for want of asking: nearly all of each was granted.
  for (const part of Object.values(most)) expect(part).toBeGreaterThan(0.9)
  expect(lapses).toBeLessThan(stories / 4)
}, 120_000)
