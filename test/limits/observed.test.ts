import { describe, expect, it } from 'vitest'
import type { Reading } from '../../src/limits/meters.ts'
import { current, fuse, isTight, type Sightings, seenAt } from '../../src/limits/observed.ts'

const NOW = 1_800_000_000_000
const requests = (reading: Reading, at = NOW): Sightings => seenAt({ requests: reading }, at)

/** All that was seen, in the order it arrived. */
const fused = (now: number, ...all: Sightings[]) =>
  current(
    all.reduce((state, seen) => fuse(state, seen, now), {}),
    now,
  )

describe('fuse', () => {
  const resetAt = NOW + 30_000

  it('takes the least remaining within one window, in whatever order it was seen', () => {
    const a = requests({ limit: 50, remaining: 9, resetAt }, NOW)
    const b = requests({ limit: 50, remaining: 8, resetAt: resetAt + 400 }, NOW - 20)
    expect(fused(NOW, a, b)).toEqual({ requests: { limit: 50, remaining: 8, resetAt } })
    expect(fused(NOW, b, a)).toEqual({ requests: { limit: 50, remaining: 8, resetAt } })
  })

  it('never lets an older answer override a newer one of another window', () => {
    const newer = requests({ limit: 50, remaining: 40, resetAt: resetAt + 60_000 }, NOW)
    const older = requests({ limit: 50, remaining: 0, resetAt }, NOW - 100)
    expect(fused(NOW, newer, older)).toEqual(fused(NOW, older, newer))
    expect(fused(NOW, newer, older)).toEqual({ requests: { limit: 50, remaining: 40, resetAt: resetAt + 60_000 } })
  })

  it('goes by when requests were sent, not by when their answers came', () => {
    const sent = (remaining: number, sentAt: number, at: number) =>
      seenAt({ requests: { limit: 50, remaining, resetAt: at + 60_000 - remaining } }, at, sentAt)
    const [late, soon] = [sent(40, NOW - 30_000, NOW), sent(2, NOW - 10_000, NOW - 9000)]
    for (const order of [
      [late, soon],
      [soon, late],
    ]) {
      expect(fused(NOW, ...order).requests?.remaining).toBe(2)
    }
  })

  it('and of those that were sent together, takes the one that was counted last', () => {
    // Where a window fills up unit by unit each answer has a reset of its own.
    const burst = [3, 1, 2].map((left) =>
      seenAt({ requests: { limit: 60, remaining: left, resetAt: NOW + 60_000 - left * 2000 } }, NOW + left, NOW),
    )
    expect(fused(NOW + 5, ...burst).requests?.remaining).toBe(1)
    expect(fused(NOW + 5, ...burst.toReversed()).requests?.remaining).toBe(1)
  })

  it('lets what remains rise again where nothing tells windows apart', () => {
    const before = requests({ limit: 60, remaining: 1 }, NOW - 5000)
    expect(fused(NOW, before, requests({ limit: 60, remaining: 59 }))).toEqual({
      requests: { limit: 60, remaining: 59 },
    })
  })

  it('keeps what the newer answer does not say of the same window', () => {
    const full = requests({ limit: 50, remaining: 4, resetAt }, NOW - 10)
    expect(fused(NOW, full, requests({ resetAt }))).toEqual({ requests: { limit: 50, remaining: 4, resetAt } })
    expect(fused(NOW, requests({ resetAt }, NOW - 10), requests({ resetAt }))).toEqual({ requests: { resetAt } })
  })

  it('ignores what was seen of a window that is over', () => {
    expect(fused(NOW, requests({ remaining: 0, resetAt: NOW - 5000 }, NOW - 9000))).toEqual({})
  })

  it('replaces a window that is over', () => {
    const before = requests({ remaining: 0, resetAt: NOW + 100 }, NOW - 9000)
    const after = requests({ remaining: 7, resetAt: NOW + 900 }, NOW + 200)
    const state = fuse(fuse({}, before, NOW), after, NOW + 200)
    expect(current(state, NOW + 200)).toEqual({ requests: { remaining: 7, resetAt: NOW + 900 } })
  })

  it('does not let a clock that is ahead outlast the others', () => {
    const ahead = requests({ remaining: 1 }, NOW + 50_000)
    const state = fuse(fuse({}, ahead, NOW), requests({ remaining: 5 }, NOW + 10), NOW + 10)
    expect(current(state, NOW + 10)).toEqual({ requests: { remaining: 5 } })
  })

  it('keeps units apart', () => {
    const tokens = seenAt({ tokens: { remaining: 5 } }, NOW)
    expect(fused(NOW, requests({ remaining: 1 }), tokens)).toEqual({
      requests: { remaining: 1 },
      tokens: { remaining: 5 },
    })
  })
})

describe('current', () => {
  it('forgets a window after its reset, but not before its answer has gone out', () => {
    const full = requests({ limit: 5, remaining: 5, resetAt: NOW })
    expect(current(full, NOW + 1999)).toHaveProperty('requests')
    expect(current(full, NOW + 2000)).toEqual({})
    expect(current(requests({ remaining: 5, resetAt: NOW + 5000 }), NOW + 5000)).toEqual({})
  })

  it('forgets a window without a reset after a minute', () => {
    expect(current(requests({ remaining: 5 }), NOW + 59_999)).toHaveProperty('requests')
    expect(current(requests({ remaining: 5 }), NOW + 60_000)).toEqual({})
  })
})

describe('isTight', () => {
  it.each<[Reading, boolean]>([
    [{ limit: 100, remaining: 30 }, false],
    [{ limit: 100, remaining: 29 }, true],
    [{ limit: 0, remaining: 0 }, true],
    [{ remaining: 0 }, true],
    [{ remaining: 1 }, false],
    [{ limit: 100 }, false],
  ])('%j: %s', (reading, tight) => {
    expect(isTight({ tokens: { limit: 10, remaining: 10 }, requests: reading })).toBe(tight)
  })
})
