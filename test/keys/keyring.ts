// What the tests of keys share: rings, an environment with KV in memory, and a record made by hand.
import type { StoredBinding, StoredSlot } from '../../schemas/binding.ts'
import { hashSecret, mintKey, newKeyId } from '../../src/keys/format.ts'
import { openRing, type Ring } from '../../src/keys/ring.ts'

const BYTES = { 1: '0123456789abcdef0123456789abcdef', 2: 'fedcba9876543210fedcba9876543210', 3: 'x'.repeat(32) }

/** SEAL_KEYS with these versions, the same bytes each time. */
export function sealKeys(...versions: (keyof typeof BYTES)[]): string {
  return JSON.stringify(Object.fromEntries(versions.map((version) => [version, btoa(BYTES[version])])))
}

export function ring(...versions: (keyof typeof BYTES)[]): Promise<Ring> {
  return openRing(sealKeys(...versions))
}

export interface FakeKv {
  readonly values: Map<string, string>
  readonly reads: string[]
  down: boolean
}

/** An Env whose KV is a Map that counts its reads and can be switched off. */
export function fakeEnv(more: Record<string, unknown> = {}): { env: Env; kv: FakeKv } {
  const kv: FakeKv = { values: new Map(), reads: [], down: false }
  const KEYS = {
    async get(name: string) {
      kv.reads.push(name)
      if (kv.down) throw new Error('KV GET failed: 500')
      return kv.values.get(name) ?? null
    },
  }
  const env: unknown = { KEYS, SEAL_KEYS: sealKeys(1), ALLOW_HTTP_UPSTREAMS: '', ...more }
  return { env: env as Env, kv }
}

/** A key with a record, put into KV. */
export async function storedKey(
  { env, kv }: { env: Env; kv: FakeKv },
  more: Partial<StoredBinding> = {},
): Promise<{ key: string; id: string; record: StoredBinding }> {
  const keys = await openRing(env.SEAL_KEYS)
  const minted = await mintKey(keys, newKeyId(Date.now()))
  const record = recordWith({ ...more, id: minted.id, hashes: more.hashes ?? [await hashSecret(keys, minted)] })
  kv.values.set(`key:${minted.id}`, JSON.stringify(record))
  return { key: minted.key, id: minted.id, record }
}

export function recordWith(more: Partial<StoredBinding> = {}): StoredBinding {
  const slot: StoredSlot = { provider: 'alpha' }
  return {
    v: 1,
    id: 'key_0123456789abcdef',
    rev: 1,
    status: 'active',
    hashes: [],
    created_at: '2026-11-20T00:00:00.000Z',
    providers: { alpha: slot },
    ...more,
  }
}
