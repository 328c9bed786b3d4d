import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Windows } from '../../src/limits/meters.ts'
import { Observers } from '../../src/limits/observe.ts'
import { Network, type Weather } from './network.ts'

const NOW = Date.UTC(2026, 10, 20, 12)
const waitUntil = () => {}

beforeEach(() => {
  vi.useFakeTimers({ now: NOW })
})
afterEach(() => {
  vi.useRealTimers()
})

const isolate = (network: Network, family = 'large') =>
  new Observers().observer({ limiter: network, credentialId: 'cafe', family })

const requests = (remaining: number): Windows => ({ requests: { limit: 100, remaining, resetAt: NOW + 60_000 } })

describe('an observer', () => {
  it('sees its own answers at once', () => {
    const observer = isolate(new Network())
    expect(observer.windows()).toEqual({})
    observer.observe(requests(90), { status: 200, waitUntil })
    expect(observer.windows()).toEqual(requests(90))
  })

  it('and those of others with the limiter’s answer', async () => {
    const network = new Network()
    const [one, other] = [isolate(network), isolate(network)]
    one.observe(requests(40), { status: 200, waitUntil })
    await vi.advanceTimersByTimeAsync(5)
    other.observe(requests(90), { status: 200, waitUntil })
    await vi.advanceTimersByTimeAsync(5)
    expect(other.windows()).toEqual(requests(40))
    expect(network.calls[0]).toEqual({ to: 'cred:cafe:large', method: 'observe' })
  })

  it('of another family is another', async () => {
    const network = new Network()
    isolate(network).observe(requests(40), { status: 200, waitUntil })
    await vi.advanceTimersByTimeAsync(5)
    const other = isolate(network, 'small')
    other.observe(requests(90), { status: 200, waitUntil })
    await vi.advanceTimersByTimeAsync(5)
    expect(other.windows()).toEqual(requests(90))
  })

  it('forgets a window that is over', async () => {
    const observer = isolate(new Network())
    observer.observe(requests(90), { status: 200, waitUntil })
    await vi.advanceTimersByTimeAsync(60_000)
    expect(observer.windows()).toEqual({})
  })

  it('is shared by all who ask for it', () => {
    const observers = new Observers()
    const options = { limiter: new Network(), credentialId: 'cafe', family: 'large' }
    observers.observer(options).observe(requests(90), { status: 200, waitUntil })
    expect(observers.observer(options).windows()).toEqual(requests(90))
  })

  it('remembers only so many', () => {
    const observers = new Observers()
    const observer = (family: number) =>
      observers.observer({ limiter: new Network(), credentialId: 'cafe', family: String(family) })
    observer(0).observe(requests(90), { status: 200, waitUntil })
    for (let family = 1; family <= 2000; family++) observer(family)
    expect(observer(0).windows()).toEqual({})
  })
})

describe('the limiter is told', () => {
  /** Calls in ten seconds of 50 answers a second. */
  const calls = async (windows: Windows, status = 200) => {
    const network = new Network()
    const observer = isolate(network)
    for (let sent = 0; sent < 500; sent++) {
      observer.observe(windows, { status, waitUntil })
      await vi.advanceTimersByTimeAsync(20)
    }
    return network.calls.length
  }

  it('every four seconds while there is plenty', async () => {
    expect(await calls(requests(30))).toBe(3)
  })
  it('every two when little is left', async () => {
    expect(await calls(requests(29))).toBe(5)
  })
  it('and every second when the provider refuses', async () => {
    expect(await calls(requests(90), 429)).toBe(10)
  })
  it('nothing where nothing was seen', async () => {
    expect(await calls({})).toBe(0)
  })

  it('what was seen since it was told last', async () => {
    const network = new Network()
    const [one, other] = [isolate(network), isolate(network)]
    one.observe(requests(90), { status: 200, waitUntil })
    await vi.advanceTimersByTimeAsync(100)
    one.observe({ tokens: { limit: 10, remaining: 8 } }, { status: 200, waitUntil })
    await vi.advanceTimersByTimeAsync(4000)
    one.observe(requests(88), { status: 200, waitUntil })
    await vi.advanceTimersByTimeAsync(100)
    other.observe(requests(89), { status: 200, waitUntil })
    await vi.advanceTimersByTimeAsync(100)
    expect(other.windows()).toEqual({ ...requests(88), tokens: { limit: 10, remaining: 8 } })
  })

  it('in vain, and nothing comes of that', async () => {
    let fate: Weather['fate'] = 'fails'
    const network = new Network(() => ({ thereMs: 1, backMs: 1, fate }))
    const observer = isolate(network)
    const background: Promise<unknown>[] = []
    observer.observe(requests(90), { status: 200, waitUntil: (work) => background.push(work) })
    await vi.advanceTimersByTimeAsync(5)
    await expect(Promise.all(background)).resolves.toEqual([undefined])
    expect(observer.windows()).toEqual(requests(90))
    fate = 'arrives'
  })
})
