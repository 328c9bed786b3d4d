// The ring's versions fall out of use by themselves: a record that is used is brought to the newest.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { StoredBinding } from '../../schemas/binding.ts'
import { authenticate } from '../../src/keys/authenticate.ts'
import { memo } from '../../src/keys/binding.ts'
import { hashSecret, mintKey, newKeyId } from '../../src/keys/format.ts'
import { resealed } from '../../src/keys/reseal.ts'
import { open, seal } from '../../src/keys/seal.ts'
import { placeOf } from '../../src/keys/slot.ts'
import { fakeEnv, recordWith, ring, sealKeys } from './keyring.ts'

const MINUTE = 60_000
const CREDENTIAL = 'sk-alpha-hunter2'

let now = Date.UTC(2026, 10, 20)
let logged: unknown[]
beforeEach(() => {
  // Every test in an hour of its own: an isolate remembers how long it has known a ring.
  now += 60 * MINUTE
  logged = []
  for (const level of ['log', 'warn'] as const) vi.spyOn(console, level).mockImplementation((line) => logged.push(line))
})
afterEach(() => {
  vi.restoreAllMocks()
})

/** A record that was made under version 1, with its object and KV, and an isolate that has versions 1 and 2. */
async function old(more: Partial<StoredBinding> = {}) {
  const one = await ring(1)
  const minted = await mintKey(one, newKeyId(now))
  const { id } = minted
  const place = placeOf(id, 'alpha', { provider: 'alpha' })
  const sealed = await seal(one, JSON.stringify(CREDENTIAL), place)
  const record = recordWith({
    id,
    hashes: [await hashSecret(one, minted)],
    providers: { alpha: { provider: 'alpha', credential: { sealed } }, beta: { provider: 'beta' } },
    ...more,
  })
  const object = { held: record as StoredBinding | null, reads: 0, writes: 0, down: false }
  const stub = {
    async read() {
      object.reads++
      if (object.down) throw new Error('The object is down')
      return object.held
    },
    async write(next: StoredBinding) {
      object.writes++
      if (next.rev !== (object.held?.rev ?? 0) + 1) return false
      object.held = next
      kv.values.set(`key:${id}`, JSON.stringify(next))
      return true
    },
  }
  const { env, kv } = fakeEnv({ RECORDS: { getByName: () => stub }, SEAL_KEYS: sealKeys(1, 2) })
  kv.values.set(`key:${id}`, JSON.stringify(record))
  const later: Promise<unknown>[] = []
  const headers = { authorization: `Bearer ${minted.key}` }
  const use = async (at: number, SEAL_KEYS = env.SEAL_KEYS) => {
    memo.forget(id)
    const request = new Request('https://dragoman.test/v1/models', { headers })
    const binding = await authenticate(request, { ...env, SEAL_KEYS }, (work) => later.push(work), now + at)
    await Promise.all(later.splice(0))
    return binding
  }
  // The ring is known from here on.
  await use(0)
  return { minted, record, object, kv, use, place }
}

describe('the use of a key', () => {
  it('brings its credentials and its hash to the newest version, and the key goes on', async () => {
    const { object, use, record, place } = await old()
    await use(MINUTE)
    const { held } = object
    const sealed = held?.providers.alpha?.credential
    expect(held).toMatchObject({ rev: 2, hashes: [{ ring: 2, tag: 1 }], providers: { beta: { provider: 'beta' } } })
    expect(held).not.toHaveProperty('updated_at')
    expect(held?.hashes[0]?.digest).not.toBe(record.hashes[0]?.digest)
    expect(sealed).toMatchObject({ sealed: { ring: 2 } })
    if (!sealed || !('sealed' in sealed)) throw new Error('not sealed')
    expect(await open(await ring(2), sealed.sealed, place)).toBe(JSON.stringify(CREDENTIAL))
    expect((await use(2 * MINUTE)).slots.get('alpha')?.credential).toBe(CREDENTIAL)
    expect(logged).toEqual([{ event: 'key-resealed', key_id: record.id, ring: 2 }])
    expect(object.writes).toBe(1)
  })

  it('does so only once the ring has been known for a minute: others may not have it yet', async () => {
    const { object, use } = await old()
    await use(MINUTE - 1)
    expect(object.reads).toBe(0)
    await use(MINUTE)
    expect(object.writes).toBe(1)
  })

  it('tries once in 5 minutes, whatever comes of it, and serves on', async () => {
    const { object, use, record } = await old()
    object.down = true
    for (const at of [1, 2, 5]) expect(await use(at * MINUTE)).toMatchObject({ id: record.id })
    expect(object.reads).toBe(1)
    expect(logged).toEqual([{ event: 'key-reseal-failed', key_id: record.id, error: 'The object is down' }])
    object.down = false
    await use(6 * MINUTE)
    expect(object).toMatchObject({ reads: 2, writes: 1 })
  })

  it('writes nothing where the object is ahead of KV, has another record, or has none', async () => {
    const ahead = await old()
    await ahead.use(MINUTE)
    ahead.kv.values.set(`key:${ahead.record.id}`, JSON.stringify(ahead.record))
    await ahead.use(7 * MINUTE)
    expect(ahead.object).toMatchObject({ reads: 2, writes: 1 })
    const gone = await old()
    gone.object.held = null
    await gone.use(MINUTE)
    expect(gone.object).toMatchObject({ reads: 1, writes: 0 })
  })

  it('leaves a write of somebody else’s in place', async () => {
    const { object, use } = await old()
    const { held } = object
    // Between its read and its write, another one wrote.
    vi.spyOn(crypto.subtle, 'encrypt').mockImplementationOnce(async () => {
      object.held = held && { ...held, rev: 2, name: 'theirs' }
      return new ArrayBuffer(16)
    })
    await use(MINUTE)
    expect(object).toMatchObject({ writes: 1, held: { rev: 2, name: 'theirs' } })
  })

  it('keeps the end of a secret that is in its grace, and other secrets as they are', async () => {
    const expires_at = new Date(now + 30 * MINUTE).toISOString()
    const first = await old()
    const [hash] = first.record.hashes
    const other = { ring: 1, digest: 'b3RoZXI0' }
    if (!hash || !first.object.held) throw new Error('no hash')
    const record = { ...first.object.held, hashes: [other, { ...hash, expires_at }] }
    first.object.held = record
    first.kv.values.set(`key:${record.id}`, JSON.stringify(record))
    await first.use(MINUTE)
    expect(first.object.held?.hashes).toEqual([other, { ring: 2, digest: expect.any(String), tag: 1, expires_at }])
  })

  it('does nothing for what is under the newest version already', async () => {
    const { object, use } = await old()
    await use(MINUTE, sealKeys(1))
    expect(object.reads).toBe(0)
  })

  it('brings on the hash alone where no credential is sealed', async () => {
    const { object, use } = await old({ providers: { alpha: { provider: 'alpha', credential: { secret: 'NAME' } } } })
    await use(MINUTE)
    expect(object.held).toMatchObject({
      hashes: [{ ring: 2, tag: 1 }],
      providers: { alpha: { credential: { secret: 'NAME' } } },
    })
  })
})

describe('resealed', () => {
  it('leaves a credential that does not open, and takes the others along', async () => {
    const { record } = await old()
    const { alpha } = record.providers
    if (!alpha) throw new Error('no slot')
    // Copied from another slot, so that it does not open.
    const next = await resealed({ ...record, providers: { ...record.providers, copied: alpha } }, await ring(1, 2))
    expect(next.providers.copied).toBe(alpha)
    expect(next.providers.alpha).toMatchObject({ credential: { sealed: { ring: 2 } } })
  })

  it('is the same object where there is nothing to do', async () => {
    const { record } = await old()
    expect(await resealed(record, await ring(1))).toBe(record)
  })
})
