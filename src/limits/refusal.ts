// What a client is told when its key's limits keep a request back, in the words OpenAI uses.

import { GatewayError } from '../hub/error.ts'
import type { Exhausted } from './balance.ts'
import { formatDuration } from './duration.ts'
import type { Crowded } from './held-slots.ts'
import { type LimitName, SPANS } from './spans.ts'
import type { Block } from './standing.ts'

/** Nobody knows when another request will end; this is when it is worth asking again. */
const CROWDED_MS = 1000

/** 429: the window has not got what was requested, and will when it ends. Times are epoch milliseconds. */
export function exhausted({ name, limit, used, resetAt }: Exhausted, requested: number, now: number): GatewayError {
  const retryAfterMs = Math.max(1, Math.ceil(resetAt - now))
  const message =
    `Rate limit reached for this key on ${wordsOf(name)}: Limit ${limit}, Used ${used}, ` + `Requested ${requested}.`
  // What comes once does not come again.
  if ('once' in SPANS[name]) return new GatewayError(codeOf(name), message, { shouldRetry: false })
  const again = `${message} Please try again in ${formatDuration(retryAfterMs)}.`
  return new GatewayError(codeOf(name), again, { retryAfterMs })
}

/** 429: too many requests are under way. */
export function crowded({ limit, used }: Crowded, requested: number): GatewayError {
  const message =
    `Rate limit reached for this key on ${wordsOf('concurrent_requests')}: Limit ${limit}, Used ${used}, ` +
    `Requested ${requested}. Please try again when another request has ended.`
  return new GatewayError('rate_limit_requests', message, { retryAfterMs: CROWDED_MS })
}

/** 429 that no waiting helps: one request counts for more than the limit ever allows. */
export function tooLarge(name: LimitName, limit: number, requested: number): GatewayError {
  const message = `Request too large for this key on ${wordsOf(name)}: Limit ${limit}, Requested ${requested}.`
  return new GatewayError(codeOf(name), message, { shouldRetry: false })
}

function wordsOf(name: LimitName): string {
  return name === 'concurrent_requests' ? 'concurrent requests' : SPANS[name].words
}

function codeOf(name: LimitName): 'rate_limit_requests' | 'rate_limit_tokens' {
  return name !== 'concurrent_requests' && SPANS[name].unit === 'tokens' ? 'rate_limit_tokens' : 'rate_limit_requests'
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
