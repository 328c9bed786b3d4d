import { reset, runInDurableObject } from 'cloudflare:test'
import { env, exports } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { storedBinding } from '../../schemas/binding.ts'
import type { KeyRecord } from '../../src/keys/record.ts'
import { routes } from '../../src/keys/route.ts'
import { TEST_SECRETS } from '../secrets.ts'
import { alarmOf, app, ask, bindingOf, CREDENTIAL } from './admin.ts'

const whole = {
  name: 'web app',
  providers: {
    alpha: { credential: CREDENTIAL, base_url: 'https://eu.alpha.example/v1', headers: { 'x-title': 'T' } },
    paddle: { provider: 'beta', base_url: 'http://127.0.0.1:8061' },
  },
  models: { fast: 'alpha/small', smart: ['alpha/large', { model: 'paddle/large', weight: 2 }] },
  default_provider: 'alpha',
  allowed_models: ['alpha/*', 'fast'],
  limits: { requests_per_minute: 60 },
  limits_mode: 'hard',
  origins: ['https://app.example.com'],
  strict: true,
  expires_at: '2999-01-01T00:00:00Z',
  on_disconnect: 'drain',
  timeouts: { total_ms: 1000 },
  retries: 1,
  store_responses: true,
}
const small = { providers: { alpha: { credential: CREDENTIAL } } }

beforeEach(() => {
  vi.spyOn(console, 'log').mockReturnValue()
})
afterEach(async () => {
  vi.restoreAllMocks()
  vi.useRealTimers()
  await reset()
})

describe('POST /admin/keys', () => {
  it('answers 201 with the key, shown once, and all that was sent but no credential', async () => {
    const { status, headers, body } = await ask('POST', '/admin/keys', whole)
    expect(status).toBe(201)
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.has('access-control-allow-origin')).toBe(false)
    const { key, id, created_at, status: state, ring, ...rest } = body
    expect([state, ring]).toEqual(['active', { key: [1], credentials: [1] }])
    expect(key).toMatch(/^sk-dg-[\w-]{65}$/)
    expect(id).toMatch(/^key_[\w-]{16}$/)
    expect(Date.parse(created_at)).toBeGreaterThan(Date.now() - 60_000)
    const { credential: _, ...alpha } = whole.providers.alpha
    expect(rest).toEqual({
      ...whole,
      providers: { alpha: { ...alpha, provider: 'alpha' }, paddle: whole.providers.paddle },
    })

    const shown = await ask('GET', `/admin/keys/${id}`)
    expect(shown).toMatchObject({ status: 200, body: { id, created_at, ...rest } })
    expect(shown.body).not.toHaveProperty('key')
  })

  it('makes a key that works at once', async () => {
    const { body } = await ask('POST', '/admin/keys', whole)
    const binding = await bindingOf(body.key)
    expect(binding).toMatchObject({ id: body.id, name: 'web app', strict: true, limitsMode: 'hard', retries: 1 })
    expect(routes(binding, 'fast')[0]).toMatchObject({
      name: 'alpha/small',
      slot: { provider: 'alpha', baseUrl: 'https://eu.alpha.example/v1', credential: CREDENTIAL },
    })
  })

  it('stores neither the key nor the credential, in KV or in the object', async () => {
    const { body } = await ask('POST', '/admin/keys', whole)
    const { keys } = await env.KEYS.list()
    expect(keys.map(({ name }) => name)).toEqual([`key:${body.id}`])
    const kept = [await env.KEYS.get(`key:${body.id}`)]
    await runInDurableObject(env.RECORDS.getByName(body.id), async (_: KeyRecord, state) => {
      kept.push(JSON.stringify([...(await state.storage.list())]), JSON.stringify([...state.storage.kv.list()]))
    })
    const written: unknown = JSON.parse(kept[0] ?? 'null')
    expect(storedBinding.parse(written)).toEqual(written)
    expect(kept).toHaveLength(3)
    for (const text of kept) {
      expect(text).toContain(body.id)
      for (const secret of [body.key, body.key.slice(6), body.key.slice(22, 65), CREDENTIAL, btoa(CREDENTIAL)]) {
        expect(text).not.toContain(secret)
      }
    }
  })

  it('keeps no alarm once KV has the record', async () => {
    const { body } = await ask('POST', '/admin/keys', small)
    expect(await alarmOf(body.id)).toBeNull()
  })

  it.each<[string, unknown, number, string | null, string | null]>([
    ['an unknown field', { ...small, foo: 1 }, 400, 'unknown_parameter', 'foo'],
    [
      'an unknown field in a slot',
      { providers: { alpha: { ...small.providers.alpha, foo: 1 } } },
      400,
      'unknown_parameter',
      'providers.alpha.foo',
    ],
    ['a missing base URL', { providers: { beta: {} } }, 400, 'missing_required_parameter', 'providers.beta.base_url'],
    [
      'one of our own secrets',
      { providers: { alpha: { credential: { secret: 'SEAL_KEYS' } } } },
      400,
      'invalid_value',
      'providers.alpha.credential.secret',
    ],
    ['no JSON', `{"providers": ${CREDENTIAL}`, 400, null, null],
    ['nothing', '', 400, null, null],
    ['more than 64 KB', JSON.stringify({ ...small, name: 'x'.repeat(70_000) }), 413, 'request_too_large', null],
  ])('refuses %s, stores nothing and quotes nothing', async (_, sent, status, code, param) => {
    const { status: got, body } = await ask('POST', '/admin/keys', sent)
    expect(got).toBe(status)
    expect(body.error).toEqual({ type: 'invalid_request_error', code, param, message: expect.any(String) })
    expect(body.error.message).not.toContain('hunter2')
    expect((await env.KEYS.list()).keys).toEqual([])
  })

  it('counts a body that does not say how long it is', async () => {
    const chunk = new TextEncoder().encode('x'.repeat(16_384))
    let sent = 0
    const body = new ReadableStream({
      pull: (controller) => (sent++ < 1000 ? controller.enqueue(chunk) : controller.close()),
    })
    const answer = await app.request(
      '/admin/keys',
      { method: 'POST', headers: { authorization: `Bearer ${TEST_SECRETS.ADMIN_TOKEN}` }, body },
      env,
    )
    expect(answer.status).toBe(413)
    expect(sent).toBeLessThan(20)
  })

  it('refuses bytes that are not UTF-8', async () => {
    const body = new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d])
    const answer = await app.request(
      '/admin/keys',
      { method: 'POST', headers: { authorization: `Bearer ${TEST_SECRETS.ADMIN_TOKEN}` }, body },
      env,
    )
    expect(answer.status).toBe(400)
  })
})

describe('the admin token', () => {
  it.each<[string, Record<string, string>, string | null]>([
    ['no token', {}, null],
    ['a token as x-api-key', { 'x-api-key': TEST_SECRETS.ADMIN_TOKEN }, null],
    ['another scheme', { authorization: `Basic ${TEST_SECRETS.ADMIN_TOKEN}` }, null],
    ['a wrong token', { authorization: 'Bearer wrong' }, 'invalid_api_key'],
    ['a longer token', { authorization: `Bearer ${TEST_SECRETS.ADMIN_TOKEN}x` }, 'invalid_api_key'],
    ['a shorter token', { authorization: `Bearer ${TEST_SECRETS.ADMIN_TOKEN.slice(1)}` }, 'invalid_api_key'],
  ])('401 for %s, on every path', async (_, headers, code) => {
    for (const [method, path] of [
      ['POST', '/admin/keys'],
      ['GET', '/admin/keys'],
      ['GET', '/admin/keys/key_0123456789abcdef'],
      ['PATCH', '/admin/keys/key_0123456789abcdef'],
      ['DELETE', '/admin/keys/key_0123456789abcdef'],
      ['POST', '/admin/keys/key_0123456789abcdef/rotate'],
      ['GET', '/admin/else'],
    ] as const) {
      const answer = await app.request(path, { method, headers }, env)
      expect(answer.status).toBe(401)
      expect(await answer.json()).toMatchObject({ error: { type: 'invalid_request_error', param: null, code } })
    }
  })

  it('is not a client key, and a client key is not one', async () => {
    const { body } = await ask('POST', '/admin/keys', small)
    expect((await ask('GET', '/admin/keys', undefined, body.key)).status).toBe(401)
    await expect(bindingOf(TEST_SECRETS.ADMIN_TOKEN)).rejects.toMatchObject({ status: 401 })
  })

  it('429 in OpenAI’s form for an address that was wrong 60 times, and nobody else', async () => {
    const from = (address: string, token: string, path = '/admin/keys') =>
      exports.default.fetch(`https://dragoman.test${path}`, {
        headers: { authorization: `Bearer ${token}`, 'cf-connecting-ip': address },
      })
    const codes = new Map<number, number>()
    for (let i = 0; i < 40; i++) {
      for (const path of ['/admin/keys', '/v1/models']) {
        const { status } = await from('2001:db8::1', 'wrong', path)
        codes.set(status, (codes.get(status) ?? 0) + 1)
      }
    }
    expect([...codes]).toEqual([
      [401, 60],
      [429, 20],
    ])
    const answer = await from('2001:db8::2', 'wrong')
    const { headers } = answer
    expect([answer.status, headers.get('retry-after'), headers.get('x-should-retry')]).toEqual([429, '60', 'false'])
    expect(await answer.json()).toEqual({
      error: { type: 'rate_limit_error', code: 'rate_limit_exceeded', param: null, message: expect.any(String) },
    })
    expect((await from('2001:db8::1', TEST_SECRETS.ADMIN_TOKEN)).status).toBe(200)
    expect((await from('2001:db8:0:1::1', 'wrong')).status).toBe(401)
  })

  it.each(['', ' ', undefined])('503 when it is not set (%j), also for an empty one sent', async (ADMIN_TOKEN) => {
    const without = { ...env, ADMIN_TOKEN } as Env
    for (const token of ['', ' ', 'undefined', TEST_SECRETS.ADMIN_TOKEN]) {
      const { status, body } = await ask('GET', '/admin/keys', undefined, token, without)
      expect(status).toBe(503)
      expect(body.error).toMatchObject({ code: 'not_configured', message: expect.stringContaining('ADMIN_TOKEN') })
    }
  })

  it('503 when SEAL_KEYS is not set', async () => {
    const { status, body } = await ask('POST', '/admin/keys', small, undefined, { ...env, SEAL_KEYS: '' })
    expect(status).toBe(503)
    expect(body.error).toMatchObject({ code: 'not_configured', message: expect.stringContaining('SEAL_KEYS') })
  })
})

describe('GET /admin/keys', () => {
  it('pages through the keys in the order they were made', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const made: string[] = []
    for (let i = 0; i < 5; i++) {
      vi.setSystemTime(Date.UTC(2026, 10, 20) + i)
      made.push((await ask('POST', '/admin/keys', { ...small, name: `n${i}` })).body.id)
    }
    const seen: string[] = []
    const more: boolean[] = []
    for (let after = ''; ; after = `&after=${seen.at(-1)}`) {
      const { body } = await ask('GET', `/admin/keys?limit=2${after}`)
      expect(Object.keys(body).sort()).toEqual(['data', 'has_more'])
      seen.push(...body.data.map(({ id }: { id: string }) => id))
      more.push(body.has_more)
      if (!body.has_more) break
    }
    expect(seen).toEqual(made)
    expect(more).toEqual([true, true, false])
    const { body } = await ask('GET', '/admin/keys')
    expect(body).toMatchObject({ data: made.map((id, i) => ({ id, name: `n${i}` })), has_more: false })
    expect(JSON.stringify(body)).not.toMatch(/hunter2|sealed|digest|sk-dg/)
    expect((await ask('GET', `/admin/keys?after=${made[4]}`)).body).toEqual({ data: [], has_more: false })
  })

  it('is empty before the first', async () => {
    expect((await ask('GET', '/admin/keys')).body).toEqual({ data: [], has_more: false })
  })

  it('passes over a record that nobody can read', async () => {
    vi.spyOn(console, 'error').mockReturnValue()
    const { body } = await ask('POST', '/admin/keys', small)
    await env.KEYS.put('key:key_0000000000000000', 'no JSON')
    expect((await ask('GET', '/admin/keys')).body.data).toMatchObject([{ id: body.id }])
  })

  it.each([
    ['limit=0', 'integer_below_min_value', 'limit'],
    ['limit=-1', 'integer_below_min_value', 'limit'],
    ['limit=101', 'integer_above_max_value', 'limit'],
    ['limit=x', 'invalid_type', 'limit'],
    ['limit=', 'invalid_type', 'limit'],
    ['after=x', 'invalid_value', 'after'],
  ])('400 for %s', async (query, code, param) => {
    const { status, body } = await ask('GET', `/admin/keys?${query}`)
    expect(status).toBe(400)
    expect(body.error).toMatchObject({ code, param })
  })
})

describe('DELETE /admin/keys/{id}', () => {
  it('ends the key at once, then there is none', async () => {
    const { body } = await ask('POST', '/admin/keys', small)
    await bindingOf(body.key)
    expect(await ask('DELETE', `/admin/keys/${body.id}`)).toMatchObject({
      status: 200,
      body: { id: body.id, deleted: true },
    })
    expect((await ask('DELETE', `/admin/keys/${body.id}`)).status).toBe(404)
    expect((await ask('GET', `/admin/keys/${body.id}`)).status).toBe(404)
    expect((await ask('GET', '/admin/keys')).body.data).toEqual([])
    expect(await env.KEYS.get(`key:${body.id}`)).toBeNull()
    await expect(bindingOf(body.key)).rejects.toMatchObject({ status: 401, code: 'invalid_api_key' })
    expect(await alarmOf(body.id)).toBeNull()
  })

  it('tells the limiter, which every isolate asks', async () => {
    const { body } = await ask('POST', '/admin/keys', small)
    await ask('DELETE', `/admin/keys/${body.id}`)
    expect(await env.LIMITER.getByName(`key:${body.id}`).snapshot({ limits: {} })).toMatchObject({ revoked: true })
  })

  it.each(['key_0123456789abcdef', 'key_short', 'x', '%2F'])('404 for %s, in OpenAI’s form', async (id) => {
    for (const method of ['GET', 'DELETE']) {
      const { status, body } = await ask(method, `/admin/keys/${id}`)
      expect(status).toBe(404)
      expect(body.error).toEqual({
        type: 'invalid_request_error',
        code: null,
        param: null,
        message: expect.any(String),
      })
    }
  })
})
