// The ring: the Worker's own keys, out of the secret SEAL_KEYS, one for each purpose (HKDF, RFC 5869).
// The highest version makes new things, every version still checks and opens old ones.
import { GatewayError } from '../hub/error.ts'
import { fromBase64url } from './base64url.ts'

/** One version of the ring. None of its keys can be read back. */
export interface RingKeys {
  readonly version: number
  /** HMAC-SHA-256: the check tag at the end of a key. */
  readonly tag: CryptoKey
  /** HMAC-SHA-256: the hash of a key's secret that the record holds. */
  readonly secret: CryptoKey
  /** HMAC-SHA-256: signs what a key lends to a page. */
  readonly token: CryptoKey
  /** HKDF: from this and a salt comes the AES key of one thing that is sealed. */
  readonly sealing: CryptoKey
}

export interface Ring {
  readonly newest: RingKeys
  /** All versions, newest first. */
  readonly versions: readonly RingKeys[]
}

const VERSION = /^[1-9]\d{0,8}$/
const BYTES = 32

/** The last ring opened in this isolate. A value, never a promise: a promise dies with the request that made it. */
let opened: { readonly from: string; readonly ring: Ring } | undefined

/**
 * The ring of this Worker, derived once per isolate.
 * @param sealKeys the secret's text: `{"1": "<base64 of 32 random bytes>", "2": …}`
 * @throws GatewayError 503 `not_configured`, saying what to set and never what was set.
 */
export async function openRing(sealKeys: string | undefined): Promise<Ring> {
  if (opened && opened.from === sealKeys) return opened.ring
  const entries = parse(sealKeys?.trim() ?? '')
  const versions = await Promise.all(entries.map(([version, bytes]) => derive(version, bytes)))
  versions.sort((a, b) => b.version - a.version)
  const [newest] = versions
  if (!newest || sealKeys === undefined) throw notConfigured('holds no key')
  const ring = { newest, versions }
  opened = { from: sealKeys, ring }
  return ring
}

/** Whether a ring has a version. */
export function holds({ versions }: Ring, version: number): boolean {
  return versions.some((keys) => keys.version === version)
}

function parse(text: string): [number, Uint8Array<ArrayBuffer>][] {
  if (text === '') throw notConfigured('is not set')
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // The parser's own message quotes the text, so it goes nowhere, not even as a cause.
    throw notConfigured('is not JSON')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw notConfigured('is not a JSON object')
  return Object.entries(value).map(([version, key]) => {
    if (!VERSION.test(version)) throw notConfigured('has a version that is no number from 1 up')
    return [Number(version), bytesOf(key)]
  })
}

function bytesOf(key: unknown): Uint8Array<ArrayBuffer> {
  let bytes: Uint8Array<ArrayBuffer> | undefined
  try {
    if (typeof key === 'string') bytes = fromBase64url(key.trim())
  } catch {
    // Told below, like every other wrong length.
  }
  if (bytes?.length !== BYTES) throw notConfigured(`has a value that is not the base64 of ${BYTES} bytes`)
  return bytes
}

async function derive(version: number, bytes: Uint8Array<ArrayBuffer>): Promise<RingKeys> {
  const base = await crypto.subtle.importKey('raw', bytes, 'HKDF', false, ['deriveKey'])
  const macs = ['check tag', 'secret hash', 'client token'].map((purpose) => hmacKey(base, purpose))
  const [tag, secret, token] = (await Promise.all(macs)) as [CryptoKey, CryptoKey, CryptoKey]
  return { version, tag, secret, token, sealing: base }
}

function hmacKey(base: CryptoKey, purpose: string): Promise<CryptoKey> {
  return crypto.subtle.deriveKey(
    { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: infoOf(purpose) },
    base,
    { name: 'HMAC', hash: 'SHA-256', length: 256 },
    false,
    ['sign', 'verify'],
  )
}

/** What keeps the keys of two purposes apart. It is part of every stored hash: it never changes. */
export function infoOf(purpose: string) {
  return new TextEncoder().encode(`dragoman/${purpose}/v1`)
}

function notConfigured(what: string): GatewayError {
  return new GatewayError(
    'not_configured',
    `The gateway is not configured: SEAL_KEYS ${what}. Set this secret to JSON like {"1": "<base64 of 32 random bytes>"}; 'openssl rand -base64 32' makes one.`,
  )
}
