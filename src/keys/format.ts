// A key: `sk-dg-` + id (16) + secret (43) + check tag (6), all of [A-Za-z0-9_-]. The id is public; the secret is 32
// random bytes; the tag is a truncated HMAC over both, so that a made-up key is refused without a read.
import type { SecretHash } from '../../schemas/binding.ts'
import { fromBase64url, toBase64url } from './base64url.ts'
import type { Ring } from './ring.ts'

export interface ParsedKey {
  /** `key_` + the 16 characters: the id that answers show and records are stored under. */
  readonly id: string
  /** The 43 characters as they stand in the key. */
  readonly secret: string
}

export interface MintedKey extends ParsedKey {
  /** The whole key. It is shown once and kept nowhere. */
  readonly key: string
}

const KEY = /^sk-dg-([\w-]{16})([\w-]{43})([\w-]{6})$/
const ID = /^key_[\w-]{16}$/
const TAG_LENGTH = 6
/** base64url's characters in the order of their codes, so that ids sort as their times do. */
const SORTED = '-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz'

/** Whether a text has the form of a key's public id. */
export function isKeyId(text: string): boolean {
  return ID.test(text)
}

/**
 * A new public id: 7 characters of time and 9 (54 bits) of chance. It sorts by time, so that KV, which lists by name,
 * lists keys in the order they were made. It needs not be hard to guess: the secret is.
 */
export function newKeyId(now: number): string {
  let id = ''
  for (let rest = now, i = 0; i < 7; i++, rest = Math.floor(rest / 64)) id = SORTED.charAt(rest % 64) + id
  for (const byte of crypto.getRandomValues(new Uint8Array(9))) id += SORTED.charAt(byte & 63)
  return `key_${id}`
}

/** Makes the secret of a key and the key itself, tagged under the newest version of the ring. */
export async function mintKey(ring: Ring, id: string): Promise<MintedKey> {
  const secret = toBase64url(crypto.getRandomValues(new Uint8Array(32)))
  const tag = await tagOf(ring.newest.tag, id, secret)
  return { id, secret, key: `sk-dg-${id.slice(4)}${secret}${tag}` }
}

/** Takes a key apart; null for anything that this ring has not tagged. Reads nothing. */
export async function parseKey(ring: Ring, key: string): Promise<ParsedKey | null> {
  const [, chars, secret, tag] = KEY.exec(key) ?? []
  if (chars === undefined || secret === undefined || tag === undefined) return null
  const id = `key_${chars}`
  for (const keys of ring.versions) {
    if (sameText(await tagOf(keys.tag, id, secret), tag)) return { id, secret }
  }
  return null
}

/** The hash of a key's secret, under the newest version of the ring. */
export async function hashSecret(ring: Ring, { id, secret }: ParsedKey): Promise<SecretHash> {
  const digest = await crypto.subtle.sign('HMAC', ring.newest.secret, bytesOf(id, secret))
  return { ring: ring.newest.version, digest: toBase64url(new Uint8Array(digest)) }
}

/** What an unknown id is compared with, so that it costs what a known one costs. No secret has this hash. */
export const NO_HASH: SecretHash = { ring: 0, digest: toBase64url(new Uint8Array(32)) }

/** Whether the secret has this hash. `verify` compares in constant time; a lost version of the ring matches nothing. */
export async function matchesHash(ring: Ring, { id, secret }: ParsedKey, hash: SecretHash): Promise<boolean> {
  const keys = ring.versions.find(({ version }) => version === hash.ring)
  const { secret: hmac } = keys ?? ring.newest
  const same = await crypto.subtle.verify('HMAC', hmac, fromBase64url(hash.digest), bytesOf(id, secret))
  return same && keys !== undefined
}

/** The hashes that are good still: those without an end, and those in their grace. */
export function living(hashes: readonly SecretHash[], now: number): SecretHash[] {
  return hashes.filter(({ expires_at }) => expires_at === undefined || Date.parse(expires_at) > now)
}

async function tagOf(hmac: CryptoKey, id: string, secret: string): Promise<string> {
  const mac = await crypto.subtle.sign('HMAC', hmac, bytesOf(id, secret))
  return toBase64url(new Uint8Array(mac)).slice(0, TAG_LENGTH)
}

function bytesOf(id: string, secret: string): Uint8Array {
  return new TextEncoder().encode(id + secret)
}

/** Compares two texts of equal length without stopping at the first difference. */
function sameText(a: string, b: string): boolean {
  let difference = a.length ^ b.length
  for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i)
  return difference === 0
}
