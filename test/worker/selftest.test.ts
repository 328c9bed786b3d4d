// `GET /admin/selftest`: inside of the Worker, with its own KV and objects.
import { reset } from 'cloudflare:test'
import { env, exports } from 'cloudflare:workers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { version } from '../../package.json'
import { providers } from '../../src/providers/index.ts'
import { selftest } from '../../src/selftest/index.ts'
import { TEST_SECRETS } from '../secrets.ts'

const get = (token?: string, method = 'GET', query = '') =>
  exports.default.fetch(`http://dragoman.test/admin/selftest${query}`, {
    method,
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
  })

afterEach(async () => {
  vi.restoreAllMocks()
  await reset()
})

describe('the route', () => {
  it('answers to the admin token alone', async () => {
    expect((await get()).status).toBe(401)
    expect((await get('wrong')).status).toBe(401)
    const answer = await get(TEST_SECRETS.ADMIN_TOKEN)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    const report: Awaited<ReturnType<typeof selftest>> = await answer.json()
    expect(report).toMatchObject({ ok: true, version })
    expect(Date.parse(report.time)).toBeGreaterThan(Date.UTC(2026, 9, 1))
    const names = report.checks.map(({ name }) => name)
    expect(names).toEqual(
      expect.arrayContaining(['configuration', 'ring', 'key', 'kv', 'limiter', 'records', 'responses', 'clock']),
    )
    expect(names.filter((name) => name.endsWith(' answer')).length).toBeGreaterThanOrEqual(8)
    for (const check of report.checks) expect(check).toEqual({ name: check.name, ok: true, ms: expect.any(Number) })
  })

  it('takes no other method', async () => {
    const answer = await get(TEST_SECRETS.ADMIN_TOKEN, 'POST')
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET'])
  })

  it('runs a part of it by itself', async () => {
    const parts: Awaited<ReturnType<typeof selftest>>[] = []
    for (const part of ['own', 'bedrock']) {
      parts.push(await (await get(TEST_SECRETS.ADMIN_TOKEN, 'GET', `?only=${part}`)).json())
    }
    expect(parts[0]?.checks.map(({ name }) => name)).toContain('kv')
    expect(parts[1]?.checks.map(({ name }) => name.split('/')[0])).toEqual(['bedrock', 'bedrock'])
    const unknown = await get(TEST_SECRETS.ADMIN_TOKEN, 'GET', '?only=nobody')
    expect([unknown.status, await unknown.json()]).toMatchObject([400, { error: { param: 'only' } }])
  })

  it('leaves nothing behind', async () => {
    await get(TEST_SECRETS.ADMIN_TOKEN)
    expect((await env.KEYS.list()).keys).toEqual([])
  })
})

/** What fails, and why, where the Worker has these bindings beside its own. */
async function faults(changed: Partial<Env>): Promise<Record<string, string | undefined>> {
  vi.spyOn(console, 'error').mockReturnValue()
  const report = await selftest({ ...env, ...changed }, [])
  expect(report.ok).toBe(false)
  return Object.fromEntries(report.checks.flatMap(({ name, ok, detail }) => (ok ? [] : [[name, detail]])))
}

describe('a Worker that is broken', () => {
  it('by its configuration, whose values are not quoted', async () => {
    const found = await faults({
      MAX_BODY_BYTES: 'hunter2',
      MAX_CHOICES: '0',
      RESPONSES_TTL_DAYS: '-1',
      PRICES: '{"hunter2": 1}',
      ALLOW_HTTP_UPSTREAMS: 'loopback, hunter2',
    })
    expect(Object.keys(found)).toEqual(['configuration'])
    for (const name of ['MAX_BODY_BYTES', 'MAX_CHOICES', 'RESPONSES_TTL_DAYS', 'PRICES', 'ALLOW_HTTP_UPSTREAMS'])
      expect(found.configuration).toContain(name)
    expect(JSON.stringify(found)).not.toContain('hunter2')
  })

  it('is not one that stores no responses, and leaves the rest as it is', async () => {
    const nothing = {
      RESPONSES_TTL_DAYS: '0',
      MAX_BODY_BYTES: '',
      MAX_CHOICES: '',
      PRICES: '',
      ALLOW_HTTP_UPSTREAMS: '',
    }
    expect((await selftest({ ...env, ...nothing }, [])).ok).toBe(true)
  })

  it('by its ring', async () => {
    const found = await faults({ SEAL_KEYS: '{"1": "short"}' })
    expect(Object.keys(found)).toEqual(['ring', 'key'])
    expect(found.ring).toContain('SEAL_KEYS')
  })

  it('by storage that cannot be reached', async () => {
    const KEYS = { get: () => Promise.reject(new Error('KV GET failed: 503')) } as unknown as KVNamespace
    expect(await faults({ KEYS })).toEqual({ kv: 'KV GET failed: 503', clock: 'KV GET failed: 503' })
    const LIMITER = { getByName: () => ({ snapshot: () => Promise.reject(new Error('Overloaded.')) }) }
    expect(await faults({ LIMITER: LIMITER as unknown as Env['LIMITER'] })).toEqual({ limiter: 'Overloaded.' })
  })

  it('by storage that never answers', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const RECORDS = { getByName: () => ({ read: () => new Promise<null>(() => {}) }) } as unknown as Env['RECORDS']
    const found = faults({ RECORDS })
    // Until the others have been asked, and have answered.
    await vi.waitFor(() => expect(vi.getTimerCount()).toBe(1))
    await vi.advanceTimersByTimeAsync(10_000)
    vi.useRealTimers()
    expect(await found).toEqual({ records: 'No answer within 10 s.' })
  })

  it('by a clock that says a time before it was written', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 0 })
    const found = await faults({})
    vi.useRealTimers()
    expect(found).toEqual({ clock: 'The clock says 1970-01-01T00:00:00.000Z.' })
  })

  it('by one of its providers', async () => {
    vi.spyOn(console, 'error').mockReturnValue()
    const [first] = providers.values()
    if (!first) throw new Error('There are no providers.')
    const mute = { ...first, samples: [{ model: 'mute', frames: [] }] }
    const report = await selftest(env, [mute])
    expect(report.ok).toBe(false)
    expect(report.checks.filter(({ ok }) => !ok)).toEqual([
      { name: `${first.name}/mute answer`, ok: false, ms: expect.any(Number), detail: expect.stringContaining('end') },
    ])
  })
})
