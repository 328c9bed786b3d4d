// Where events end in bytes that pass untouched: at every split, and never elsewhere than the reader says.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SseBoundary, SseReader } from '../../src/wire/sse.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true, fatal: false })

/** The pieces that boundaries cut the chunks into; the last one is what is not ended yet. */
function pieces(chunks: Iterable<Uint8Array>): string[] {
  const boundary = new SseBoundary()
  const out: string[] = []
  let open: number[] = []
  for (const chunk of chunks) {
    let from = 0
    for (const end of boundary.ends(chunk)) {
      out.push(decoder.decode(Uint8Array.from([...open, ...chunk.subarray(from, end)])))
      open = []
      from = end
    }
    open.push(...chunk.subarray(from))
  }
  out.push(decoder.decode(Uint8Array.from(open)))
  return out
}

const halves = (bytes: Uint8Array, at: number) => [bytes.subarray(0, at), bytes.subarray(at)]
const data = (text: string) => new SseReader().feed(encoder.encode(text)).map((event) => event.data)

describe('the boundary', () => {
  it.each([
    ['data: 1\n\ndata: 2\n\n', ['data: 1\n\n', 'data: 2\n\n', '']],
    ['data: 1\r\n\r\ndata: 2', ['data: 1\r\n\r\n', 'data: 2']],
    ['data: 1\r\rdata: 2\r\r', ['data: 1\r\r', 'data: 2\r\r', '']],
    ['data: 1\n\r\ndata: 2\r\n\n', ['data: 1\n\r\n', 'data: 2\r\n\n', '']],
    ['a\r\nb\r\n\r\nc', ['a\r\nb\r\n\r\n', 'c']],
    ['data: 1\n', ['data: 1\n']],
    ['', ['']],
    ['\n\n', ['\n', '\n', '']],
  ])('cuts %j', (text, expected) => {
    expect(pieces([encoder.encode(text)])).toEqual(expected)
  })

  const HARD = ': c\n\ndata: 🦉\r\n\r\ndata: a\rdata: b\r\r\nevent: x\n\n\r\ndata: c\n\r\n\rdata: torn'

  it('loses no byte and ends no event early, at every split', () => {
    const bytes = encoder.encode(HARD)
    const whole = data(HARD)
    for (let at = 0; at <= bytes.length; at++) {
      const parts = pieces(halves(bytes, at))
      expect(parts.join('')).toBe(HARD)
      expect(parts.slice(0, -1).flatMap(data)).toEqual(whole)
      expect(parts.at(-1)).toBe('data: torn')
    }
  })

  it('keeps the second half of a line end with its first', () => {
    const boundary = new SseBoundary()
    expect(boundary.ends(encoder.encode('data: 1\r\n\r'))).toEqual([10])
    expect(boundary.ends(encoder.encode('\ndata: 2\n\n'))).toEqual([1, 10])
  })

  it('agrees with the reader on any text', () => {
    const line = fc.constantFrom('data: x', 'data', ': y', 'event: z', '', 'é')
    const end = fc.constantFrom('\n', '\r', '\r\n')
    const text = fc.array(fc.tuple(line, end), { maxLength: 30 }).map((lines) => lines.flat().join(''))
    fc.assert(
      fc.property(text, fc.array(fc.nat({ max: 200 }), { maxLength: 6 }), (all, cuts) => {
        const bytes = encoder.encode(all)
        const at = [0, ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length]
        const parts = pieces(at.slice(1).map((to, i) => bytes.subarray(at[i], to)))
        expect(parts.join('')).toBe(all)
        expect(parts.slice(0, -1).flatMap(data)).toEqual(data(all))
        expect(data(parts.at(-1) ?? '')).toEqual([])
      }),
    )
  })
})
