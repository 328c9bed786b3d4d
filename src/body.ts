// Reads a request's body, within bounds, before anything looks at it.
import { GatewayError } from './hub/error.ts'

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
  const declared = Number(request.headers.get('content-length') ?? 0)
  if (declared > limit) throw tooLarge(limit)
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false })
  let text = ''
  let size = 0
  try {
    for await (const chunk of request.body ?? []) {
      size += chunk.byteLength
      if (size > limit) throw tooLarge(limit)
      text += decoder.decode(chunk, { stream: true })
    }
    return text + decoder.decode()
  } catch (cause) {
    if (cause instanceof GatewayError) throw cause
    // The decoder throws a TypeError; what else can break is the connection.
    const message = cause instanceof TypeError ? 'The body is not UTF-8.' : 'The body broke off before its end.'
    throw new GatewayError('invalid_request', message, { cause })
  }
}

function tooLarge(limit: number): GatewayError {
  return new GatewayError('request_too_large', `The request is larger than ${limit} bytes.`)
}
