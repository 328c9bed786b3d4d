// Refusals of services like OpenAI's, and failures that come as answers: any shape, in the gateway's terms.
// https://platform.openai.com/docs/guides/error-codes
import { CODES, type Code, type ErrorDetails, GatewayError, scrub } from '../../hub/error.ts'
import { at, jsonIn } from '../../hub/json.ts'
import type { Refusal } from '../../hub/provider.ts'
import { codeOfStatus } from '../../hub/refusal.ts'
import { type Told, toldBy, toldIn } from '../openai/told.ts'
import type { AnswerRules, ErrorRules } from './like.ts'
import type { Asked } from './state.ts'

/** Codes and types of money, which no waiting mends. */
const BY_NAME: Readonly<Record<string, Code>> = {
  insufficient_quota: 'insufficient_quota',
  billing_hard_limit_reached: 'insufficient_quota',
  context_length_exceeded: 'context_length_exceeded',
  model_not_found: 'model_not_found',
  content_filter: 'content_filter',
}

const TOO_LONG =
  /maximum context length|context (?:length|window) (?:is |of |was )?exceeded|exceeds? the (?:model'?s? )?(?:maximum )?context|longer than the model'?s? context|prompt is too long|input is too long/i
const NO_MODEL =
  /\bmodel\b.*(?:not found|does not exist|not exist|unknown|unsupported model)|\b(?:no such|unknown) model\b/i

/** What is known of a service whose refusal is read. */
type Rules = ErrorRules & { readonly failure?: AnswerRules['failure'] | undefined }

const NAMELESS = { type: undefined, param: null, code: undefined, number: undefined }

/** A refusal by its status, with the service's own words. */
export function refused({ status, headers, body }: Refusal, slot: string, rules: Rules = {}): GatewayError {
  const root = jsonIn(body)
  const own = rules.failure?.(root)
  const text = own?.message ?? textIn(root, body, headers)
  const told = behindOf(root, rules) ?? toldIn(body, status) ?? (text ? { ...NAMELESS, message: text } : undefined)
  const code = rules.headers?.(headers, status) ?? (own && rules.codes?.[own.code]) ?? codeOf(told, status, rules)
  const secret = status === 401 || status === 403
  // An HTML page of something in between says nothing that helps, and may say too much.
  const message = told ? scrub(told.message) : `The provider of slot '${slot}' answered ${status}.`
  const should = headers.get('x-should-retry')
  const foreign = told && foreignOf(told, code)
  return new GatewayError(code, ownWords(code, secret, `of slot '${slot}'`) ?? message, {
    ...(told?.param && !secret && { param: told.param }),
    ...(foreign && { foreign }),
    ...(code === 'insufficient_quota'
      ? { shouldRetry: false }
      : (should === 'true' || should === 'false') && { shouldRetry: should === 'true' }),
  })
}

/** A refusal that is a mere text, as JSON or as it is. A page is none. */
function textIn(root: unknown, body: string, headers: Headers): string | undefined {
  const isText = /^text\/plain\b/i.test(headers.get('content-type') ?? '')
  const text = typeof root === 'string' ? root : isText ? body.trim() : ''
  return text === '' || text.length > MOST_TEXT || /[<>]/.test(text) ? undefined : text
}

/** In characters: what is longer was not written to be read. */
const MOST_TEXT = 500

/** Nothing of what a service says when it doubts who we are. */
function ownWords(code: Code, secret: boolean, whose: string): string | undefined {
  if (code === 'invalid_api_key' || code === 'insufficient_permissions') {
    return `The provider refused the credential ${whose}.`
  }
  if (!secret) return undefined
  if (code === 'insufficient_quota') return `The account ${whose} has nothing left to spend.`
  return code === 'content_filter' ? "The provider's filter refused what was asked." : `The provider ${whose} refused.`
}

/** What a service behind this one says, with the code of this one. */
function behindOf(root: unknown, { behind }: ErrorRules): Told | undefined {
  const inner = behind?.(root)
  const outer = toldBy(root, undefined)
  if (!inner || !outer) return undefined
  const read = typeof inner === 'string' ? (jsonIn(inner) ?? inner) : inner
  const told = typeof read === 'string' ? undefined : toldBy(read, undefined)
  return { ...outer, message: told?.message ?? (typeof read === 'string' ? read : outer.message) }
}

/** A failure inside of what should be an answer, if the chunk is one. */
export function failureIn(chunk: unknown, { rules, errors }: Asked): GatewayError | undefined {
  const own = rules.failure?.(chunk)
  if (own) return failed(errors.codes?.[own.code] ?? 'upstream_error', own.message)
  if (!isFailure(chunk)) return undefined
  const told = behindOf(chunk, errors) ?? toldBy(chunk, undefined)
  if (!told) return new GatewayError('upstream_error', 'The provider reported an error.')
  const status = told.number !== undefined && told.number >= 400 && told.number < 600 ? told.number : statusIn(chunk)
  const code = codeOf(told, status, errors)
  const foreign = foreignOf(told, code)
  return failed(code, told.message, { param: told.param, ...(foreign && { foreign }) })
}

function failed(code: Code, message: string, details: ErrorDetails = {}): GatewayError {
  return new GatewayError(code, ownWords(code, false, 'it was given') ?? scrub(message), {
    ...details,
    ...(code === 'insufficient_quota' && { shouldRetry: false }),
  })
}

/** An error, whatever stands beside it; or something that has no choices and speaks of one. */
function isFailure(chunk: unknown): boolean {
  const first: unknown = Array.isArray(chunk) ? chunk[0] : chunk
  if (at(first, 'error')) return true
  if (typeof first !== 'object' || first === null) return false
  if (Array.isArray(at(first, 'choices')) || at(first, 'usage')) return false
  if (at(first, 'object') === 'error') return true
  return ['message', 'detail', 'errors', 'error_code', 'title', 'fault'].some((key) => Boolean(at(first, key)))
}

function statusIn(chunk: unknown): number | undefined {
  const status = at(chunk, 'status_code') ?? at(chunk, 'status') ?? at(at(chunk, 'error'), 'status_code')
  return typeof status === 'number' ? status : undefined
}

function codeOf(told: Told | undefined, status: number | undefined, { codes = {}, words = [] }: ErrorRules): Code {
  const message = told?.message ?? ''
  for (const [pattern, code] of words) if (pattern.test(message)) return code
  for (const name of [told?.code, told?.type, told?.number, status]) {
    const key = String(name ?? '')
    if (Object.hasOwn(codes, key)) return codes[key] ?? 'upstream_error'
    if (Object.hasOwn(BY_NAME, key)) return BY_NAME[key] ?? 'upstream_error'
  }
  const client = status === undefined || (status >= 400 && status < 500 && status !== 429)
  if (client && TOO_LONG.test(message)) return 'context_length_exceeded'
  if (status === 404 && NO_MODEL.test(message)) return 'model_not_found'
  if (status === undefined) return 'upstream_error'
  return codeOfStatus(status, told !== undefined)
}

/** The service's own names, where they say more than ours and mean no less. */
function foreignOf({ type, code }: Told, ours: Code): { type?: string; code?: string } | undefined {
  if (ours === 'rate_limit' && (type === 'tokens' || type === 'requests')) return { type }
  const { status, code: plain } = CODES[ours]
  if (plain !== null || status !== 400 || typeof code !== 'string') return undefined
  return { code }
}
