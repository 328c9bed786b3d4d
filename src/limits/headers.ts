// Windows and waiting times on the way out: OpenAI's names, Go durations.

import { formatDuration } from './duration.ts'
import { type Reading, tighter, type Windows } from './meters.ts'

/**
 * `x-ratelimit-{limit,remaining,reset}-{requests,tokens}` of the window that binds first, of the key's own and of the
 * provider's. What is not known is left out, never invented.
 * @param now epoch milliseconds.
 */
export function limitHeaders(own: Windows, provider: Windows, now: number): Record<string, string> {
  return {
    ...triple('requests', tighter(own.requests, provider.requests), now),
    ...triple('tokens', tighter(tokensOf(own), tokensOf(provider)), now),
  }
}

/** `retry-after` in whole seconds, at least one, and `retry-after-ms`, both rounded up. */
export function retryHeaders(ms: number): Record<string, string> {
  const whole = Math.max(0, Math.ceil(ms))
  return { 'retry-after': String(Math.max(1, Math.ceil(whole / 1000))), 'retry-after-ms': String(whole) }
}

function triple(name: 'requests' | 'tokens', reading: Reading | undefined, now: number): Record<string, string> {
  const { limit, remaining, resetAt } = reading ?? {}
  return {
    ...(limit === undefined ? {} : { [`x-ratelimit-limit-${name}`]: String(limit) }),
    ...(remaining === undefined ? {} : { [`x-ratelimit-remaining-${name}`]: String(remaining) }),
    ...(resetAt === undefined ? {} : { [`x-ratelimit-reset-${name}`]: formatDuration(resetAt - now) }),
  }
}

/** The window of all tokens; where there is none, of input and output the one of which less is left in proportion. */
function tokensOf({ tokens, input_tokens, output_tokens }: Windows): Reading | undefined {
  const empty = [tokens, input_tokens, output_tokens].find((reading) => reading?.remaining === 0)
  if (empty !== undefined || tokens !== undefined) return empty ?? tokens
  if (input_tokens === undefined || output_tokens === undefined) return input_tokens ?? output_tokens
  return share(output_tokens) < share(input_tokens) ? output_tokens : input_tokens
}

function share({ limit, remaining }: Reading): number {
  return limit === undefined || remaining === undefined || limit === 0 ? 1 : remaining / limit
}
