import { describe, expect, it } from 'vitest'
import type { Reading, Windows } from '../../src/limits/meters.ts'
import { seenAt } from '../../src/limits/observed.ts'
import { blockOf, fuseStanding, mayProbe, type Standing, UNKNOWN, validIn } from '../../src/limits/standing.ts'

const NOW = 1_800_000_000_000
const spent: Reading = { limit: 60, remaining: 0, resetAt: NOW + 30_000 }
const seen = (windows: Windows, sentAt = NOW): Standing => ({ seen: seenAt(windows, NOW, sentAt) })

describe('what holds requests back', () => {
  it.each<[string, Windows]>([
    ['nothing known', {}],
    ['something left', { requests: { ...spent, remaining: 1 } }],
    ['no end known', { requests: { limit: 60, remaining: 0 } }],
    ['an end that is past', { requests: { ...spent, resetAt: NOW } }],
    ['a remaining that nobody told', { requests: { limit: 60, resetAt: NOW + 30_000 } }],
    ['a window of nothing', { requests: { ...spent, limit: 0 } }],
  ])('is not %s', (_, windows) => {
    expect(blockOf(seen(windows), NOW)).toBeUndefined()
  })

  it('is a window that is spent, until it ends', () => {
    const standing = seen({ requests: spent })
    expect(blockOf(standing, NOW)).toEqual({ unit: 'requests', reading: spent, since: NOW, until: NOW + 30_000 })
    expect(blockOf(standing, NOW + 29_999)).toBeDefined()
    expect(blockOf(standing, NOW + 30_000)).toBeUndefined()
  })

  it('is the last of several to end', () => {
    const tokens = { ...spent, resetAt: NOW + 40_000 }
    expect(blockOf(seen({ requests: spent, tokens }), NOW)?.unit).toBe('tokens')
    expect(blockOf(seen({ tokens, requests: spent }), NOW)?.until).toBe(NOW + 40_000)
  })

  it('is a wait that was asked for, even where the window says more', () => {
    const standing = { ...seen({ requests: spent }), pause: { sentAt: NOW, until: NOW + 2000 } }
    expect(blockOf(standing, NOW)).toEqual({ unit: 'requests', reading: spent, since: NOW, until: NOW + 2000 })
    expect(blockOf(standing, NOW + 2000)).toBeUndefined()
    expect(validIn(standing)).toEqual({ windows: [], pause: standing.pause })
    expect(blockOf({ seen: {}, pause: { sentAt: NOW, until: NOW + 2000 } }, NOW)).toEqual({
      since: NOW,
      until: NOW + 2000,
    })
  })

  it('is a window again that was seen after the wait was asked for', () => {
    const standing = { ...seen({ requests: spent }, NOW + 10), pause: { sentAt: NOW, until: NOW + 2000 } }
    expect(blockOf(standing, NOW + 20)?.until).toBe(NOW + 30_000)
  })

  it('is over when a request that was sent later was answered well', () => {
    const standing = { ...seen({ requests: spent }), pause: { sentAt: NOW, until: NOW + 20_000 } }
    expect(blockOf({ ...standing, goodAt: NOW + 1001 }, NOW + 1100)).toBeUndefined()
    // On its way together with the one that was refused, and counted before it.
    expect(blockOf({ ...standing, goodAt: NOW + 1000 }, NOW + 1100)).toBeDefined()
  })
})

describe('a block is tried', () => {
  const at = (block: object, now: number, { probedAt = 0, refills = ['requests', 'tokens'] as const } = {}) =>
    mayProbe({ since: NOW, until: NOW + 60_000, ...block }, probedAt, refills, now)

  it('once a minute, because limits are raised', () => {
    expect(at({ until: NOW + 86_400_000 }, NOW + 59_999)).toBe(false)
    expect(at({ until: NOW + 86_400_000 }, NOW + 60_000)).toBe(true)
    expect(at({ until: NOW + 86_400_000 }, NOW + 119_000, { probedAt: NOW + 60_000 })).toBe(false)
    expect(
      at({ unit: 'requests', reading: spent, until: NOW + 86_400_000 }, NOW + 9000, { refills: [] as never }),
    ).toBe(false)
  })

  it('as often as a unit comes back, where they come back one by one, but not every moment', () => {
    const day = { unit: 'requests', reading: { ...spent, limit: 14_400 }, until: NOW + 86_400_000 } as const
    expect([5999, 6000].map((ms) => at(day, NOW + ms))).toEqual([false, true])
    const minute = { unit: 'requests', reading: { ...spent, limit: 600 } } as const
    expect([999, 1000].map((ms) => at(minute, NOW + ms))).toEqual([false, true])
  })

  it('and of tokens as soon as there is a part of them', () => {
    const tokens = { unit: 'tokens', reading: { ...spent, limit: 1_000_000 } } as const
    expect([2999, 3000].map((ms) => at(tokens, NOW + ms))).toEqual([false, true])
  })
})

describe('views become one', () => {
  it('with the wait that was asked for last', () => {
    const [earlier, later] = [
      { seen: {}, pause: { sentAt: NOW, until: NOW + 9000 } },
      { seen: {}, pause: { sentAt: NOW + 1, until: NOW + 2000 } },
    ]
    expect(fuseStanding(earlier, later, NOW + 5).pause).toEqual(later.pause)
    expect(fuseStanding(later, earlier, NOW + 5).pause).toEqual(later.pause)
    const longer = { seen: {}, pause: { sentAt: NOW, until: NOW + 9001 } }
    expect(fuseStanding(earlier, longer, NOW).pause).toEqual(longer.pause)
    expect(fuseStanding(longer, earlier, NOW).pause).toEqual(longer.pause)
    expect(fuseStanding(UNKNOWN, earlier, NOW).pause).toEqual(earlier.pause)
  })

  it('with the latest times, but none that are still to come', () => {
    const both = fuseStanding(
      { seen: {}, goodAt: NOW, probedAt: NOW + 2 },
      { seen: {}, goodAt: NOW + 9, probedAt: NOW },
      NOW + 5,
    )
    expect(both).toEqual({ seen: {}, goodAt: NOW + 5, probedAt: NOW + 2 })
  })

  it('but for the breaker, which is a count', () => {
    const breaker = { failures: 3, failedAt: NOW, aliveAt: 0, trips: 0 }
    expect(fuseStanding(UNKNOWN, { seen: {}, breaker }, NOW)).toEqual(UNKNOWN)
    expect(fuseStanding({ seen: {}, breaker }, UNKNOWN, NOW)).toEqual({ seen: {}, breaker })
  })
})
