// Credentials at rest: AES-256-GCM under a key of their own (HKDF over the ring and a random salt), tied to the place
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

/** Seals text under the newest version of the ring. */
export async function seal(ring: Ring, plain: string, place: Place): Promise<Sealed> {
  const salt = crypto.getRandomValues(new Uint8Array(16))
  const iv = crypto.getRandomValues(new Uint8Array(12))
  const key = await aesKey(ring.newest, salt, 'encrypt')
  const ct = await crypto.subtle.encrypt(
    { name: 'AES-GCM', iv, additionalData: dataOf(place) },
    key,
    new TextEncoder().encode(plain),
  )
  return {
    ring: ring.newest.version,
    salt: toBase64url(salt),
    iv: toBase64url(iv),
    ct: toBase64url(new Uint8Array(ct)),
  }
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
    const key = await aesKey(keys, fromBase64url(sealed.salt), 'decrypt')
    const plain = await crypto.subtle.decrypt(
      { name: 'AES-GCM', iv: fromBase64url(sealed.iv), additionalData: dataOf(place) },
      key,
      fromBase64url(sealed.ct),
    )
    return new TextDecoder().decode(plain)
  } catch {
    throw new GatewayError('server_error', `The credential of slot '${place.slot}' could not be opened.`)
  }
}

function aesKey(keys: RingKeys, salt: Uint8Array<ArrayBuffer>, usage: 'encrypt' | 'decrypt'): Promise<CryptoKey> {
  return crypto.subtle.deriveKey(
    { name: 'HKDF', hash: 'SHA-256', salt, info: infoOf('credential') },
    keys.credential,
    { name: 'AES-GCM', length: 256 },
    false,
    [usage],
  )
}

/** JSON, because no two places may spell the same bytes. */
function dataOf({ id, slot, provider, origin }: Place): Uint8Array {
  return new TextEncoder().encode(JSON.stringify([id, slot, provider, origin]))
}
