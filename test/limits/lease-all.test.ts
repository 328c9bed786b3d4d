// Tokens and slots as an isolate counts them, beside requests.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { GatewayError } from '../../src/hub/error.ts'
import type { Reservation } from '../../src/limits/lease.ts'
import type { LimiterNamespace } from '../../src/limits/rpc.ts'
import type { Limits } from '../../src/limits/spans.ts'
import { Isolate, refused } from './isolate.ts'
import { Network, type Weather } from './network.ts'

const NOW = Date.UTC(2026, 10, 20, 12)

beforeEach(() => {
  vi.useFakeTimers({ now: NOW })
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

/** A request that was let through, to be settled. */
async function begin(isolate: Isolate, limits: Limits, tokens = 0, requests = 1): Promise<Reservation> {
  const reservation = isolate.reserve(limits, { cost: { requests, tokens } })
  const outcome = reservation.granted.catch((error: unknown) => error)
  await vi.advanceTimersByTimeAsync(5)
  const error = await outcome
  if (error !== undefined) throw error
  return reservation
}

/** What the limiter has left of each of a key's limits. */
async function left(network: Network, limits: Limits): Promise<Record<string, number>> {
  const snapshot = network.getByName('key:key_1').snapshot({ limits })
  await vi.advanceTimersByTimeAsync(5)
  return Object.fromEntries((await snapshot).own.map(({ name, left }) => [name, left]))
}

describe('tokens', () => {
  const limits = { tokens_per_minute: 1000 }
  const send = (isolate: Isolate, tokens: number) => isolate.send(limits, { cost: { requests: 1, tokens } })

  it('are reserved, and refused as OpenAI would', async () => {
    const isolate = new Isolate(new Network())
    await begin(isolate, limits, 700)
    const error = refused(await send(isolate, 400))
    expect(error.body).toEqual({
      message:
        'Rate limit reached for this key on tokens per min (TPM): Limit 1000, Used 700, Requested 400. Please try again in 59.997s.',
      type: 'tokens',
      param: null,
      code: 'rate_limit_exceeded',
    })
    expect(await send(isolate, 300)).toBe('granted')
  })

  it('that were not used are there again', async () => {
    const isolate = new Isolate(new Network())
    const reservation = await begin(isolate, limits, 700)
    reservation.settle(100)
    expect(reservation.windows().tokens).toMatchObject({ limit: 1000, remaining: 900 })
    expect(await send(isolate, 900)).toBe('granted')
  })

  it('count once, however often they are settled', async () => {
    const isolate = new Isolate(new Network())
    const reservation = await begin(isolate, limits, 700)
    reservation.settle(100)
    reservation.settle(0)
    reservation.settle(500)
    expect(reservation.windows().tokens?.remaining).toBe(900)
  })

  it('used beyond what was reserved are a debt, of which the limiter hears at once', async () => {
    const network = new Network()
    const isolate = new Isolate(network)
    const reservation = await begin(isolate, limits, 900)
    reservation.settle(1300)
    await vi.advanceTimersByTimeAsync(100)
    expect(await left(network, limits)).toEqual({ tokens_per_minute: 0 })
    const error = refused(await send(isolate, 10))
    expect(error.message).toContain('Limit 1000, Used 1300, Requested 10.')
    await vi.advanceTimersByTimeAsync(error.details.retryAfterMs ?? 0)
    expect(await left(network, limits)).toEqual({ tokens_per_minute: 700 })
  })

  it('are refused until so much of a debt is paid that there is room', async () => {
    const isolate = new Isolate(new Network())
    const reservation = await begin(isolate, limits, 900)
    reservation.settle(2600)
    await vi.advanceTimersByTimeAsync(100)
    const error = refused(await send(isolate, 500))
    expect(Math.round((error.details.retryAfterMs ?? 0) / 60_000)).toBe(3)
    await vi.advanceTimersByTimeAsync((error.details.retryAfterMs ?? 0) - 100)
    expect(refused(await send(isolate, 500)).code).toBe('rate_limit_tokens')
    await vi.advanceTimersByTimeAsync(100)
    expect(await send(isolate, 500)).toBe('granted')
  })

  it('not used come back after the lease, without another request', async () => {
    const network = new Network()
    const isolate = new Isolate(network)
    const reservation = await begin(isolate, limits, 700)
    await vi.advanceTimersByTimeAsync(15_000)
    reservation.settle(100)
    await vi.advanceTimersByTimeAsync(100)
    expect(await left(network, limits)).toEqual({ tokens_per_minute: 900 })
  })

  it('not used come back to a day, however long it took', async () => {
    const network = new Network()
    const isolate = new Isolate(network)
    const day = { tokens_per_day: 10_000 }
    const reservation = await begin(isolate, day, 7000)
    await vi.advanceTimersByTimeAsync(20 * 60_000 + 15_000)
    reservation.settle(100)
    await vi.advanceTimersByTimeAsync(100)
    expect(await left(network, day)).toEqual({ tokens_per_day: 9900 })
  })

  it('that end together go back together', async () => {
    const network = new Network()
    const isolate = new Isolate(network)
    const many: Reservation[] = []
    for (let sent = 0; sent < 50; sent++) many.push(await begin(isolate, { tokens_per_minute: 100_000 }, 1000))
    await vi.advanceTimersByTimeAsync(61_000)
    const before = network.calls.length
    for (const reservation of many) reservation.settle(1200)
    await vi.advanceTimersByTimeAsync(200)
    expect(network.calls.length - before).toBeLessThanOrEqual(2)
    // The isolate leased anew by the pace of those that ended.
    await vi.advanceTimersByTimeAsync(10_000)
    expect(await left(network, { tokens_per_minute: 100_000 })).toEqual({ tokens_per_minute: 90_000 })
  })

  it('of a request that was over before it was counted are none', async () => {
    const network = new Network()
    const isolate = new Isolate(network)
    const reservation = isolate.reserve(limits, { cost: { requests: 1, tokens: 700 } })
    reservation.settle(700)
    await vi.advanceTimersByTimeAsync(11_000)
    expect(await left(network, limits)).toEqual({ tokens_per_minute: 1000 })
  })

  it('can be more than the limit ever has', async () => {
    const network = new Network()
    const error = refused(await send(new Isolate(network), 1001))
    expect(error.message).toBe('Request too large for this key on tokens per min (TPM): Limit 1000, Requested 1001.')
    expect(error.body.type).toBe('tokens')
    expect(error.details).toEqual({ shouldRetry: false })
    expect(network.calls).toEqual([])
  })

  it('and requests are granted together or not at all', async () => {
    const network = new Network()
    const isolate = new Isolate(network)
    const both = { tokens_per_minute: 1000, requests_per_minute: 2 }
    await begin(isolate, both, 900)
    expect(refused(await isolate.send(both, { cost: { requests: 1, tokens: 200 } })).code).toBe('rate_limit_tokens')
    expect(await isolate.send(both, { cost: { requests: 1, tokens: 100 } })).toBe('granted')
    expect(refused(await isolate.send(both, { cost: { requests: 1, tokens: 0 } })).code).toBe('rate_limit_requests')
  })

  it('are told by the window that binds first', async () => {
    const isolate = new Isolate(new Network())
    const both = { tokens_per_minute: 1000, tokens_per_day: 500 }
    const reservation = await begin(isolate, both, 100)
    expect(reservation.windows().tokens).toMatchObject({ limit: 500, remaining: 400 })
  })
})

describe('requests at the same time', () => {
  const limits = { concurrent_requests: 3 }
  const send = (isolate: Isolate, requests = 1) => isolate.send(limits, { cost: { requests, tokens: 0 } })

  it('are as many as the limit, over all isolates', async () => {
    const network = new Network()
    const [a, b] = [new Isolate(network), new Isolate(network)]
    const first = await begin(a, limits)
    await begin(b, limits)
    await begin(b, limits)
    const error = refused(await send(a))
    expect(error.body).toEqual({
      message:
        'Rate limit reached for this key on concurrent requests: Limit 3, Used 3, Requested 1. Please try again when another request has ended.',
      type: 'requests',
      param: null,
      code: 'rate_limit_exceeded',
    })
    expect(error.details).toEqual({ retryAfterMs: 1000 })
    first.settle(0)
    await vi.advanceTimersByTimeAsync(600)
    expect(await send(b)).toBe('granted')
    expect(refused(await send(a)).status).toBe(429)
  })

  it('begin at once where one has just ended in the same isolate', async () => {
    const isolate = new Isolate(new Network())
    for (let sent = 0; sent < 20; sent++) {
      const reservation = await begin(isolate, { concurrent_requests: 1 })
      expect(refused(await isolate.send({ concurrent_requests: 1 })).status).toBe(429)
      reservation.settle(0)
    }
  })

  it('count for as many as they are', async () => {
    const isolate = new Isolate(new Network())
    const reservation = await begin(isolate, limits, 0, 2)
    expect(refused(await send(isolate, 2)).message).toContain('Limit 3, Used 2, Requested 2.')
    expect(refused(await send(isolate, 4)).message).toBe(
      'Request too large for this key on concurrent requests: Limit 3, Requested 4.',
    )
    reservation.settle(0)
    reservation.settle(0)
    expect(await send(isolate, 3)).toBe('granted')
    expect(refused(await send(isolate)).status).toBe(429)
  })

  it('keep their slots for as long as they last', async () => {
    const network = new Network()
    const isolate = new Isolate(network)
    const reservation = await begin(isolate, { concurrent_requests: 1 })
    for (let minute = 0; minute < 10; minute++) {
      await vi.advanceTimersByTimeAsync(60_000)
      expect(refused(await new Isolate(network).send({ concurrent_requests: 1 })).status).toBe(429)
    }
    reservation.settle(0)
    await vi.advanceTimersByTimeAsync(100)
    expect(await new Isolate(network).send({ concurrent_requests: 1 })).toBe('granted')
  })

  it('keep them though every other renewal fails', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => {})
    let calls = 0
    const network = new Network(() => ({ thereMs: 1, backMs: 1, fate: ++calls % 2 === 0 ? 'fails' : 'arrives' }))
    await begin(new Isolate(network), { concurrent_requests: 1 })
    for (let minute = 0; minute < 10; minute++) {
      await vi.advanceTimersByTimeAsync(60_000)
      if (calls % 2 === 1) calls++
      expect(refused(await new Isolate(network).send({ concurrent_requests: 1 })).status).toBe(429)
    }
  })

  it('of an isolate that died come back', async () => {
    const network = new Network()
    let alive = true
    const mortal = {
      getByName: (name: string) => {
        const stub = network.getByName(name)
        return { ...stub, lease: (ask) => (alive ? stub.lease(ask) : new Promise(() => {})) }
      },
    } satisfies LimiterNamespace
    await Promise.all([
      new Isolate(network).send({ concurrent_requests: 1 }, { limiter: mortal }),
      vi.advanceTimersByTimeAsync(5),
    ])
    alive = false
    await vi.advanceTimersByTimeAsync(29_900)
    expect(refused(await new Isolate(network).send({ concurrent_requests: 1 })).status).toBe(429)
    await vi.advanceTimersByTimeAsync(600)
    expect(await new Isolate(network).send({ concurrent_requests: 1 })).toBe('granted')
  })

  it('that the runtime took away without a word come back', async () => {
    const network = new Network()
    const isolate = new Isolate(network)
    // Its timers go with it.
    vi.spyOn(globalThis, 'setInterval').mockReturnValueOnce(0 as never)
    await begin(isolate, { concurrent_requests: 2, tokens_per_day: 1000 }, 100)
    vi.restoreAllMocks()
    const other = await begin(isolate, { concurrent_requests: 2, tokens_per_day: 1000 }, 100)
    await vi.advanceTimersByTimeAsync(41_000)
    other.settle(0)
    expect(
      await isolate.send({ concurrent_requests: 2, tokens_per_day: 1000 }, { cost: { requests: 2, tokens: 0 } }),
    ).toBe('granted')
    // What it used nobody knows: it stays reserved.
    await vi.advanceTimersByTimeAsync(11_000)
    expect((await left(network, { tokens_per_day: 1000 })).tokens_per_day).toBe(900)
  })

  it('not used go back within a lease’s time', async () => {
    const network = new Network()
    const isolate = new Isolate(network)
    const many = { concurrent_requests: 1000 }
    const reservation = await begin(isolate, many)
    expect((await left(network, many)).concurrent_requests).toBeLessThan(970)
    reservation.settle(0)
    await vi.advanceTimersByTimeAsync(10_100)
    expect(await left(network, many)).toEqual({ concurrent_requests: 1000 })
  })

  it('under a limit that is lowered end first', async () => {
    const isolate = new Isolate(new Network())
    const running = [await begin(isolate, limits), await begin(isolate, limits)]
    expect(refused(await isolate.send({ concurrent_requests: 2 })).message).toContain('Limit 2, Used 2')
    running[0]?.settle(0)
    expect(await isolate.send({ concurrent_requests: 2 })).toBe('granted')
  })
})

describe('all limits together', () => {
  const ample = {
    requests_per_minute: 100_000,
    requests_per_day: 10_000_000,
    tokens_per_minute: 20_000_000,
    tokens_per_day: 2_000_000_000,
    concurrent_requests: 5000,
  }

  /** How many calls a thousand requests take, and how many of them wait. */
  async function traffic(perSecond: number, forMs: () => number, tokens = 1124, used = () => 300) {
    const network = new Network()
    const isolate = new Isolate(network)
    let waited = 0
    const sent = perSecond * 40
    for (let i = 0; i < sent; i++) {
      const reservation = isolate.reserve(ample, { cost: { requests: 1, tokens } })
      let done = false
      reservation.granted.then(
        () => {
          done = true
        },
        () => {},
      )
      await vi.advanceTimersByTimeAsync(0)
      if (!done) waited++
      setTimeout(() => reservation.settle(used()), forMs())
      await vi.advanceTimersByTimeAsync(1000 / perSecond)
      expect(done).toBe(true)
    }
    return { calls: (network.calls.length * 1000) / sent, waited: (waited * 1000) / sent }
  }
  const varied = (values: readonly number[]) => {
    let at = 0
    return () => values[at++ % values.length] ?? 0
  }

  it.each([
    ['short answers', varied([5, 20, 60, 200])],
    ['streams', varied([300, 2000, 8000])],
    ['long streams', varied([10_000, 20_000, 45_000])],
  ])('make at most 20 calls for 1,000 requests of 50 a second, and next to none waits: %s', async (_name, forMs) => {
    const { calls, waited } = await traffic(50, forMs)
    expect(calls).toBeLessThanOrEqual(20)
    expect(waited).toBeLessThanOrEqual(2)
  })

  it('make no more where answers are longer than was thought', async () => {
    const { calls, waited } = await traffic(50, varied([300, 2000]), 200, varied([100, 900, 5000]))
    expect(calls).toBeLessThanOrEqual(20)
    expect(waited).toBeLessThanOrEqual(2)
  })

  it('make far fewer the busier the isolate is', async () => {
    expect((await traffic(250, varied([300, 2000]))).calls).toBeLessThanOrEqual(5)
  })
})

describe('a limiter that cannot be asked', () => {
  const all = { requests_per_minute: 5, tokens_per_minute: 1000, concurrent_requests: 2 }
  const failing = (error: Error) => {
    vi.spyOn(console, 'warn').mockImplementation(() => {})
    const network = new Network()
    let [broken, calls] = [true, 0]
    const limiter: LimiterNamespace = {
      getByName: (name) => {
        const stub = network.getByName(name)
        const lease: typeof stub.lease = (ask) => {
          calls++
          return broken ? Promise.reject(error) : stub.lease(ask)
        }
        return { ...stub, lease }
      },
    }
    const send = (isolate: Isolate, limits: Limits, mode: 'soft' | 'hard' = 'soft', tokens = 100) =>
      isolate.send(limits, { limiter, mode, cost: { requests: 1, tokens } })
    return {
      network,
      limiter,
      send,
      calls: () => calls,
      recover: () => {
        broken = false
      },
    }
  }
  const lost = new Error('Network connection lost.')
  const kinds: readonly Limits[] = [
    { requests_per_minute: 5 },
    { tokens_per_minute: 1000 },
    { concurrent_requests: 5 },
    all,
  ]

  it.each(kinds)('refuses in hard mode: %o', async (limits) => {
    const { send, recover } = failing(lost)
    const isolate = new Isolate(new Network())
    const error = refused(await send(isolate, limits, 'hard'))
    expect([error.code, error.status, error.details.retryAfterMs]).toEqual(['unavailable', 503, 1000])
    await vi.advanceTimersByTimeAsync(600)
    expect(refused(await send(isolate, limits, 'hard')).details.retryAfterMs).toBeLessThanOrEqual(400)
    recover()
    await vi.advanceTimersByTimeAsync(400)
    expect(await send(isolate, limits, 'hard')).toBe('granted')
  })

  it.each(kinds)('lets through in soft mode: %o', async (limits) => {
    const { send } = failing(lost)
    const isolate = new Isolate(new Network())
    for (let sent = 0; sent < 9; sent++) expect(await send(isolate, limits)).toBe('granted')
  })

  it('counts tokens later, as they were used', async () => {
    const { network, limiter, send, recover } = failing(lost)
    const isolate = new Isolate(network)
    const limits = { tokens_per_minute: 1000 }
    const reservation = isolate.reserve(limits, { limiter, cost: { requests: 1, tokens: 500 } })
    await vi.advanceTimersByTimeAsync(5)
    reservation.settle(700)
    expect(refused(await send(isolate, limits, 'hard')).code).toBe('unavailable')
    recover()
    await vi.advanceTimersByTimeAsync(1000)
    expect(refused(await send(isolate, limits, 'soft', 400)).message).toContain('Limit 1000, Used 700, Requested 400.')
    expect(await send(isolate, limits, 'soft', 300)).toBe('granted')
  })

  it('hears later of what is under way', async () => {
    const { network, limiter, send, recover } = failing(lost)
    const isolate = new Isolate(network)
    const limits = { concurrent_requests: 2 }
    const first = isolate.reserve(limits, { limiter })
    await vi.advanceTimersByTimeAsync(5)
    expect(await send(isolate, limits)).toBe('granted')
    expect(await send(isolate, limits)).toBe('granted')
    recover()
    await vi.advanceTimersByTimeAsync(1000)
    expect(refused(await send(isolate, limits)).message).toContain('Limit 2, Used 2')
    expect(refused(await new Isolate(network).send(limits)).status).toBe(429)
    first.settle(0)
    await vi.advanceTimersByTimeAsync(500)
    expect(refused(await send(isolate, limits)).status).toBe(429)
  })

  it('is asked again at once where only the way there failed', async () => {
    const { send, calls, recover } = failing(Object.assign(new Error('Disconnected.'), { retryable: true }))
    const isolate = new Isolate(new Network())
    expect(refused(await send(isolate, all, 'hard')).code).toBe('unavailable')
    expect(calls()).toBe(2)
    recover()
  })

  it('and answers then counts once', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => {})
    const network = new Network()
    let calls = 0
    const limiter: LimiterNamespace = {
      getByName: (name) => {
        const stub = network.getByName(name)
        return {
          ...stub,
          lease: async (ask) => {
            const answer = await stub.lease(ask)
            // It arrived, and its answer did not.
            if (++calls === 1) throw Object.assign(new Error('Disconnected.'), { retryable: true })
            return answer
          },
        }
      },
    }
    const isolate = new Isolate(network)
    const reservation = isolate.reserve(all, { limiter, cost: { requests: 1, tokens: 300 } })
    await vi.advanceTimersByTimeAsync(10)
    await expect(reservation.granted).resolves.toBeUndefined()
    expect(calls).toBe(2)
    expect(await left(network, all)).toMatchObject({ concurrent_requests: 1 })
    reservation.settle(0)
  })

  it('is left alone longer where it has too much to do, and not asked twice', async () => {
    const overloaded = Object.assign(new Error('Overloaded.'), { overloaded: true, retryable: true })
    const { send, calls, recover } = failing(overloaded)
    const isolate = new Isolate(new Network())
    expect(refused(await send(isolate, all, 'hard')).details.retryAfterMs).toBe(5000)
    expect(calls()).toBe(1)
    recover()
    await vi.advanceTimersByTimeAsync(4900)
    expect(refused(await send(isolate, all, 'hard')).code).toBe('unavailable')
    await vi.advanceTimersByTimeAsync(100)
    expect(await send(isolate, all, 'hard')).toBe('granted')
  })

  it('may be silent: a request that is over by then takes no slot', async () => {
    const fate: Weather['fate'] = 'hung'
    const network = new Network(() => ({ thereMs: 1, backMs: 1, fate }))
    const isolate = new Isolate(network)
    const limits = { concurrent_requests: 1 }
    const reservation = isolate.reserve(limits)
    const outcome = reservation.granted.catch((error: unknown) => error)
    await vi.advanceTimersByTimeAsync(1999)
    reservation.settle(0)
    await vi.advanceTimersByTimeAsync(10)
    expect(await outcome).toBeInstanceOf(GatewayError)
  })
})
