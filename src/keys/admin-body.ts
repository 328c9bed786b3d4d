// The body of an admin request: read within bounds, and never quoted, because it holds credentials.
import { GatewayError } from '../hub/error.ts'
import { parseJson } from '../hub/json.ts'

const MAX_BODY_BYTES = 65_536

/**
 * The JSON of a request's body, whatever media type it claims (`curl -d` claims a form's).
 * @param empty what no body at all stands for; absent: an error.
 * @throws GatewayError 413 beyond 64 KB, counted as it comes in; 400 if it is not JSON.
 */
export async function readBody(request: Request, empty?: unknown): Promise<unknown> {
  if (Number(request.headers.get('content-length') ?? 0) > MAX_BODY_BYTES) throw tooLarge()
  // Fatal: bytes that are not UTF-8 would otherwise be stored as something that was never sent.
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false })
  let text = ''
  let size = 0
  try {
    for await (const chunk of request.body ?? []) {
      size += chunk.byteLength
      if (size > MAX_BODY_BYTES) throw tooLarge()
      text += decoder.decode(chunk, { stream: true })
    }
    text += decoder.decode()
    return size === 0 && empty !== undefined ? empty : parseJson(text)
  } catch (error) {
    // Without its cause: a parser's message quotes the text, and this text holds credentials.
    if (error instanceof GatewayError) throw new GatewayError(error.code, error.message, { param: error.body.param })
    throw new GatewayError('invalid_request', 'We could not read the body of your request as JSON in UTF-8.')
  }
}

/**
 * What many small patches have made of a binding, held to the same bound as the body of a new one.
 * @throws GatewayError 413
 */
export function checkSize(binding: unknown): void {
  if (new TextEncoder().encode(JSON.stringify(binding)).length > MAX_BODY_BYTES) throw tooLarge()
}

function tooLarge(): GatewayError {
  return new GatewayError('request_too_large', `The body is larger than ${MAX_BODY_BYTES} bytes.`)
}
