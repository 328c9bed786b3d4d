// The service's errors in the gateway's terms: https://docs.cohere.com/reference/errors
import { type Code, type ErrorDetails, GatewayError, scrub } from '../../hub/error.ts'
import { at } from '../../hub/json.ts'
import type { Refusal } from '../../hub/provider.ts'

/** What a status means by itself, where nothing in the body says more. */
const BY_STATUS: Readonly<Record<number, Code>> = {
  401: 'invalid_api_key',
  402: 'insufficient_quota',
  403: 'insufficient_permissions',
  413: 'request_too_large',
  429: 'rate_limit',
  503: 'overloaded',
  504: 'timeout',
}

/** What a status means beside an error in the service's own form. */
const BY_STATUS_TOLD: Readonly<Record<number, Code>> = {
  ...BY_STATUS,
  400: 'invalid_request',
  404: 'not_found',
  409: 'conflict',
  422: 'invalid_request',
  // Input or output that is blocked, or a token that is none: only the text says which.
  498: 'content_filter',
  500: 'server_error',
}

/** Statuses that OpenAI has no code for, and that are passed on as they are. */
const KEPT: ReadonlySet<number> = new Set([499, 501])

/** @param paramOf turns a field in the service's spelling into the client's. */
export function refused(refusal: Refusal, slot: string, paramOf: (path: string) => string | undefined): GatewayError {
  const { status } = refusal
  const told = toldIn(refusal.body)
  const code = told === undefined ? (BY_STATUS[status] ?? 'upstream_error') : codeOf(status, told)
  // What the provider says about its credential is for the operator, not for the client.
  const secret = code === 'invalid_api_key' || code === 'insufficient_permissions'
  const message = secret
    ? `The provider refused the credential of slot '${slot}'.`
    : told === undefined
      ? `The provider of slot '${slot}' answered ${status}.`
      : scrub(told)
  const param = told === undefined ? undefined : paramIn(code, told, paramOf)
  return new GatewayError(code, message, { ...(param && { param }), ...detailsOf(code, status) })
}

/** An error where there is no status, if that is what it is. */
export function streamError(value: unknown): GatewayError | undefined {
  const message = at(value, 'message')
  return typeof message === 'string' ? new GatewayError(codeOf(500, message), scrub(message)) : undefined
}

/** The end of an answer that the service could not finish. */
export function brokenOff(reason: string, message: string): GatewayError {
  if (reason === 'TIMEOUT') return new GatewayError('timeout', scrub(message) || 'The provider ran out of time.')
  return new GatewayError('upstream_error', scrub(message) || 'The provider could not finish its answer.')
}

/** The message of a refusal, with what it says beside. A page of something in between has none. */
function toldIn(body: string): string | undefined {
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch {
    return undefined
  }
  const message = at(value, 'message')
  const data = at(value, 'data')
  if (typeof message !== 'string') return undefined
  return typeof data === 'string' && data !== '' ? `${message}: ${data}` : message
}

const TOO_LONG = /^(?:invalid request: )?too many tokens/i
const OUTPUT_TOO_LONG = /max(?:imum)?[ _]tokens must be|maximum output/i
const NO_MODEL = /\bmodel\b.*\bnot found\b/is
const TOKEN = /token|api key/i
const MONTHLY = /\bmonth/i
const PER_MINUTE = /\b(?:api )?calls\b|\brequests\b/i

function codeOf(status: number, message: string): Code {
  const code = BY_STATUS_TOLD[status] ?? (status >= 500 || status === 499 ? 'upstream_error' : 'invalid_request')
  switch (code) {
    case 'invalid_request':
      return TOO_LONG.test(message) && !OUTPUT_TOO_LONG.test(message) ? 'context_length_exceeded' : code
    case 'not_found':
      return NO_MODEL.test(message) ? 'model_not_found' : code
    case 'content_filter':
      return TOKEN.test(message) ? 'invalid_api_key' : code
    case 'rate_limit':
      if (MONTHLY.test(message)) return 'insufficient_quota'
      return PER_MINUTE.test(message) ? 'rate_limit_requests' : code
    default:
      return code
  }
}

function detailsOf(code: Code, status: number): ErrorDetails {
  if (code === 'insufficient_quota') return { shouldRetry: false }
  return KEPT.has(status) ? { foreign: { status } } : {}
}

/** The field that a message is about: `temperature must be between 0 and 1`. */
const FIELD = /[`'"]?\b([a-z_]+)\b[`'"]?(?:\[[^\]]*\]|\.\w+)*:? (?:must|is|are|cannot|should|has|with)\b/g

function paramIn(code: Code, message: string, paramOf: (path: string) => string | undefined): string | undefined {
  if (code === 'context_length_exceeded') return 'messages'
  if (code === 'model_not_found') return 'model'
  if (code !== 'invalid_request') return undefined
  if (OUTPUT_TOO_LONG.test(message)) return paramOf('max_tokens')
  for (const [, name = ''] of message.matchAll(FIELD)) {
    const param = paramOf(name)
    if (param !== undefined) return param
  }
  return undefined
}
