// What is sealed at rest, credentials first: AES-256-GCM under a key of their own (HKDF over the ring and a random salt), tied to the place
// they were sealed for. A ciphertext copied to another key or slot does not open, and neither does one whose slot was
// pointed at another service: whoever can write to KV still can not have a credential sent to a host of theirs.
import type { Sealed } from '../../schemas/binding.ts'
import { GatewayError } from '../hub/error.ts'
import { fromBase64url, toBase64url } from './base64url.ts'
import { infoOf, type Ring, type RingKeys } from './ring.ts'

/** Where a credential belongs. All of it is authenticated along with the ciphertext. */
export interface Place {
  /** The key's id: `key_…`. */
  readonly id: string
  readonly slot: string
  readonly provider: string
  /** The origin of the slot's `base_url`; empty for the provider's own. */
  readonly origin: string
}

/** What sealed bytes are opened with again. */
export interface SealedBytes {
  readonly ring: number
  readonly salt: Uint8Array<ArrayBuffer>
  readonly iv: Uint8Array<ArrayBuffer>
  readonly ct: Uint8Array<ArrayBuffer>
}

/** What keys are derived for: one that seals for one purpose opens nothing of another. */
type Purpose = 'credential' | 'response'

/**
 * Seals bytes under the newest version of the ring.
 * @param place what they are sealed for, in parts: all of it is authenticated along with them.
 */
export async function sealBytes(
  ring: Ring,
  purpose: Purpose,
  bytes: Uint8Array,
  place: readonly string[],
): Promise<SealedBytes> {
  const salt = crypto.getRandomValues(new Uint8Array(16))
  const iv = crypto.getRandomValues(new Uint8Array(12))
  const key = await aesKey(ring.newest, purpose, salt, 'encrypt')
  const ct = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: dataOf(place) }, key, bytes)
  return { ring: ring.newest.version, salt, iv, ct: new Uint8Array(ct) }
}

/**
 * Opens what `sealBytes` made, under a version of the ring.
 * @throws whatever the runtime does for bytes that were tampered with or sealed for another place.
 */
export async function openBytes(
  keys: RingKeys,
  purpose: Purpose,
  { salt, iv, ct }: Omit<SealedBytes, 'ring'>,
  place: readonly string[],
): Promise<Uint8Array> {
  const key = await aesKey(keys, purpose, salt, 'decrypt')
  return new Uint8Array(await crypto.subtle.decrypt({ name: 'AES-GCM', iv, additionalData: dataOf(place) }, key, ct))
}

/** Seals text under the newest version of the ring. */
export async function seal(ring: Ring, plain: string, place: Place): Promise<Sealed> {
  const bytes = new TextEncoder().encode(plain)
  const { ring: version, salt, iv, ct } = await sealBytes(ring, 'credential', bytes, partsOf(place))
  return { ring: version, salt: toBase64url(salt), iv: toBase64url(iv), ct: toBase64url(ct) }
}

/**
 * Opens what `seal` made, under the version of the ring that made it.
 * @throws GatewayError 503 `not_configured` if the ring has lost that version; 500 `server_error`, without a word on
 *   the reason, if the text was tampered with or sealed for another place.
 */
export async function open(ring: Ring, sealed: Sealed, place: Place): Promise<string> {
  const keys = ring.versions.find(({ version }) => version === sealed.ring)
  if (!keys) {
    throw new GatewayError(
      'not_configured',
      `SEAL_KEYS no longer holds version ${sealed.ring}, under which the credential of slot '${place.slot}' is sealed.`,
    )
  }
  try {
    const [salt, iv, ct] = [fromBase64url(sealed.salt), fromBase64url(sealed.iv), fromBase64url(sealed.ct)]
    return new TextDecoder().decode(await openBytes(keys, 'credential', { salt, iv, ct }, partsOf(place)))
  } catch {
    throw new GatewayError('server_error', `The credential of slot '${place.slot}' could not be opened.`)
  }
}

function aesKey(
  keys: RingKeys,
  purpose: Purpose,
  salt: Uint8Array<ArrayBuffer>,
  usage: 'encrypt' | 'decrypt',
): Promise<CryptoKey> {
  return crypto.subtle.deriveKey(
    { name: 'HKDF', hash: 'SHA-256', salt, info: infoOf(purpose) },
    keys.sealing,
    { name: 'AES-GCM', length: 256 },
    false,
    [usage],
  )
}

/** JSON, because no two places may spell the same bytes. */
function dataOf(place: readonly string[]): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(place))
}

function partsOf({ id, slot, provider, origin }: Place): string[] {
  return [id, slot, provider, origin]
}
