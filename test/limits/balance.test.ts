import { describe, expect, it } from 'vitest'
import { Balance } from '../../src/limits/balance.ts'
import type { Grant } from '../../src/limits/window.ts'

const NOW = 1_800_000_000_000

const grant = (units: number, { left = 100, startedAt = NOW, endsInMs = 60_000, forMs = 10_000 } = {}): Grant => ({
  units,
  forMs,
  views: [{ name: 'requests_per_minute', limit: 200, left, startedAt, endsInMs }],
})

/** Of a key with a limit of 200. */
function newBalance(): Balance {
  const balance = new Balance('requests')
  balance.obey({ requests_per_minute: 200 })
  return balance
}

describe('a balance', () => {
  it('is taken from until the lease ends', () => {
    const balance = newBalance()
    expect(balance.has(1, NOW)).toBe(false)
    balance.add(grant(3), NOW, NOW + 50)
    expect(balance.has(2, NOW + 9_999)).toBe(true)
    balance.take(2)
    expect(balance.has(2, NOW + 9_999)).toBe(false)
    expect(balance.has(1, NOW + 10_000)).toBe(false)
    expect(balance.units).toBe(1)
  })

  it('always has nothing', () => {
    expect(newBalance().has(0, NOW)).toBe(true)
  })

  it('adds up within one window, until the later end', () => {
    const balance = newBalance()
    balance.add(grant(3), NOW + 500, NOW + 510)
    // Asked before the other, answered after it.
    balance.add(grant(2), NOW, NOW + 600)
    expect(balance.has(5, NOW + 10_499)).toBe(true)
  })

  it('does not take units of one window into the next', () => {
    const balance = newBalance()
    balance.add(grant(3), NOW, NOW)
    balance.add(grant(4, { startedAt: NOW + 5000 }), NOW + 4999, NOW + 5001)
    expect(balance.units).toBe(4)
    expect(balance.ask(0, NOW + 5002).backs).toEqual([{ units: 3, from: { requests_per_minute: NOW } }])
  })

  it('gives back once what is left when the lease is over', () => {
    const balance = newBalance()
    balance.add(grant(3), NOW, NOW)
    balance.take(1)
    expect(balance.returns(NOW + 9_999)).toBeUndefined()
    expect(balance.returns(NOW + 10_000)).toEqual([{ units: 2, from: { requests_per_minute: NOW } }])
    expect(balance.returns(NOW + 10_000)).toBeUndefined()
    expect(balance.ask(1, NOW + 10_000)).toEqual({ need: 1, want: undefined, holds: 0, owed: 0, backs: undefined })
  })

  it('is nothing once cleared', () => {
    const balance = newBalance()
    balance.add(grant(3), NOW, NOW)
    balance.clear()
    expect(balance.has(1, NOW)).toBe(false)
    expect(balance.returns(NOW + 10_000)).toBeUndefined()
  })

  it('of limits that have changed goes back', () => {
    const balance = newBalance()
    balance.add(grant(3), NOW, NOW)
    balance.obey({ requests_per_minute: 200 })
    expect(balance.units).toBe(3)
    balance.obey({ requests_per_minute: 100 })
    expect(balance.units).toBe(0)
    expect(balance.returns(NOW)).toEqual([{ units: 3, from: { requests_per_minute: NOW } }])
  })
})

describe('what is reserved', () => {
  const holding = (units: number) => {
    const balance = newBalance()
    balance.add(grant(units), NOW, NOW)
    return balance
  }

  it('is told of until it is settled', () => {
    const balance = holding(10)
    const from = balance.reserve(6)
    expect(balance.awaits).toBe(true)
    expect(balance.ask(0, NOW).holds).toBe(10)
    balance.settle(6, 6, from, NOW)
    expect(balance.awaits).toBe(false)
    expect(balance.ask(0, NOW).holds).toBe(4)
  })
  it('and not used is there again while the lease lasts', () => {
    const balance = holding(10)
    balance.settle(6, 1, balance.reserve(6), NOW)
    expect(balance.units).toBe(9)
    expect(balance.returning).toBe(false)
  })
  it('goes back after the lease', () => {
    const balance = holding(10)
    balance.settle(6, 1, balance.reserve(6), NOW + 10_000)
    expect(balance.returning).toBe(true)
    expect(balance.returns(NOW + 10_000)).toEqual([{ units: 9, from: { requests_per_minute: NOW } }])
  })
  it('goes back to the windows that it was taken from', () => {
    const balance = holding(10)
    const from = balance.reserve(6)
    balance.add(grant(4, { startedAt: NOW + 60_000 }), NOW + 60_000, NOW + 60_000)
    const later = balance.reserve(2)
    balance.settle(6, 1, from, NOW + 60_001)
    balance.settle(2, 1, later, NOW + 60_001)
    expect(balance.units).toBe(3)
    expect(balance.returns(NOW + 60_001)).toEqual([{ units: 9, from: { requests_per_minute: NOW } }])
  })
  it('and passed is taken from the lease, and owed where that has not got it', () => {
    const balance = holding(10)
    balance.settle(6, 8, balance.reserve(6), NOW)
    expect([balance.units, balance.owed]).toEqual([2, 0])
    balance.settle(1, 9, balance.reserve(1), NOW)
    expect([balance.units, balance.owed]).toEqual([0, 7])
    expect(balance.ask(0, NOW).owed).toBe(7)
    expect(balance.owed).toBe(0)
  })
  it('is owed where the lease is over', () => {
    const balance = holding(10)
    balance.settle(6, 8, balance.reserve(6), NOW + 10_000)
    expect(balance.owed).toBe(2)
  })
  it('of many windows waits to go back for the last few only', () => {
    const balance = newBalance()
    for (let window = 0; window < 9; window++) {
      const startedAt = NOW + window * 60_000
      balance.add(grant(1, { startedAt }), startedAt, startedAt)
    }
    expect(balance.returns(NOW + 9 * 60_000)).toHaveLength(4)
  })
})

describe('what is asked for', () => {
  const used = (count: number) => {
    const balance = newBalance()
    balance.ask(1, NOW)
    balance.add(grant(50), NOW, NOW)
    for (let taken = 0; taken < count; taken++) balance.take(1)
    return balance
  }

  it('is left to the limiter at first', () => {
    const balance = newBalance()
    balance.owe(2)
    expect(balance.ask(1, NOW)).toEqual({ need: 1, want: undefined, holds: 0, owed: 2, backs: undefined })
  })
  it('is what ten seconds take at the pace of late, less what is there', () => {
    expect(used(30).ask(0, NOW + 2000)).toMatchObject({ want: 130, holds: 20, backs: undefined })
  })
  it('does not count what came back', () => {
    const balance = used(30)
    balance.settle(10, 0, balance.reserve(10), NOW)
    expect(balance.ask(0, NOW + 2000)).toMatchObject({ want: 130, holds: 20 })
  })
  it('does not take a moment for a pace', () => {
    expect(used(30).ask(0, NOW + 10)).toMatchObject({ want: 280 })
  })
  it('measures anew from then on', () => {
    const balance = used(30)
    balance.ask(0, NOW + 2000)
    balance.take(1)
    expect(balance.ask(0, NOW + 7000)).toMatchObject({ want: 0, holds: 2 })
  })
  it('sends back what is far more than the pace', () => {
    expect(used(1).ask(0, NOW + 5000)).toMatchObject({ want: 0, holds: 2, backs: [{ units: 47 }] })
    expect(used(1).ask(40, NOW + 5000)).toMatchObject({ want: 0, holds: 40, backs: [{ units: 9 }] })
  })
})

describe('a refill', () => {
  const holding = (units: number, taken: number, options = {}) => {
    const balance = newBalance()
    balance.add(grant(units, options), NOW, NOW)
    balance.take(taken)
    return balance
  }
  it('is due below half', () => {
    expect(holding(10, 5).runsLow(NOW)).toBe(false)
    expect(holding(10, 6).runsLow(NOW)).toBe(true)
  })
  it('is not worth a call for a few units', () => {
    expect(holding(3, 3).runsLow(NOW)).toBe(false)
  })
  it('is due before the lease ends', () => {
    expect(holding(10, 0).runsLow(NOW + 6_000)).toBe(false)
    expect(holding(10, 0).runsLow(NOW + 7_000)).toBe(true)
  })
  it('but not where the window ends with it', () => {
    expect(holding(10, 0, { endsInMs: 8_000, forMs: 8_000 }).runsLow(NOW + 7_000)).toBe(false)
  })
  it('waits two seconds where nothing is left', () => {
    expect(holding(10, 9, { left: 0 }).runsLow(NOW + 1999)).toBe(false)
    expect(holding(10, 9, { left: 0 }).runsLow(NOW + 2000)).toBe(true)
  })
  it('is never due without limits', () => {
    expect(new Balance('tokens').runsLow(NOW)).toBe(false)
  })
})

describe('exhausted', () => {
  it('is believed for two seconds, and not beyond the window', () => {
    const balance = newBalance()
    balance.add(grant(2, { left: 0 }), NOW, NOW)
    expect(balance.exhausted(2, NOW)).toBeUndefined()
    expect(balance.exhausted(3, NOW + 1999)).toMatchObject({ used: 198, resetAt: NOW + 60_000 })
    expect(balance.exhausted(3, NOW + 2000)).toBeUndefined()
    balance.add(grant(0, { left: 0, endsInMs: 500 }), NOW, NOW)
    expect(balance.exhausted(3, NOW + 500)).toBeUndefined()
  })

  it('is the window that lasts longest', () => {
    const balance = newBalance()
    const day = { name: 'requests_per_day', limit: 5, left: 0, startedAt: 1, endsInMs: 900_000 } as const
    const minute = { name: 'requests_per_minute', limit: 5, left: 0, startedAt: NOW, endsInMs: 60_000 } as const
    for (const views of [
      [day, minute],
      [minute, day],
    ]) {
      balance.add({ units: 0, forMs: 1, views }, NOW, NOW)
      expect(balance.exhausted(1, NOW)?.name).toBe('requests_per_day')
    }
  })

  it('lasts for as many windows as the debt takes', () => {
    const balance = new Balance('tokens')
    const owing = (over: number) => {
      const view = { name: 'tokens_per_minute', limit: 100, left: 0, startedAt: NOW, endsInMs: 60_000, over } as const
      balance.add({ units: 0, forMs: 1, views: [view] }, NOW, NOW)
      return ((balance.exhausted(40, NOW)?.resetAt ?? 0) - NOW) / 60_000
    }
    expect([0, 60, 61, 160, 161].map(owing)).toEqual([1, 1, 2, 2, 3])
    expect(balance.exhausted(40, NOW)?.used).toBe(261)
  })
})
