// Errors in OpenAI's own form, and in the forms that services like it give them.
// https://platform.openai.com/docs/guides/error-codes
import { type Code, GatewayError, scrub } from '../../hub/error.ts'
import type { Refusal } from '../../hub/provider.ts'
import { toldIn } from './told.ts'

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
  const told = toldIn(body, status)
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
