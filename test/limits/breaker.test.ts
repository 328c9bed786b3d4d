import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  alive,
  and,
  type Breaker,
  CLOSED,
  failure,
  learn,
  NO_OUTCOMES,
  OPENS_AT,
  type Outcomes,
  phaseOf,
  probe,
} from '../../src/limits/breaker.ts'

const NOW = 1_800_000_000_000

const learned = (state: Breaker, ...seen: readonly Outcomes[]) =>
  seen.reduce((last, one) => learn(last, one, Math.max(one.failedAt, one.aliveAt)), state)
const failures = (count: number, at = NOW) => Array.from({ length: count }, (_, i) => failure(at + i, at + i - 5))
/** Open since `at`. */
const opened = (at = NOW) => learned(CLOSED, ...failures(OPENS_AT, at - OPENS_AT + 1))

describe('a breaker', () => {
  it('opens on failures in a row', () => {
    const almost = learned(CLOSED, ...failures(OPENS_AT - 1))
    expect(phaseOf(almost, NOW + 10)).toBe('closed')
    expect(phaseOf(learned(almost, failure(NOW + 10, NOW)), NOW + 10)).toBe('open')
  })

  it('begins to count anew after a sign of life', () => {
    const state = learned(CLOSED, ...failures(OPENS_AT - 1), alive(NOW + 10), ...failures(OPENS_AT - 1, NOW + 20))
    expect(phaseOf(state, NOW + 30)).toBe('closed')
    expect(state.failures).toBe(OPENS_AT - 1)
  })

  it('does not count failures that are long ago', () => {
    const state = learned(CLOSED, ...failures(OPENS_AT - 1), failure(NOW + 61_000, NOW + 60_500))
    expect(state.failures).toBe(1)
  })

  it('is half open after five seconds, and lets one request through', () => {
    const state = opened()
    expect(phaseOf(state, NOW + 4999)).toBe('open')
    expect(probe(state, NOW + 4999)).toEqual([state, false])
    expect(phaseOf(state, NOW + 5000)).toBe('half_open')
    const [probing, granted] = probe(state, NOW + 5000)
    expect(granted).toBe(true)
    expect(probe(probing, NOW + 5001)).toEqual([probing, false])
    // Nothing was heard of it.
    expect(probe(probing, NOW + 35_000)[1]).toBe(true)
  })

  it('closes on a sign of life, whoever gives it', () => {
    const [probing] = probe(opened(), NOW + 5000)
    expect(phaseOf(learned(probing, alive(NOW + 5100)), NOW + 5100)).toBe('closed')
    expect(phaseOf(learned(opened(), alive(NOW + 100)), NOW + 100)).toBe('closed')
    expect(learned(probing, alive(NOW + 5100)).trips).toBe(0)
  })

  it('opens again when the probe fails, each time for twice as long, up to a minute', () => {
    let state = opened()
    let now = NOW
    const waits = []
    for (let trip = 0; trip < 6; trip++) {
      const wait = (state.openUntil ?? 0) - now
      waits.push(wait)
      now += wait
      state = probe(state, now)[0]
      state = learn(state, failure(now, now), now)
    }
    expect(waits).toEqual([5000, 10_000, 20_000, 40_000, 60_000, 60_000])
  })

  it('is not opened for longer by what was sent before', () => {
    const state = opened()
    const [probing] = probe(state, NOW + 5000)
    expect(learned(state, failure(NOW + 100, NOW - 900)).openUntil).toBe(state.openUntil)
    expect(learned(probing, failure(NOW + 5100, NOW + 4900)).openUntil).toBe(probing.openUntil)
  })

  it('stays open for as long as the provider asks to be left alone, up to a minute', () => {
    const asking = (coolMs: number) =>
      learned(CLOSED, ...failures(OPENS_AT - 1, NOW - 9), failure(NOW, NOW, { coolMs }))
    expect(asking(30_000).openUntil).toBe(NOW + 30_000)
    expect(asking(900_000).openUntil).toBe(NOW + 60_000)
    expect(asking(1000).openUntil).toBe(NOW + 5000)
  })

  it('opens at once on a failure of such a weight', () => {
    expect(phaseOf(learned(CLOSED, failure(NOW, NOW, { weight: OPENS_AT })), NOW)).toBe('open')
  })

  it('hears of what happened elsewhere in whatever order', () => {
    const state = learned(CLOSED, ...failures(3))
    // Seen before the failures: no sign that they are over.
    expect(learn(state, alive(NOW - 10), NOW + 50).failures).toBe(3)
    // Failed before the target was seen alive.
    const healthy = learned(CLOSED, alive(NOW + 100))
    expect(learn(healthy, failure(NOW + 50, NOW), NOW + 200)).toEqual(healthy)
    // One after the other, and told at once.
    const told = [failure(NOW + 5, NOW), alive(NOW + 6), failure(NOW + 7, NOW), failure(NOW + 8, NOW)].reduce(
      and,
      NO_OUTCOMES,
    )
    expect(learn(state, told, NOW + 50)).toMatchObject({ failures: 2, aliveAt: NOW + 6 })
  })

  it('does not believe a clock that is ahead', () => {
    const ahead = learn(opened(), alive(NOW + 90_000), NOW + 10)
    expect(ahead.aliveAt).toBe(NOW + 10)
    expect(learn(ahead, failure(NOW + 20, NOW + 15), NOW + 20).failures).toBe(1)
  })
})

it('never lets two through at a time, opens only on a row of failures, and never stays open', () => {
  const event = fc.record({
    waitMs: fc.oneof(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 70_000 })),
    kind: fc.constantFrom('ask' as const, 'fails' as const, 'fails' as const, 'lives' as const),
    lateMs: fc.integer({ min: 0, max: 2000 }),
  })
  fc.assert(
    fc.property(fc.array(event, { maxLength: 80 }), (events) => {
      let [state, now, row, probedAt] = [CLOSED, NOW, 0, Number.NEGATIVE_INFINITY]
      for (const { waitMs, kind, lateMs } of events) {
        now += waitMs
        const before = phaseOf(state, now)
        if (kind === 'ask') {
          const [next, granted] = probe(state, now)
          if (granted) {
            expect(now - probedAt).toBeGreaterThanOrEqual(30_000)
            probedAt = now
          }
          state = next
        } else if (kind === 'lives') {
          state = learn(state, alive(now), now)
          ;[row, probedAt] = [0, Number.NEGATIVE_INFINITY]
          expect(phaseOf(state, now)).toBe('closed')
        } else {
          row++
          const wasOpenUntil = state.openUntil
          state = learn(state, failure(now, now - lateMs), now)
          if (state.openUntil !== wasOpenUntil && probedAt > 0) probedAt = Number.NEGATIVE_INFINITY
          if (before === 'closed' && phaseOf(state, now) === 'open') expect(row).toBeGreaterThanOrEqual(OPENS_AT)
        }
        expect(phaseOf(state, now + 60_001)).not.toBe('open')
      }
    }),
    { numRuns: 500 },
  )
})
