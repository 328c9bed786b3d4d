// Writes AWS' event stream, for tests: https://docs.aws.amazon.com/transcribe/latest/dg/event-stream.html
import { crc32 } from 'node:zlib'

/** One message: an event's type and payload, or an exception's. */
export interface Message {
  readonly event?: string
  readonly exception?: string
  readonly data: unknown
}

const encoder = new TextEncoder()

/** The bytes of these messages, one after the other. */
export function eventStream(messages: readonly Message[]): Uint8Array {
  return Buffer.concat(messages.map(encode))
}

function encode({ event, exception, data }: Message): Buffer {
  const headers = Buffer.concat(
    [
      [event === undefined ? ':exception-type' : ':event-type', event ?? exception ?? ''],
      [':content-type', 'application/json'],
      [':message-type', event === undefined ? 'exception' : 'event'],
    ].map(([name = '', value = '']) => header(name, value)),
  )
  const payload = encoder.encode(JSON.stringify(data))
  const total = 16 + headers.length + payload.length
  const out = Buffer.alloc(total)
  out.writeUInt32BE(total, 0)
  out.writeUInt32BE(headers.length, 4)
  out.writeUInt32BE(crc32(out.subarray(0, 8)), 8)
  headers.copy(out, 12)
  out.set(payload, 12 + headers.length)
  out.writeUInt32BE(crc32(out.subarray(0, total - 4)), total - 4)
  return out
}

/** A header whose value is text (type 7). */
function header(name: string, value: string): Buffer {
  const out = Buffer.alloc(1 + name.length + 3 + value.length)
  out.writeUInt8(name.length, 0)
  out.write(name, 1)
  out.writeUInt8(7, 1 + name.length)
  out.writeUInt16BE(value.length, 2 + name.length)
  out.write(value, 4 + name.length)
  return out
}
