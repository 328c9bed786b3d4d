// What a client is told when its key's limits keep a request back, in the words OpenAI uses.

import { GatewayError } from '../hub/error.ts'
import type { Exhausted } from './balance.ts'
import { formatDuration } from './duration.ts'
import type { Block } from './standing.ts'
import { SPANS, type WindowName } from './window.ts'

/** 429: the window has not got what was requested, and will when it ends. Times are epoch milliseconds. */
export function exhausted({ view, used, resetAt }: Exhausted, requested: number, now: number): GatewayError {
  const retryAfterMs = Math.max(1, Math.ceil(resetAt - now))
  const message =
    `Rate limit reached for this key on ${SPANS[view.name].words}: Limit ${view.limit}, Used ${used}, ` +
    `Requested ${requested}. Please try again in ${formatDuration(retryAfterMs)}.`
  return new GatewayError('rate_limit_requests', message, { retryAfterMs })
}

/** 429 that no waiting helps: one request counts for more than the window ever has. */
export function tooLarge(name: WindowName, limit: number, requested: number): GatewayError {
  const message = `Request too large for this key on ${SPANS[name].words}: Limit ${limit}, Requested ${requested}.`
  return new GatewayError('rate_limit_requests', message, { shouldRetry: false })
}

/** What is believed at most of an end that a provider told of: a day. */
const CAP_MS = 86_400_000

/** 429 before anything is sent: the provider of a slot has said that it would refuse, and until when. */
export function heldBack({ unit, reading, until }: Block, slot: string, now: number): GatewayError {
  const retryAfterMs = Math.min(CAP_MS, Math.max(1, Math.ceil(until - now)))
  const code = unit === undefined ? 'rate_limit' : unit === 'requests' ? 'rate_limit_requests' : 'rate_limit_tokens'
  const { limit, remaining } = reading ?? {}
  const window = [
    unit && ` on ${unit.replace('_', ' ')}`,
    limit !== undefined && `: Limit ${limit}, Remaining ${remaining ?? 0}`,
  ]
  const message =
    `Rate limit reached at the provider of slot '${slot}'${window.filter(Boolean).join('')}. ` +
    `Please try again in ${formatDuration(retryAfterMs)}.`
  return new GatewayError(code, message, { retryAfterMs })
}

/** 401: the limiter says the key is gone. */
export function revoked(): GatewayError {
  return new GatewayError('invalid_api_key', 'The API key has been revoked.')
}

/** 503: the limiter cannot be asked, and the key would rather refuse than pass its limits. */
export function unchecked(retryAfterMs: number): GatewayError {
  const message = 'The limits of this key cannot be checked at the moment. Please try again.'
  return new GatewayError('unavailable', message, { retryAfterMs })
}

/** Nobody hears it: the request ended while it still waited. */
export function over(): GatewayError {
  return new GatewayError('server_error', 'The request was over before it was counted.')
}
