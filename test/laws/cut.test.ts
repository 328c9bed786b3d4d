// cut: however the network cuts a stream, the client gets the same bytes.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { cut, said } from './cuts.ts'
import { bytesOf, stream, streamOf, transcoder } from './messages.ts'

const places = fc.array(fc.nat(), { maxLength: 12 })
const end = fc.constantFrom<'\n' | '\r\n' | '\r'>('\n', '\r\n', '\r')

it('makes no difference, wherever it falls', () => {
  fc.assert(
    fc.property(stream, end, places, (events, lineEnd, at) => {
      const bytes = bytesOf(events, lineEnd)
      expect(said(transcoder(), cut(bytes, at))).toBe(said(transcoder(), [bytes]))
    }),
    { numRuns: 500 },
  )
})

it('makes no difference to a stream that is torn or fails', () => {
  const failure = { type: 'error', error: { type: 'overloaded_error', message: 'Busy.' } }
  fc.assert(
    fc.property(stream, fc.nat(), fc.boolean(), places, (events, where, fails, at) => {
      const kept = events.slice(0, where % events.length)
      const bytes = bytesOf(fails ? [...kept, failure, ...events] : kept)
      const torn = fails ? bytes : bytes.subarray(0, bytes.length - (where % 7))
      expect(said(transcoder(), cut(torn, at))).toBe(said(transcoder(), [torn]))
    }),
    { numRuns: 300 },
  )
})

it('makes no difference at any byte, or between all of them', () => {
  const whole = {
    id: 'a',
    model: 'm',
    content: [
      { type: 'thinking', thinking: 'Grüße', signature: 'S' },
      { type: 'text', text: '🦉\r\n"', citations: [{ type: 'x', url: 'https://x', title: '€' }] },
      { type: 'tool_use', id: 't', name: 'find_it', input: { q: 'ü' } },
      { type: 'tool_use', id: 'u', name: 'sql', input: { input: 'select "🦉"' } },
    ],
    stop_reason: 'tool_use',
    usage: { input_tokens: 1, output_tokens: 2 },
  }
  for (const lineEnd of ['\n', '\r\n', '\r'] as const) {
    const bytes = bytesOf(streamOf(whole, [2, 5]), lineEnd)
    const expected = said(transcoder(), [bytes])
    expect(expected).toContain('data: [DONE]\n\n')
    for (let at = 0; at <= bytes.length; at++) expect(said(transcoder(), cut(bytes, [at]))).toBe(expected)
    expect(
      said(
        transcoder(),
        [...bytes].map((byte) => Uint8Array.of(byte)),
      ),
    ).toBe(expected)
  }
})
