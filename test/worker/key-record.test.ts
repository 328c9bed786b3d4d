import { reset, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { storedBinding } from '../../schemas/binding.ts'
import type { KeyRecord } from '../../src/keys/record.ts'
import { alarmOf } from './admin.ts'

afterEach(async () => {
  vi.restoreAllMocks()
  await reset()
})

describe('KeyRecord', () => {
  const record = storedBinding.parse({
    v: 1,
    id: 'key_0123456789abcdef',
    rev: 1,
    status: 'active',
    hashes: [],
    created_at: '2026-11-20T00:00:00.000Z',
    providers: { alpha: { provider: 'alpha' } },
  })
  const published = async () => JSON.parse((await env.KEYS.get(`key:${record.id}`)) ?? 'null')
  let stub: DurableObjectStub<KeyRecord>
  beforeEach(() => {
    stub = env.RECORDS.getByName(record.id)
  })

  it('takes a record only as the successor of what it holds', async () => {
    expect(await stub.write({ ...record, rev: 2 })).toBe(false)
    expect(await stub.write(record)).toBe(true)
    expect(await stub.write(record)).toBe(false)
    expect(await stub.write({ ...record, rev: 2, name: 'two' })).toBe(true)
    expect(await stub.read()).toMatchObject({ rev: 2, name: 'two' })
    expect(await published()).toMatchObject({ rev: 2, name: 'two' })
  })

  it('never comes back from a deletion', async () => {
    await stub.write(record)
    expect(await stub.remove()).toBe(true)
    expect(await stub.write(record)).toBe(false)
    expect(await stub.write({ ...record, rev: 2 })).toBe(false)
    expect(await stub.remove()).toBe(false)
    expect(await published()).toBeNull()
  })

  it('of two writes at once takes one, and KV ends with the last of many', async () => {
    expect((await Promise.all([stub.write(record), stub.write({ ...record, name: 'other' })])).sort()).toEqual([
      false,
      true,
    ])
    await Promise.all([2, 3, 4, 5].map((rev) => stub.write({ ...record, rev })))
    expect(await published()).toMatchObject({ rev: 5 })
    expect(await alarmOf(record.id)).toBeNull()
  })

  it('never lets a slow publication overtake a later one', async () => {
    const put = vi.fn(async (name: string, text: string) => {
      if (put.mock.calls.length === 1) await scheduler.wait(50)
      await env.KEYS.put(name, text)
    })
    await withKv(stub, { put }, () => Promise.all([1, 2, 3].map((rev) => stub.write({ ...record, rev }))))
    // What was written while one was under way is published together.
    expect(put.mock.calls.length).toBeLessThan(3)
    expect(await published()).toMatchObject({ rev: 3 })
    expect(await alarmOf(record.id)).toBeNull()
  })

  it('publishes later what KV refuses now', async () => {
    vi.spyOn(console, 'error').mockReturnValue()
    await withKv(stub, down, async () => {
      expect(await stub.write(record)).toBe(true)
      expect(await stub.read()).toMatchObject({ rev: 1 })
      expect(await alarmOf(record.id)).toBeGreaterThan(Date.now())
      expect(await runDurableObjectAlarm(stub)).toBe(true)
      expect(await alarmOf(record.id)).toBeGreaterThan(Date.now())
    })
    expect(await published()).toBeNull()
    expect(await runDurableObjectAlarm(stub)).toBe(true)
    expect(await published()).toMatchObject({ rev: 1 })
    expect(await alarmOf(record.id)).toBeNull()
  })

  it('withdraws later what KV keeps now', async () => {
    vi.spyOn(console, 'error').mockReturnValue()
    await stub.write(record)
    await withKv(stub, down, async () => {
      expect(await stub.remove()).toBe(true)
    })
    expect(await published()).toMatchObject({ rev: 1 })
    expect(await runDurableObjectAlarm(stub)).toBe(true)
    expect(await published()).toBeNull()
    expect(await alarmOf(record.id)).toBeNull()
  })

  it('says which key it could not publish, and nothing of the record', async () => {
    const logged = vi.spyOn(console, 'error').mockReturnValue()
    await withKv(stub, down, () => stub.write(record))
    expect(logged.mock.calls).toEqual([[{ event: 'key-publish-failed', key: record.id, error: 'KV is down' }]])
  })
})

const refuse = () => Promise.reject(new Error('KV is down'))
const down = { put: refuse, delete: refuse }

/** Gives the object another KV, for as long as `during` takes. */
async function withKv(stub: DurableObjectStub<KeyRecord>, kv: object, during: () => Promise<unknown>): Promise<void> {
  const swap = (other: object) =>
    runInDurableObject(stub, (object: KeyRecord) => {
      const held: unknown = Reflect.get(object, 'env')
      Reflect.set(object, 'env', { ...(held as Env), KEYS: other })
    })
  await swap(kv)
  await during()
  await swap(env.KEYS)
}
