// AWS' binary event stream (`application/vnd.amazon.eventstream`): messages with a length, headers and two checksums.
// https://smithy.io/2.0/aws/amazon-eventstream.html
import type { Frame, FrameReader } from './frames.ts'
import { Pieces } from './pieces.ts'

/** Total length, length of the headers, and the checksum of both. */
const PRELUDE = 12
const CHECKSUM = 4
const MIN_MESSAGE = PRELUDE + CHECKSUM
/** More than the service allows for headers and payload together. */
const MAX_MESSAGE = 32 * 1024 * 1024

/**
 * Reads messages from bytes that may be cut anywhere. `event` is the event's type, `exception:<type>` for an exception
 * and `error:<code>` for an error; `data` is the payload as text, or the error's message.
 *
 * Work is linear in size: of a message that is still open only the length is looked at. What the body ends in the
 * middle of comes out as a frame that says nothing.
 */
export class EventStreamReader implements FrameReader {
  readonly #held = new Pieces()
  #size = 0
  /** How many bytes there must be before it makes sense to look again. */
  #need = PRELUDE
  #damage: RangeError | undefined

  /** @throws RangeError for a message that is too large or damaged, once those before it were read. */
  feed(chunk: Uint8Array): Frame[] {
    if (this.#damage) throw this.#damage
    this.#held.push(chunk)
    this.#size += chunk.length
    if (this.#size < this.#need) return []
    const bytes = this.#held.take()
    const frames: Frame[] = []
    try {
      const rest = bytes.subarray(this.#read(bytes, frames))
      this.#held.push(rest)
      this.#size = rest.length
    } catch (thrown) {
      if (!(thrown instanceof RangeError) || frames.length === 0) throw thrown
      this.#damage = thrown
    }
    return frames
  }

  /** @throws RangeError for damage that was found behind the last message. */
  end(): Frame[] {
    if (this.#damage) throw this.#damage
    return this.#size > 0 ? [{ event: '', data: '' }] : []
  }

  /** @returns where the first message begins that is not whole. */
  #read(bytes: Uint8Array, frames: Frame[]): number {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    let at = 0
    for (;;) {
      this.#need = PRELUDE
      if (bytes.length - at < PRELUDE) return at
      const total = view.getUint32(at)
      if (total < MIN_MESSAGE || total > MAX_MESSAGE) throw damaged('its length is impossible')
      if (crc32(bytes, at, at + 8) !== view.getUint32(at + 8)) throw damaged('its head has another checksum')
      this.#need = total
      if (bytes.length - at < total) return at
      const end = at + total - CHECKSUM
      if (crc32(bytes, at, end) !== view.getUint32(end)) throw damaged('it has another checksum')
      frames.push(frameOf(view, at, end))
      at += total
    }
  }
}

function damaged(why: string): RangeError {
  return new RangeError(`A message of the provider's stream is damaged: ${why}.`)
}

const decoder = new TextDecoder()

function textAt(view: DataView, from: number, to: number): string {
  return decoder.decode(new Uint8Array(view.buffer, view.byteOffset + from, to - from))
}

function frameOf(view: DataView, start: number, end: number): Frame {
  const from = start + PRELUDE + view.getUint32(start + 4)
  if (from > end) throw damaged('its headers are longer than it is')
  const headers = headersOf(view, start + PRELUDE, from)
  const named = (name: string) => headers.get(name) ?? ''
  switch (headers.get(':message-type')) {
    case 'exception':
      return { event: `exception:${named(':exception-type')}`, data: textAt(view, from, end) }
    case 'error':
      return { event: `error:${named(':error-code')}`, data: named(':error-message') }
    default:
      return { event: named(':event-type'), data: textAt(view, from, end) }
  }
}

/** How many bytes a value takes, by its type; those of types 6 and 7 say it themselves. */
const SIZES: readonly (number | undefined)[] = [0, 0, 1, 2, 4, 8, undefined, undefined, 8, 16]
const TEXT = 7

/** The headers whose value is text: no other kind means anything here. */
function headersOf(view: DataView, from: number, to: number): Map<string, string> {
  const headers = new Map<string, string>()
  let at = from
  const skip = (count: number) => {
    if (at + count > to) throw damaged('its headers are cut off')
    at += count
    return at - count
  }
  while (at < to) {
    const length = view.getUint8(skip(1))
    const named = skip(length)
    const type = view.getUint8(skip(1))
    if (type >= SIZES.length) throw damaged('a header is of no known type')
    const size = SIZES[type] ?? view.getUint16(skip(2))
    const value = skip(size)
    if (type === TEXT) headers.set(textAt(view, named, named + length), textAt(view, value, value + size))
  }
  return headers
}

/** IEEE 802.3's polynomial, its bits in reverse order. */
const POLYNOMIAL = 0xedb88320

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let sum = byte
  for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ POLYNOMIAL : sum >>> 1
  return sum
})

/** CRC-32 of a range of bytes, as an unsigned number. */
export function crc32(bytes: Uint8Array, from = 0, to = bytes.length): number {
  let sum = 0xffffffff
  for (let at = from; at < to; at++) sum = (sum >>> 8) ^ (TABLE[(sum ^ (bytes[at] ?? 0)) & 0xff] ?? 0)
  return (sum ^ 0xffffffff) >>> 0
}

/** The bytes of one event, as `EventStreamReader` reads it. */
export function eventMessage(event: string, data: string): Uint8Array {
  const encoder = new TextEncoder()
  const [name, value, payload] = [':event-type', event, data].map((text) => encoder.encode(text)) as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ]
  const headers = 1 + name.length + 3 + value.length
  const bytes = new Uint8Array(MIN_MESSAGE + headers + payload.length)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, bytes.length)
  view.setUint32(4, headers)
  view.setUint32(8, crc32(bytes, 0, 8))
  view.setUint8(PRELUDE, name.length)
  bytes.set(name, PRELUDE + 1)
  view.setUint8(PRELUDE + 1 + name.length, TEXT)
  view.setUint16(PRELUDE + 2 + name.length, value.length)
  bytes.set(value, PRELUDE + 4 + name.length)
  bytes.set(payload, PRELUDE + headers)
  view.setUint32(bytes.length - CHECKSUM, crc32(bytes, 0, bytes.length - CHECKSUM))
  return bytes
}
