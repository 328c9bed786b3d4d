import { describe, expect, it } from 'vitest'
import { giveSlotsBack, leaseSlots, NO_SLOTS, SLOTS_MS, type SlotTerms, slotsLeft } from '../../src/limits/slots.ts'

const NOW = 1_800_000_000_000

/** The slots of one key, whose state is replaced by what the functions return. */
function key(limit: number) {
  let state = NO_SLOTS
  let said = 0
  return {
    get state() {
      return state
    },
    ask(terms: Partial<SlotTerms> = {}, { holder = 'a', now = NOW } = {}) {
      const full = { holder, limit, said: ++said, keep: 0, need: 1, ...terms }
      const [next, grant] = leaseSlots(state, full, now)
      state = next
      return grant
    },
    back(keep: number, { holder = 'a', now = NOW, word = ++said } = {}) {
      state = giveSlotsBack(state, { holder, said: word, keep }, now)
    },
    left: (now = NOW) => slotsLeft(state, limit, now),
  }
}

describe('slots', () => {
  it('are handed out up to the limit', () => {
    const { ask, left } = key(10)
    expect(ask({ need: 4 })).toMatchObject({ units: 4, limit: 10, left: 6, forMs: SLOTS_MS })
    expect(ask({ need: 9 }, { holder: 'b' })).toMatchObject({ units: 6, left: 0 })
    expect(ask({ need: 1 }, { holder: 'c' })).toMatchObject({ units: 0, left: 0 })
    expect(left()).toBe(0)
  })
  it('that are kept are held beside those that are new', () => {
    const { ask } = key(10)
    ask({ need: 4 })
    expect(ask({ keep: 3, need: 2 })).toMatchObject({ units: 2, left: 5 })
  })
  it('are more than are needed while there are plenty', () => {
    expect(key(1000).ask()?.units).toBe(49)
    expect(key(1000).ask({ want: 100 })?.units).toBe(100)
    expect(key(1000).ask({ want: 900 })?.units).toBe(499)
  })
  it('are not kept to spare by anybody out of the last quarter', () => {
    const { ask } = key(100)
    ask({ need: 0, want: 0, keep: 1 }, { holder: 'b' })
    expect(ask({ keep: 65, need: 0, want: 20 })?.units).toBe(2)
    expect(ask({ keep: 76, need: 0, want: 20 })?.units).toBe(0)
    expect(ask({ keep: 76, need: 20, want: 20 })?.units).toBe(20)
  })
  it('are all but one for whoever is alone', () => {
    const { ask } = key(100)
    expect(ask({ keep: 80, need: 0, want: 20 })).toMatchObject({ units: 9, left: 11, alone: true })
    expect(ask({ keep: 99, need: 0, want: 20 })?.units).toBe(0)
    expect(ask({ need: 1 }, { holder: 'b' })).toMatchObject({ units: 1, alone: false })
  })
  it('come back when they are not renewed', () => {
    const { ask, left } = key(5)
    ask({ need: 5 })
    expect(left(NOW + SLOTS_MS - 1)).toBe(0)
    expect(ask({}, { holder: 'b', now: NOW + SLOTS_MS - 1 })?.units).toBe(0)
    expect(ask({}, { holder: 'b', now: NOW + SLOTS_MS })?.units).toBe(1)
  })
  it('that are renewed do not', () => {
    const { ask } = key(5)
    ask({ need: 5 })
    ask({ keep: 5, need: 0 }, { now: NOW + 20_000 })
    expect(ask({}, { holder: 'b', now: NOW + SLOTS_MS })?.units).toBe(0)
  })
  it('that are in use are never refused, though others have them now', () => {
    const { ask, left } = key(5)
    ask({ need: 5 })
    ask({ need: 5 }, { holder: 'b', now: NOW + SLOTS_MS })
    expect(ask({ keep: 5, need: 1 }, { now: NOW + SLOTS_MS })).toMatchObject({ units: 0, left: 0 })
    expect(left(NOW + SLOTS_MS)).toBe(0)
  })
  it('come back with a word', () => {
    const { ask, back, left } = key(5)
    ask({ need: 5 })
    back(2)
    expect(left()).toBe(3)
    back(4)
    expect(left()).toBe(3)
    back(0, { holder: 'stranger' })
    expect(left()).toBe(3)
  })
  it('go by the last word, in whatever order words come', () => {
    const { ask, back, left } = key(10)
    expect(ask({ said: 5, need: 4 })?.said).toBe(5)
    expect(ask({ said: 4, need: 3 })).toBeUndefined()
    back(0, { word: 5 })
    expect(left()).toBe(6)
    back(1, { word: 6 })
    expect(ask({ said: 6, need: 3 })).toBeUndefined()
    expect(left()).toBe(9)
  })
  it('that nobody has are not written down', () => {
    const slots = key(5)
    slots.ask({ need: 0, want: 0 })
    expect(slots.state).toBe(NO_SLOTS)
    slots.back(0)
    expect(slots.state).toBe(NO_SLOTS)
  })
})
