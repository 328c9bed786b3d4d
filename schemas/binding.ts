// A key's binding: what an administrator sends to make one, and the record that is kept of it. The rules that need more
// than the value itself (a slot that must exist, a provider's own needs, the clock) stand in src/keys/validate.ts.
//
// Requests are strict: a field nobody knows is refused. Records are read as they were written: what a later version
// adds to them is passed over, and a rule that becomes stricter never locks out a key that exists.
import * as z from 'zod/mini'

const maybe = z.exactOptional

/** Text that can stand in a header or a URL without being quoted. */
const visible = (max: number) =>
  z
    .string()
    .check(z.minLength(1), z.maxLength(max), z.regex(/^[\x21-\x7e]*$/, 'Expected visible ASCII without spaces.'))
/** Text that becomes a part of a host name or a path. */
const label = z
  .string()
  .check(z.maxLength(128), z.regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'Expected letters and digits.'))
const count = (min: number, max: number) => z.int().check(z.gte(min), z.lte(max))

const slotName = z
  .string()
  .check(
    z.maxLength(64),
    z.regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, "Expected a slot's name: letters, digits, '.', '_', '-'."),
  )
/** A model as a client may name it: no white space, no control characters. */
const modelName = z.string().check(z.maxLength(256), z.regex(/^[^\s\p{Cc}]+$/u, "Expected a model's name."))

const perKey = count(1, Number.MAX_SAFE_INTEGER)
const limits = z.strictObject({
  requests_per_minute: maybe(perKey),
  requests_per_day: maybe(perKey),
  tokens_per_minute: maybe(perKey),
  tokens_per_day: maybe(perKey),
  concurrent_requests: maybe(perKey),
})
/** The limits of a key: per minute in fixed windows, per UTC day, and at the same time. */
export type Limits = z.infer<typeof limits>

const milliseconds = count(1, 86_400_000)
const timeouts = z.strictObject({
  connect_ms: maybe(milliseconds),
  first_byte_ms: maybe(milliseconds),
  idle_ms: maybe(milliseconds),
  total_ms: maybe(milliseconds),
})
/** How long each stage of an upstream call may take, in milliseconds. */
export type Timeouts = z.infer<typeof timeouts>

/** A Worker secret, named instead of sent. */
export const secretReference = z.strictObject({
  secret: z.string().check(z.maxLength(128), z.regex(/^[A-Za-z_]\w*$/, "Expected a secret's name.")),
})
/** A signing key pair (AWS' IAM). */
export const accessKey = z.strictObject({
  access_key_id: visible(256),
  secret_access_key: visible(256),
  session_token: maybe(visible(8192)),
})
export type AccessKey = z.infer<typeof accessKey>
/** A service account's key file (Google's IAM), kept whole: its other fields are the issuer's business. */
export const serviceAccount = z.looseObject({
  client_email: visible(512),
  private_key: z.string().check(z.minLength(1), z.maxLength(16_384)),
})
export type ServiceAccount = z.infer<typeof serviceAccount>
/** A string is a key or an access token, or one of the objects as JSON text, which is all a Worker secret can hold. */
const inlineText = z.string().check(z.minLength(1), z.maxLength(16_384))
const credential = z.union([inlineText, secretReference, accessKey, serviceAccount])

const slotFields = {
  base_url: maybe(z.string().check(z.minLength(1), z.maxLength(2048))),
  region: maybe(label),
  project: maybe(z.string().check(z.maxLength(128), z.regex(/^[A-Za-z0-9][A-Za-z0-9.:_-]*$/, 'Expected a project.'))),
  location: maybe(label),
  account_id: maybe(label),
  api_version: maybe(label),
  organization: maybe(visible(256)),
  headers: maybe(
    z.record(
      z.string().check(z.maxLength(128), z.regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, "Expected a header's name.")),
      z
        .string()
        .check(z.maxLength(4096), z.regex(/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/, 'Expected visible ASCII.')),
    ),
  ),
}
const slotRequest = z.strictObject({
  provider: maybe(visible(64)),
  ...slotFields,
  credential: maybe(credential),
})
export type SlotRequest = z.infer<typeof slotRequest>

const target = z.union([modelName, z.strictObject({ model: modelName, weight: maybe(z.number().check(z.gt(0))) })])
const alias = z.union([modelName, z.array(target).check(z.minLength(1), z.maxLength(32))])

/** The body of `POST /admin/keys`, and what a `PATCH` has to come to. */
export const createRequest = z.strictObject({
  name: maybe(z.string().check(z.maxLength(256))),
  providers: z.record(slotName, slotRequest),
  models: maybe(z.record(modelName, alias)),
  default_provider: maybe(slotName),
  allowed_models: maybe(z.array(modelName).check(z.maxLength(1000))),
  limits: maybe(limits),
  limits_mode: maybe(z.enum(['soft', 'hard'])),
  origins: maybe(z.array(z.string().check(z.maxLength(512))).check(z.maxLength(1000))),
  strict: maybe(z.boolean()),
  expires_at: maybe(
    z.iso.datetime({ offset: true, error: 'Expected a time as in RFC 3339, such as 2027-01-01T00:00:00Z.' }),
  ),
  on_disconnect: maybe(z.enum(['cancel', 'drain'])),
  timeouts: maybe(timeouts),
  retries: maybe(count(0, 10)),
  store_responses: maybe(z.boolean()),
})
export type CreateRequest = z.infer<typeof createRequest>

/** The body of `POST /admin/keys/{id}/rotate`: how long the old secret goes on, thirty days at most. */
export const rotateRequest = z.strictObject({ grace_seconds: maybe(count(0, 30 * 86_400)) })

const text = z.string()
const base64url = text.check(z.regex(/^[\w-]+$/))

/** AES-256-GCM: the ring's version, and salt, nonce and ciphertext with its tag, each base64url. */
const sealed = z.object({ ring: z.int(), salt: base64url, iv: base64url, ct: base64url })
export type Sealed = z.infer<typeof sealed>

/**
 * HMAC-SHA-256 of a key's secret, base64url. One that has `expires_at` is in its grace after a rotation. `tag` is the
 * version of the ring that the key's check tag was made under, where the hash has been made anew under a later one.
 */
const secretHash = z.object({ ring: z.int(), digest: base64url, tag: maybe(z.int()), expires_at: maybe(text) })
export type SecretHash = z.infer<typeof secretHash>

const storedSlot = z.object({
  provider: text,
  credential: maybe(z.union([z.object({ sealed }), secretReference])),
  base_url: maybe(text),
  region: maybe(text),
  project: maybe(text),
  location: maybe(text),
  account_id: maybe(text),
  api_version: maybe(text),
  organization: maybe(text),
  headers: maybe(z.record(text, text)),
})
export type StoredSlot = z.infer<typeof storedSlot>

const number = maybe(z.number())

/** The record of a key: in its Durable Object, and published to KV as `key:<id>`. */
export const storedBinding = z.object({
  v: z.literal(1),
  id: text.check(z.regex(/^key_[\w-]{16}$/)),
  /** Counts the writes; a write is taken only as the direct successor of what is held. */
  rev: z.int(),
  status: z.enum(['active', 'revoked']),
  hashes: z.array(secretHash),
  /** RFC 3339, UTC. */
  created_at: text,
  updated_at: maybe(text),
  name: maybe(text),
  providers: z.record(text, storedSlot),
  models: maybe(z.record(text, z.union([text, z.array(z.union([text, z.object({ model: text, weight: number })]))]))),
  default_provider: maybe(text),
  allowed_models: maybe(z.array(text)),
  limits: maybe(
    z.object({
      requests_per_minute: number,
      requests_per_day: number,
      tokens_per_minute: number,
      tokens_per_day: number,
      concurrent_requests: number,
    }),
  ),
  limits_mode: maybe(z.enum(['soft', 'hard'])),
  origins: maybe(z.array(text)),
  strict: maybe(z.boolean()),
  expires_at: maybe(text),
  on_disconnect: maybe(z.enum(['cancel', 'drain'])),
  timeouts: maybe(z.object({ connect_ms: number, first_byte_ms: number, idle_ms: number, total_ms: number })),
  retries: number,
  store_responses: maybe(z.boolean()),
})
export type StoredBinding = z.infer<typeof storedBinding>
