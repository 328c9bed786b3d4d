import { evictDurableObject, reset, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Leases } from '../../src/limits/lease.ts'
import type { Limiter } from '../../src/limits/limiter.ts'
import { Observers } from '../../src/limits/observe.ts'
import { credentialLimiter, keyLimiter, type LimiterNamespace, type LimiterStub } from '../../src/limits/rpc.ts'
import type { Limits } from '../../src/limits/spans.ts'

const NOW = Date.UTC(2026, 10, 20, 12)
const KEY = 'key_0123456789abcdef'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOW })
})
afterEach(async () => {
  vi.useRealTimers()
  await reset()
})

/** The real limiters, with the calls to them counted. */
function counted(): LimiterNamespace & { calls: number } {
  const counted = {
    calls: 0,
    getByName: (name: string): LimiterStub => {
      const stub = env.LIMITER.getByName(name)
      const count = <Ask extends unknown[], Answer>(method: (...ask: Ask) => Promise<Answer>) => {
        return (...ask: Ask) => {
          counted.calls++
          return method(...ask)
        }
      }
      return {
        lease: count((ask) => stub.lease(ask)),
        giveBack: count((ask) => stub.giveBack(ask)),
        observe: count((ask) => stub.observe(ask)),
        snapshot: count((ask) => stub.snapshot(ask)),
        revoke: count(() => stub.revoke()),
      }
    },
  }
  return counted
}

/** Sends requests of one isolate, so many at a time, and counts those that were granted. */
async function send(
  leases: Leases,
  limits: Limits,
  { limiter = env.LIMITER as LimiterNamespace, requests = 1, concurrency = 1, mode = 'hard' as const } = {},
): Promise<number> {
  let [sent, granted] = [0, 0]
  const client = async () => {
    while (sent++ < requests) {
      const options = { limiter, keyId: KEY, limits, mode, cost: { requests: 1, tokens: 0 }, waitUntil: () => {} }
      await leases.reserve(options).granted.then(
        () => granted++,
        () => {},
      )
    }
  }
  await Promise.all(Array.from({ length: concurrency }, client))
  return granted
}

describe('requests per minute', () => {
  it('are granted exactly, 500 of them 50 at a time', async () => {
    expect(await send(new Leases(), { requests_per_minute: 100 }, { requests: 500, concurrency: 50 })).toBe(100)
  })

  it('are never passed by many isolates, and nearly reached', async () => {
    const isolates = Array.from({ length: 60 }, () => new Leases())
    const granted = await Promise.all(
      isolates.map((leases) => send(leases, { requests_per_minute: 40 }, { requests: 5, concurrency: 5 })),
    )
    const sum = granted.reduce((all, count) => all + count, 0)
    expect(sum).toBeLessThanOrEqual(40)
    expect(sum).toBeGreaterThanOrEqual(38)
  })

  it.each([1, 50])('take at most 20 calls for 1,000 ample requests, %d at a time', async (concurrency) => {
    const limiter = counted()
    const leases = new Leases()
    expect(await send(leases, { requests_per_minute: 10_000 }, { limiter, requests: 1000, concurrency })).toBe(1000)
    expect(limiter.calls).toBeLessThanOrEqual(20)
  })

  it('begin anew when the window is over, not a millisecond before', async () => {
    const limits = { requests_per_minute: 3 }
    expect(await send(new Leases(), limits, { requests: 4 })).toBe(3)
    vi.setSystemTime(NOW + 59_999)
    expect(await send(new Leases(), limits, { requests: 4 })).toBe(0)
    vi.setSystemTime(NOW + 60_000)
    expect(await send(new Leases(), limits, { requests: 4 })).toBe(3)
  })

  it('survive eviction', async () => {
    const limits = { requests_per_minute: 100 }
    const stub = env.LIMITER.getByName(`key:${KEY}`)
    await stub.lease({ holder: 'a', limits, requests: { need: 60, holds: 0, owed: 0 } })
    await stub.giveBack({ holder: 'a', requests: [{ units: 10, from: { requests_per_minute: NOW } }] })
    await evictDurableObject(stub)
    expect((await stub.snapshot({ limits })).own).toEqual([
      { name: 'requests_per_minute', limit: 100, left: 50, startedAt: NOW, endsInMs: 60_000 },
    ])
    expect(await send(new Leases(), limits, { requests: 60 })).toBe(50)
  })
})

describe('all limits together', () => {
  const ALL = {
    requests_per_minute: 10_000,
    requests_per_day: 1_000_000,
    tokens_per_minute: 10_000_000,
    tokens_per_day: 1_000_000_000,
    concurrent_requests: 500,
  }
  const reserve = (leases: Leases, limits: Limits, tokens: number, limiter: LimiterNamespace = env.LIMITER) => {
    const options = { limiter, keyId: KEY, limits, mode: 'hard', waitUntil: () => {} } as const
    return leases.reserve({ ...options, cost: { requests: 1, tokens } })
  }

  it('take at most 20 calls for 1,000 ample requests, 50 at a time', async () => {
    const limiter = counted()
    const leases = new Leases()
    let sent = 0
    const client = async () => {
      while (sent++ < 1000) {
        const reservation = reserve(leases, ALL, 1000, limiter)
        await reservation.granted
        reservation.settle(400)
      }
    }
    await Promise.all(Array.from({ length: 50 }, client))
    expect(limiter.calls).toBeLessThanOrEqual(20)
  })

  it('are each kept by many isolates at once', async () => {
    const limits = { requests_per_minute: 60, tokens_per_minute: 2000, concurrent_requests: 12 }
    const isolates = Array.from({ length: 20 }, () => new Leases())
    let [running, most, granted] = [0, 0, 0]
    const client = async (leases: Leases) => {
      for (let sent = 0; sent < 5; sent++) {
        const reservation = reserve(leases, limits, 100)
        await reservation.granted.then(
          async () => {
            granted++
            most = Math.max(most, ++running)
            await new Promise((resolve) => setTimeout(resolve, 3))
            running--
          },
          () => {},
        )
        reservation.settle(100)
      }
    }
    await Promise.all(isolates.map(client))
    expect(most).toBeLessThanOrEqual(12)
    expect(granted).toBeLessThanOrEqual(20)
    expect(granted).toBeGreaterThanOrEqual(10)
  })

  it('survive eviction', async () => {
    const limits = { tokens_per_minute: 1000, concurrent_requests: 5 }
    const stub = env.LIMITER.getByName(`key:${KEY}`)
    const tokens = { need: 600, holds: 0, owed: 700 }
    await stub.lease({ holder: 'a', limits, tokens, slots: { said: 1, keep: 0, need: 2 } })
    await evictDurableObject(stub)
    expect((await stub.snapshot({ limits })).own).toEqual([
      { name: 'tokens_per_minute', limit: 1000, left: 0, startedAt: NOW, endsInMs: 60_000 },
      { name: 'concurrent_requests', limit: 5, left: 3 },
    ])
    await stub.giveBack({ holder: 'a', slots: { said: 2, keep: 1 } })
    await stub.lease({ holder: 'a', limits, tokens: { need: 0, want: 0, holds: 300, owed: 500 } })
    await evictDurableObject(stub)
    vi.setSystemTime(NOW + 60_000)
    expect((await stub.snapshot({ limits })).own).toEqual([
      { name: 'tokens_per_minute', limit: 1000, left: 500, startedAt: NOW + 60_000, endsInMs: 60_000 },
      { name: 'concurrent_requests', limit: 5, left: 5 },
    ])
  })
})

describe('the limiter', () => {
  const rows = (stub: DurableObjectStub<Limiter>) =>
    runInDurableObject(stub, (_: Limiter, { storage }) => [...storage.kv.list()].map(([key]) => key))

  it('writes nothing when nothing is granted', async () => {
    const stub = env.LIMITER.getByName(`key:${KEY}`)
    await stub.lease({ holder: 'a', limits: {} })
    await stub.giveBack({ holder: 'a', requests: [{ units: 5, from: {} }] })
    await stub.giveBack({ holder: 'a' })
    await stub.snapshot({ limits: { requests_per_minute: 5 } })
    expect(await rows(stub)).toEqual([])
    await stub.lease({ holder: 'a', limits: { requests_per_minute: 5 }, requests: { need: 1, holds: 0, owed: 0 } })
    expect(await rows(stub)).toEqual(['requests'])
  })

  it('remembers a revocation, and tells every isolate', async () => {
    const stub = keyLimiter(env.LIMITER, KEY)
    await stub.revoke()
    await evictDurableObject(env.LIMITER.getByName(`key:${KEY}`))
    expect(await stub.lease({ holder: 'a', limits: {} })).toEqual({ revoked: true })
    expect(await stub.snapshot({ limits: {} })).toMatchObject({ revoked: true, own: [], observed: {} })
    const cost = { requests: 1, tokens: 0 }
    const options = { limiter: env.LIMITER, keyId: KEY, mode: 'soft', cost, waitUntil: () => {} } as const
    const { granted } = new Leases().reserve({ ...options, limits: { requests_per_minute: 5 } })
    await expect(granted).rejects.toMatchObject({ code: 'invalid_api_key', status: 401 })
  })

  it('keeps nothing of a token that has ended', async () => {
    const stub = env.LIMITER.getByName('key:tok_1')
    const requests = { need: 2, holds: 0, owed: 0 }
    // The runtime's own clock is the real one.
    const endsAt = Date.UTC(2100, 0, 1)
    await stub.lease({ holder: 'a', limits: { token_requests: 5 }, endsAt, requests })
    const kept = () => runInDurableObject(stub, async (_limiter: Limiter, state) => (await state.storage.list()).size)
    expect(await kept()).toBeGreaterThan(0)
    const alarm = await runInDurableObject(stub, (_limiter: Limiter, state) => state.storage.getAlarm())
    expect(alarm).toBe(endsAt + 600_000)
    expect(await runDurableObjectAlarm(stub)).toBe(true)
    expect(await kept()).toBe(0)
  })

  it('fails open in soft mode and closed in hard mode', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => {})
    const broken = { getByName: () => ({ lease: () => Promise.reject(new Error('overloaded')) }) }
    const options = {
      limiter: broken as unknown as LimiterNamespace,
      keyId: KEY,
      cost: { requests: 1, tokens: 0 },
      waitUntil: () => {},
    }
    const limits = { requests_per_minute: 5 }
    await new Leases().reserve({ ...options, limits, mode: 'soft' }).granted
    const { granted } = new Leases().reserve({ ...options, limits, mode: 'hard' })
    await expect(granted).rejects.toMatchObject({ code: 'unavailable', details: { retryAfterMs: 1000 } })
    vi.restoreAllMocks()
  })
})

describe('a provider’s windows', () => {
  const windows = { requests: { limit: 100, remaining: 3, resetAt: NOW + 30_000 } }

  /** Another isolate, and what it does in the background. */
  function isolate() {
    const background: Promise<unknown>[] = []
    const observer = new Observers().observer({
      limiter: env.LIMITER,
      credentialId: 'cafe',
      family: 'large',
      mode: 'hard',
      waitUntil: (work) => void background.push(work),
    })
    return { observer, told: () => Promise.all(background) }
  }

  it('are one for all isolates', async () => {
    const [one, other] = [isolate(), isolate()]
    one.observer.observe(windows, { status: 200, sentAt: NOW })
    await one.told()
    other.observer.observe({ requests: { ...windows.requests, remaining: 60 } }, { status: 200, sentAt: NOW })
    await other.told()
    expect(other.observer.windows()).toEqual(windows)
  })

  it('are never passed by isolates that know of each other only here', async () => {
    const isolates = Array.from({ length: 20 }, isolate)
    const [first] = isolates
    first?.observer.observe(windows, { status: 200, sentAt: NOW })
    await first?.told()
    vi.setSystemTime(NOW + 5)
    const verdicts = await Promise.all(isolates.map(({ observer }) => observer.admit(1, false)))
    expect(verdicts.filter((verdict) => verdict === 'go')).toHaveLength(3)
    expect(verdicts.find((verdict) => verdict !== 'go')).toMatchObject({ unit: 'requests' })
  })

  it('survive eviction while little is left, and so does a breaker that is open', async () => {
    const stub = credentialLimiter(env.LIMITER, 'cafe', 'large')
    const evict = () => evictDurableObject(env.LIMITER.getByName('cred:cafe:large'))
    await stub.observe({ seen: { tokens: { reading: { limit: 100, remaining: 80 }, at: NOW } } })
    await evict()
    expect((await stub.snapshot({ limits: {} })).observed).toEqual({})
    await stub.observe({ seen: { requests: { reading: windows.requests, at: NOW } } })
    await evict()
    expect((await stub.snapshot({ limits: {} })).observed).toEqual(windows)
    const { observer, told } = isolate()
    observer.failed(NOW, { quota: true })
    await told()
    await evict()
    expect(await isolate().observer.admit(1, false)).toBe('out')
    // Told to be well again, it is not found open by the next.
    observer.lives()
    await told()
    await evict()
    expect((await stub.snapshot({ limits: {} })).standing?.breaker?.failures).toBe(0)
  })
})
