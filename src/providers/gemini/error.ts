// The service's errors in the gateway's terms: https://cloud.google.com/apis/design/errors
import { type Code, type ErrorDetails, GatewayError, scrub } from '../../hub/error.ts'
import { at, jsonIn } from '../../hub/json.ts'
import type { Refusal } from '../../hub/provider.ts'
import { codeOfStatus, refusal } from '../../hub/refusal.ts'

const BY_NAME: Readonly<Record<string, Code>> = {
  INVALID_ARGUMENT: 'invalid_request',
  OUT_OF_RANGE: 'invalid_request',
  FAILED_PRECONDITION: 'insufficient_permissions',
  UNAUTHENTICATED: 'invalid_api_key',
  PERMISSION_DENIED: 'insufficient_permissions',
  NOT_FOUND: 'model_not_found',
  ALREADY_EXISTS: 'conflict',
  ABORTED: 'conflict',
  RESOURCE_EXHAUSTED: 'rate_limit',
  INTERNAL: 'server_error',
  UNKNOWN: 'server_error',
  UNIMPLEMENTED: 'invalid_request',
  UNAVAILABLE: 'overloaded',
  DEADLINE_EXCEEDED: 'timeout',
}

interface Told {
  readonly status: number | undefined
  readonly name: string
  readonly message: string
  readonly details: readonly unknown[]
}

/** @param paramOf turns a path in the service's spelling (`contents[3].parts[0]`) into the client's. */
export function refused(
  { status, body }: Refusal,
  slot: string,
  paramOf: (path: string) => string | undefined,
): GatewayError {
  const told = toldBy(jsonIn(body))
  if (!told) return refusal(codeOfStatus(status, false), undefined, { status, slot })
  const code = codeOf({ ...told, status })
  const param = paramIn(code, told, paramOf)
  return refusal(
    code,
    told.message,
    { status, slot },
    {
      ...(param !== undefined && { param }),
      ...(told.name === 'CANCELLED' && { foreign: { status: 499 } }),
      ...limitHeaders(code, told),
    },
  )
}

/** An error where there is no status: in the middle of a stream, or in a body that came with a 200. */
export function errorIn(body: unknown): GatewayError {
  const told = toldBy(body) ?? { status: undefined, name: '', message: 'The provider reported an error.', details: [] }
  const code = codeOf(told)
  const hidden = code === 'invalid_api_key' || told.name === 'PERMISSION_DENIED'
  return new GatewayError(code, hidden ? 'The provider refused its credential.' : scrub(told.message))
}

/** Some of the service's endpoints wrap the error in an array. */
function toldBy(body: unknown): Told | undefined {
  const error = at(Array.isArray(body) ? body[0] : body, 'error')
  const [message, name, status, details] = ['message', 'status', 'code', 'details'].map((key) => at(error, key))
  if (typeof message !== 'string') return undefined
  return {
    message,
    name: typeof name === 'string' ? name : '',
    status: typeof status === 'number' ? status : undefined,
    details: Array.isArray(details) ? details : [],
  }
}

const TOO_LONG = /input token count.* exceeds the maximum number of tokens/i
const IMAGE = /unable to process input image|unsupported mime ?type:? image|provided image is not valid/i
const BAD_KEY = /API key (?:not valid|expired)/i
const PER_DAY = /PerDay/i

function codeOf({ name, status, message, details }: Told): Code {
  const byStatus = status === 404 ? 'model_not_found' : status && codeOfStatus(status, true)
  const code = BY_NAME[name] ?? (byStatus || 'upstream_error')
  const reasons = details.map((detail) => at(detail, 'reason'))
  if (reasons.includes('API_KEY_INVALID') || (code === 'invalid_request' && BAD_KEY.test(message)))
    return 'invalid_api_key'
  if (code === 'rate_limit') return limitIn(message, details)
  if (code !== 'invalid_request') return code
  if (TOO_LONG.test(message)) return 'context_length_exceeded'
  return IMAGE.test(message) ? 'invalid_image_format' : code
}

interface Violation {
  readonly metric: string
  readonly id: string
  readonly value: string
}

function violationsIn(details: readonly unknown[]): Violation[] {
  return details.flatMap((detail) => {
    const all = at(detail, 'violations')
    return (Array.isArray(all) ? all : []).map((one: unknown) => ({
      metric: String(at(one, 'quotaMetric') ?? ''),
      id: String(at(one, 'quotaId') ?? ''),
      value: String(at(one, 'quotaValue') ?? ''),
    }))
  })
}

/** A quota that comes back tomorrow, or that there is none of, is no limit to wait for. */
function limitIn(message: string, details: readonly unknown[]): Code {
  const violations = violationsIn(details)
  if (violations.some(({ id }) => PER_DAY.test(id)) || /\blimit: 0\b/.test(message)) return 'insufficient_quota'
  const [first] = violations
  if (!first) return 'rate_limit'
  return /token/i.test(first.metric + first.id) ? 'rate_limit_tokens' : 'rate_limit_requests'
}

/** The limit that was met, which the service names nowhere else. */
function limitHeaders(code: Code, { details }: Told): Pick<ErrorDetails, 'headers'> {
  const unit = code === 'rate_limit_tokens' ? 'tokens' : code === 'rate_limit_requests' ? 'requests' : undefined
  const [first] = violationsIn(details)
  if (!unit || !first || !/PerMinute/i.test(first.id) || !/^\d+$/.test(first.value)) return {}
  return { headers: { [`x-ratelimit-limit-${unit}`]: first.value, [`x-ratelimit-remaining-${unit}`]: '0' } }
}

/** The field a message begins with, where no detail names it: `* GenerateContentRequest.tools[0].name: …`. */
const PATHS = [
  /^\W*(?:GenerateContentRequest\.)?([a-z]\w*(?:\[\d+\]|\.\w+)+)(?:\s|:)/i,
  /(?:at|for) '([a-z]\w*(?:\[\d+\]|\.\w+)*)'/,
]

function paramIn(
  code: Code,
  { message, details }: Told,
  paramOf: (path: string) => string | undefined,
): string | undefined {
  if (code === 'context_length_exceeded') return 'messages'
  if (code !== 'invalid_request' && code !== 'invalid_image_format') return undefined
  const named = details.flatMap((detail) => {
    const field = at([at(detail, 'fieldViolations')].flat()[0], 'field')
    return typeof field === 'string' ? [field] : []
  })
  const path = named[0] ?? PATHS.map((pattern) => pattern.exec(message)?.[1]).find((found) => found !== undefined)
  return path === undefined ? undefined : paramOf(path)
}
