// Reads a request's body, within bounds, before anything looks at it.
import { GatewayError } from './hub/error.ts'
import { Pieces } from './wire/pieces.ts'

/**
 * The body as text.
 * @param limit in bytes.
 * @throws GatewayError 413 beyond the limit, 400 for another content type or for bytes that are not UTF-8.
 */
export async function readText(request: Request, limit: number): Promise<string> {
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
    // A declared length is what the runtime lets in, so that one read is enough: the cheapest way.
    return decode(declared === null ? await bounded(request, limit) : new Uint8Array(await request.arrayBuffer()))
  } catch (cause) {
    if (cause instanceof GatewayError) throw cause
    throw new GatewayError('invalid_request', 'The body broke off before its end.', { cause })
  }
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

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes)
  } catch (cause) {
    throw new GatewayError('invalid_request', 'The body is not UTF-8.', { cause })
  }
}

function tooLarge(limit: number): GatewayError {
  return new GatewayError('request_too_large', `The request is larger than ${limit} bytes.`)
}
