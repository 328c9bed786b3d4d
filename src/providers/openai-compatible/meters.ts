// Where services that speak OpenAI's format tell of their limits, beside `standardMeters`: the shapes that they share.
// A reset is read in whatever form it is written, and a window that is not in a table is not told.
import { type Meters, standardMeters } from '../../limits/meters.ts'

/** Nothing is told. */
export const noMeters: Meters = []

/** OpenAI's names, with the end of the window in a header of its own. */
export const timeRemainingMeters: Meters = [
  { unit: 'requests', header: 'x-ratelimit-*-requests', reset: 'x-ratelimit-timeremaining' },
  { unit: 'tokens', header: 'x-ratelimit-*-tokens' },
]

/** OpenAI's names, and those of the day: `x-ratelimit-limit-requests-day`. */
export const dayMeters: Meters = [...standardMeters, ...named('requests', ['x-ratelimit-*-requests-day'])]

/** The window in the name: `x-ratelimit-limit-tokens-minute`, `-hour`, `-day`. */
export const minuteDayMeters: Meters = (['requests', 'tokens'] as const).flatMap((unit) =>
  named(
    unit,
    ['minute', 'hour', 'day'].map((span) => `x-ratelimit-*-${unit}-${span}`),
  ),
)

/** `x-ratelimit-limit-req-minute`, and the older `x-ratelimitbysize-limit-minute`. */
export const bySizeMeters: Meters = [
  ...named('requests', ['x-ratelimit-*-req-minute']),
  ...named('tokens', ['x-ratelimit-*-tokens-minute']),
  { unit: 'tokens', header: 'x-ratelimitbysize-*-minute', reset: 'ratelimitbysize-reset' },
  ...named('tokens', ['x-ratelimit-*-tokens-month', 'x-ratelimitbysize-*-month']),
]

/** Bare names, of requests: `x-ratelimit-limit`. */
export const bareMeters: Meters = named('requests', ['x-ratelimit-*'])

/** Bare names of requests and tokens, the limits in force before the ones agreed on; or OpenAI's names. */
export const perSecondMeters: Meters = [
  { unit: 'requests', header: 'x-ratelimit-*-dynamic', reset: 'x-ratelimit-reset' },
  ...bareMeters,
  ...named('tokens', ['x-tokenlimit-*-dynamic', 'x-tokenlimit-*']),
  ...standardMeters,
]

/** Tokens of the prompt apart from those that are generated: `x-ratelimit-limit-tokens-prompt`. */
export const byKindMeters: Meters = [
  ...named('requests', ['x-ratelimit-*-requests']),
  ...named('input_tokens', ['x-ratelimit-*-tokens-prompt', 'x-ratelimit-*-tokens-cache-adjusted-prompt']),
  ...named('output_tokens', ['x-ratelimit-*-tokens-generated']),
]

function named(unit: Meters[number]['unit'], headers: readonly string[]): Meters {
  return headers.map((header) => ({ unit, header }))
}
