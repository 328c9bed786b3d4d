// Reads a request's body, within bounds, before anything looks at it.
import { GatewayError } from './hub/error.ts'
import { decode, LARGE } from './hub/large-json.ts'
import { Pieces } from './wire/pieces.ts'

/**
 * The body as text.
 * @param limit in bytes.
 * @throws GatewayError 413 beyond the limit, 400 for another content type or for bytes that are not UTF-8.
 */
export async function readText(request: Request, limit: number): Promise<string> {
  return decode(await readBytes(request, limit))
}

/** The same as it came. */
export async function readBytes(request: Request, limit: number): Promise<Uint8Array> {
  const type = request.headers.get('content-type')
  if (type !== null && !/^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(type)) {
    throw new GatewayError(
      'unsupported_content_type',
      "Unsupported content type. This API method only accepts 'application/json' requests.",
    )
  }
  const declared = request.headers.get('content-length')
  if (Number(declared) > limit) throw tooLarge(limit)
  try {
    // A declared length is what the runtime lets in, so that one read is enough: the cheapest way, while it is short.
    if (declared === null) return await bounded(request, limit)
    if (Number(declared) < LARGE) return new Uint8Array(await request.arrayBuffer())
    return await exactly(request, Number(declared))
  } catch (cause) {
    if (cause instanceof GatewayError) throw cause
    throw new GatewayError('invalid_request', 'The body broke off before its end.', { cause })
  }
}

/** Gives back what bytes take up, which nobody reads any more. The collector would come too late. */
export function release({ buffer }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer) buffer.transfer(0)
}

/** Into the one place that is kept for it: chunks of their own would all be held until somebody clears them away. */
async function exactly({ body }: Request, length: number): Promise<Uint8Array> {
  const reader = body?.getReader({ mode: 'byob' })
  const read = await reader?.readAtLeast(length, new Uint8Array(length))
  return read?.value ?? new Uint8Array(0)
}

async function bounded(request: Request, limit: number): Promise<Uint8Array> {
  const pieces = new Pieces()
  let size = 0
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength
    if (size > limit) throw tooLarge(limit)
    pieces.push(chunk)
  }
  return pieces.take()
}

function tooLarge(limit: number): GatewayError {
  return new GatewayError('request_too_large', `The request is larger than ${limit} bytes.`)
}
