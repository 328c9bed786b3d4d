import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nineCharacters } from '../../../src/providers/mistral/ids.ts'

describe('an id of nine characters', () => {
  it('is one, whatever the client’s is, and always the same', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), fc.nat(), (id, count) => {
        expect(nineCharacters(id, count)).toMatch(/^[a-zA-Z0-9]{9}$/)
        expect(nineCharacters(id, count)).toBe(nineCharacters(id, count))
      }),
    )
  })

  it('is the service’s own where that made it', () => {
    expect(nineCharacters('D681PevKs')).toBe('D681PevKs')
  })

  it('is made of the place for a call that has none', () => {
    expect(nineCharacters(undefined, 1)).not.toBe(nineCharacters(undefined, 2))
    expect(nineCharacters('', 1)).toBe(nineCharacters(undefined, 1))
    expect(nineCharacters()).toBe(nineCharacters('', 0))
  })

  it('differs for ids that differ', () => {
    const ids = Array.from({ length: 50_000 }, (_one, i) => nineCharacters(`call_${i}`))
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('uses all of its characters', () => {
    const used = new Set(Array.from({ length: 5000 }, (_one, i) => nineCharacters(`functions.f:${i}`)).join(''))
    expect(used.size).toBe(62)
  })
})
