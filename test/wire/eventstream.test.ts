// The reader of AWS' event stream against the vectors of the sheet, and damage of every byte.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { crc32, EventStreamReader } from '../../src/wire/eventstream.ts'
import type { Frame } from '../../src/wire/frames.ts'
import { eventStream } from './event-stream.ts'

const EMPTY = '000000100000000005c248eb7d98c8ff'
const STOP =
  '0000007a00000051ca2c46650b3a6576656e742d7479706507000b6d65737361676553746f700d3a636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e0d3a6d6573736167652d747970650700056576656e747b2273746f70526561736f6e223a22656e645f7475726e227d5fbf09fc'
const THROTTLED =
  '0000008e00000061514180540f3a657863657074696f6e2d747970650700137468726f74746c696e67457863657074696f6e0d3a636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e0d3a6d6573736167652d74797065070009657863657074696f6e7b226d657373616765223a22546f6f206d616e7920746f6b656e73227dc81b1ec1'

const bytesOf = (...hex: string[]) => new Uint8Array(Buffer.from(hex.join(''), 'hex'))

function read(chunks: Iterable<Uint8Array>): Frame[] {
  const reader = new EventStreamReader()
  const frames: Frame[] = []
  for (const chunk of chunks) frames.push(...reader.feed(chunk))
  return [...frames, ...reader.end()]
}

function* cut(bytes: Uint8Array, at: readonly number[]): Generator<Uint8Array> {
  let from = 0
  for (const to of [...at].sort((a, b) => a - b)) {
    yield bytes.subarray(from, to)
    from = to
  }
  yield bytes.subarray(from)
}

const ALL = bytesOf(STOP, EMPTY, THROTTLED)
const FRAMES = [
  { event: 'messageStop', data: '{"stopReason":"end_turn"}' },
  { event: '', data: '' },
  { event: 'exception:throttlingException', data: '{"message":"Too many tokens"}' },
]

describe('the event stream', () => {
  it('has the checksum that everybody has', () => {
    expect(crc32(new TextEncoder().encode('123456789')).toString(16)).toBe('cbf43926')
  })

  it('is read as the vectors say', () => {
    expect(read([ALL])).toEqual(FRAMES)
  })

  it('says the same wherever it is cut', () => {
    for (let at = 0; at <= ALL.length; at++) expect(read(cut(ALL, [at]))).toEqual(FRAMES)
    expect(read(Array.from(ALL, (byte) => Uint8Array.of(byte)))).toEqual(FRAMES)
    fc.assert(
      fc.property(fc.array(fc.nat(ALL.length), { maxLength: 8 }), (places) => {
        expect(read(cut(ALL, places))).toEqual(FRAMES)
      }),
    )
  })

  it('knows that a body ended in the middle of a message', () => {
    const stop = bytesOf(STOP)
    for (let at = 1; at < stop.length; at++) expect(read([stop.subarray(0, at)])).toEqual([{ event: '', data: '' }])
    expect(read([stop])).toEqual([FRAMES[0]])
    expect(read([])).toEqual([])
  })

  it('refuses a message of which any byte is damaged', () => {
    const stop = bytesOf(STOP)
    for (let at = 0; at < stop.length; at++) {
      const wrong = Uint8Array.from(stop)
      wrong[at] = (wrong[at] ?? 0) ^ 0x10
      expect(() => read([wrong]), `byte ${at}`).toThrow(/damaged/)
    }
  })

  it.each([
    ['shorter than its own frame', '0000000f0000000005c248eb'],
    ['longer than 32 MiB', '020000010000000005c248eb'],
  ])('refuses a message that says it is %s, before it has come', (_what, head) => {
    expect(() => new EventStreamReader().feed(bytesOf(head))).toThrow(RangeError)
  })

  it('says what came before the damage, however it is cut, and then no more', () => {
    const wrong = bytesOf(STOP, THROTTLED)
    wrong[wrong.length - 1] = 0
    const reader = new EventStreamReader()
    expect(reader.feed(wrong)).toEqual([FRAMES[0]])
    expect(() => reader.feed(bytesOf(STOP))).toThrow(/damaged/)
    expect(() => reader.end()).toThrow(/damaged/)
  })

  it('reads headers of every type, and past those that are no text', () => {
    const header = (name: string, type: number, ...value: number[]) => [
      name.length,
      ...Buffer.from(name),
      type,
      ...value,
    ]
    const text = (name: string, value: string) => header(name, 7, 0, Buffer.byteLength(value), ...Buffer.from(value))
    const headers = [
      ...header('a', 0),
      ...header('b', 1),
      ...header('c', 2, 255),
      ...header('d', 3, 0, 2),
      ...header('e', 4, 0, 0, 0, 3),
      ...header('f', 5, 0, 0, 0, 0, 0, 0, 0, 4),
      ...header('g', 6, 1, 0, ...Array.from({ length: 256 }, () => 7)),
      ...header('h', 8, 0, 0, 0, 0, 0, 0, 0, 5),
      ...header('i', 9, ...Array.from({ length: 16 }, () => 9)),
      ...text(':event-type', 'grüße'),
    ]
    expect(read([sealed(headers.length, headers)])).toEqual([{ event: 'grüße', data: '' }])
  })

  it('reads an error, which has no payload', () => {
    const text = (name: string, value: string) => [
      name.length,
      ...Buffer.from(name),
      7,
      0,
      value.length,
      ...Buffer.from(value),
    ]
    const headers = [
      ...text(':message-type', 'error'),
      ...text(':error-code', 'InternalError'),
      ...text(':error-message', 'Broken.'),
    ]
    expect(read([sealed(headers.length, headers)])).toEqual([{ event: 'error:InternalError', data: 'Broken.' }])
  })

  it.each([
    ['longer than the message', 0x7fffffff, []],
    ['cut off in a name', 2, [5, 0x61]],
    ['cut off in a value', 6, [1, 0x61, 7, 0, 9, 0x62]],
    ['of a type that is not known', 3, [1, 0x61, 10]],
  ])('refuses headers that are %s', (_what, size, headers) => {
    expect(() => read([sealed(size, headers)])).toThrow(/damaged/)
  })

  it('does work in proportion to a large message, however small its pieces', () => {
    const text = 'x'.repeat(4_000_000)
    const bytes = eventStream([{ event: 'contentBlockDelta', data: { delta: { text } } }])
    const pieces = Array.from({ length: Math.ceil(bytes.length / 1000) }, (_, i) =>
      bytes.subarray(i * 1000, i * 1000 + 1000),
    )
    expect(read(pieces)[0]?.data).toBe(JSON.stringify({ delta: { text } }))
  })
})

/** A message with good checksums, whatever its headers are. */
function sealed(size: number, headers: readonly number[]): Uint8Array {
  const out = Buffer.alloc(16 + headers.length)
  out.writeUInt32BE(out.length, 0)
  out.writeUInt32BE(size, 4)
  out.writeUInt32BE(crc32(out, 0, 8), 8)
  out.set(headers, 12)
  out.writeUInt32BE(crc32(out, 0, out.length - 4), out.length - 4)
  return out
}
