// Errors in OpenAI's own form: https://platform.openai.com/docs/guides/error-codes
import { type Code, GatewayError, scrub } from '../../hub/error.ts'
import type { Refusal } from '../../hub/provider.ts'

const BY_STATUS: Readonly<Record<number, Code>> = {
  400: 'invalid_request',
  401: 'invalid_api_key',
  402: 'insufficient_quota',
  403: 'insufficient_permissions',
  404: 'not_found',
  405: 'method_not_supported',
  408: 'timeout',
  409: 'conflict',
  413: 'request_too_large',
  422: 'invalid_request',
  429: 'rate_limit',
  500: 'server_error',
  503: 'overloaded',
  504: 'timeout',
}

/** Codes of money, which no waiting mends. */
const NO_MONEY = new Set(['insufficient_quota', 'billing_hard_limit_reached'])

/** The service's own words and codes, but nothing about the operator's credential. */
export function refused({ status, headers, body }: Refusal, slot: string): GatewayError {
  const code = BY_STATUS[status] ?? (status >= 500 ? 'upstream_error' : 'invalid_request')
  if (status === 401 || status === 403) {
    return new GatewayError(code, `The provider refused the credential of slot '${slot}'.`)
  }
  const error = read(body)
  if (!error) return new GatewayError(code, `The provider of slot '${slot}' answered ${status}.`)
  const message = scrub(error.message)
  if (status === 402 || NO_MONEY.has(error.code ?? '')) {
    return new GatewayError('insufficient_quota', message, { shouldRetry: false })
  }
  const should = headers.get('x-should-retry')
  return new GatewayError(code, message, {
    param: error.param,
    foreign: { ...(error.type && { type: error.type }), code: error.code },
    ...((should === 'true' || should === 'false') && { shouldRetry: should === 'true' }),
  })
}

interface Told {
  readonly message: string
  readonly type: string | undefined
  readonly param: string | null
  readonly code: string | null
}

function read(body: string): Told | undefined {
  try {
    const value: unknown = JSON.parse(body)
    const error = at(value, 'error')
    const message = at(error, 'message')
    if (typeof message !== 'string') return undefined
    const [type, param, code] = ['type', 'param', 'code'].map((key) => at(error, key))
    return {
      message,
      type: typeof type === 'string' ? type : undefined,
      param: typeof param === 'string' ? param : null,
      code: typeof code === 'string' ? code : null,
    }
  } catch {
    return undefined
  }
}

function at(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined
}
