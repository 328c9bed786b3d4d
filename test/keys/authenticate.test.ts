import { afterEach, describe, expect, it, vi } from 'vitest'
import { authenticate as authenticateFor, checkOrigin, clientKey } from '../../src/keys/authenticate.ts'
import { forgetBinding } from '../../src/keys/binding.ts'
import { hashSecret, mintKey, newKeyId } from '../../src/keys/format.ts'
import { seal } from '../../src/keys/seal.ts'
import { placeOf } from '../../src/keys/slot.ts'
import { fakeEnv, recordWith, ring, sealKeys, storedKey } from './keyring.ts'

const NOW = Date.UTC(2026, 10, 20)
/** What was left to be done after the request. */
const later: Promise<unknown>[] = []
const authenticate = (request: Request, env: Env, now: number) =>
  authenticateFor(request, env, (work) => later.push(work), now)
const asking = (headers: Record<string, string>) => new Request('https://dragoman.test/v1/models', { headers })
const withKey = (key: string) => asking({ authorization: `Bearer ${key}` })

afterEach(() => {
  vi.restoreAllMocks()
})

describe('clientKey', () => {
  it.each<[string, Record<string, string>]>([
    ['Authorization', { authorization: 'Bearer K' }],
    ['Authorization in another case', { authorization: 'bearer   K ' }],
    ['x-api-key', { 'x-api-key': 'K' }],
    ['api-key', { 'api-key': ' K ' }],
    ['all of them, if they agree', { authorization: 'Bearer K', 'x-api-key': 'K', 'api-key': 'K' }],
    ['one beside a scheme that is not ours', { authorization: 'Basic Szo=', 'x-api-key': 'K' }],
    ['one beside an empty one', { authorization: 'Bearer ', 'x-api-key': 'K' }],
  ])('takes %s', (_, headers) => {
    expect(clientKey(asking(headers).headers)).toBe('K')
  })

  it.each<[string, Record<string, string>]>([
    ['none', {}],
    ['an empty one', { authorization: 'Bearer' }],
    ['another scheme', { authorization: 'Basic Szo=' }],
    ['the key alone', { authorization: 'sk-dg-x' }],
  ])('401 for %s, with code null', (_, headers) => {
    expect(() => clientKey(asking(headers).headers)).toThrow(
      expect.objectContaining({
        status: 401,
        body: expect.objectContaining({ type: 'invalid_request_error', param: null, code: null }),
      }),
    )
  })

  it.each<[string, Record<string, string>]>([
    ['Authorization and x-api-key', { authorization: 'Bearer K', 'x-api-key': 'L' }],
    ['x-api-key and api-key', { 'x-api-key': 'K', 'api-key': 'L' }],
  ])('401 for %s that differ', (_, headers) => {
    expect(() => clientKey(asking(headers).headers)).toThrow(
      expect.objectContaining({ status: 401, code: 'invalid_api_key' }),
    )
  })
})

describe('authenticate', () => {
  it('finds the binding of a key', async () => {
    const { env, kv } = fakeEnv()
    const { key, id } = await storedKey({ env, kv }, { name: 'web app', expires_at: '2027-01-01T00:00:00Z' })
    const binding = await authenticate(withKey(key), env, NOW)
    expect(binding).toMatchObject({
      id,
      name: 'web app',
      expiresAt: Date.UTC(2027, 0, 1),
      limitsMode: 'soft',
      onDisconnect: 'cancel',
      strict: false,
    })
    expect(kv.reads).toEqual([`key:${id}`])
    expect(JSON.stringify(binding)).not.toContain('digest')
  })

  it.each(['', 'nonsense', 'sk-ant-api03-abcdef', `sk-dg-${'a'.repeat(65)}`])(
    'refuses %j without a read',
    async (key) => {
      const { env, kv } = fakeEnv()
      await expectCode(authenticate(withKey(key), env, NOW), key === '' ? 'missing_api_key' : 'invalid_api_key')
      expect(kv.reads).toEqual([])
    },
  )

  it('refuses another secret under a known id, without a read where the tag is wrong and with one where it is right', async () => {
    const { env, kv } = fakeEnv()
    const { key, id } = await storedKey({ env, kv })
    await expectCode(
      authenticate(withKey(`${key.slice(0, 22)}${'A'.repeat(43)}${key.slice(65)}`), env, NOW),
      'invalid_api_key',
    )
    expect(kv.reads).toEqual([])
    const forged = await mintKey(await ring(1), id)
    await expectCode(authenticate(withKey(forged.key), env, NOW), 'invalid_api_key')
    expect(kv.reads).toEqual([`key:${id}`])
  })

  it('does for an unknown id what it does for a known one: one read, one hash, one comparison, the same words', async () => {
    const { env, kv } = fakeEnv()
    const known = await storedKey({ env, kv })
    const forged = await mintKey(await ring(1), known.id)
    const unknown = await mintKey(await ring(1), newKeyId(NOW))
    const sign = vi.spyOn(crypto.subtle, 'sign')
    const verify = vi.spyOn(crypto.subtle, 'verify')
    const cost = async (key: string) => {
      sign.mockClear()
      verify.mockClear()
      kv.reads.length = 0
      const error = await authenticate(withKey(key), env, NOW).catch((thrown) => thrown)
      const [signs, verifies] = [sign.mock.calls.length, verify.mock.calls.length]
      return { message: error.message, reads: kv.reads.length, signs, verifies }
    }
    const one = await cost(forged.key)
    // One MAC is the check tag's.
    expect(one).toEqual({ message: 'Incorrect API key provided.', reads: 1, signs: 1, verifies: 1 })
    expect(await cost(unknown.key)).toEqual(one)
    expect(await cost(known.key)).toEqual({ ...one, message: undefined, reads: 0 })
  })

  it('remembers for 30 s, and that there is none for 5 s', async () => {
    const { env, kv } = fakeEnv()
    const { key, id } = await storedKey({ env, kv })
    for (const at of [0, 1, 29_999]) await authenticate(withKey(key), env, NOW + at)
    expect(kv.reads).toHaveLength(1)
    await authenticate(withKey(key), env, NOW + 30_000)
    expect(kv.reads).toHaveLength(2)

    kv.values.delete(`key:${id}`)
    await authenticate(withKey(key), env, NOW + 59_999)
    for (const at of [60_000, 64_999]) await expectCode(authenticate(withKey(key), env, NOW + at), 'invalid_api_key')
    expect(kv.reads).toHaveLength(3)
    await expectCode(authenticate(withKey(key), env, NOW + 65_000), 'invalid_api_key')
    expect(kv.reads).toHaveLength(4)
  })

  it('forgets when told', async () => {
    const { env, kv } = fakeEnv()
    const { key, id } = await storedKey({ env, kv })
    await authenticate(withKey(key), env, NOW)
    kv.values.clear()
    await forgetBinding(id)
    await expectCode(authenticate(withKey(key), env, NOW), 'invalid_api_key')
  })

  it('refuses an expired key, also one that is remembered', async () => {
    const { env, kv } = fakeEnv()
    const { key } = await storedKey({ env, kv }, { expires_at: '2026-11-20T00:00:10Z' })
    await authenticate(withKey(key), env, NOW + 9_999)
    const error = await expectCode(authenticate(withKey(key), env, NOW + 10_000), 'invalid_api_key')
    expect(error.message).toContain('expired')
    expect(kv.reads).toHaveLength(1)
  })

  it('refuses a revoked key', async () => {
    const { env, kv } = fakeEnv()
    const { key } = await storedKey({ env, kv }, { status: 'revoked' })
    await expectCode(authenticate(withKey(key), env, NOW), 'invalid_api_key')
  })

  it('takes any of several secrets, each until its grace is over', async () => {
    const { env, kv } = fakeEnv()
    const keys = await ring(1)
    const id = newKeyId(NOW)
    const [old, now] = [await mintKey(keys, id), await mintKey(keys, id)]
    const grace = { ...(await hashSecret(keys, old)), expires_at: '2026-11-20T00:00:10Z' }
    const { record } = await storedKey({ env, kv }, { hashes: [await hashSecret(keys, now), grace] })
    kv.values.set(`key:${id}`, JSON.stringify({ ...record, id }))
    for (const { key } of [old, now]) await authenticate(withKey(key), env, NOW)
    await authenticate(withKey(now.key), env, NOW + 10_000)
    await expectCode(authenticate(withKey(old.key), env, NOW + 10_000), 'invalid_api_key')
  })

  it('knows keys of before the ring was rotated', async () => {
    const { env, kv } = fakeEnv()
    const { key } = await storedKey({ env, kv })
    await authenticate(withKey(key), { ...env, SEAL_KEYS: sealKeys(1, 2) }, NOW)
    await expectCode(authenticate(withKey(key), { ...env, SEAL_KEYS: sealKeys(2) }, NOW), 'invalid_api_key')
  })

  it('answers 503, not 401, where the ring lacks the version of the hash', async () => {
    const { env, kv } = fakeEnv()
    const keys = await ring(1)
    const minted = await mintKey(keys, newKeyId(NOW))
    const hash = { ...(await hashSecret(await ring(1, 2), minted)), tag: 1 }
    kv.values.set(`key:${minted.id}`, JSON.stringify(recordWith({ id: minted.id, hashes: [hash] })))
    await expectCode(authenticate(withKey(minted.key), env, NOW), 'not_configured')
    const both = { ...env, SEAL_KEYS: sealKeys(1, 2) }
    await forgetBinding(minted.id)
    expect(await authenticate(withKey(minted.key), both, NOW)).toMatchObject({ id: minted.id })
  })

  it('answers 503 when nothing can be checked, never 401', async () => {
    const { env, kv } = fakeEnv()
    const { key } = await storedKey({ env, kv })
    kv.down = true
    const error = await expectCode(authenticate(withKey(key), env, NOW), 'unavailable')
    expect(error).toMatchObject({ status: 503, details: { retryAfterMs: expect.any(Number) } })
    kv.down = false
    await authenticate(withKey(key), env, NOW)
  })

  it('lives on what it last knew for 10 minutes while KV is down', async () => {
    const { env, kv } = fakeEnv()
    const { key } = await storedKey({ env, kv })
    await authenticate(withKey(key), env, NOW)
    kv.down = true
    for (const at of [30_000, 300_000, 600_000]) await authenticate(withKey(key), env, NOW + at)
    await expectCode(authenticate(withKey(key), env, NOW + 605_001), 'unavailable')
    kv.down = false
    kv.values.clear()
    await expectCode(authenticate(withKey(key), env, NOW + 605_001), 'invalid_api_key')
  })

  it.each(['', undefined, 'nonsense'])('answers 503 without a ring (%j)', async (SEAL_KEYS) => {
    const { env, kv } = fakeEnv()
    const { key } = await storedKey({ env, kv })
    await expectCode(authenticate(withKey(key), Object.assign(env, { SEAL_KEYS }), NOW), 'not_configured')
  })

  it.each(['no JSON', '{}', '{"v":2}', '[]', 'null'])(
    'answers 500 without detail for a record that is %s',
    async (text) => {
      const { env, kv } = fakeEnv()
      const { key, id } = await storedKey({ env, kv })
      kv.values.set(`key:${id}`, text)
      const error = await expectCode(authenticate(withKey(key), env, NOW), 'server_error')
      expect(error.cause).toBeUndefined()
    },
  )

  it('passes over what a later version added to a record', async () => {
    const { env, kv } = fakeEnv()
    const { key, id, record } = await storedKey({ env, kv })
    const later = {
      ...record,
      novelty: 1,
      limits: { tokens_per_hour: 5 },
      providers: { alpha: { provider: 'alpha', novelty: 1 } },
    }
    kv.values.set(`key:${id}`, JSON.stringify(later))
    expect((await authenticate(withKey(key), env, NOW)).limits).toEqual({})
  })
})

describe('the slots of a binding', () => {
  it('hold their credentials opened, whatever form they have', async () => {
    const { env, kv } = fakeEnv({ ALPHA_KEY: 'from-a-secret\n', KEY_FILE: '{"client_email":"a@b","private_key":"p"}' })
    const { key, id, record } = await storedKey({ env, kv })
    const keys = await ring(1)
    const pair = { access_key_id: 'a', secret_access_key: 'b' }
    const sealed = async (slot: string, value: unknown, base_url?: string) => {
      const facts = { provider: 'alpha', ...(base_url !== undefined && { base_url }) }
      return { ...facts, credential: { sealed: await seal(keys, JSON.stringify(value), placeOf(id, slot, facts)) } }
    }
    const providers = {
      inline: await sealed('inline', 'inline-key', 'https://a.example/v1//'),
      pair: await sealed('pair', pair),
      secret: { provider: 'alpha', credential: { secret: 'ALPHA_KEY' } },
      file: { provider: 'alpha', credential: { secret: 'KEY_FILE' } },
      none: {
        provider: 'alpha',
        account_id: 'acct',
        api_version: 'v2',
        region: 'r',
        project: 'p',
        location: 'l',
        organization: 'o',
        headers: { 'x-a': '1' },
      },
      lost: { provider: 'alpha', credential: { secret: 'MISSING' } },
      moved: { ...(await sealed('moved', 'inline-key', 'https://a.example')), base_url: 'https://evil.example' },
      copied: await sealed('inline', 'inline-key'),
      plain: { provider: 'alpha', base_url: 'http://10.0.0.1' },
    }
    kv.values.set(`key:${id}`, JSON.stringify({ ...record, providers }))
    const { slots } = await authenticate(withKey(key), env, NOW)
    expect(slots.get('inline')).toEqual({
      name: 'inline',
      provider: 'alpha',
      headers: {},
      baseUrl: 'https://a.example/v1',
      credential: 'inline-key',
    })
    expect(slots.get('pair')?.credential).toEqual(pair)
    expect(slots.get('secret')?.credential).toBe('from-a-secret')
    expect(slots.get('file')?.credential).toEqual({ client_email: 'a@b', private_key: 'p' })
    expect(slots.get('none')).toEqual({
      name: 'none',
      provider: 'alpha',
      accountId: 'acct',
      apiVersion: 'v2',
      region: 'r',
      project: 'p',
      location: 'l',
      organization: 'o',
      headers: { 'x-a': '1' },
    })
    for (const [slot, code] of Object.entries({
      lost: 'not_configured',
      moved: 'server_error',
      copied: 'server_error',
      plain: 'not_configured',
    })) {
      expect(slots.get(slot)?.fault).toMatchObject({ code })
      expect(slots.get(slot)?.credential).toBeUndefined()
    }
  })
})

describe('checkOrigin', () => {
  const from = (origin?: string) =>
    new Request('https://dragoman.test/v1/models', origin === undefined ? {} : { headers: { origin } })

  it.each<[string, readonly string[] | undefined, string | undefined]>([
    ['a request that is no browser’s', ['https://app.example'], undefined],
    ['a request that is no browser’s, where no browser may', [], undefined],
    ['anybody, where nothing is said', undefined, 'https://evil.example'],
    ['null, where nothing is said', undefined, 'null'],
    ['a listed origin', ['https://a.example', 'https://app.example'], 'https://app.example'],
    ['the Worker’s own', ['https://app.example'], 'https://dragoman.test'],
  ])('passes %s', (_, origins, origin) => {
    expect(() => checkOrigin(origins ? { origins } : {}, from(origin))).not.toThrow()
  })

  it.each<[string, readonly string[], string]>([
    ['an unlisted origin', ['https://app.example'], 'https://evil.example'],
    ['null', ['https://app.example'], 'null'],
    ['null, even if it were listed', ['null'], 'null'],
    ['any browser', [], 'https://app.example'],
    ['another port', ['https://app.example'], 'https://app.example:8443'],
    ['another scheme', ['https://app.example'], 'http://app.example'],
    ['a longer name', ['https://app.example'], 'https://app.example.evil'],
  ])('403 for %s', (_, origins, origin) => {
    expect(() => checkOrigin({ origins }, from(origin))).toThrow(
      expect.objectContaining({ name: 'GatewayError', code: 'origin_not_allowed', status: 403 }),
    )
  })
})

async function expectCode(asked: Promise<unknown>, code: string) {
  const error = await asked.then(
    () => undefined,
    (thrown) => thrown,
  )
  expect(error).toMatchObject({ name: 'GatewayError', code })
  return error
}
