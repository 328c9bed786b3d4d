import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { GatewayError } from '../../src/hub/error.ts'
import { granted, Isolate, refused } from './isolate.ts'
import { Network, type Weather } from './network.ts'

const NOW = Date.UTC(2026, 10, 20, 12)

beforeEach(() => {
  vi.useFakeTimers({ now: NOW })
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

describe('an ample limit', () => {
  it('takes at most 20 calls for 1,000 requests, all at once', async () => {
    const network = new Network()
    expect(granted(await new Isolate(network).burst(1000, { requests_per_minute: 100_000 }))).toBe(1000)
    expect(network.calls.length).toBeLessThanOrEqual(20)
  })

  it('or 50 in a second, and lets nearly none of them wait', async () => {
    const network = new Network()
    const isolate = new Isolate(network)
    let waited = 0
    for (let sent = 0; sent < 2000; sent++) {
      const asked = network.calls.length
      const { granted } = isolate.reserve({ requests_per_minute: 6000 })
      let done = false
      granted.then(() => {
        done = true
      })
      await vi.advanceTimersByTimeAsync(0)
      if (!done) waited++
      await vi.advanceTimersByTimeAsync(20)
      expect(done, `request ${sent} after ${asked} calls`).toBe(true)
    }
    expect(network.calls.length).toBeLessThanOrEqual(40)
    expect(waited).toBeLessThanOrEqual(2)
  })
})

describe('a limit', () => {
  it('is reached exactly by one isolate', async () => {
    const network = new Network()
    const outcomes = await new Isolate(network).burst(500, { requests_per_minute: 100 })
    expect(granted(outcomes)).toBe(100)
    expect(network.calls.length).toBeLessThanOrEqual(10)
  })

  it('is never passed by many, and nearly reached', async () => {
    const network = new Network()
    const isolates = Array.from({ length: 60 }, () => new Isolate(network))
    const outcomes = await Promise.all(isolates.map((isolate) => isolate.burst(5, { requests_per_minute: 40 })))
    expect(granted(outcomes.flat())).toBeLessThanOrEqual(40)
    expect(granted(outcomes.flat())).toBeGreaterThanOrEqual(38)
  })

  it('is refused with words, code and time as OpenAI would', async () => {
    const isolate = new Isolate(new Network())
    expect(granted(await isolate.burst(60, { requests_per_minute: 60 }))).toBe(60)
    await vi.advanceTimersByTimeAsync(NOW + 48_000 - Date.now())
    const error = refused(await isolate.send({ requests_per_minute: 60 }))
    expect(error.body).toEqual({
      message:
        'Rate limit reached for this key on requests per min (RPM): Limit 60, Used 60, Requested 1. Please try again in 12s.',
      type: 'requests',
      param: null,
      code: 'rate_limit_exceeded',
    })
    expect(error.status).toBe(429)
    expect(error.details.retryAfterMs).toBe(12_000)
  })

  it('grants again when that time is over', async () => {
    const isolate = new Isolate(new Network())
    await isolate.burst(5, { requests_per_minute: 5 })
    const error = refused(await isolate.send({ requests_per_minute: 5 }))
    await vi.advanceTimersByTimeAsync(error.details.retryAfterMs ?? 0)
    expect(granted(await isolate.burst(9, { requests_per_minute: 5 }))).toBe(5)
  })

  it('that is reached is asked about every two seconds at most', async () => {
    const network = new Network()
    const isolate = new Isolate(network)
    await isolate.burst(5, { requests_per_minute: 5 })
    const asked = network.calls.length
    for (let ms = 0; ms < 6000; ms += 10) await isolate.send({ requests_per_minute: 5 })
    expect(network.calls.length - asked).toBeLessThanOrEqual(4)
  })

  it('of a day binds where it is the smaller', async () => {
    const isolate = new Isolate(new Network())
    const outcomes = await isolate.burst(9, { requests_per_minute: 8, requests_per_day: 3 })
    expect(granted(outcomes)).toBe(3)
    const error = refused(outcomes.at(-1) ?? 'granted')
    expect(error.message).toContain(
      'on requests per day (RPD): Limit 3, Used 3, Requested 1. Please try again in 11h59m',
    )
  })

  it('counts a request for as many as it is', async () => {
    const isolate = new Isolate(new Network())
    const limits = { requests_per_minute: 10 }
    expect(await isolate.send(limits, { cost: { requests: 8, tokens: 0 } })).toBe('granted')
    expect(refused(await isolate.send(limits, { cost: { requests: 3, tokens: 0 } })).message).toContain(
      'Used 8, Requested 3.',
    )
    expect(await isolate.send(limits, { cost: { requests: 2, tokens: 0 } })).toBe('granted')
  })

  it('can be too small for one request, ever', async () => {
    const network = new Network()
    const error = refused(
      await new Isolate(network).send({ requests_per_minute: 3 }, { cost: { requests: 4, tokens: 0 } }),
    )
    expect(error.message).toBe('Request too large for this key on requests per min (RPM): Limit 3, Requested 4.')
    expect(error.details).toEqual({ shouldRetry: false })
    expect(network.calls).toEqual([])
  })

  it('that changes ends the lease under the old one', async () => {
    const isolate = new Isolate(new Network())
    expect(granted(await isolate.burst(2, { requests_per_minute: 1000 }))).toBe(2)
    expect(granted(await isolate.burst(9, { requests_per_minute: 5 }))).toBe(3)
    expect(granted(await isolate.burst(9, { requests_per_minute: 7 }))).toBe(2)
  })
})

describe('what is left of a lease', () => {
  it('comes back when the lease ends, without another request', async () => {
    const network = new Network()
    const [idle, busy] = [new Isolate(network), new Isolate(network)]
    await idle.send({ requests_per_minute: 100 })
    expect(granted(await busy.burst(100, { requests_per_minute: 100 }))).toBe(95)
    await vi.advanceTimersByTimeAsync(10_100)
    expect(granted(await busy.burst(100, { requests_per_minute: 100 }))).toBe(4)
    await Promise.all(idle.background)
  })

  it('is not used after it', async () => {
    const network = new Network()
    const isolate = new Isolate(network)
    await isolate.send({ requests_per_minute: 100 })
    await vi.advanceTimersByTimeAsync(9_000)
    isolate.background = []
    const before = network.count('lease')
    await vi.advanceTimersByTimeAsync(1_100)
    expect(await isolate.send({ requests_per_minute: 100 })).toBe('granted')
    expect(network.count('lease')).toBe(before + 1)
    expect(isolate.reserve({ requests_per_minute: 100 }).windows().requests).toMatchObject({ remaining: 98 })
  })

  it('beyond a quiet hour’s pace goes back with the renewal', async () => {
    const network = new Network()
    const [quiet, busy] = [new Isolate(network), new Isolate(network)]
    await quiet.send({ requests_per_minute: 2000 })
    for (let second = 0; second < 9; second++) {
      await vi.advanceTimersByTimeAsync(1000)
      await quiet.send({ requests_per_minute: 2000 })
    }
    const outcomes = await busy.burst(2000, { requests_per_minute: 2000 })
    expect(granted(outcomes)).toBeGreaterThan(2000 - 10 - 20)
  })
})

describe('the windows of a key', () => {
  it('are unknown before the first answer and of a key without limits', async () => {
    const isolate = new Isolate(new Network())
    expect(isolate.reserve({}).windows()).toEqual({})
    expect(isolate.reserve({ requests_per_minute: 5 }).windows()).toEqual({})
  })

  it('count down with each request', async () => {
    const isolate = new Isolate(new Network())
    const limits = { requests_per_minute: 60, requests_per_day: 1000 }
    await isolate.send(limits)
    for (const remaining of [58, 57, 56]) {
      const reservation = isolate.reserve(limits)
      await vi.advanceTimersByTimeAsync(5)
      expect(reservation.windows()).toEqual({ requests: { limit: 60, remaining, resetAt: NOW + 60_002 } })
    }
  })

  it('are forgotten when they end', async () => {
    const isolate = new Isolate(new Network())
    await isolate.send({ requests_per_minute: 60 })
    const reservation = isolate.reserve({ requests_per_minute: 60 })
    await vi.advanceTimersByTimeAsync(60_010)
    expect(reservation.windows()).toEqual({})
  })
})

describe('a limiter that cannot be asked', () => {
  const limits = { requests_per_minute: 5 }
  const failing = (fate: Weather['fate'], thereMs = 1) => {
    vi.spyOn(console, 'warn').mockImplementation(() => {})
    let weather: Weather = { thereMs, backMs: 1, fate }
    const network = new Network(() => weather)
    return {
      network,
      recover: () => {
        weather = { thereMs: 1, backMs: 1, fate: 'arrives' }
      },
    }
  }

  it('lets requests through in soft mode, and counts them later', async () => {
    const { network, recover } = failing('fails')
    const isolate = new Isolate(network)
    expect(granted(await isolate.burst(4, limits))).toBe(4)
    recover()
    await vi.advanceTimersByTimeAsync(1000)
    expect(granted(await isolate.burst(4, limits))).toBe(1)
  })

  it('counts them once, however often it fails', async () => {
    const { network, recover } = failing('fails')
    const isolate = new Isolate(network)
    for (let sent = 0; sent < 3; sent++) {
      expect(await isolate.send(limits)).toBe('granted')
      await vi.advanceTimersByTimeAsync(1000)
    }
    recover()
    expect(granted(await isolate.burst(4, limits))).toBe(2)
  })

  it('is left alone for a second', async () => {
    const { network } = failing('fails')
    const isolate = new Isolate(network)
    await isolate.burst(50, limits)
    await isolate.burst(50, limits)
    expect(network.calls.length).toBe(1)
    expect(console.warn).toHaveBeenCalledWith({
      event: 'limiter-failed',
      key: 'key_1',
      error: 'Network connection lost.',
    })
  })

  it('refuses in hard mode', async () => {
    const { network, recover } = failing('lost')
    const isolate = new Isolate(network)
    const error = refused(await isolate.send(limits, { mode: 'hard' }))
    expect(error.code).toBe('unavailable')
    expect(error.status).toBe(503)
    expect(error.details.retryAfterMs).toBe(1000)
    recover()
    await vi.advanceTimersByTimeAsync(1000)
    expect(await isolate.send(limits, { mode: 'hard' })).toBe('granted')
  })

  it('is waited for two seconds at most', async () => {
    const { network } = failing('hung')
    const isolate = new Isolate(network)
    expect(await isolate.send(limits)).toBe('granted')
    expect(Date.now() - NOW).toBe(2000)
    expect(refused(await isolate.send(limits, { mode: 'hard' })).code).toBe('unavailable')
    expect(Date.now() - NOW).toBeLessThan(2010)
  })

  it('is asked again where a question got lost with the request that asked', async () => {
    const { network, recover } = failing('hung')
    const isolate = new Isolate(network)
    isolate.reserve(limits).settle(0)
    recover()
    expect(await isolate.send(limits)).toBe('granted')
    expect(Date.now() - NOW).toBeLessThan(510)
    expect(granted(await isolate.burst(9, limits))).toBe(4)
  })

  it('may answer late: what it grants then is not lost', async () => {
    const { network, recover } = failing('arrives', 3000)
    const isolate = new Isolate(network)
    expect(await isolate.send({ requests_per_minute: 1000 }, { mode: 'hard' })).toBeInstanceOf(GatewayError)
    recover()
    await vi.advanceTimersByTimeAsync(2100)
    const before = network.count('lease')
    expect(await isolate.send({ requests_per_minute: 1000 })).toBe('granted')
    expect(network.count('lease')).toBe(before)
  })

  it('whose answer comes after the window is over is asked again', async () => {
    let weather: Weather = { thereMs: 0, backMs: 0, fate: 'arrives' }
    const network = new Network(() => weather)
    await new Isolate(network).send(limits)
    await vi.advanceTimersByTimeAsync(NOW + 59_990 - Date.now())
    weather = { thereMs: 5, backMs: 20, fate: 'arrives' }
    const isolate = new Isolate(network)
    const before = network.count('lease')
    expect(await isolate.send(limits)).toBe('granted')
    expect(network.count('lease')).toBe(before + 2)
    // It was counted in the new window: four are left of that.
    expect(granted(await isolate.burst(9, limits))).toBe(4)
  })

  it('never leaves a rejection unhandled', async () => {
    const unhandled = vi.fn()
    process.on('unhandledRejection', unhandled)
    const { network } = failing('fails')
    new Isolate(network).reserve(limits, { mode: 'hard' })
    await vi.advanceTimersByTimeAsync(100)
    vi.useRealTimers()
    await new Promise((resolve) => setTimeout(resolve, 5))
    process.off('unhandledRejection', unhandled)
    expect(unhandled).not.toHaveBeenCalled()
  })
})

describe('a key that is revoked', () => {
  it('is refused with the next lease, and from then on', async () => {
    const network = new Network()
    const isolate = new Isolate(network)
    await isolate.send({ requests_per_minute: 100 })
    network.getByName('key:key_1').revoke()
    await vi.advanceTimersByTimeAsync(10_001)
    const error = refused(await isolate.send({ requests_per_minute: 100 }))
    expect(error.status).toBe(401)
    expect(error.body).toMatchObject({ code: 'invalid_api_key', type: 'invalid_request_error' })
    const asked = network.calls.length
    expect(refused(await isolate.send({ requests_per_minute: 100 })).code).toBe('invalid_api_key')
    expect(network.calls.length).toBe(asked)
  })

  it('is refused within 30 s without limits, and nothing waits for that', async () => {
    const network = new Network()
    const isolate = new Isolate(network)
    for (let second = 0; second < 30; second++) {
      expect(await isolate.send({})).toBe('granted')
      if (second === 3) network.getByName('key:key_1').revoke()
      await vi.advanceTimersByTimeAsync(1000)
    }
    expect(network.count('lease')).toBe(1)
    expect(await isolate.send({})).toBe('granted')
    await vi.advanceTimersByTimeAsync(10)
    expect(network.count('lease')).toBe(2)
    expect(refused(await isolate.send({})).code).toBe('invalid_api_key')
  })

  it('is asked after again soon where the question failed', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => {})
    let fate: Weather['fate'] = 'fails'
    const network = new Network(() => ({ thereMs: 1, backMs: 1, fate }))
    const isolate = new Isolate(network)
    await isolate.send({})
    await vi.advanceTimersByTimeAsync(500)
    await isolate.send({})
    expect(network.calls.length).toBe(1)
    fate = 'arrives'
    await vi.advanceTimersByTimeAsync(600)
    await isolate.send({})
    expect(network.calls.length).toBe(2)
  })
})

describe('a request that is over', () => {
  it('before it was counted is not counted', async () => {
    const isolate = new Isolate(new Network())
    const limits = { requests_per_minute: 3 }
    const first = isolate.reserve(limits)
    const second = isolate.reserve(limits)
    second.settle(0)
    second.settle(0)
    await vi.advanceTimersByTimeAsync(10)
    await expect(first.granted).resolves.toBeUndefined()
    await expect(second.granted).rejects.toThrow('over before it was counted')
    expect(granted(await isolate.burst(5, limits))).toBe(2)
  })

  it('after that stays counted', async () => {
    const isolate = new Isolate(new Network())
    const limits = { requests_per_minute: 3 }
    const first = isolate.reserve(limits)
    await vi.advanceTimersByTimeAsync(10)
    first.settle(0)
    expect(granted(await isolate.burst(5, limits))).toBe(2)
  })
})

it('keys are kept apart, and only so many', async () => {
  const network = new Network()
  const isolate = new Isolate(network)
  for (let key = 0; key < 2001; key++) isolate.reserve({}, { keyId: `key_${key}` })
  await vi.advanceTimersByTimeAsync(5)
  expect(network.calls.length).toBe(2001)
  isolate.reserve({}, { keyId: 'key_2000' })
  expect(network.calls.length).toBe(2001)
  isolate.reserve({}, { keyId: 'key_0' })
  expect(network.calls.length).toBe(2002)
})
