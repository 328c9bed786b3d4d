// A provider's refusal as the error that the client is told, once the provider has said what it means.
import { type Code, type ErrorDetails, GatewayError, scrub } from './error.ts'

/** What a status means by itself, where nothing in the body says more. */
const BY_STATUS: Readonly<Record<number, Code>> = {
  401: 'invalid_api_key',
  402: 'insufficient_quota',
  403: 'insufficient_permissions',
  408: 'timeout',
  413: 'request_too_large',
  429: 'rate_limit',
  503: 'overloaded',
  504: 'timeout',
  529: 'overloaded',
}

/** What it means beside an error in the service's own form. */
const BY_STATUS_TOLD: Readonly<Record<number, Code>> = {
  400: 'invalid_request',
  404: 'not_found',
  405: 'method_not_supported',
  409: 'conflict',
  422: 'invalid_request',
  500: 'server_error',
}

/** @param told the body is an error in the service's own form. */
export function codeOfStatus(status: number, told: boolean): Code {
  const known = BY_STATUS[status] ?? (told ? BY_STATUS_TOLD[status] : undefined)
  return known ?? (told && status < 500 ? 'invalid_request' : 'upstream_error')
}

/**
 * @param said the service's own words; undefined where they are none: a page of something in between says nothing that
 *   helps, and may say too much.
 */
export function refusal(
  code: Code,
  said: string | undefined,
  { status, slot }: { readonly status: number; readonly slot: string },
  details: ErrorDetails = {},
): GatewayError {
  // What the provider says about its credential is for the operator, not for the client.
  const secret = status === 401 || status === 403 || code === 'invalid_api_key'
  const words = said === undefined ? `The provider of slot '${slot}' answered ${status}.` : scrub(said)
  const message = secret ? `The provider refused the credential of slot '${slot}'.` : words
  return new GatewayError(code, message, { ...(code === 'insufficient_quota' && { shouldRetry: false }), ...details })
}
