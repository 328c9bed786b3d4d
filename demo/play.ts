// Sending an answer the way a directive asks for: whole, slow, in shreds, or not to the end. What an answer *is* belongs to
// the services; this knows only frames and bodies.
import type { Directives } from './directives.ts'
import type { Exchange } from './exchange.ts'

/** One event on the wire: text, or bytes where the provider frames its events so. */
export type Frame = string | Buffer

/** How long a silence lasts when nobody says: longer than a keep-alive takes to come. */
const SILENCE_MS = 20_000

/** Scenes that have nothing to do with any service. True: the request is dealt with. */
export async function misbehave(exchange: Exchange, directives: Directives): Promise<boolean> {
  if (directives.has('hang')) await exchange.hang()
  else if (directives.has('reset')) exchange.destroy()
  else if (directives.has('html')) {
    const page = '<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>'
    exchange.send(502, 'text/html', page)
  } else if (directives.has('redirect')) {
    exchange.send(302, 'text/plain', '', { location: 'https://example.com/elsewhere' })
  } else return false
  return true
}

/** Few bytes at a time, in a pattern that falls into characters, line ends and field names sooner or later. */
function* shreds(bytes: Buffer): Generator<Buffer> {
  let size = 1
  for (let at = 0; at < bytes.length; at += size) {
    size = (size % 7) + 1
    yield bytes.subarray(at, at + size)
  }
}

/** Writes one frame; false when nobody reads any more. */
async function writeFrame(exchange: Exchange, directives: Directives, frame: Frame): Promise<boolean> {
  const crlf = directives.has('crlf') && typeof frame === 'string'
  const written = crlf ? `: demo\n${frame}`.replaceAll('\n', '\r\n') : frame
  if (!directives.has('shred')) return await exchange.write(written)
  for (const shred of shreds(typeof written === 'string' ? Buffer.from(written) : written))
    if (!(await exchange.write(shred))) return false
  return true
}

/** How a service's streams end, and how they fail. */
interface Ending {
  /** An error in the service's form. */
  readonly error: Frame
  /** How many frames mark the end. */
  readonly last: number
  /** What its clients cannot read. */
  readonly garbage?: Frame
}

/** Streams the frames of an answer. */
export async function playStream(
  exchange: Exchange,
  directives: Directives,
  frames: readonly Frame[],
  { error, last, garbage = 'data: {"type":\n\n' }: Ending,
): Promise<void> {
  const middle = Math.floor(frames.length / 2)
  const cut = directives.has('cut') ? directives.number('cut', middle) : Number.POSITIVE_INFINITY
  const end = directives.has('truncate') ? frames.length - last : frames.length
  if (directives.has('slow')) exchange.delayMs = directives.number('slow', 100)
  if (directives.has('silent')) await exchange.sleep(directives.number('silent', SILENCE_MS))
  for (const [index, frame] of frames.slice(0, end).entries()) {
    if (index >= cut) return exchange.destroy()
    if (index === middle) {
      if (directives.has('stall')) await exchange.sleep(directives.number('stall', SILENCE_MS))
      if (directives.has('garbage') && !(await exchange.write(garbage))) return
      if (directives.has('error-mid')) {
        await exchange.write(error)
        return exchange.end()
      }
    }
    if (!(await writeFrame(exchange, directives, frame))) return
  }
  exchange.end()
}

/** Sends a JSON body. */
export async function playBody(
  exchange: Exchange,
  directives: Directives,
  body: unknown,
  headers: Readonly<Record<string, string>>,
): Promise<void> {
  const text = JSON.stringify(body)
  const type = { 'content-type': 'application/json', ...headers }
  if (directives.has('slow')) await exchange.sleep(directives.number('slow', 100))
  if (directives.has('garbage')) return exchange.send(200, 'application/json', '{"type":', headers)
  if (directives.has('cut')) {
    // The length is promised, so that the break is one even to a client that would take an early end for the end.
    exchange.head(200, { ...type, 'content-length': String(Buffer.byteLength(text)) })
    await exchange.write(text.slice(0, text.length / 2))
    return exchange.destroy()
  }
  if (!directives.has('silent') && !directives.has('truncate')) return exchange.json(200, body, headers)
  exchange.head(200, type)
  if (directives.has('silent')) await exchange.sleep(directives.number('silent', SILENCE_MS))
  await exchange.write(directives.has('truncate') ? text.slice(0, text.length / 2) : text)
  exchange.end()
}
