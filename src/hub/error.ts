// The one error class, and the closed list of what can go wrong. Statuses, types and codes are OpenAI's
// (https://platform.openai.com/docs/guides/error-codes); a dialect renders them in its own form.
import { secrets } from './secrets.ts'

interface Meaning {
  readonly status: number
  /** OpenAI's `error.type`. */
  readonly type: string
  /** OpenAI's `error.code`. */
  readonly code: string | null
}

const invalid = (status: number, code: string | null): Meaning => ({ status, type: 'invalid_request_error', code })
const server = (status: number, code: string | null): Meaning => ({ status, type: 'server_error', code })
const limited = (type: string): Meaning => ({ status: 429, type, code: 'rate_limit_exceeded' })

/** Every failure the gateway can name: what it means in OpenAI's terms. */
export const CODES = {
  invalid_request: invalid(400, null),
  unsupported_parameter: invalid(400, 'unsupported_parameter'),
  unsupported_value: invalid(400, 'unsupported_value'),
  unknown_parameter: invalid(400, 'unknown_parameter'),
  missing_required_parameter: invalid(400, 'missing_required_parameter'),
  invalid_type: invalid(400, 'invalid_type'),
  invalid_value: invalid(400, 'invalid_value'),
  decimal_below_min_value: invalid(400, 'decimal_below_min_value'),
  decimal_above_max_value: invalid(400, 'decimal_above_max_value'),
  integer_below_min_value: invalid(400, 'integer_below_min_value'),
  integer_above_max_value: invalid(400, 'integer_above_max_value'),
  string_below_min_length: invalid(400, 'string_below_min_length'),
  string_above_max_length: invalid(400, 'string_above_max_length'),
  empty_array: invalid(400, 'empty_array'),
  array_above_max_length: invalid(400, 'array_above_max_length'),
  context_length_exceeded: invalid(400, 'context_length_exceeded'),
  content_filter: invalid(400, 'content_filter'),
  invalid_image_format: invalid(400, 'invalid_image_format'),
  invalid_image_url: invalid(400, 'invalid_image_url'),
  unsupported_content_type: invalid(400, 'unsupported_content_type'),
  previous_response_not_found: invalid(400, 'previous_response_not_found'),
  missing_api_key: invalid(401, null),
  invalid_api_key: invalid(401, 'invalid_api_key'),
  insufficient_permissions: invalid(403, 'insufficient_permissions'),
  origin_not_allowed: invalid(403, 'origin_not_allowed'),
  not_found: invalid(404, null),
  model_not_found: invalid(404, 'model_not_found'),
  unknown_url: invalid(404, 'unknown_url'),
  method_not_supported: invalid(405, 'method_not_supported'),
  conflict: invalid(409, 'conflict'),
  request_too_large: invalid(413, 'request_too_large'),
  rate_limit_requests: limited('requests'),
  rate_limit_tokens: limited('tokens'),
  rate_limit: limited('rate_limit_error'),
  insufficient_quota: { status: 429, type: 'insufficient_quota', code: 'insufficient_quota' },
  server_error: server(500, null),
  upstream_error: server(502, 'upstream_error'),
  upstream_truncated: server(502, 'upstream_truncated'),
  unavailable: server(503, 'unavailable'),
  not_configured: server(503, 'not_configured'),
  overloaded: server(503, 'overloaded'),
  timeout: server(504, 'timeout'),
} as const satisfies Record<string, Meaning>

export type Code = keyof typeof CODES

export interface ErrorDetails {
  /** The field at fault, in OpenAI's spelling: `messages[2].content[0]`. */
  readonly param?: string | null
  /** When a new attempt can succeed, in milliseconds from now. */
  readonly retryAfterMs?: number
  /** Overrides what SDKs think of the status (`x-should-retry`). */
  readonly shouldRetry?: boolean
  /** A provider's own `type` and `code`, kept where both ends speak OpenAI's format. */
  readonly foreign?: { readonly status?: number; readonly type?: string; readonly code?: string | null }
  /** Response headers the error brings along, such as `allow` on a 405. */
  readonly headers?: Readonly<Record<string, string>>
  /** It says nothing of other targets, which are tried. */
  readonly elsewhere?: boolean
  readonly cause?: unknown
}

/** The body of an error in OpenAI's form: all four keys, always. */
interface ErrorBody {
  readonly message: string
  readonly type: string
  readonly param: string | null
  readonly code: string | null
}

/** A failure that the client is told of. Its message must never hold a key, a credential or a header value. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError'
  readonly code: Code
  readonly details: ErrorDetails

  constructor(code: Code, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.details = details
  }

  /** The same error with more known of it. */
  with(details: ErrorDetails): GatewayError {
    return new GatewayError(this.code, this.message, { ...this.details, ...details })
  }

  get status(): number {
    return this.details.foreign?.status ?? CODES[this.code].status
  }

  /** The error as OpenAI words it, for a body or for an event in mid-stream. */
  get body(): ErrorBody {
    const { type, code } = CODES[this.code]
    const { foreign, param } = this.details
    return {
      message: this.message,
      // Others' names are others' words.
      type: foreign?.type === undefined ? type : scrub(foreign.type),
      param: param ? scrub(param) : null,
      code: foreign?.code === undefined ? code : foreign.code && scrub(foreign.code),
    }
  }
}

/** Any thrown thing as a GatewayError. What is not one already is a fault of ours, and its text stays inside. */
export function asGatewayError(thrown: unknown): GatewayError {
  if (thrown instanceof GatewayError) return thrown
  return new GatewayError('server_error', 'The gateway had an error while processing your request.', { cause: thrown })
}

/** What announces a secret, up to it. The word after `Bearer` is one when it looks like no word of a sentence. */
const ANNOUNCED = [
  /\b((?:[Bb]earer|BEARER|[Bb]asic|BASIC)\s+)(?=[\w.~+/=-]*(?:[\d+=~]|[a-z][A-Z])|[\w.~+/=-]{24})[\w.~+/=-]{8,}/g,
  /([?&](?:api[-_]?key|key|access_token|token|sig|signature|secret)=)[^&\s"'`<>]+/gi,
  /\b((?:api[-_ ]?key(?: provided)?|token|secret|password)["'`]?\s*[:=]\s*["'`]?)(?=[^\s"'`,;]*\d)[^\s"'`,;]{8,}/gi,
]

/** What is a secret by its own look: the prefixes that services give their keys, tokens, and the parts of both. */
const SHAPED = [
  /\bsk-[\w.*-]{8,}/g,
  /\b(?:sk|pk|rk|gsk|hf|nvapi|fw|pplx|csk|dgt|gh[opsur]|github_pat|glpat|r8|tgp|xox[abp])[-_](?=[\w.*-]*(?:[\d*]|[a-z][A-Z]))[\w.*-]{20,}/g,
  /\b(?:AIza[\w-]|AKIA[A-Z0-9]|ASIA[A-Z0-9]|ya29\.[\w-])[\w-]{8,}/g,
  /\beyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?/g,
  // Standard base64, the form of a secret access key. A path is of this alphabet too, but begins with its slash.
  /(?<![\w./+=%-])(?=[A-Za-z0-9/]*\+|[A-Za-z0-9+]*\/)(?=[a-z0-9+/]*[A-Z])(?=[A-Z0-9+/]*[a-z])(?=[A-Za-z+/]*\d)[A-Za-z0-9][A-Za-z0-9+/]{39,}={0,2}/g,
]

const LONG_RUN = /[A-Za-z0-9_-]{32,}/g
/** The ids that services put into messages: they open nothing. */
const ID = /^(?:req|resp|msg|call|fc|rs|ws|chatcmpl|cmpl|file|batch|toolu|srvtoolu|item|run|thread|asst)[-_]/

const MIXED = /^(?=.*[a-z])(?=.*[A-Z]).*\d/

/** Words, names of models and UUIDs are made of short parts; a token has a long one, with letters and digits. */
function isToken(run: string): boolean {
  if (ID.test(run) || !/[A-Za-z]/.test(run) || !/\d/.test(run)) return false
  return run.split(/[-_]/).some((part) => part.length >= 16 || (part.length >= 8 && MIXED.test(part)))
}

const MAX_MESSAGE = 2000

/** A foreign message without any credential, or anything of the shape of one, cut to a length that fits a log line. */
export function scrub(message: string): string {
  // Cut first, at a space: half of a key at the end would have no shape.
  const head = message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE).replace(/\S*$/, '')}…` : message
  const known = secrets.without(head)
  const announced = ANNOUNCED.reduce((text, pattern) => text.replace(pattern, '$1[redacted]'), known)
  const shaped = SHAPED.reduce((text, pattern) => text.replace(pattern, '[redacted]'), announced)
  return shaped.replace(LONG_RUN, (run) => (isToken(run) ? '[redacted]' : run))
}
