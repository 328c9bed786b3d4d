// twin: an answer that is streamed and one that is not are the same answer.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Delta } from '../../src/hub/delta.ts'
import type { Call } from '../../src/hub/provider.ts'
import { collect } from '../../src/hub/reply.ts'
import { NO_HEADERS } from '../account.ts'
import { answer, call, jsonCall, streamOf } from './messages.ts'

function streamed({ reader }: Call, events: readonly object[]): Delta[] {
  const one = reader(NO_HEADERS)
  return events.flatMap((event) => one.read({ event: '', data: JSON.stringify(event) }))
}

const cuts = fc.array(fc.nat({ max: 30 }), { maxLength: 5 })

it('collects to the same reply, however finely it is streamed', () => {
  fc.assert(
    fc.property(answer(), cuts, (whole, at) => {
      expect(collect(streamed(call, streamOf(whole, at)))).toEqual(collect(call.answer(whole, NO_HEADERS).deltas))
    }),
    { numRuns: 500 },
  )
})

it('collects to the same reply where a call carries it', () => {
  fc.assert(
    fc.property(answer(['answer']), cuts, (whole, at) => {
      const reply = collect(streamed(jsonCall, streamOf(whole, at)))
      expect(reply).toEqual(collect(jsonCall.answer(whole, NO_HEADERS).deltas))
      expect(reply.choices[0]?.blocks.some(({ type }) => type === 'tool')).toBe(false)
    }),
    { numRuns: 300 },
  )
})
