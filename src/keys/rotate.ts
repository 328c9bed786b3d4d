// Another secret for a key: its id and all it is bound to stay.
import { rotateRequest, type SecretHash } from '../../schemas/binding.ts'
import type { NewKey } from './create.ts'
import { hashSecret, living, mintKey } from './format.ts'
import { refusal } from './refusal.ts'
import { resealed } from './reseal.ts'
import { openRing } from './ring.ts'
import { changeRecord } from './store.ts'

const DAY = 86_400

/** Old secrets that are kept beside the new one, the latest of them. */
const MAX_OLD = 3

/**
 * Gives a key a new secret. The old one goes on for `grace_seconds` (a day), and so does one from an earlier rotation
 * that is in its grace still, but none for longer than it had: whoever rotates twice, because the first answer was lost,
 * does not lock out the clients that have the key from before. With 0 all of them end.
 * @param now epoch milliseconds
 * @throws GatewayError 400 with `param`, 404, 409, 503
 */
export async function rotateKey(id: string, body: unknown, env: Env, now: number): Promise<NewKey> {
  const parsed = rotateRequest.safeParse(body)
  if (!parsed.success) throw refusal(parsed.error.issues, body)
  const ring = await openRing(env.SEAL_KEYS)
  const minted = await mintKey(ring, id)
  const hash = await hashSecret(ring, minted)
  const until = now + (parsed.data.grace_seconds ?? DAY) * 1000
  const record = await changeRecord(env, id, async (held) => ({
    ...(await resealed(held, ring)),
    hashes: [
      hash,
      ...living(
        living(held.hashes, now).map((old) => endingBy(until, old)),
        now,
      ).slice(0, MAX_OLD),
    ],
    updated_at: new Date(now).toISOString(),
  }))
  return { key: minted.key, record }
}

function endingBy(until: number, hash: SecretHash): SecretHash {
  const { expires_at } = hash
  if (expires_at !== undefined && Date.parse(expires_at) <= until) return hash
  return { ...hash, expires_at: new Date(until).toISOString() }
}
