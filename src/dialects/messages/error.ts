// Errors in the form of the Messages API: https://docs.anthropic.com/en/api/errors
import { type GatewayError, scrub } from '../../hub/error.ts'

/** Where the service has a status, or a type, of its own for what goes wrong. */
const STATUSES: Readonly<Record<string, number>> = { overloaded: 529 }
const BY_CODE: Readonly<Record<string, string>> = { insufficient_quota: 'billing_error' }

const TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  409: 'conflict_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  504: 'timeout_error',
  529: 'overloaded_error',
}

export function statusOf(error: GatewayError): number {
  return STATUSES[error.code] ?? error.status
}

interface MessagesError {
  readonly type: 'error'
  readonly error: {
    readonly type: string
    readonly message: string
    readonly details?: { readonly error_code: string }
  }
  readonly request_id?: string
}

/** @param id of the request; events have none. */
export function errorOf(error: GatewayError, id?: string): MessagesError {
  const status = statusOf(error)
  const type = BY_CODE[error.code] ?? TYPES[status] ?? (status < 500 ? 'invalid_request_error' : 'api_error')
  // By this, and not by the message, clients know that they have to send the whole conversation.
  const unthreaded = error.details.param === 'thread' && { details: { error_code: 'thread_unsupported_request' } }
  return {
    type: 'error',
    error: { type, message: messageOf(error), ...unthreaded },
    ...(id !== undefined && { request_id: id }),
  }
}

/** The field at fault stands in front, because there is no other place for it. */
function messageOf({ code, message, details: { param } }: GatewayError): string {
  // Clients look for these words before they shorten a conversation.
  if (code === 'context_length_exceeded')
    return /prompt is too long/i.test(message) ? message : `prompt is too long: ${message}`
  if (code === 'missing_required_parameter' && param) return `${dotted(param)}: Field required`
  if (!param || message.includes(`'${param}'`) || message.startsWith(dotted(param))) return message
  return `${scrub(dotted(param))}: ${message}`
}

/** `messages[2].content[0]` as the service writes it: `messages.2.content.0`. */
function dotted(path: string): string {
  return path.replace(/\[(\d+)\]/g, '.$1')
}
