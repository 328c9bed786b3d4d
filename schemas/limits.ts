// What `GET /v1/limits` answers: a key's own limits, and how its accounts stand with their providers. What nobody said is
// left out. Times are in RFC 3339, UTC, as everywhere in a key's binding.
import * as z from 'zod/mini'

const maybe = z.exactOptional
const count = z.int().check(z.gte(0))
const time = z.iso.datetime()

/** One limit of the key's, under the name that its binding gives it. */
const ownLimit = z.object({
  name: z.string(),
  limit: count,
  /** What can still be had. What other isolates have on lease counts as used until they give it back. */
  remaining: maybe(count),
  /** When the window ends; absent while it has not begun, and where there is none. */
  reset_at: maybe(time),
})

/** One window of a provider's, as its answers told of it. */
const providerWindow = z.object({
  unit: z.enum(['requests', 'tokens', 'input_tokens', 'output_tokens']),
  limit: maybe(count),
  remaining: maybe(count),
  /** When it is full again. */
  reset_at: maybe(time),
  /** When the answer came that told of it last. */
  seen_at: time,
})

const breaker = z.object({
  /** `open`: other targets of a list are tried first. `half_open`: one request finds out. */
  state: z.enum(['closed', 'open', 'half_open']),
  /** Failures in a row. */
  failures: count,
  /** When it is half open. */
  retry_at: maybe(time),
})

/** One account, and the models that its provider counts together. */
const account = z.object({
  slot: z.string(),
  provider: z.string(),
  family: z.string(),
  windows: z.array(providerWindow),
  /** Until then requests are refused, or routed on, before they are sent. */
  blocked_until: maybe(time),
  breaker,
})

export const knownLimits = z.object({
  object: z.literal('limits'),
  key: z.object({ id: z.string(), limits: z.array(ownLimit) }),
  providers: z.array(account),
})
export type KnownLimits = z.infer<typeof knownLimits>
export type OwnLimit = z.infer<typeof ownLimit>
export type AccountLimits = z.infer<typeof account>
