import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type Carried, carriedIn, carry, isCarried } from '../../src/hub/carried.ts'

const details = [{ type: 'reasoning.text', text: 'Grüße 🦉', signature: 'a+/=', format: 'f', index: 0 }]

it('comes back as it went', () => {
  const all: Carried[] = [{ details }, { calls: { a: { b: 1 } } }, { message: { m: { n: [1] } } }, {}]
  for (const pieces of all) expect(carriedIn(carry(pieces))).toEqual(pieces)
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 20_000 }), (text) => {
      expect(carriedIn(carry({ message: { text } }))).toEqual({ message: { text } })
    }),
    { numRuns: 30 },
  )
  expect(carry({ details })).toMatch(/^dgc1_[A-Za-z0-9+/=]+$/)
})

it('is nobody else’s, and what is damaged is nothing', () => {
  expect([isCarried('gAAAA'), carriedIn('gAAAA')]).toEqual([false, undefined])
  for (const text of [
    'dgc1_',
    'dgc1_%%',
    `dgc1_${btoa('nonsense')}`,
    `dgc1_${btoa('4')}`,
    carry({ details }).slice(0, -9),
  ]) {
    expect([isCarried(text), carriedIn(text)]).toEqual([true, undefined])
  }
  expect(carriedIn(`dgc1_${btoa('{"details":[4,{"type":1},{"type":"x"}],"calls":3,"message":[]}')}`)).toEqual({
    details: [{ type: 'x' }],
  })
})
