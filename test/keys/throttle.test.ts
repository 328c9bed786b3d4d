import { describe, expect, it, vi } from 'vitest'
import { GatewayError } from '../../src/hub/error.ts'
import { requireAdmin } from '../../src/keys/admin-token.ts'
import { authenticate } from '../../src/keys/authenticate.ts'
import { networkOf, throttled } from '../../src/keys/throttle.ts'
import { fakeEnv, storedKey } from './keyring.ts'

const ADMIN_TOKEN = 'test-admin-token'
const from = (headers: Record<string, string>) => new Request('https://dragoman.test/v1/models', { headers })

/** The binding with room for so many, as the platform answers. */
function brake(room: number) {
  const seen: string[] = []
  const limit = vi.fn(async ({ key }: { key: string }) => ({ success: seen.push(key) <= room }))
  return { AUTH_RL: { limit }, seen }
}

const later = () => {}
const fails = (asked: Promise<unknown>) =>
  asked.then(
    () => undefined,
    (thrown) => thrown,
  )

describe('failed authentication', () => {
  it('is 401 until there was too much of it from one address, then 429 with retry-after', async () => {
    const { AUTH_RL, seen } = brake(2)
    const { env, kv } = fakeEnv({ AUTH_RL })
    const wrong = from({ authorization: 'Bearer sk-dg-made-up', 'cf-connecting-ip': '192.0.2.7' })
    const codes = []
    for (let i = 0; i < 4; i++) codes.push((await fails(authenticate(wrong, env, later))).status)
    expect(codes).toEqual([401, 401, 429, 429])
    expect(await fails(authenticate(wrong, env, later))).toMatchObject({
      code: 'rate_limit',
      details: { retryAfterMs: 60_000, shouldRetry: false },
      body: { type: 'rate_limit_error', code: 'rate_limit_exceeded', param: null, message: expect.any(String) },
    })
    expect(new Set(seen)).toEqual(new Set(['192.0.2.7']))
    expect(kv.reads).toEqual([])
  })

  it('never touches who has a key, and does not count them', async () => {
    const { AUTH_RL, seen } = brake(0)
    const { env, kv } = fakeEnv({ AUTH_RL })
    const { key, id } = await storedKey({ env, kv })
    const headers = { authorization: `Bearer ${key}`, 'cf-connecting-ip': '192.0.2.7' }
    expect((await fails(authenticate(from({ 'cf-connecting-ip': '192.0.2.7' }), env, later))).status).toBe(429)
    expect(await authenticate(from(headers), env, later)).toMatchObject({ id })
    expect(seen).toHaveLength(1)
  })

  it('goes by the address that Cloudflare tells, and by no other header', async () => {
    const { AUTH_RL, seen } = brake(0)
    const { env } = fakeEnv({ AUTH_RL })
    const forged = {
      'x-forwarded-for': '192.0.2.1',
      'x-real-ip': '192.0.2.2',
      'true-client-ip': '192.0.2.3',
      forwarded: 'for=192.0.2.4',
    }
    expect((await fails(authenticate(from(forged), env, later))).status).toBe(401)
    expect(seen).toEqual([])
    await fails(authenticate(from({ ...forged, 'cf-connecting-ip': '198.51.100.1' }), env, later))
    expect(seen).toEqual(['198.51.100.1'])
  })

  it('is the same at the admin API', async () => {
    const { AUTH_RL } = brake(1)
    const { env } = fakeEnv({ AUTH_RL, ADMIN_TOKEN })
    const wrong = from({ authorization: 'Bearer wrong', 'cf-connecting-ip': '192.0.2.7' })
    expect((await fails(requireAdmin(wrong, env))).status).toBe(401)
    expect((await fails(requireAdmin(wrong, env))).status).toBe(429)
    expect((await fails(requireAdmin(from({ 'cf-connecting-ip': '192.0.2.7' }), env))).status).toBe(429)
    const right = from({ authorization: `Bearer ${ADMIN_TOKEN}`, 'cf-connecting-ip': '192.0.2.7' })
    expect(await requireAdmin(right, env)).toBeUndefined()
  })

  it('is what it was without the binding, or where that fails', async () => {
    const refusal = new GatewayError('invalid_api_key', 'no')
    const request = from({ 'cf-connecting-ip': '192.0.2.7' })
    expect(await throttled(refusal, request, fakeEnv().env)).toBe(refusal)
    const limit = () => Promise.reject(new Error('down'))
    expect(await throttled(refusal, request, fakeEnv({ AUTH_RL: { limit } }).env)).toBe(refusal)
  })

  it('counts nothing but 401', async () => {
    const { AUTH_RL, seen } = brake(0)
    const { env, kv } = fakeEnv({ AUTH_RL })
    const { key } = await storedKey({ env, kv })
    kv.down = true
    const request = from({ authorization: `Bearer ${key}`, 'cf-connecting-ip': '192.0.2.7' })
    expect((await fails(authenticate(request, env, later))).status).toBe(503)
    const other = new TypeError('a fault')
    expect(await throttled(other, request, env)).toBe(other)
    expect(seen).toEqual([])
  })
})

describe('networkOf', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::1', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:db8::', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1:2:3:4:5', 'fe80:0:0:1::/64'],
  ])('%s is of %s', (address, network) => {
    expect(networkOf(address)).toBe(network)
  })
})
