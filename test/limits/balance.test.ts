import { describe, expect, it } from 'vitest'
import { Balance } from '../../src/limits/balance.ts'
import type { Grant } from '../../src/limits/window.ts'

const NOW = 1_800_000_000_000

const grant = (units: number, { left = 100, startedAt = NOW, endsInMs = 60_000, forMs = 10_000 } = {}): Grant => ({
  units,
  forMs,
  views: [{ name: 'requests_per_minute', limit: 200, left, startedAt, endsInMs }],
})

describe('a balance', () => {
  it('is taken from until the lease ends', () => {
    const balance = new Balance()
    expect(balance.take(1, NOW)).toBe(false)
    balance.add(grant(3), NOW, NOW + 50)
    expect(balance.take(2, NOW + 9_999)).toBe(true)
    expect(balance.take(2, NOW + 9_999)).toBe(false)
    expect(balance.take(1, NOW + 10_000)).toBe(false)
    expect(balance.units).toBe(1)
  })

  it('adds up within one window, until the later end', () => {
    const balance = new Balance()
    balance.add(grant(3), NOW + 500, NOW + 510)
    // Asked before the other, answered after it.
    balance.add(grant(2), NOW, NOW + 600)
    expect(balance.take(5, NOW + 10_499)).toBe(true)
  })

  it('does not take units of one window into the next', () => {
    const balance = new Balance()
    balance.add(grant(3), NOW, NOW)
    balance.add(grant(4, { startedAt: NOW + 5000 }), NOW + 4999, NOW + 5001)
    expect(balance.units).toBe(4)
    expect(balance.ask(0, 0, NOW + 5002).back).toEqual({ units: 3, from: { requests_per_minute: NOW } })
  })

  it('gives back once what is left when the lease is over', () => {
    const balance = new Balance()
    balance.add(grant(3), NOW, NOW)
    balance.take(1, NOW)
    expect(balance.expire(NOW + 9_999)).toBeUndefined()
    expect(balance.expire(NOW + 10_000)).toEqual({ units: 2, from: { requests_per_minute: NOW } })
    expect(balance.expire(NOW + 10_000)).toBeUndefined()
    expect(balance.ask(1, 0, NOW + 10_000)).toEqual({ need: 1, want: undefined, holds: 0, owed: 0, back: undefined })
  })

  it('is nothing once cleared', () => {
    const balance = new Balance()
    balance.add(grant(3), NOW, NOW)
    balance.clear()
    expect(balance.take(1, NOW)).toBe(false)
    expect(balance.expire(NOW + 10_000)).toBeUndefined()
  })
})

describe('what is asked for', () => {
  const used = (count: number) => {
    const balance = new Balance()
    balance.ask(1, 0, NOW)
    balance.add(grant(50), NOW, NOW)
    for (let taken = 0; taken < count; taken++) balance.take(1, NOW)
    return balance
  }

  it('is left to the limiter at first', () => {
    expect(new Balance().ask(1, 2, NOW)).toEqual({ need: 1, want: undefined, holds: 0, owed: 2, back: undefined })
  })
  it('is what ten seconds take at the pace of late, less what is there', () => {
    expect(used(30).ask(0, 0, NOW + 2000)).toMatchObject({ want: 130, holds: 20, back: undefined })
  })
  it('does not take a moment for a pace', () => {
    expect(used(30).ask(0, 0, NOW + 10)).toMatchObject({ want: 280 })
  })
  it('measures anew from then on', () => {
    const balance = used(30)
    balance.ask(0, 0, NOW + 2000)
    balance.take(1, NOW + 2000)
    expect(balance.ask(0, 0, NOW + 7000)).toMatchObject({ want: 0, holds: 2 })
  })
  it('sends back what is far more than the pace', () => {
    expect(used(1).ask(0, 0, NOW + 5000)).toMatchObject({ want: 0, holds: 2, back: { units: 47 } })
    expect(used(1).ask(40, 0, NOW + 5000)).toMatchObject({ want: 0, holds: 40, back: { units: 9 } })
  })
})

describe('a refill', () => {
  const holding = (units: number, taken: number, options = {}) => {
    const balance = new Balance()
    balance.add(grant(units, options), NOW, NOW)
    balance.take(taken, NOW)
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
})

describe('exhausted', () => {
  it('is believed for two seconds, and not beyond the window', () => {
    const balance = new Balance()
    balance.add(grant(2, { left: 0 }), NOW, NOW)
    expect(balance.exhausted(2, NOW)).toBeUndefined()
    expect(balance.exhausted(3, NOW + 1999)).toMatchObject({ used: 198, resetAt: NOW + 60_000 })
    expect(balance.exhausted(3, NOW + 2000)).toBeUndefined()
    balance.add(grant(0, { left: 0, endsInMs: 500 }), NOW, NOW)
    expect(balance.exhausted(3, NOW + 500)).toBeUndefined()
  })

  it('is the window that lasts longest', () => {
    const balance = new Balance()
    const day = { name: 'requests_per_day', limit: 5, left: 0, startedAt: 1, endsInMs: 900_000 } as const
    const minute = { name: 'requests_per_minute', limit: 5, left: 0, startedAt: NOW, endsInMs: 60_000 } as const
    for (const views of [
      [day, minute],
      [minute, day],
    ]) {
      balance.add({ units: 0, forMs: 1, views }, NOW, NOW)
      expect(balance.exhausted(1, NOW)?.view).toBe(day)
    }
  })
})
