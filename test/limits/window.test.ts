import { describe, expect, it } from 'vitest'
import { type Limits, windowsOf } from '../../src/limits/spans.ts'
import { giveBack, LEASE_MS, type LeaseEvent, lease, look, NOTHING, type UnitState } from '../../src/limits/window.ts'

const NOW = Date.UTC(2026, 10, 20, 12)
const MINUTE = 60_000
const DAY = 86_400_000

/** A limiter of one key, whose state is replaced by what the functions return. */
function limiter(limits: Limits) {
  let state: UnitState = NOTHING
  return {
    get state() {
      return state
    },
    lease(event: Partial<LeaseEvent> = {}, now = NOW) {
      const full = { holder: 'a', unit: 'requests', limits, need: 1, holds: 0, owed: 0, ...event } as const
      const [next, grant] = lease(state, full, now)
      state = next
      return grant
    },
    back(units: number, from: Record<string, number>, now = NOW, holder = 'a') {
      const before = state.holders[holder]?.held ?? 0
      state = giveBack(state, { holder, backs: [{ units, from }] }, now)
      return before - (state.holders[holder]?.held ?? 0)
    },
    left: (now = NOW) => look(state, 'requests', limits, now).map(({ left }) => left),
  }
}

describe('the size of a lease', () => {
  it('is a twentieth of what is left for an isolate whose pace is unknown', () => {
    expect(limiter({ requests_per_minute: 100 }).lease().units).toBe(5)
  })
  it('is what is needed where that is more', () => {
    expect(limiter({ requests_per_minute: 100 }).lease({ need: 8 }).units).toBe(8)
    expect(limiter({ requests_per_minute: 10 }).lease().units).toBe(1)
  })
  it('is what is wanted, up to half of what is left', () => {
    expect(limiter({ requests_per_minute: 1000 }).lease({ want: 400 }).units).toBe(400)
    expect(limiter({ requests_per_minute: 1000 }).lease({ want: 900 }).units).toBe(500)
    expect(limiter({ requests_per_minute: 1000 }).lease({ need: 0, want: 0 }).units).toBe(0)
  })
  it('is smaller the more isolates there are', () => {
    const { lease: ask } = limiter({ requests_per_minute: 1000 })
    for (const holder of ['b', 'c', 'd']) ask({ holder })
    expect(ask({ want: 900 }).units).toBe(Math.floor((1000 - 50 - 47 - 45) / 8))
    // A lease's time later they are no longer counted.
    expect(ask({ want: 900 }, NOW + LEASE_MS).units).toBeGreaterThan(300)
  })
  it('is never more than is left, nor less than nothing', () => {
    const { lease: ask } = limiter({ requests_per_minute: 10 })
    expect(ask({ need: 50 }).units).toBe(10)
    expect(ask({ need: 1 }).units).toBe(0)
  })
  it('is nothing without limits', () => {
    expect(limiter({}).lease()).toEqual({ units: 0, forMs: LEASE_MS, views: [] })
  })
  it('leaves the state alone where nothing was granted', () => {
    const key = limiter({ requests_per_minute: 1 })
    key.lease()
    const { state } = key
    key.lease()
    expect(key.state).toBe(state)
  })
})

describe('a minute', () => {
  it('begins with its first use and lasts 60 s', () => {
    const { lease: ask } = limiter({ requests_per_minute: 2 })
    expect(ask({ need: 2 })).toEqual({
      units: 2,
      forMs: LEASE_MS,
      views: [{ name: 'requests_per_minute', limit: 2, left: 0, startedAt: NOW, endsInMs: MINUTE }],
    })
    expect(ask({}, NOW + MINUTE - 1).units).toBe(0)
    expect(ask({}, NOW + MINUTE)).toMatchObject({ units: 1, views: [{ startedAt: NOW + MINUTE }] })
  })
  it('does not begin with a question', () => {
    const grant = limiter({ requests_per_minute: 2 }).lease({ need: 0, want: 0 })
    expect(grant.views).toEqual([{ name: 'requests_per_minute', limit: 2, left: 2 }])
  })
  it('ends the lease with it', () => {
    const { lease: ask } = limiter({ requests_per_minute: 100 })
    ask()
    expect(ask({}, NOW + MINUTE - 7).forMs).toBe(7)
  })
  it('goes on when the clock steps back', () => {
    const { lease: ask } = limiter({ requests_per_minute: 2 })
    ask({ need: 2 })
    expect(ask({}, NOW - 5000).units).toBe(0)
  })
  it('but not for as long as the clock was wrong', () => {
    const { lease: ask } = limiter({ requests_per_minute: 2 })
    ask({ need: 2 })
    expect(ask({}, NOW - DAY).units).toBe(1)
  })
})

describe('a day', () => {
  it('begins at midnight UTC', () => {
    const { lease: ask } = limiter({ requests_per_day: 1 })
    expect(ask().views).toEqual([
      { name: 'requests_per_day', limit: 1, left: 0, startedAt: NOW - DAY / 2, endsInMs: DAY / 2 },
    ])
    expect(ask({}, NOW + DAY / 2 - 1).units).toBe(0)
    expect(ask({}, NOW + DAY / 2).units).toBe(1)
  })
  it('and a minute are counted together', () => {
    const key = limiter({ requests_per_minute: 5, requests_per_day: 8 })
    expect(key.lease({ need: 9 }).units).toBe(5)
    expect(key.left()).toEqual([0, 3])
    expect(key.lease({ need: 9 }, NOW + MINUTE).units).toBe(3)
    expect(key.left(NOW + MINUTE)).toEqual([2, 0])
  })
})

describe('units that come back', () => {
  it('can be leased again', () => {
    const key = limiter({ requests_per_minute: 10 })
    key.lease({ need: 10 })
    expect(key.back(4, { requests_per_minute: NOW })).toBe(4)
    expect(key.lease({ need: 9 }).units).toBe(4)
  })
  it('come back with the next question too', () => {
    const key = limiter({ requests_per_minute: 10 })
    key.lease({ need: 10 })
    const backs = [{ units: 4, from: { requests_per_minute: NOW } }]
    expect(key.lease({ need: 1, want: 0, backs }).units).toBe(1)
    expect(key.left()).toEqual([3])
  })
  it('are believed up to what the holder can have', () => {
    const key = limiter({ requests_per_minute: 10 })
    key.lease({ need: 3 })
    key.lease({ need: 3, holder: 'b' })
    expect(key.back(4, { requests_per_minute: NOW })).toBe(3)
    expect(key.back(4, { requests_per_minute: NOW })).toBe(0)
    expect(key.back(4, { requests_per_minute: NOW }, NOW, 'stranger')).toBe(0)
    expect(key.left()).toEqual([7])
  })
  it('count by what the holder says it still holds', () => {
    const key = limiter({ requests_per_minute: 100 })
    key.lease({ need: 30 })
    key.lease({ need: 1, want: 0, holds: 2 })
    expect(key.back(30, { requests_per_minute: NOW })).toBe(3)
  })
  it('are those of windows that still run', () => {
    const key = limiter({ requests_per_minute: 10, requests_per_day: 20 })
    const from = { requests_per_minute: NOW, requests_per_day: NOW - DAY / 2 }
    key.lease({ need: 5 })
    key.lease({ need: 1, holds: 4 }, NOW + MINUTE)
    key.back(4, from, NOW + MINUTE)
    expect(key.left(NOW + MINUTE)).toEqual([9, 18])
  })
  it('are remembered for as long as the lease is renewed', () => {
    const key = limiter({ requests_per_day: 10 })
    key.lease({ need: 5 })
    for (let ms = 0; ms <= 2 * MINUTE; ms += LEASE_MS) key.lease({ need: 0, want: 0, holds: 5 }, NOW + ms)
    expect(key.back(5, { requests_per_day: NOW - DAY / 2 }, NOW + 2 * MINUTE)).toBe(5)
  })
  it('are forgotten a minute after the lease', () => {
    const key = limiter({ requests_per_day: 10 })
    key.lease({ need: 5 })
    key.lease({ need: 1, holder: 'b' }, NOW + LEASE_MS + MINUTE)
    expect(key.back(4, { requests_per_day: NOW - DAY / 2 }, NOW + LEASE_MS + MINUTE)).toBe(0)
  })
})

describe('units that were let through without a lease', () => {
  it('are counted afterwards, even past the limit', () => {
    const key = limiter({ requests_per_minute: 10 })
    expect(key.lease({ need: 1, owed: 8 }).units).toBe(1)
    expect(key.left()).toEqual([1])
    expect(key.lease({ need: 1, owed: 5 })).toMatchObject({ units: 0, views: [{ left: 0 }] })
    expect(key.lease({}, NOW + MINUTE).units).toBe(1)
  })
})

describe('tokens', () => {
  const tokens = (limits: Limits) => {
    const key = limiter(limits)
    const views = (now: number) => look(key.state, 'tokens', limits, now)
    const ask = (event: Partial<LeaseEvent> = {}, now = NOW) => key.lease({ unit: 'tokens', ...event }, now)
    return { ask, views, back: key.back }
  }

  it('are leased like requests', () => {
    const { ask } = tokens({ tokens_per_minute: 1000, tokens_per_day: 800 })
    expect(ask({ need: 700 }).units).toBe(700)
    expect(ask({ need: 700 }).units).toBe(100)
  })
  it('used past the limit are a debt of the next window', () => {
    const { ask, views } = tokens({ tokens_per_minute: 1000 })
    ask({ need: 900 })
    expect(ask({ need: 0, want: 0, owed: 250 }).views).toEqual([
      { name: 'tokens_per_minute', limit: 1000, left: 0, startedAt: NOW, endsInMs: MINUTE, over: 150 },
    ])
    expect(views(NOW + MINUTE)).toEqual([
      { name: 'tokens_per_minute', limit: 1000, left: 850, startedAt: NOW + MINUTE, endsInMs: MINUTE },
    ])
    expect(ask({ need: 900 }, NOW + MINUTE).units).toBe(850)
  })
  it('owed in a window that has room are none', () => {
    const { ask, views } = tokens({ tokens_per_minute: 1000 })
    ask({ need: 0, want: 0, owed: 600 })
    expect(views(NOW)).toMatchObject([{ left: 400 }])
    expect(views(NOW + MINUTE)).toEqual([{ name: 'tokens_per_minute', limit: 1000, left: 1000 }])
  })
  it('of a debt larger than a window take the next ones whole', () => {
    const { ask, views } = tokens({ tokens_per_minute: 1000 })
    ask({ need: 0, want: 0, owed: 3400 })
    expect([1, 2, 3, 4].map((minutes) => views(NOW + minutes * MINUTE)[0]?.left)).toEqual([0, 0, 600, 1000])
    expect(ask({}, NOW + 2 * MINUTE)).toMatchObject({ units: 0, views: [{ over: 400, endsInMs: MINUTE }] })
    expect(ask({ need: 900 }, NOW + 3 * MINUTE).units).toBe(600)
  })
  it('of a debt are paid by time in which nothing is used', () => {
    const { ask, views } = tokens({ tokens_per_minute: 1000 })
    ask({ need: 0, want: 0, owed: 1500 })
    expect(views(NOW + MINUTE)).toMatchObject([{ left: 500, startedAt: NOW + MINUTE }])
    expect(views(NOW + 2 * MINUTE)).toEqual([{ name: 'tokens_per_minute', limit: 1000, left: 1000 }])
  })
  it('that come back pay a debt first', () => {
    const { ask, views, back } = tokens({ tokens_per_minute: 1000 })
    ask({ need: 900 })
    ask({ need: 0, want: 0, owed: 250, holds: 900 })
    back(100, { tokens_per_minute: NOW })
    expect(views(NOW)).toMatchObject([{ left: 0, over: 50 }])
    back(100, { tokens_per_minute: NOW })
    expect(views(NOW)).toMatchObject([{ left: 50 }])
    expect(views(NOW + MINUTE)).toMatchObject([{ left: 1000 }])
  })
  it('of a day owe to the next day', () => {
    const { ask, views } = tokens({ tokens_per_day: 1000 })
    ask({ need: 0, want: 0, owed: 1200 })
    expect(views(NOW + DAY)).toMatchObject([{ left: 800, startedAt: NOW + DAY / 2, endsInMs: DAY / 2 }])
  })
  it('of limits that were lowered are no debt', () => {
    const { ask } = tokens({ tokens_per_minute: 1000 })
    ask({ need: 900 })
    expect(ask({ need: 5, limits: { tokens_per_minute: 100 } }).units).toBe(0)
    expect(ask({ need: 5, limits: { tokens_per_minute: 100 } }, NOW + MINUTE).units).toBe(5)
  })
  it('are a debt, requests are not', () => {
    const key = limiter({ requests_per_minute: 10 })
    key.lease({ need: 1, owed: 15 })
    expect(key.left(NOW + MINUTE)).toEqual([10])
  })
})

it('windows of a newer version are passed over', () => {
  const windows = { requests_per_hour: { startedAt: NOW, used: 9 } } as UnitState['windows']
  const event = {
    holder: 'a',
    unit: 'requests',
    limits: { requests_per_minute: 5 },
    need: 1,
    holds: 0,
    owed: 0,
  } as const
  expect(lease({ windows, holders: {} }, event, NOW)[1].units).toBe(1)
})

describe('limits', () => {
  it('may be lowered below what is used', () => {
    const key = limiter({ requests_per_minute: 10 })
    key.lease({ need: 8 })
    expect(key.lease({ limits: { requests_per_minute: 5 } })).toMatchObject({ units: 0, views: [{ left: 0 }] })
    expect(key.lease({ limits: { requests_per_minute: 20 }, need: 20 }).units).toBe(12)
  })
  it('that are not of windows are passed over', () => {
    const limits = { concurrent_requests: 3, requests_per_minute: undefined, requests_per_day: 5 }
    expect(windowsOf('requests', limits)).toEqual([['requests_per_day', 5]])
    expect(windowsOf('tokens', limits)).toEqual([])
  })
})
