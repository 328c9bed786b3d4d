// Errors in OpenAI's own form, and in the forms that services like it give them.
// https://platform.openai.com/docs/guides/error-codes
import { type Code, GatewayError, scrub } from '../../hub/error.ts'
import { at } from '../../hub/json.ts'
import type { Refusal } from '../../hub/provider.ts'

/** What a status means by itself, where the body is not the service's own. */
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

/** What it means beside an error of the service. */
const BY_STATUS_TOLD: Readonly<Record<number, Code>> = {
  ...BY_STATUS,
  404: 'not_found',
  405: 'method_not_supported',
  409: 'conflict',
  500: 'server_error',
}

/** Codes and types of money, which no waiting mends. */
const NO_MONEY = new Set(['insufficient_quota', 'billing_hard_limit_reached'])

/** The service's own words and codes, but nothing about the operator's credential. */
export function refused({ status, headers, body }: Refusal, slot: string): GatewayError {
  const told = errorIn(body, status)
  // An HTML page of something in between says nothing that helps, and may say too much.
  if (!told) {
    const code = BY_STATUS[status] ?? 'upstream_error'
    return new GatewayError(code, ownWords(status, slot) ?? `The provider of slot '${slot}' answered ${status}.`, {
      ...(code === 'insufficient_quota' && { shouldRetry: false }),
    })
  }
  const { type, code, param } = told
  const message = ownWords(status, slot) ?? scrub(told.message)
  if (status === 402 || NO_MONEY.has(code ?? '') || NO_MONEY.has(type ?? '')) {
    return new GatewayError('insufficient_quota', message, { shouldRetry: false })
  }
  const should = headers.get('x-should-retry')
  const known = BY_STATUS_TOLD[status]
  return new GatewayError(known ?? (status < 500 ? 'invalid_request' : 'upstream_error'), message, {
    param,
    foreign: {
      ...(known === undefined && status < 500 && { status }),
      ...(type !== undefined && { type }),
      ...(code !== undefined && { code }),
    },
    ...((should === 'true' || should === 'false') && { shouldRetry: should === 'true' }),
  })
}

function ownWords(status: number, slot: string): string | undefined {
  return status === 401 || status === 403 ? `The provider refused the credential of slot '${slot}'.` : undefined
}

interface Told {
  readonly message: string
  readonly type: string | undefined
  readonly param: string | null
  /** Null only where the service says null: it has no name for this. */
  readonly code: string | null | undefined
}

/** Reads `{error: {…}}`, the same without its envelope or in a list of one, and the shapes of other frameworks. */
function errorIn(body: string, status: number): Told | undefined {
  const root = parse(body)
  const first: unknown = Array.isArray(root) ? root[0] : root
  const inside = at(first, 'error') ?? at(at(first, 'errors'), '0') ?? at(first, 'fault') ?? first
  const message = messageIn(inside) ?? messageIn(first)
  if (message === undefined) return undefined
  const code = at(inside, 'code')
  return {
    message,
    type: nameIn(at(inside, 'type')),
    param: typeof at(inside, 'param') === 'string' ? String(at(inside, 'param')) : null,
    // A code that repeats the status names nothing.
    code: code === null ? null : code === String(status) ? undefined : nameIn(code),
  }
}

const MESSAGE_KEYS = ['message', 'detail', 'msg', 'error', 'faultstring', 'title'] as const

function messageIn(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  for (const key of MESSAGE_KEYS) {
    const said = at(value, key)
    if (typeof said === 'string' && said !== '') return said
    // A list of what is wrong with each field, or an error inside a detail.
    const inner = typeof said === 'object' ? messageIn(Array.isArray(said) ? said[0] : said) : undefined
    if (inner !== undefined) return inner
  }
  return undefined
}

/** Only what has the look of a name: it is passed on without being scrubbed. */
function nameIn(value: unknown): string | undefined {
  return typeof value === 'string' && /^[\w.:-]{1,64}$/.test(value) ? value : undefined
}

function parse(body: string): unknown {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' ? value : undefined
  } catch {
    return undefined
  }
}
