// A new key and its record.
import type { SlotRequest, StoredBinding, StoredSlot } from '../../schemas/binding.ts'
import { GatewayError } from '../hub/error.ts'
import { hashSecret, mintKey, newKeyId } from './format.ts'
import { openRing, type Ring } from './ring.ts'
import { seal } from './seal.ts'
import { placeOf, secretNameIn } from './slot.ts'
import { reached, recordOf } from './store.ts'
import { type ValidationContext, validateCreate } from './validate.ts'

/** A key that was made just now, which nobody can be shown again. */
export interface NewKey {
  readonly key: string
  readonly record: StoredBinding
}

/**
 * Makes a key and stores its record, credentials sealed.
 * @throws GatewayError 400 with `param` for a body that breaks a rule; 503 `not_configured` without SEAL_KEYS.
 */
export async function createKey(body: unknown, context: ValidationContext): Promise<NewKey> {
  const { env, now } = context
  const { providers: slots, ...rest } = validateCreate(body, context)
  const ring = await openRing(env.SEAL_KEYS)
  const minted = await mintKey(ring, newKeyId(now))
  const stored = Object.entries(slots).map(
    async ([name, slot]) => [name, await sealSlot(ring, minted.id, name, slot)] as const,
  )
  const record: StoredBinding = {
    v: 1,
    id: minted.id,
    rev: 1,
    status: 'active',
    hashes: [await hashSecret(ring, minted)],
    created_at: new Date(now).toISOString(),
    ...rest,
    providers: Object.fromEntries(await Promise.all(stored)),
  }
  if (!(await reached(recordOf(env, minted.id).write(record)))) {
    throw new GatewayError('conflict', 'The new key met another of its id. Send the request again.')
  }
  return { key: minted.key, record }
}

/** A slot as it is stored: with its credential sealed for this key, slot, provider and origin. */
export async function sealSlot(ring: Ring, id: string, name: string, sent: SlotRequest): Promise<StoredSlot> {
  const { credential, ...rest } = sent
  const slot = { ...rest, provider: sent.provider ?? name }
  if (credential === undefined) return slot
  const secret = secretNameIn(credential)
  if (secret !== undefined) return { ...slot, credential: { secret } }
  return { ...slot, credential: { sealed: await seal(ring, JSON.stringify(credential), placeOf(id, name, slot)) } }
}
