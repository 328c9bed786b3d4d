import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Windows } from '../../src/limits/meters.ts'
import { Observers } from '../../src/limits/observe.ts'
import type { Observer, ObserverOptions } from '../../src/limits/observer.ts'
import { Network, type Weather } from './network.ts'

const NOW = Date.UTC(2026, 10, 20, 12)
const waitUntil = () => {}

beforeEach(() => {
  vi.useFakeTimers({ now: NOW })
})
afterEach(() => {
  vi.useRealTimers()
})

const isolate = (network: Network, more: Partial<ObserverOptions> = {}) =>
  new Observers().observer({
    limiter: network,
    credentialId: 'cafe',
    family: 'large',
    mode: 'hard',
    waitUntil,
    ...more,
  })

const requests = (remaining: number): Windows => ({ requests: { limit: 100, remaining, resetAt: NOW + 60_000 } })

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)

/** An answer to a request that was sent a moment ago. */
const sees = (observer: Observer, windows: Windows, status = 200, retryAfterMs?: number) =>
  observer.observe(windows, { status, sentAt: Date.now(), retryAfterMs })

/** Its word, once that is there. */
async function admitted(observer: Observer, { calls = 1, last = false } = {}) {
  const asked = observer.admit(calls, last)
  await pass(10)
  return asked
}

describe('an observer', () => {
  it('sees its own answers at once', () => {
    const observer = isolate(new Network())
    expect(observer.windows()).toEqual({})
    sees(observer, requests(90))
    expect(observer.windows()).toEqual(requests(90))
  })

  it('and those of others with the limiter’s answer', async () => {
    const network = new Network()
    const [one, other] = [isolate(network), isolate(network)]
    sees(one, requests(40))
    await pass(5)
    sees(other, requests(90))
    await pass(5)
    expect(other.windows()).toEqual(requests(40))
    expect(network.calls[0]).toEqual({ to: 'cred:cafe:large', method: 'observe' })
  })

  it('of another family is another', async () => {
    const network = new Network()
    sees(isolate(network), requests(40))
    await pass(5)
    const other = isolate(network, { family: 'small' })
    sees(other, requests(90))
    await pass(5)
    expect(other.windows()).toEqual(requests(90))
  })

  it('forgets a window that is over', async () => {
    const observer = isolate(new Network())
    sees(observer, requests(90))
    await pass(60_000)
    expect(observer.windows()).toEqual({})
  })

  it('is shared by all who ask for it', () => {
    const observers = new Observers()
    const options = { limiter: new Network(), credentialId: 'cafe', family: 'large', mode: 'soft', waitUntil } as const
    sees(observers.observer(options), requests(90))
    expect(observers.observer({ ...options, model: 'large-1' }).windows()).toEqual(requests(90))
    expect(observers.familiesOf('cafe')).toEqual([{ family: 'large', model: 'large-1' }])
    expect(observers.familiesOf('caf')).toEqual([])
  })

  it('remembers only so many', () => {
    const observers = new Observers()
    const observer = (family: number) =>
      observers.observer({
        limiter: new Network(),
        credentialId: 'cafe',
        family: String(family),
        mode: 'soft',
        waitUntil,
      })
    sees(observer(0), requests(90))
    for (let family = 1; family <= 2000; family++) observer(family)
    expect(observer(0).windows()).toEqual({})
  })
})

describe('the limiter is told', () => {
  /** Calls in ten seconds of 50 answers a second. */
  const calls = async (windows: Windows, status = 200) => {
    const network = new Network()
    const observer = isolate(network)
    sees(observer, windows, status)
    for (let sent = 0; sent < 500; sent++) {
      expect(await observer.admit(1, false)).toBe('go')
      const { sentAt, land } = observer.depart()
      land()
      observer.observe(windows, { status, sentAt })
      if (status < 300) observer.lives()
      await pass(20)
    }
    return network.calls.length
  }

  it('every four seconds while there is plenty, and asked once, at first', async () => {
    const network = new Network()
    const observer = isolate(network)
    const first = observer.admit(1, false)
    await pass(10)
    expect(await first).toBe('go')
    expect(network.calls).toHaveLength(1)
    sees(observer, requests(60))
    for (let sent = 0; sent < 500; sent++) {
      // Nothing is waited for.
      expect(await observer.admit(1, false)).toBe('go')
      sees(observer, requests(60))
      observer.lives()
      await pass(20)
    }
    // Eleven in a thousand requests, with the first.
    expect(network.calls.length).toBeLessThanOrEqual(4)
  })

  it('every two when little is left', async () => {
    const network = new Network()
    const observer = isolate(network)
    for (let sent = 0; sent < 500; sent++) {
      sees(observer, requests(29))
      await pass(20)
    }
    expect(network.calls).toHaveLength(5)
  })

  it('every second while the provider refuses', async () => {
    const network = new Network()
    const observer = isolate(network)
    for (let sent = 0; sent < 500; sent++) {
      sees(observer, requests(90), 429)
      await pass(20)
    }
    expect(network.calls).toHaveLength(10)
  })

  it('nothing where nothing was seen', async () => {
    const network = new Network()
    const observer = isolate(network)
    sees(observer, {})
    observer.lives()
    await pass(5000)
    expect(network.calls).toHaveLength(0)
  })

  it('at once that a window is spent, whenever it was told last', async () => {
    const network = new Network()
    const [one, other] = [isolate(network), isolate(network)]
    sees(one, requests(90))
    await pass(5)
    sees(one, requests(0))
    await pass(5)
    expect(network.calls).toHaveLength(2)
    expect(await admitted(other)).toMatchObject({ unit: 'requests', until: NOW + 60_000 })
  })

  it('what was seen since it was told last', async () => {
    const network = new Network()
    const [one, other] = [isolate(network), isolate(network)]
    sees(one, requests(90))
    await pass(100)
    sees(one, { tokens: { limit: 10, remaining: 8 } })
    await pass(4000)
    sees(one, requests(88))
    await pass(100)
    sees(other, requests(89))
    await pass(100)
    expect(other.windows()).toEqual({ ...requests(88), tokens: { limit: 10, remaining: 8 } })
  })

  it('in vain, and nothing comes of that', async () => {
    const network = new Network(() => ({ thereMs: 1, backMs: 1, fate: 'fails' }))
    const background: Promise<unknown>[] = []
    const observer = isolate(network, { waitUntil: (work) => background.push(work) })
    sees(observer, requests(90))
    await pass(5)
    await expect(Promise.all(background)).resolves.toEqual([undefined])
    expect(observer.windows()).toEqual(requests(90))
  })

  it('seldom of a crowd of answers', async () => {
    expect(await calls(requests(60))).toBeLessThanOrEqual(4)
  })
})

describe('before a request is sent', () => {
  it('a spent window is known without asking', async () => {
    const network = new Network()
    const observer = isolate(network)
    sees(observer, requests(0))
    await pass(5)
    const before = network.calls.length
    expect(await observer.admit(1, true)).toMatchObject({ unit: 'requests', until: NOW + 60_000 })
    expect(network.calls).toHaveLength(before)
    await pass(60_000)
    expect(await admitted(observer)).toBe('go')
  })

  it('a wait that a refusal asked for counts, for all isolates', async () => {
    const network = new Network()
    const [one, other] = [isolate(network), isolate(network)]
    sees(one, {}, 429, 7000)
    expect(await one.admit(1, true)).toEqual({ since: NOW, until: NOW + 7000 })
    await pass(5)
    expect(await admitted(other)).toEqual({ since: NOW, until: NOW + 7000 })
    await pass(7000)
    expect(await admitted(other)).toBe('go')
    // An overload is no limit.
    sees(one, {}, 503, 7000)
    expect(await admitted(one)).toBe('go')
  })

  it('near the edge isolates never send more than remains between them', async () => {
    const network = new Network()
    const options = { limiter: network, credentialId: 'cafe', family: 'large', mode: 'hard', waitUntil } as const
    const isolates = Array.from({ length: 6 }, () => new Observers())
    for (const observers of isolates) sees(observers.observer(options), requests(4))
    await pass(1)
    const two = (observers: Observers) => [observers.observer(options), observers.observer(options)]
    const asked = Promise.all(isolates.flatMap(two).map((observer) => observer.admit(1, false)))
    await pass(10)
    expect((await asked).filter((verdict) => verdict === 'go')).toHaveLength(4)
  })

  it('what one isolate has on its way is enough to ask', async () => {
    const network = new Network()
    const observers = new Observers()
    const options = { limiter: network, credentialId: 'cafe', family: 'large', mode: 'hard', waitUntil } as const
    sees(observers.observer(options), requests(90))
    await pass(10)
    const asked = Promise.all(Array.from({ length: 120 }, () => observers.observer(options).admit(1, false)))
    await pass(10)
    expect((await asked).filter((verdict) => verdict === 'go')).toHaveLength(90)
  })

  it('what was admitted and will not be sent is there for others', async () => {
    const network = new Network()
    const observers = new Observers()
    const options = { limiter: network, credentialId: 'cafe', family: 'large', mode: 'hard', waitUntil } as const
    sees(observers.observer(options), requests(1))
    await pass(10)
    const [first, second] = [observers.observer(options), observers.observer(options)]
    expect(await admitted(first)).toBe('go')
    expect(await admitted(second)).toMatchObject({ unit: 'requests' })
    first.release()
    expect(await admitted(second)).toBe('go')
    // Sent and answered, but the answer said nothing of windows.
    const { land } = second.depart()
    expect(await admitted(first)).toMatchObject({ unit: 'requests' })
    land()
    expect(await admitted(first)).toBe('go')
  })

  it('tokens count as requests took them of late', async () => {
    const observers = new Observers()
    const options = { limiter: new Network(), credentialId: 'cafe', family: 'large', mode: 'hard', waitUntil } as const
    const observer = observers.observer(options)
    observer.used(100, 100)
    observer.used(900, 100)
    // 300 each, of late.
    sees(observer, { tokens: { limit: 10_000, remaining: 700, resetAt: NOW + 60_000 } })
    await pass(1)
    const asked = Promise.all(Array.from({ length: 5 }, () => observers.observer(options).admit(1, false)))
    await pass(10)
    expect((await asked).filter((verdict) => verdict === 'go')).toHaveLength(3)
  })

  it('a cold isolate asks once, however many requests come', async () => {
    const network = new Network()
    const observers = new Observers()
    const options = { limiter: network, credentialId: 'cafe', family: 'large', mode: 'soft', waitUntil } as const
    sees(isolate(network), requests(0))
    await pass(5)
    const before = network.calls.length
    const asked = Promise.all(Array.from({ length: 20 }, () => observers.observer(options).admit(1, false)))
    await pass(10)
    expect((await asked).every((verdict) => typeof verdict === 'object')).toBe(true)
    expect(network.calls).toHaveLength(before + 1)
  })

  it.each([
    ['soft', 25],
    ['hard', 2000],
  ] as const)('a %s key waits %i ms for that, and then sends', async (mode, ms) => {
    const network = new Network(() => ({ thereMs: 1, backMs: 1, fate: 'hung' }))
    const asked = isolate(network, { mode }).admit(1, false)
    let word: unknown
    asked.then((verdict) => {
      word = verdict
    })
    await pass(ms - 1)
    expect(word).toBeUndefined()
    await pass(1)
    expect(word).toBe('go')
  })

  it('near the edge it waits longer, and then goes by what it knows', async () => {
    let fate: Weather['fate'] = 'arrives'
    const network = new Network(() => ({ thereMs: 1, backMs: 1, fate }))
    const observer = isolate(network, { mode: 'soft' })
    sees(observer, requests(1))
    await pass(10)
    fate = 'hung'
    const word = async () => {
      const asked = observer.admit(1, false)
      await pass(250)
      return asked
    }
    expect(await word()).toBe('go')
    observer.depart()
    expect(await word()).toMatchObject({ unit: 'requests' })
  })

  it('a limiter that fails is not waited for', async () => {
    const network = new Network(() => ({ thereMs: 1, backMs: 1, fate: 'fails' }))
    const observers = new Observers()
    const options = { limiter: network, credentialId: 'cafe', family: 'large', mode: 'hard', waitUntil } as const
    const asked = Promise.all(Array.from({ length: 3 }, () => observers.observer(options).admit(1, false)))
    await pass(5)
    expect(await asked).toEqual(['go', 'go', 'go'])
  })
})

describe('a target that fails', () => {
  const fail = (observer: Observer, times: number) => {
    for (let i = 0; i < times; i++) observer.failed(Date.now())
  }

  it('is out for all isolates, then tried by one of them, then back', async () => {
    const network = new Network()
    const [one, other] = [isolate(network), isolate(network)]
    fail(one, 5)
    expect(await admitted(one)).toBe('out')
    expect(await admitted(other)).toBe('out')
    expect(await other.admit(1, true)).toBe('go')
    await pass(5000)
    const both = Promise.all([one.admit(1, false), other.admit(1, false)])
    await pass(10)
    expect((await both).sort()).toEqual(['go', 'out'])
    one.lives()
    await pass(10)
    // The other hears of it when it is its turn to try.
    await pass(30_000)
    expect(await admitted(other)).toBe('go')
    expect(await admitted(one)).toBe('go')
  })

  it('is known by failures of several isolates', async () => {
    const network = new Network()
    const isolates = [isolate(network), isolate(network), isolate(network)]
    for (const observer of isolates) fail(observer, 2)
    await pass(1100)
    expect(await admitted(isolate(network))).toBe('out')
  })

  it('and failures that are over in a second are nobody else’s business', async () => {
    const network = new Network()
    const observer = isolate(network)
    for (let i = 0; i < 50; i++) {
      fail(observer, 1)
      await pass(200)
      observer.lives()
      await pass(200)
    }
    expect(network.calls).toHaveLength(0)
  })

  it('that others know of is told to be well again', async () => {
    const network = new Network()
    const observer = isolate(network)
    fail(observer, 3)
    await pass(1100)
    expect(network.calls).toHaveLength(1)
    observer.lives()
    observer.lives()
    await pass(5)
    expect(network.calls).toHaveLength(2)
    const other = isolate(network)
    fail(other, 3)
    await pass(1100)
    expect(await admitted(isolate(network))).toBe('go')
  })

  it('for want of money is not the first choice for half a minute', async () => {
    const observer = isolate(new Network())
    observer.failed(Date.now(), { quota: true })
    expect(await admitted(observer)).toBe('out')
    expect(await admitted(observer, { last: true })).toBe('go')
    await pass(29_000)
    expect(await admitted(observer)).toBe('out')
    await pass(1000)
    expect(await admitted(observer)).toBe('go')
  })

  it('is looked at with what all isolates know', async () => {
    const network = new Network()
    fail(isolate(network), 5)
    sees(isolate(network), requests(12))
    await pass(5)
    const observer = isolate(network)
    const looked = observer.look()
    await pass(5)
    expect(await looked).toMatchObject({
      seen: { requests: { reading: requests(12).requests } },
      breaker: { failures: 5, openUntil: NOW + 5001 },
    })
    expect(network.count('snapshot')).toBe(1)
  })
})
