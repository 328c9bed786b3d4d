// The service's errors in the gateway's terms: https://docs.cohere.com/reference/errors
import { type Code, GatewayError, scrub } from '../../hub/error.ts'
import { at, jsonIn } from '../../hub/json.ts'
import type { Refusal } from '../../hub/provider.ts'
import { codeOfStatus, refusal } from '../../hub/refusal.ts'

/** Statuses that OpenAI has no code for, and that are passed on as they are. */
const KEPT: ReadonlySet<number> = new Set([499, 501])

/** @param paramOf turns a field in the service's spelling into the client's. */
export function refused(
  { status, body }: Refusal,
  slot: string,
  paramOf: (path: string) => string | undefined,
): GatewayError {
  const told = toldIn(jsonIn(body))
  const code = told === undefined ? codeOfStatus(status, false) : codeOf(status, told)
  const param = told === undefined ? undefined : paramIn(code, told, paramOf)
  const details = { ...(param && { param }), ...(KEPT.has(status) && { foreign: { status } }) }
  return refusal(code, told, { status, slot }, details)
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
function toldIn(value: unknown): string | undefined {
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
  // Input or output that is blocked, or a token that is none: only the text says which.
  if (status === 498) return TOKEN.test(message) ? 'invalid_api_key' : 'content_filter'
  if (status === 499) return 'upstream_error'
  const code = codeOfStatus(status, true)
  switch (code) {
    case 'invalid_request':
      return TOO_LONG.test(message) && !OUTPUT_TOO_LONG.test(message) ? 'context_length_exceeded' : code
    case 'not_found':
      return NO_MODEL.test(message) ? 'model_not_found' : code
    case 'rate_limit':
      if (MONTHLY.test(message)) return 'insufficient_quota'
      return PER_MINUTE.test(message) ? 'rate_limit_requests' : code
    default:
      return code
  }
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
