// A token for a browser: what a key lends to a page for an hour at most. It is signed and kept nowhere, so that all that
// stands in it is checked before anything is read: `dgt_` + what it says, base64url + `.` + HMAC-SHA-256 of that.
import * as z from 'zod/mini'
import { GatewayError } from '../hub/error.ts'
import { fromBase64url, toBase64url } from './base64url.ts'
import type { Ring } from './ring.ts'

export const TOKEN_PREFIX = 'dgt_'
const TOKEN = /^dgt_([\w-]{1,8000})\.([\w-]{43})$/

/** The members have one letter each, because the token goes with every request. */
const content = z.object({
  /** The ring's version, the key's id, and the token's own. */
  v: z.int(),
  k: z.string(),
  i: z.string(),
  /** The origin it may be used from, and its end in epoch seconds. */
  o: z.string(),
  e: z.number(),
  /** Patterns of models; absent: all that the key has. */
  m: z.exactOptional(z.array(z.string())),
  /** Requests and tokens that it may use in all. */
  r: z.exactOptional(z.int()),
  t: z.exactOptional(z.int()),
})

export interface ClientToken {
  /** Of the key that it is from. */
  readonly keyId: string
  readonly id: string
  readonly origin: string
  /** Epoch milliseconds, whole seconds. */
  readonly expiresAt: number
  readonly models?: readonly string[] | undefined
  readonly requests?: number | undefined
  readonly tokens?: number | undefined
}

/** Signs a token under the newest version of the ring. */
export async function signToken(ring: Ring, token: ClientToken): Promise<string> {
  const { keyId, id, origin, expiresAt, models, requests, tokens } = token
  const said = {
    ...{ v: ring.newest.version, k: keyId, i: id, o: origin, e: expiresAt / 1000 },
    ...(models && { m: models }),
    ...(requests !== undefined && { r: requests }),
    ...(tokens !== undefined && { t: tokens }),
  }
  const text = toBase64url(new TextEncoder().encode(JSON.stringify(said)))
  const mac = await crypto.subtle.sign('HMAC', ring.newest.token, new TextEncoder().encode(text))
  return `${TOKEN_PREFIX}${text}.${toBase64url(new Uint8Array(mac))}`
}

/**
 * What a token says, if this ring has signed it, it is not over, and it comes from where it may. Reads nothing.
 * @param origin the request's own; null where it has none.
 * @param now epoch milliseconds
 * @throws GatewayError 401, 403 `origin_not_allowed`
 */
export async function openToken(ring: Ring, token: string, origin: string | null, now: number): Promise<ClientToken> {
  const [, text = '', mac = ''] = TOKEN.exec(token) ?? []
  const said = contentOf(text)
  const keys = said && ring.versions.find(({ version }) => version === said.v)
  const signed =
    keys && (await crypto.subtle.verify('HMAC', keys.token, fromBase64url(mac), new TextEncoder().encode(text)))
  if (!said || !signed) throw new GatewayError('invalid_api_key', 'Incorrect token provided.')
  if (said.e * 1000 <= now) throw new GatewayError('invalid_api_key', 'The token has expired.')
  if (origin !== said.o)
    throw new GatewayError('origin_not_allowed', 'This token may be used by the page alone that it was made for.')
  const { k: keyId, i: id, e, m: models, r: requests, t: tokens } = said
  return { keyId, id, origin, expiresAt: e * 1000, models, requests, tokens }
}

function contentOf(text: string): z.infer<typeof content> | undefined {
  try {
    return content.parse(JSON.parse(new TextDecoder().decode(fromBase64url(text))))
  } catch {
    return undefined
  }
}
