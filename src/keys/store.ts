// The records of keys, as the admin API reads and writes them: each through its own Durable Object.
import type { StoredBinding } from '../../schemas/binding.ts'
import { GatewayError } from '../hub/error.ts'
import { isKeyId } from './format.ts'
import type { KeyRecord } from './record.ts'

/**
 * Of writers who meet, one wins every round and none waits for another, so that so many of them are all done after as
 * many rounds.
 */
const ROUNDS = 32

/** @throws GatewayError 404 for what is no key's id. */
export function recordOf(env: Env, id: string): DurableObjectStub<KeyRecord> {
  if (!isKeyId(id)) throw noSuchKey()
  return env.RECORDS.getByName(id)
}

/**
 * The answer of a record's object, or of KV.
 * @throws GatewayError 503 where it cannot be reached.
 */
export async function reached<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked
  } catch (cause) {
    console.error({ event: 'key-store-failed', error: cause instanceof Error ? cause.message : 'unknown' })
    throw new GatewayError('unavailable', 'Keys cannot be reached at the moment.', { retryAfterMs: 1000, cause })
  }
}

/** @throws GatewayError 404 if there is no such key, 503 if nobody can say. */
export async function readRecord(env: Env, id: string): Promise<StoredBinding> {
  const record = await reached(recordOf(env, id).read())
  if (!record) throw noSuchKey()
  return record
}

/**
 * Changes a record: read, edited, and written if nobody else has written since; else the same again.
 * @throws GatewayError 404 if there is no such key, 409 if others would not stop writing, and whatever `edit` throws.
 */
export async function changeRecord(
  env: Env,
  id: string,
  edit: (held: StoredBinding) => Promise<StoredBinding>,
): Promise<StoredBinding> {
  for (let round = 0; round < ROUNDS; round++) {
    const held = await readRecord(env, id)
    const next = { ...(await edit(held)), rev: held.rev + 1 }
    if (await reached(recordOf(env, id).write(next))) return next
  }
  throw new GatewayError('conflict', 'Others are changing this key at the same time. Send the request again.')
}

export function noSuchKey(): GatewayError {
  return new GatewayError('not_found', 'There is no key of this id.')
}
