// One line of the log: what is known of a request when it is over. docs/logs.md tells each field to people, with
// queries. Nothing here is a client's or a provider's own words: no content, no keys, no headers, no addresses. A name
// that others chose (a model, the provider's request id) is there in letters, digits and a few signs, and scrubbed.
import * as z from 'zod/mini'

const maybe = z.exactOptional
const count = z.number().check(z.gte(0))
const id = (prefix: string) => z.string().check(z.regex(new RegExp(`^${prefix}_[\\w-]+$`)))

/** How a request ended: `refused` is a 4xx, `failed` a 5xx or an answer that broke off, `client_gone` a hang-up. */
const outcome = z.enum(['complete', 'refused', 'failed', 'client_gone'])

/** The prompt's tokens, those of them that came from a cache or went into it; the answer's, those that were thoughts. */
export const usage = z.strictObject({
  input_tokens: count,
  cached_tokens: count,
  cache_write_tokens: count,
  output_tokens: count,
  reasoning_tokens: count,
  total_tokens: count,
})

/** Milliseconds. A stage that was not reached is absent; `first_byte` is there for streams alone. */
export const timings = z.strictObject({
  auth: maybe(count),
  limit: maybe(count),
  translate: maybe(count),
  upstream: maybe(count),
  first_byte: maybe(count),
  total: count,
})

export const logEntry = z.strictObject({
  event: z.literal('request'),
  request_id: id('req'),
  upstream_request_id: maybe(z.string().check(z.regex(/^[\w.:/+=-]{1,128}$/))),
  key_id: maybe(id('key')),
  method: z.string().check(z.regex(/^[A-Z]+$/)),
  endpoint: z.string().check(z.regex(/^(?:\/[\w/{}-]*|unknown)$/)),
  route: maybe(z.string().check(z.regex(/^[\w.-]+\/(?:[\w.:/@+[\]-]{1,256}|\?)$/))),
  provider: maybe(z.string().check(z.regex(/^[a-z-]+$/))),
  stream: maybe(z.boolean()),
  status: maybe(z.int()),
  outcome,
  error: maybe(z.string().check(z.regex(/^[a-z_]+$/))),
  usage: maybe(usage),
  cost_usd: maybe(count),
  attempts: count,
  losses: maybe(z.array(z.string().check(z.regex(/^(?:\w+|\?) [a-z]+$/)))),
  timings,
})

export type LogEntry = z.infer<typeof logEntry>
