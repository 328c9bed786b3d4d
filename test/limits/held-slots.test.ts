import { describe, expect, it } from 'vitest'
import { HeldSlots } from '../../src/limits/held-slots.ts'

const NOW = 1_800_000_000_000

/** Slots of a key that has so many, of which some were granted and some are in use. */
function holding(units: number, busy: number, { limit = 100, left = 100 - units, alone = false } = {}): HeldSlots {
  const slots = new HeldSlots()
  slots.obey(limit)
  const { said } = slots.ask(units, NOW)
  slots.add({ said, units, forMs: 30_000, limit, left, alone }, NOW, NOW)
  slots.take(busy)
  return slots
}

describe('held slots', () => {
  it('are taken and released until the lease ends', () => {
    const slots = holding(3, 2)
    expect(slots.has(1, NOW + 29_999)).toBe(true)
    expect(slots.has(2, NOW)).toBe(false)
    expect(slots.has(1, NOW + 30_000)).toBe(false)
    slots.release(1)
    expect(slots.has(2, NOW)).toBe(true)
    expect(slots.has(0, NOW + 30_000)).toBe(true)
  })
  it('come only with the answer to the last word', () => {
    const slots = new HeldSlots()
    slots.obey(10)
    const first = slots.ask(2, NOW)
    const second = slots.ask(2, NOW)
    expect(second.said).toBeGreaterThan(first.said)
    slots.add({ said: first.said, units: 2, forMs: 30_000, limit: 10, left: 8, alone: true }, NOW, NOW)
    expect(slots.has(1, NOW)).toBe(false)
    slots.add({ said: second.said, units: 2, forMs: 30_000, limit: 10, left: 8, alone: true }, NOW, NOW)
    expect(slots.has(2, NOW)).toBe(true)
  })
  it('of a limit that has changed are those in use', () => {
    const slots = holding(5, 2)
    slots.obey(100)
    expect(slots.idle).toBe(3)
    slots.obey(50)
    expect(slots.idle).toBe(0)
    expect(slots.crowded(1, NOW)).toBeUndefined()
  })
  it('are none once cleared', () => {
    const slots = holding(5, 2)
    slots.clear()
    expect(slots.has(1, NOW)).toBe(false)
  })
})

describe('what is asked for', () => {
  it('is left to the limiter at first', () => {
    const slots = new HeldSlots()
    slots.obey(10)
    expect(slots.ask(2, NOW)).toEqual({ said: 1, keep: 0, need: 2, want: undefined })
  })
  it('keeps what was in use of late, and some to spare', () => {
    const slots = holding(20, 8)
    slots.release(4)
    expect(slots.ask(0, NOW)).toMatchObject({ keep: 11, want: 0 })
    expect(slots.idle).toBe(7)
    expect(slots.ask(0, NOW)).toMatchObject({ keep: 6, want: 0 })
  })
  it('is more where more are in use', () => {
    expect(holding(10, 10).ask(2, NOW)).toMatchObject({ keep: 10, need: 2, want: 6 })
  })
  it('keeps only what is in use of a lease that is over', () => {
    expect(holding(10, 4).ask(0, NOW + 30_000)).toMatchObject({ keep: 4 })
  })
  it('keeps what is in use without a lease', () => {
    const slots = new HeldSlots()
    slots.obey(2)
    slots.take(3)
    expect(slots.ask(1, NOW)).toMatchObject({ keep: 3, need: 1 })
  })
  it('once more is another word', () => {
    const slots = holding(10, 4)
    const terms = slots.ask(1, NOW)
    slots.take(1)
    expect(slots.repeat(terms)).toEqual({ ...terms, said: terms.said + 1 })
  })
})

describe('slots run low', () => {
  it('when an eighth is left', () => {
    expect(holding(16, 14).runsLow(NOW)).toBe(false)
    expect(holding(16, 15).runsLow(NOW)).toBe(true)
  })
  it('before those not in use go back', () => {
    expect(holding(16, 0).runsLow(NOW + 6_600)).toBe(false)
    expect(holding(16, 0).runsLow(NOW + 6_700)).toBe(true)
  })
  it('but are not asked for at once where none were given', () => {
    const slots = holding(0, 0, { left: 0 })
    slots.take(1)
    expect(slots.runsLow(NOW + 999)).toBe(false)
    expect(slots.runsLow(NOW + 1000)).toBe(true)
  })
  it('never without a limit', () => {
    expect(new HeldSlots().runsLow(NOW)).toBe(false)
  })
})

describe('slots in use', () => {
  it('are due to be renewed ten seconds after they were', () => {
    expect(holding(2, 1).isDue(NOW + 9_999)).toBe(false)
    expect(holding(2, 1).isDue(NOW + 10_000)).toBe(true)
    expect(holding(2, 0).isDue(NOW + 10_000)).toBe(false)
  })
})

describe('slots not in use', () => {
  it('are spare at once where little is left', () => {
    expect(holding(2, 1, { limit: 8, left: 2 }).isSpare(NOW)).toBe(false)
    expect(holding(2, 1, { limit: 8, left: 1 }).isSpare(NOW)).toBe(true)
    expect(holding(2, 2, { limit: 8, left: 1 }).isSpare(NOW)).toBe(false)
    expect(holding(2, 1, { limit: 8, left: 1, alone: true }).isSpare(NOW)).toBe(false)
    expect(holding(2, 1, { limit: 8, left: 0, alone: true }).isSpare(NOW)).toBe(true)
  })
  it('are spare after a lease’s time', () => {
    expect(holding(2, 1).isSpare(NOW + 9_999)).toBe(false)
    expect(holding(2, 1).isSpare(NOW + 10_000)).toBe(true)
  })
  it('come back by themselves when the lease is over', () => {
    expect(holding(2, 1).isSpare(NOW + 30_000)).toBe(false)
  })
  it('are given up with a word', () => {
    const slots = holding(5, 2)
    expect(slots.returns()).toEqual({ said: 2, keep: 2 })
    expect(slots.has(1, NOW)).toBe(false)
  })
})

describe('a crowd', () => {
  it('is believed in for half a second', () => {
    const slots = holding(2, 2, { limit: 4, left: 1 })
    expect(slots.crowded(1, NOW)).toBeUndefined()
    expect(slots.crowded(2, NOW + 499)).toEqual({ limit: 4, used: 3 })
    expect(slots.crowded(2, NOW + 500)).toBeUndefined()
  })
  it('is none where slots were just given back', () => {
    const slots = holding(2, 1, { limit: 2, left: 0 })
    expect(slots.crowded(2, NOW)).toEqual({ limit: 2, used: 1 })
    slots.returns()
    expect(slots.crowded(2, NOW)).toBeUndefined()
  })
})
