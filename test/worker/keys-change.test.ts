// PATCH and rotate: what a key is bound to and its secret change, and nothing else does.
import { reset } from 'cloudflare:test'
import { env, exports } from 'cloudflare:workers'
import { Hono } from 'hono'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { memo } from '../../src/keys/binding.ts'
import { TEST_SECRETS } from '../secrets.ts'
import { alarmOf, app, ask, bindingOf, CREDENTIAL } from './admin.ts'

const EU = 'https://eu.alpha.example/v1'
const whole = {
  name: 'web app',
  providers: {
    alpha: { credential: CREDENTIAL, base_url: EU, region: 'eu' },
    paddle: { provider: 'beta', base_url: 'http://127.0.0.1:8061' },
  },
  models: { fast: 'alpha/small' },
  default_provider: 'alpha',
  limits: { requests_per_minute: 60, requests_per_day: 100 },
  origins: ['https://app.example.com'],
}

let logged: unknown[]
beforeEach(() => {
  logged = []
  vi.spyOn(console, 'log').mockImplementation((line) => logged.push(line))
})
afterEach(async () => {
  vi.restoreAllMocks()
  vi.useRealTimers()
  await reset()
})

async function create(body: object = whole) {
  const made = await ask('POST', '/admin/keys', body)
  expect(made.status).toBe(201)
  const { key, id } = made.body as { key: string; id: string }
  return { key, id, path: `/admin/keys/${id}` }
}

describe('PATCH /admin/keys/{id}', () => {
  it('merges: what is named changes, null goes, the rest stays', async () => {
    const { key, id, path } = await create()
    const patch = {
      name: 'app',
      limits: { requests_per_day: null, concurrent_requests: 2 },
      models: { smart: ['alpha/large', 'paddle/x'] },
      origins: null,
      strict: true,
      providers: { alpha: { region: null, headers: { 'x-title': 'T' } }, extra: { provider: 'beta', base_url: EU } },
    }
    const { status, headers, body } = await ask('PATCH', path, patch)
    expect(status).toBe(200)
    expect(headers.get('cache-control')).toBe('no-store')
    const { created_at, updated_at, ...rest } = body
    expect(rest).toEqual({
      id,
      name: 'app',
      status: 'active',
      providers: {
        alpha: { provider: 'alpha', base_url: EU, headers: { 'x-title': 'T' } },
        paddle: { provider: 'beta', base_url: 'http://127.0.0.1:8061' },
        extra: { provider: 'beta', base_url: EU },
      },
      models: { fast: 'alpha/small', smart: ['alpha/large', 'paddle/x'] },
      default_provider: 'alpha',
      limits: { requests_per_minute: 60, concurrent_requests: 2 },
      strict: true,
      ring: { key: [1], credentials: [1] },
    })
    expect(Date.parse(updated_at)).toBeGreaterThanOrEqual(Date.parse(created_at))
    expect((await ask('GET', path)).body).toEqual(body)
    const binding = await bindingOf(key)
    expect(binding).toMatchObject({ id, name: 'app', strict: true, limits: rest.limits })
    expect(binding.origins).toBeUndefined()
    expect(binding.slots.get('alpha')).toMatchObject({ credential: CREDENTIAL, headers: { 'x-title': 'T' } })
    expect(binding.slots.get('alpha')).not.toHaveProperty('region')
  })

  it.each(['application/json', 'application/merge-patch+json'])('takes %s', async (type) => {
    const { path } = await create()
    const headers = { authorization: `Bearer ${TEST_SECRETS.ADMIN_TOKEN}`, 'content-type': type }
    const answer = await app.request(path, { method: 'PATCH', headers, body: '{"strict":true}' }, env)
    expect(await answer.json()).toMatchObject({ strict: true })
  })

  it('is in force at once where it was made, though the key was in use there', async () => {
    const { key, path } = await create()
    expect((await bindingOf(key)).strict).toBe(false)
    await ask('PATCH', path, { strict: true })
    expect((await bindingOf(key)).strict).toBe(true)
  })

  it.each<[string, object]>([
    ['another path at the same origin', { base_url: `${EU}/other` }],
    ['a header', { headers: { 'x-a': '1' } }],
    ['its provider by name', { provider: 'alpha' }],
    ['nothing', {}],
  ])('keeps a credential with %s', async (_, slot) => {
    const { key, path } = await create()
    expect((await ask('PATCH', path, { providers: { alpha: slot } })).status).toBe(200)
    expect((await bindingOf(key)).slots.get('alpha')).toMatchObject({ credential: CREDENTIAL })
  })

  it.each<[string, object]>([
    ['another host', { base_url: 'https://evil.example/v1' }],
    ['another port', { base_url: 'https://eu.alpha.example:8443/v1' }],
    ['the provider’s own host', { base_url: null }],
    ['another provider', { provider: 'beta' }],
  ])('demands it again for %s, also where it is a secret’s name or optional', async (_, slot) => {
    const param = 'providers.alpha.credential'
    for (const credential of [CREDENTIAL, { secret: 'ALLOW_HTTP_UPSTREAMS' }]) {
      const { path, key } = await create({ providers: { alpha: { credential, base_url: EU } } })
      const refused = await ask('PATCH', path, { providers: { alpha: slot } })
      expect(refused).toMatchObject({ status: 400, body: { error: { code: 'missing_required_parameter', param } } })
      expect((await bindingOf(key)).slots.get('alpha')?.baseUrl).toBe(EU)
      const sent = { ...slot, credential: 'sk-new' }
      expect((await ask('PATCH', path, { providers: { alpha: sent } })).status).toBe(200)
      expect((await bindingOf(key)).slots.get('alpha')?.credential).toBe('sk-new')
    }
  })

  it('replaces a credential whole, takes an optional one away, and never a needed one', async () => {
    const { key, path } = await create({
      providers: { alpha: { credential: CREDENTIAL }, beta: { base_url: EU, credential: 'sk-optional' } },
      default_provider: 'alpha',
    })
    expect((await ask('PATCH', path, { providers: { alpha: { credential: 'sk-new' } } })).status).toBe(200)
    expect((await bindingOf(key)).slots.get('alpha')?.credential).toBe('sk-new')
    const moved = { providers: { beta: { base_url: 'https://other.example', credential: null } } }
    expect((await ask('PATCH', path, moved)).status).toBe(200)
    expect((await bindingOf(key)).slots.get('beta')?.credential).toBeUndefined()
    expect(await ask('PATCH', path, { providers: { alpha: { credential: null } } })).toMatchObject({
      status: 400,
      body: { error: { param: 'providers.alpha.credential' } },
    })
  })

  it('gives a slot that was taken away nothing of what it had', async () => {
    const { path } = await create({ providers: { alpha: { credential: CREDENTIAL }, beta: { base_url: EU } } })
    expect((await ask('PATCH', path, { providers: { alpha: null } })).body.providers).toEqual({
      beta: { provider: 'beta', base_url: EU },
    })
    expect(await ask('PATCH', path, { providers: { alpha: {} } })).toMatchObject({
      status: 400,
      body: { error: { param: 'providers.alpha.credential' } },
    })
  })

  it.each<[string, unknown, string | null, string | null]>([
    ['an unknown field', { foo: 1 }, 'unknown_parameter', 'foo'],
    ['an unknown field, to be removed', { orgins: null }, 'unknown_parameter', 'orgins'],
    ['an unknown field of a slot', { providers: { alpha: { foo: null } } }, 'unknown_parameter', 'providers.alpha.foo'],
    ['an unknown limit', { limits: { tokens_per_hour: 1 } }, 'unknown_parameter', 'limits.tokens_per_hour'],
    ['what the gateway keeps', { id: 'key_0123456789abcdef' }, 'unknown_parameter', 'id'],
    ['its revision', { rev: 9 }, 'unknown_parameter', 'rev'],
    ['its hashes', { hashes: [] }, 'unknown_parameter', 'hashes'],
    ['its status', { status: 'active' }, 'unknown_parameter', 'status'],
    ['a prototype', '{"__proto__":{"strict":true}}', 'unknown_parameter', '__proto__'],
    ['a prototype, to be removed', '{"__proto__":null}', 'unknown_parameter', '__proto__'],
    ['a slot called so', '{"providers":{"__proto__":{}}}', 'unknown_parameter', 'providers.__proto__'],
    ['no slot at all', { providers: { alpha: null, paddle: null } }, 'invalid_value', 'providers'],
    ['no providers', { providers: null }, 'missing_required_parameter', 'providers'],
    ['a default slot that goes', { providers: { alpha: null } }, 'invalid_value', 'models.fast'],
    ['a value of another type', { strict: 'yes' }, 'invalid_type', 'strict'],
    ['a past', { expires_at: '2020-01-01T00:00:00Z' }, 'invalid_value', 'expires_at'],
    [
      'plain http',
      { providers: { alpha: { base_url: 'http://a.example' } } },
      'invalid_value',
      'providers.alpha.base_url',
    ],
    [
      'a header that authenticates',
      { providers: { alpha: { headers: { 'x-api-key': 'k' } } } },
      'invalid_value',
      'providers.alpha.headers.x-api-key',
    ],
    ['a list', [], 'invalid_type', null],
    ['a JSON Patch', [{ op: 'replace', path: '/strict', value: true }], 'invalid_type', null],
    ['null', null, 'invalid_type', null],
    ['text', '"x"', 'invalid_type', null],
    ['no JSON', '{"strict": ', null, null],
    ['nothing', '', null, null],
  ])('refuses %s, and changes nothing', async (_, patch, code, param) => {
    const { path } = await create()
    const before = await ask('GET', path)
    const { status, body } = await ask('PATCH', path, patch)
    expect(status).toBe(400)
    expect(body.error).toEqual({ type: 'invalid_request_error', code, param, message: expect.any(String) })
    expect(await ask('GET', path)).toMatchObject({ body: before.body })
    expect(logged).toHaveLength(1)
  })

  it('413 for a body over 64 KB, and for one too many patches that come to more', async () => {
    const { path } = await create()
    expect((await ask('PATCH', path, { name: 'x'.repeat(70_000) })).status).toBe(413)
    const models = (from: number) =>
      Object.fromEntries(Array.from({ length: 150 }, (_, i) => [`${'m'.repeat(200)}${from + i}`, 'alpha/small']))
    expect((await ask('PATCH', path, { models: models(1000) })).status).toBe(200)
    expect((await ask('PATCH', path, { models: models(2000) })).status).toBe(413)
  })

  it('refuses a time that is over only where it is sent', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const now = Date.now()
    const { key, path } = await create({ ...whole, expires_at: new Date(now + 1000).toISOString() })
    vi.setSystemTime(now + 2000)
    memo.forget(path.slice(12))
    await expect(bindingOf(key)).rejects.toMatchObject({ status: 401 })
    expect(await ask('PATCH', path, { name: 'late' })).toMatchObject({ status: 200, body: { status: 'expired' } })
    expect(await ask('PATCH', path, { expires_at: null })).toMatchObject({ status: 200, body: { status: 'active' } })
    expect(await bindingOf(key)).toMatchObject({ name: 'late' })
  })

  it('seals what is under an older version of the ring anew', async () => {
    const { key, path, id } = await create()
    const two = JSON.stringify({ ...JSON.parse(TEST_SECRETS.SEAL_KEYS), 2: btoa('2'.repeat(32)) })
    const later = { ...env, SEAL_KEYS: two }
    const { body } = await ask('PATCH', path, {}, undefined, later)
    expect(body.ring).toEqual({ key: [1], credentials: [2] })
    expect((await bindingOf(key, later)).slots.get('alpha')?.credential).toBe(CREDENTIAL)
    memo.forget(id)
    // Without the new version nothing is as it was: that slot alone cannot be used.
    expect((await bindingOf(key)).slots.get('alpha')?.fault).toMatchObject({ code: 'not_configured' })
  })

  it('seals anew for a patch of nothing, whatever has become of the rules', async () => {
    const { path } = await create({ providers: { beta: { base_url: 'http://127.0.0.1:1', credential: CREDENTIAL } } })
    const SEAL_KEYS = JSON.stringify({ ...JSON.parse(TEST_SECRETS.SEAL_KEYS), 2: btoa('2'.repeat(32)) })
    const stricter = { ...env, SEAL_KEYS, ALLOW_HTTP_UPSTREAMS: '' } as Env
    expect((await ask('PATCH', path, { strict: true }, undefined, stricter)).status).toBe(400)
    const { status, body } = await ask('PATCH', path, {}, undefined, stricter)
    expect([status, body.ring.credentials]).toEqual([200, [2]])
  })

  it('demands a credential again that no longer opens', async () => {
    const { path } = await create()
    const lost = { ...env, SEAL_KEYS: JSON.stringify({ 7: btoa('7'.repeat(32)) }) }
    expect(await ask('PATCH', path, { strict: true }, undefined, lost)).toMatchObject({
      status: 400,
      body: { error: { code: 'missing_required_parameter', param: 'providers.alpha.credential' } },
    })
    const mended = { providers: { alpha: { credential: 'sk-again' } } }
    expect((await ask('PATCH', path, mended, undefined, lost)).body.ring).toEqual({ key: [1], credentials: [7] })
  })

  it('keeps what a later version of the gateway has added to a record', async () => {
    const { path, id } = await create()
    const stub = env.RECORDS.getByName(id)
    const held = await stub.read()
    if (!held) throw new Error('no record')
    await stub.write(Object.assign({ ...held, rev: 2 }, { novelty: { a: 1 } }))
    await ask('PATCH', path, { strict: true })
    expect(await stub.read()).toMatchObject({ rev: 3, strict: true, novelty: { a: 1 } })
  })

  it('of 20 at once all land, and KV has the last', async () => {
    const { path, id } = await create()
    const patches = [
      { name: 'all' },
      { strict: true },
      { retries: 2 },
      { limits_mode: 'hard' },
      { on_disconnect: 'drain' },
      { limits: { tokens_per_day: 5 } },
      { timeouts: { idle_ms: 5 } },
      { origins: null },
      ...Array.from({ length: 12 }, (_, i) => ({ models: { [`m${i}`]: `alpha/m${i}` } })),
    ]
    const answers = await Promise.all(patches.map((patch) => ask('PATCH', path, patch)))
    expect(answers.map(({ status }) => status)).toEqual(patches.map(() => 200))
    const { body } = await ask('GET', path)
    expect(body).toMatchObject({ name: 'all', strict: true, retries: 2, limits_mode: 'hard', on_disconnect: 'drain' })
    expect(body).toMatchObject({ limits: { ...whole.limits, tokens_per_day: 5 }, timeouts: { idle_ms: 5 } })
    expect(Object.keys(body.models)).toHaveLength(13)
    expect(body).not.toHaveProperty('origins')
    const published = JSON.parse((await env.KEYS.get(`key:${id}`)) ?? '')
    expect(published).toMatchObject({ rev: 21, models: body.models })
    expect(await alarmOf(id)).toBeNull()
  })

  it('409 where others never stop writing, 503 where the object cannot be reached', async () => {
    vi.spyOn(console, 'error').mockReturnValue()
    const { path, id } = await create()
    const held = await env.RECORDS.getByName(id).read()
    const on = (stub: object) => ({ ...env, RECORDS: { getByName: () => stub } }) as unknown as Env
    const losing = on({ read: async () => held, write: async () => false })
    expect((await ask('PATCH', path, { strict: true }, undefined, losing)).body.error).toMatchObject({
      code: 'conflict',
    })
    const down = on({ read: () => Promise.reject(new Error('down')), remove: () => Promise.reject(new Error('down')) })
    for (const [method, to] of [
      ['GET', path],
      ['PATCH', path],
      ['DELETE', path],
      ['POST', `${path}/rotate`],
    ] as const) {
      expect(await ask(method, to, method === 'PATCH' ? {} : undefined, undefined, down)).toMatchObject({
        status: 503,
        body: { error: { code: 'unavailable' } },
      })
    }
  })
})

describe('POST /admin/keys/{id}/rotate', () => {
  const works = (key: string) =>
    bindingOf(key).then(
      () => true,
      () => false,
    )

  it('answers like create with a new key, and both work for a day', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const now = Date.now()
    const { key, id, path } = await create()
    const { status, headers, body } = await ask('POST', `${path}/rotate`)
    expect(status).toBe(201)
    expect(headers.get('cache-control')).toBe('no-store')
    expect(body).toMatchObject({ id, name: 'web app', grace_until: new Date(now + 86_400_000).toISOString() })
    expect(body.key).toMatch(/^sk-dg-[\w-]{65}$/)
    expect(body.key).not.toBe(key)
    expect(body.key.slice(0, 22)).toBe(key.slice(0, 22))
    expect(body.updated_at).toBe(new Date(now).toISOString())
    expect([await works(key), await works(body.key)]).toEqual([true, true])
    vi.setSystemTime(now + 86_400_000)
    expect([await works(key), await works(body.key)]).toEqual([false, true])
    expect((await ask('GET', path)).body).not.toHaveProperty('grace_until')
  })

  it('ends the old one at once without grace, though it was in use', async () => {
    const { key, path } = await create()
    expect(await works(key)).toBe(true)
    const { body } = await ask('POST', `${path}/rotate`, { grace_seconds: 0 })
    expect(body).not.toHaveProperty('grace_until')
    expect([await works(key), await works(body.key)]).toEqual([false, true])
  })

  it('twice: nobody is locked out, no grace grows, and 0 ends them all', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const now = Date.now()
    const { key, path } = await create()
    const second = (await ask('POST', `${path}/rotate`, { grace_seconds: 100 })).body.key
    const third = (await ask('POST', `${path}/rotate`, { grace_seconds: 1000 })).body.key
    expect(await Promise.all([key, second, third].map(works))).toEqual([true, true, true])
    vi.setSystemTime(now + 100_000)
    expect(await Promise.all([key, second, third].map(works))).toEqual([false, true, true])
    const last = (await ask('POST', `${path}/rotate`, { grace_seconds: 0 })).body.key
    expect(await Promise.all([second, third, last].map(works))).toEqual([false, false, true])
  })

  it('shortens a grace, and keeps three old secrets at most', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const now = Date.now()
    const { key, path, id } = await create()
    const keys = [key]
    for (let i = 0; i < 4; i++) keys.push((await ask('POST', `${path}/rotate`, { grace_seconds: 100 - i })).body.key)
    expect(await Promise.all(keys.map(works))).toEqual([false, true, true, true, true])
    const held = await env.RECORDS.getByName(id).read()
    const ends = held?.hashes.map(({ expires_at }) => expires_at && Date.parse(expires_at) - now)
    expect(ends).toEqual([undefined, 97_000, 97_000, 97_000])
  })

  it('at once with others: each answer’s key works', async () => {
    const { path } = await create()
    const answers = await Promise.all([1, 2, 3].map(() => ask('POST', `${path}/rotate`)))
    expect(await Promise.all(answers.map(({ body }) => works(body.key)))).toEqual([true, true, true])
  })

  it('keeps a slot that does not open, which no rotation can mend', async () => {
    const { path } = await create()
    const lost = { ...env, SEAL_KEYS: JSON.stringify({ 7: btoa('7'.repeat(32)) }) }
    const { status, body } = await ask('POST', `${path}/rotate`, { grace_seconds: 0 }, undefined, lost)
    expect([status, body.ring]).toEqual([201, { key: [7], credentials: [1] }])
  })

  it.each<[unknown, string | null, string | null]>([
    [{ grace_seconds: -1 }, 'integer_below_min_value', 'grace_seconds'],
    [{ grace_seconds: 2_592_001 }, 'integer_above_max_value', 'grace_seconds'],
    [{ grace_seconds: 1.5 }, 'invalid_type', 'grace_seconds'],
    [{ grace_seconds: '60' }, 'invalid_type', 'grace_seconds'],
    [{ grace: 60 }, 'unknown_parameter', 'grace'],
    ['{"__proto__":{"grace_seconds":0}}', 'unknown_parameter', '__proto__'],
    [[], 'invalid_type', null],
    ['{', null, null],
  ])('refuses %j, and the key stays', async (sent, code, param) => {
    const { key, path } = await create()
    const { status, body } = await ask('POST', `${path}/rotate`, sent)
    expect(status).toBe(400)
    expect(body.error).toMatchObject({ code, param })
    expect(await works(key)).toBe(true)
  })

  it('413 for a body over 64 KB', async () => {
    const { path } = await create()
    expect((await ask('POST', `${path}/rotate`, ' '.repeat(70_000))).status).toBe(413)
  })
})

describe('who may change a key', () => {
  const routes = (path: string) =>
    [
      ['POST', '/admin/keys'],
      ['GET', '/admin/keys'],
      ['GET', path],
      ['PATCH', path],
      ['DELETE', path],
      ['POST', `${path}/rotate`],
    ] as const

  it('no key, its own included, in whatever header; ADMIN_TOKEN is no key', async () => {
    const { key, path } = await create()
    const before = (await ask('GET', path)).body
    for (const [method, to] of routes(path)) {
      for (const name of ['authorization', 'x-api-key', 'api-key']) {
        const headers = { [name]: name === 'authorization' ? `Bearer ${key}` : key }
        const body = method === 'GET' ? null : '{"strict":true}'
        const answer = await exports.default.fetch(`https://dragoman.test${to}`, { method, headers, body })
        expect(answer.status, `${method} ${to} with ${name}`).toBe(401)
      }
    }
    expect((await ask('GET', path)).body).toEqual(before)
    for (const [method, to] of [
      ['GET', '/v1/models'],
      ['POST', '/v1/chat/completions'],
    ] as const) {
      for (const name of ['authorization', 'x-api-key', 'api-key']) {
        const token = TEST_SECRETS.ADMIN_TOKEN
        const headers = { [name]: name === 'authorization' ? `Bearer ${token}` : token }
        const answer = await exports.default.fetch(`https://dragoman.test${to}`, { method, headers })
        expect(answer.status, `${method} ${to} with ${name}`).toBe(401)
      }
    }
  })

  it.each(['x-http-method-override', 'x-http-method', 'x-method-override'])(
    'a method is not what %s says',
    async (name) => {
      const { path } = await create()
      const headers = { authorization: `Bearer ${TEST_SECRETS.ADMIN_TOKEN}`, [name]: 'DELETE' }
      for (const method of ['GET', 'POST']) {
        const body = method === 'POST' ? '{}' : null
        const answer = await exports.default.fetch(`https://dragoman.test${path}?_method=DELETE`, {
          method,
          headers,
          body,
        })
        expect(answer.status).toBe(method === 'GET' ? 200 : 405)
      }
      expect((await ask('GET', path)).status).toBe(200)
    },
  )

  it.each([
    ['PUT', '', 'GET, PATCH, DELETE'],
    ['POST', '', 'GET, PATCH, DELETE'],
    ['GET', '/rotate', 'POST'],
    ['DELETE', '/rotate', 'POST'],
  ])('405 for %s …%s, with what it takes', async (method, more, allow) => {
    const { path } = await create()
    const headers = { authorization: `Bearer ${TEST_SECRETS.ADMIN_TOKEN}` }
    const answer = await exports.default.fetch(`https://dragoman.test${path}${more}`, { method, headers })
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, allow])
    expect(answer.headers.has('access-control-allow-origin')).toBe(false)
  })

  it.each(['key_0123456789abcdef', 'key_short', '%2e%2e%2fkeys', 'key_0123456789abcdef%00'])(
    '404 for %s',
    async (id) => {
      for (const [method, more, body] of [
        ['PATCH', '', {}],
        ['POST', '/rotate', {}],
      ] as const) {
        expect((await ask(method, `/admin/keys/${id}${more}`, body)).status).toBe(404)
      }
    },
  )
})

describe('the log', () => {
  it('has a line for each change: which key and request, which fields, and no value', async () => {
    const { path, id } = await create()
    const patch = {
      name: 'secret-name',
      limits: { requests_per_minute: 7 },
      providers: { alpha: { credential: 'sk-secret-credential', region: 'secret-region' } },
      strict: false,
    }
    const headers = { authorization: `Bearer ${TEST_SECRETS.ADMIN_TOKEN}` }
    // As the gateway's own app mounts it.
    const above = new Hono<{ Variables: { journey: { id: string } } }>()
    above.use(async (c, next) => {
      c.set('journey', { id: 'req_1' })
      await next()
    })
    above.route('/', app)
    await above.request(path, { method: 'PATCH', headers, body: JSON.stringify(patch) }, env)
    await ask('POST', `${path}/rotate`)
    await ask('DELETE', path)
    expect(logged).toEqual([
      {
        event: 'key-created',
        key_id: id,
        changed: ['name', 'models', 'default_provider', 'limits', 'origins', 'providers'],
      },
      {
        event: 'key-updated',
        key_id: id,
        request_id: 'req_1',
        changed: ['name', 'limits', 'strict', 'providers.alpha', 'providers.alpha.credential'],
      },
      { event: 'key-rotated', key_id: id, changed: ['key'] },
      { event: 'key-revoked', key_id: id, changed: [] },
    ])
    expect(JSON.stringify(logged)).not.toMatch(/secret-|sk-/)
  })
})
