// What `POST /v1/client_tokens` takes and answers: a token that a page can be given instead of a key.
import * as z from 'zod/mini'

const maybe = z.exactOptional
const count = (low: number, high = Number.MAX_SAFE_INTEGER) => z.int().check(z.gte(low), z.lte(high))

export const clientTokenRequest = z.strictObject({
  /** The origin of the page, as browsers send it: `https://app.example.com`. */
  origin: z.string().check(z.maxLength(512)),
  /** Patterns as in a key's `allowed_models`. A model has to be allowed by both. */
  models: maybe(z.array(z.string().check(z.minLength(1), z.maxLength(256))).check(z.minLength(1), z.maxLength(50))),
  /** Seconds; 600 unless said. */
  expires_in: maybe(count(1, 3600)),
  /** What may be used in all, beside the limits of the key, which count for it as well. */
  budget: maybe(z.strictObject({ requests: maybe(count(1)), tokens: maybe(count(1)) })),
})

export interface ClientTokenAnswer {
  /** `dgt_…` */
  readonly token: string
  /** RFC 3339, UTC. */
  readonly expires_at: string
}
