// The service's errors in the gateway's terms: https://docs.anthropic.com/en/api/errors
import { type Code, type ErrorDetails, GatewayError, scrub } from '../../hub/error.ts'
import { at, jsonIn } from '../../hub/json.ts'
import { CODE_BY_TYPE } from '../../hub/messages-error.ts'
import type { Refusal } from '../../hub/provider.ts'
import { codeOfStatus, refusal } from '../../hub/refusal.ts'
import { readWindows, type Windows } from '../../limits/meters.ts'
import { meters } from './meters.ts'

interface Told {
  readonly type: string | undefined
  readonly message: string
  readonly errorCode: string | undefined
}

/** @param paramOf turns a path in the service's spelling (`messages.3.content.0`) into the client's. */
export function refused(
  { status, headers, body }: Refusal,
  slot: string,
  paramOf: (path: string) => string | undefined,
): GatewayError {
  const told = errorIn(jsonIn(body))
  const byStatus = codeOfStatus(status, told !== undefined)
  const code = told ? codeOf(told, byStatus) : byStatus
  const param = told && paramIn(code, told.message, paramOf)
  const details = { ...(param && { param }), ...retrying(code, headers) }
  return refusal(named(code, headers), told?.message, { status, slot }, details)
}

/** An error event, where there is no status. */
export function streamError(event: unknown): GatewayError {
  const told = errorIn(event) ?? { type: undefined, message: 'The provider reported an error.', errorCode: undefined }
  const code = codeOf(told, undefined)
  const secret = code === 'invalid_api_key' || code === 'insufficient_permissions'
  return new GatewayError(code, secret ? 'The provider refused its credential.' : scrub(told.message))
}

function errorIn(value: unknown): Told | undefined {
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
}

const NO_MONEY = /credit balance is too low|(?:spend|usage) limit/i
const TOO_LONG = /prompt is too long|exceed context limit/i
const IMAGE = /image.*(?:media|format|process|base64)/is

function codeOf({ type = '', message, errorCode = '' }: Told, byStatus: Code | undefined): Code {
  const code = (Object.hasOwn(CODE_BY_TYPE, type) ? CODE_BY_TYPE[type] : undefined) ?? byStatus ?? 'upstream_error'
  if (errorCode.endsWith('spend_limit_reached') || (code === 'invalid_request' && NO_MONEY.test(message))) {
    return 'insufficient_quota'
  }
  if (code === 'not_found' && message.startsWith('model:')) return 'model_not_found'
  if (code !== 'invalid_request') return code
  if (TOO_LONG.test(message)) return 'context_length_exceeded'
  return IMAGE.test(message) ? 'invalid_image_format' : code
}

/** A rate limit by what is used up. */
function named(code: Code, headers: Headers): Code {
  if (code !== 'rate_limit') return code
  const windows = windowsIn(headers)
  if (windows.requests?.remaining === 0) return 'rate_limit_requests'
  return isEmpty(windows) ? 'rate_limit_tokens' : code
}

function windowsIn(headers: Headers): Windows {
  return readWindows(meters, headers, Date.now())
}

function isEmpty(windows: Windows): boolean {
  return Object.values(windows).some(({ remaining }) => remaining === 0)
}

/** Whether trying again can help, where that is known. */
function retrying(code: Code, headers: Headers): ErrorDetails {
  const said = headers.get('x-should-retry')
  if (said === 'true' || said === 'false') return { shouldRetry: said === 'true' }
  // A limit without a time to wait is a spend cap.
  if (code !== 'rate_limit' || headers.has('retry-after') || isEmpty(windowsIn(headers))) return {}
  return { shouldRetry: false }
}

/** The path that a message begins with: `messages.3.content.0: …` or `` `temperature` may only … ``. */
const PATH = /^(?:["'`]([a-z_]+(?:\.\w+)*)["'`]|([a-z_]+(?:\.\w+)*):)/

function paramIn(code: Code, message: string, paramOf: (path: string) => string | undefined): string | undefined {
  if (code === 'context_length_exceeded') return 'messages'
  if (code !== 'invalid_request' && code !== 'invalid_image_format') return undefined
  const [, quoted, plain] = PATH.exec(message) ?? []
  const path = quoted ?? plain
  return path === undefined ? undefined : paramOf(path)
}
