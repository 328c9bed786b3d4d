// fold: a reply is the fold of its deltas, however finely they are cut and in whatever order its choices come.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { collect, replay } from '../../src/hub/reply.ts'
import { reply, scattered } from './arbitraries.ts'

it('collect(replay(reply)) is the reply', () => {
  fc.assert(
    fc.property(reply, (whole) => {
      expect(collect(replay(whole))).toEqual(whole)
    }),
    { numRuns: 300 },
  )
})

it('collecting the pieces makes the same reply', () => {
  const cases = reply.chain((whole) => scattered(whole).map((deltas) => ({ whole, deltas })))
  fc.assert(
    fc.property(cases, ({ whole, deltas }) => {
      expect(collect(deltas)).toEqual(whole)
    }),
    { numRuns: 300 },
  )
})
