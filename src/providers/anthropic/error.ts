// The service's errors in the gateway's terms: https://docs.anthropic.com/en/api/errors
import { type Code, type ErrorDetails, GatewayError, scrub } from '../../hub/error.ts'
import type { Refusal } from '../../hub/provider.ts'
import type { StreamError } from './wire.ts'

const BY_TYPE: Readonly<Record<string, Code>> = {
  invalid_request_error: 'invalid_request',
  authentication_error: 'invalid_api_key',
  billing_error: 'insufficient_quota',
  permission_error: 'insufficient_permissions',
  not_found_error: 'not_found',
  conflict_error: 'conflict',
  request_too_large: 'request_too_large',
  rate_limit_error: 'rate_limit_tokens',
  api_error: 'server_error',
  timeout_error: 'timeout',
  overloaded_error: 'overloaded',
}

const BY_STATUS: Readonly<Record<number, Code>> = {
  400: 'invalid_request',
  401: 'invalid_api_key',
  402: 'insufficient_quota',
  403: 'insufficient_permissions',
  404: 'not_found',
  409: 'conflict',
  413: 'request_too_large',
  422: 'invalid_request',
  429: 'rate_limit_tokens',
  500: 'server_error',
  503: 'overloaded',
  504: 'timeout',
  529: 'overloaded',
}

interface Told {
  readonly type: string | undefined
  readonly message: string
  readonly errorCode: string | undefined
}

/**
 * @param paramOf turns a path in the service's spelling (`messages.3.content.0`) into the client's.
 */
export function refused(refusal: Refusal, slot: string, paramOf: (path: string) => string | undefined): GatewayError {
  const { status, headers } = refusal
  const told = read(refusal.body)
  if (!told) {
    // An HTML page of something in between says nothing that helps, and may say too much.
    const code =
      status === 413 ? 'request_too_large' : status >= 500 || !BY_STATUS[status] ? 'upstream_error' : BY_STATUS[status]
    return new GatewayError(code, ownWords(status, slot) ?? `The provider of slot '${slot}' answered ${status}.`)
  }
  const code = codeOf(told, status)
  const message = ownWords(status, slot) ?? scrub(told.message)
  return new GatewayError(code, message, details(code, told, headers, paramOf))
}

/** What the provider says about its credential is for the operator, not for the client. */
function ownWords(status: number, slot: string): string | undefined {
  return status === 401 || status === 403 ? `The provider refused the credential of slot '${slot}'.` : undefined
}

/** An error event, where there is no status. */
export function streamError(error: StreamError): GatewayError {
  const told = { type: error.type, message: error.message ?? 'The provider reported an error.', errorCode: undefined }
  const code = codeOf(told, 500)
  return new GatewayError(code === 'server_error' ? 'server_error' : code, scrub(told.message))
}

function read(body: string): Told | undefined {
  try {
    const value: unknown = JSON.parse(body)
    const error = at(value, 'error')
    const message = at(error, 'message')
    if (typeof message !== 'string') return undefined
    const type = at(error, 'type')
    const errorCode = at(at(error, 'details'), 'error_code')
    return {
      message,
      type: typeof type === 'string' ? type : undefined,
      errorCode: typeof errorCode === 'string' ? errorCode : undefined,
    }
  } catch {
    return undefined
  }
}

function at(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined
}

const NO_MONEY = /credit balance is too low|spend limit/i
const TOO_LONG = /prompt is too long|exceed context limit/i
const IMAGE = /image/i

function codeOf({ type, message, errorCode }: Told, status: number): Code {
  const code = BY_TYPE[type ?? ''] ?? BY_STATUS[status] ?? 'upstream_error'
  if (errorCode?.endsWith('spend_limit_reached') || (code === 'invalid_request' && NO_MONEY.test(message))) {
    return 'insufficient_quota'
  }
  if (code === 'not_found' && message.startsWith('model:')) return 'model_not_found'
  if (code !== 'invalid_request') return code
  if (TOO_LONG.test(message)) return 'context_length_exceeded'
  return IMAGE.test(message) && /media|format|could not process|base64/i.test(message) ? 'invalid_image_format' : code
}

function details(
  code: Code,
  { message }: Told,
  headers: Headers,
  paramOf: (path: string) => string | undefined,
): ErrorDetails {
  const should = headers.get('x-should-retry')
  if (code === 'insufficient_quota') return { shouldRetry: false }
  if (code === 'context_length_exceeded') return { param: 'messages' }
  if (code === 'rate_limit_tokens') {
    // A limit without a time to wait is a spend cap: trying again helps nobody.
    if (!headers.has('retry-after')) return { shouldRetry: false }
    const requests = headers.get('anthropic-ratelimit-requests-remaining') === '0'
    return requests ? { foreign: { type: 'requests' } } : {}
  }
  const path = /^["'`]?([a-z_]+(?:\.[a-z_0-9]+)*)["'`]?:/i.exec(message)?.[1]
  const param = path === undefined ? undefined : paramOf(path)
  return {
    ...(param !== undefined && { param }),
    ...((should === 'true' || should === 'false') && { shouldRetry: should === 'true' }),
  }
}
