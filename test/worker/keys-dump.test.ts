// What somebody finds who reads everything that is stored, after a key has had a whole life: no key, no secret, no
// credential, nothing that opens anything.
import { listDurableObjectIds, reset, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, expect, it, vi } from 'vitest'
import { toBase64url } from '../../src/keys/base64url.ts'
import { memo } from '../../src/keys/binding.ts'
import { leases } from '../../src/limits/lease.ts'
import { TEST_SECRETS } from '../secrets.ts'
import { ask, bindingOf, CREDENTIAL } from './admin.ts'

afterEach(async () => {
  vi.restoreAllMocks()
  vi.useRealTimers()
  await reset()
})

/** Every value that KV, the objects and the cache hold, as text. */
async function dump(ids: readonly string[]): Promise<string[]> {
  const found: string[] = []
  const { keys } = await env.KEYS.list()
  for (const { name, metadata } of keys)
    found.push(name, JSON.stringify(metadata ?? null), (await env.KEYS.get(name)) ?? '')
  for (const namespace of [env.RECORDS, env.LIMITER] as DurableObjectNamespace[]) {
    for (const id of await listDurableObjectIds(namespace)) {
      await runInDurableObject(namespace.get(id), async (_: DurableObject, { storage }) => {
        found.push(JSON.stringify([...(await storage.list())]), JSON.stringify([...storage.kv.list()]))
      })
    }
  }
  const cache = await caches.open('dragoman-keys')
  for (const id of ids) found.push((await (await cache.match(`https://keys.dragoman.invalid/${id}`))?.text()) ?? '')
  return found
}

it('holds no key, no secret and no credential', async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  const printed: unknown[] = []
  for (const level of ['log', 'info', 'warn', 'error', 'debug'] as const) {
    vi.spyOn(console, level).mockImplementation((...line) => printed.push(line))
  }
  const credentials = [CREDENTIAL, 'sk-second-credential-0123456789', 'AKIASECRETACCESSKEY0', 'and/a+secret/access+key']
  const [, second, access_key_id, secret_access_key] = credentials
  const forms = new Map([['alpha', { credential: second }]])
  const made = await ask('POST', '/admin/keys', {
    providers: {
      alpha: { credential: CREDENTIAL },
      beta: { base_url: 'https://b.example', credential: 'sk-optional-credential-1' },
    },
    default_provider: 'alpha',
    limits: { requests_per_minute: 5 },
  })
  credentials.push('sk-optional-credential-1')
  const { id, key } = made.body
  const path = `/admin/keys/${id}`
  const keys: string[] = [key]
  await bindingOf(key)
  await ask('PATCH', path, { providers: Object.fromEntries(forms) })
  keys.push((await ask('POST', `${path}/rotate`)).body.key)
  for (const one of keys) await bindingOf(one)
  // What is refused is not kept either.
  const refused = { providers: { alpha: { credential: { access_key_id, secret_access_key } } } }
  expect((await ask('PATCH', path, refused)).status).toBe(400)

  // A second version of the ring, and a record that moves to it with use.
  const secrets = [
    TEST_SECRETS.ADMIN_TOKEN,
    ...Object.values<string>(JSON.parse(TEST_SECRETS.SEAL_KEYS)),
    btoa('2'.repeat(32)),
  ]
  const SEAL_KEYS = JSON.stringify({ ...JSON.parse(TEST_SECRETS.SEAL_KEYS), 2: btoa('2'.repeat(32)) })
  const later = { ...env, SEAL_KEYS }
  const start = Date.now()
  for (const at of [31_000, 100_000, 500_000]) {
    vi.setSystemTime(start + at)
    memo.forget(id)
    await bindingOf(keys[0] ?? '', later)
  }
  const { body } = await ask('GET', path)
  expect(body.ring).toEqual({ key: [1, 2], credentials: [2] })
  const work: Promise<unknown>[] = []
  const limits = { requests_per_minute: 5 }
  const waitUntil = (promise: Promise<unknown>) => work.push(promise)
  await leases.reserve({
    limiter: env.LIMITER,
    keyId: id,
    limits,
    mode: 'soft',
    cost: { requests: 1, tokens: 0 },
    waitUntil,
  }).granted

  const found = await dump([id])
  expect(found.filter((text) => text.includes(id)).length).toBeGreaterThanOrEqual(4)
  const texts = [...found, JSON.stringify(printed)]
  const parts = keys.flatMap((one) => [one, one.slice(6), one.slice(22, 65)])
  for (const secret of [...parts, ...credentials, ...secrets]) {
    const bytes = new TextEncoder().encode(secret)
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
    for (const form of [secret, JSON.stringify(secret).slice(1, -1), btoa(secret), toBase64url(bytes), hex]) {
      expect(texts.filter((text) => text.includes(form))).toEqual([])
    }
  }

  await ask('DELETE', path)
  const left = await dump([id])
  // Gone from KV and the cache; a mark in the objects keeps it from coming back.
  expect(left.filter((text) => text.includes('hashes') || text.includes('sealed'))).toEqual([])
})

it('opens under no other key: a record that was copied there is refused, and so is a slot', async () => {
  vi.spyOn(console, 'log').mockReturnValue()
  const [mine, theirs] = [
    (await ask('POST', '/admin/keys', { providers: { alpha: { credential: 'sk-mine' } } })).body,
    (await ask('POST', '/admin/keys', { providers: { alpha: { credential: 'sk-theirs' } } })).body,
  ]
  const record = JSON.parse((await env.KEYS.get(`key:${theirs.id}`)) ?? '')
  const own = JSON.parse((await env.KEYS.get(`key:${mine.id}`)) ?? '')
  const put = async (forged: object) => {
    await env.KEYS.put(`key:${mine.id}`, JSON.stringify(forged))
    memo.forget(mine.id)
  }
  await put(record)
  await expect(bindingOf(mine.key)).rejects.toMatchObject({ status: 500, code: 'server_error' })
  await put({ ...record, id: mine.id })
  await expect(bindingOf(mine.key)).rejects.toMatchObject({ status: 401 })
  await put({ ...record, id: mine.id, hashes: own.hashes })
  const { slots } = await bindingOf(mine.key)
  expect(slots.get('alpha')).toMatchObject({ fault: { code: 'server_error' } })
  expect(slots.get('alpha')?.credential).toBeUndefined()
})
