// Records move to the newest version of the ring by themselves: credentials with every write and when their key is used,
// the hash of a key's secret when it is used, because only then the secret is at hand. So an old version falls out of use.
import type { SecretHash, StoredBinding, StoredSlot } from '../../schemas/binding.ts'
import { hashSecret, type ParsedKey } from './format.ts'
import { Memo } from './memo.ts'
import type { Ring } from './ring.ts'
import { open, seal } from './seal.ts'
import { placeOf } from './slot.ts'

/** How long an isolate leaves a key alone after it has tried. */
const AGAIN_MS = 300_000
/**
 * How long a ring must have been known before anything is moved to its newest version unasked: isolates that have the
 * one before could not read it, and a deployment takes a moment to reach all of them.
 */
const SETTLED_MS = 60_000

const tried = new Memo<true>({ hitMs: AGAIN_MS })
let current: { readonly ring: Ring; readonly since: number } | undefined

/** Whether any credential of a record is sealed under an older version than the newest. */
export function isBehind({ providers }: StoredBinding, { newest }: Ring): boolean {
  return Object.values(providers).some(({ credential }) => ringOf(credential) < newest.version)
}

/** The record with its credentials under the newest version. One that does not open stays as it is. */
export async function resealed(record: StoredBinding, ring: Ring): Promise<StoredBinding> {
  if (!isBehind(record, ring)) return record
  const slots = Object.entries(record.providers).map(async ([name, slot]) => [
    name,
    await resealedSlot(record.id, name, slot, ring).catch(() => slot),
  ])
  return { ...record, providers: Object.fromEntries(await Promise.all(slots)) }
}

/**
 * A slot with its credential under the newest version.
 * @throws GatewayError if what is sealed does not open.
 */
export async function resealedSlot(id: string, name: string, slot: StoredSlot, ring: Ring): Promise<StoredSlot> {
  const { credential } = slot
  if (!credential || !('sealed' in credential) || ringOf(credential) >= ring.newest.version) return slot
  const place = placeOf(id, name, slot)
  return { ...slot, credential: { sealed: await seal(ring, await open(ring, credential.sealed, place), place) } }
}

/**
 * Has the record of a key that is in use brought to the newest version, if that is due. Whatever comes of it, the
 * request that caused it does not notice.
 * @param used the hash that the key's secret was found to have
 * @param behind whether its credentials are
 * @param now epoch milliseconds
 */
export function resealUsed(
  { RECORDS }: Env,
  ring: Ring,
  { key, used, behind }: { readonly key: ParsedKey; readonly used: SecretHash; readonly behind: boolean },
  now: number,
): Promise<void> | undefined {
  if (current?.ring !== ring) current = { ring, since: now }
  if (!behind && used.ring >= ring.newest.version) return
  if (now - current.since < SETTLED_MS || tried.fresh(key.id, now)) return
  tried.set(key.id, true, now)
  return update(RECORDS, ring, key, used)
}

async function update(records: Env['RECORDS'], ring: Ring, key: ParsedKey, used: SecretHash): Promise<void> {
  const { id } = key
  try {
    const stub = records.getByName(id)
    const held = await stub.read()
    if (!held) return
    // Its own object may be ahead of the copy in KV that was read, and have nothing left to do.
    const next = await rehashed(await resealed(held, ring), ring, key, used)
    if (next === held || !(await stub.write({ ...next, rev: held.rev + 1 }))) return
    console.log({ event: 'key-resealed', key_id: id, ring: ring.newest.version })
  } catch (error) {
    console.warn({ event: 'key-reseal-failed', key_id: id, error: error instanceof Error ? error.message : 'unknown' })
  }
}

async function rehashed(record: StoredBinding, ring: Ring, key: ParsedKey, used: SecretHash): Promise<StoredBinding> {
  const at = record.hashes.findIndex(({ digest }) => digest === used.digest)
  if (at < 0 || used.ring >= ring.newest.version) return record
  const { tag = used.ring, expires_at } = used
  // The tag at the end of the key stays what it is, and under the version that it was made with.
  const hash = { ...(await hashSecret(ring, key)), tag, ...(expires_at !== undefined && { expires_at }) }
  return { ...record, hashes: record.hashes.with(at, hash) }
}

function ringOf(credential: StoredSlot['credential']): number {
  return credential && 'sealed' in credential ? credential.sealed.ring : Number.POSITIVE_INFINITY
}
