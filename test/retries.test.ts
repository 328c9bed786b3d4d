import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { CODES, type Code, GatewayError } from '../src/hub/error.ts'
import { delayMs, mayPass, Retries } from '../src/retries.ts'

const failure = (code: Code, details = {}) => new GatewayError(code, 'No.', details)

describe('a failure that may pass', () => {
  const passing = ['conflict', 'rate_limit', 'insufficient_quota', 'server_error', 'upstream_error', 'timeout'] as const
  it.each(passing)('%s', (code) => expect(mayPass(failure(code))).toBe(true))
  it('a status that the provider keeps for itself', () => {
    expect(mayPass(failure('invalid_request', { foreign: { status: 408 } }))).toBe(true)
    expect(mayPass(failure('invalid_request', { foreign: { status: 529 } }))).toBe(true)
  })
  it('no other', () => {
    const others = (Object.keys(CODES) as Code[]).filter(
      (code) => CODES[code].status < 500 && !/^4(?:09|29)$/.test(`${CODES[code].status}`),
    )
    expect(others.filter((code) => mayPass(failure(code)))).toEqual([])
  })
})

describe('the delay', () => {
  it('doubles up to eight seconds, and is at least half of that', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (n, random) => {
          const most = Math.min(8000, 250 * 2 ** n)
          const delay = delayMs(n, undefined, random) ?? 0
          expect(delay).toBeLessThanOrEqual(most)
          expect(delay).toBeGreaterThanOrEqual(most / 2)
        },
      ),
    )
  })

  it('is never less than what the provider asked for', () => {
    expect(delayMs(1, 3000, 0)).toBe(3000)
    expect(delayMs(1, 3000, 0.5)).toBe(3150)
    expect(delayMs(4, 0, 0.5)).toBe(0)
  })

  it('is not to be had where the provider asks for more patience', () => {
    expect(delayMs(1, 20_000, 0)).toBe(20_000)
    expect(delayMs(1, 20_001, 0)).toBeUndefined()
  })
})

describe('retries', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: 1_000_000 })
    vi.spyOn(Math, 'random').mockReturnValue(0)
  })
  afterEach(() => {
    vi.useRealTimers()
    vi.restoreAllMocks()
  })

  const never = new AbortController().signal
  const begun = (most: number, totalMs?: number) => new Retries(most, Date.now(), totalMs)

  it('are as many as the key says', async () => {
    const retries = begun(2)
    const waits: number[] = []
    for (let i = 0; i < 4; i++) {
      const from = Date.now()
      const again = retries.again(failure('upstream_error'), never)
      await vi.runAllTimersAsync()
      waits.push((await again) ? Date.now() - from : -1)
    }
    expect(waits).toEqual([500, 1000, -1, -1])
  })

  it.each([
    ['a refusal of what was asked', failure('invalid_value')],
    ['one that the provider says to leave', failure('rate_limit', { shouldRetry: false })],
    ['a setting that is missing', failure('not_configured')],
    ['a fault of ours', new TypeError('x is not a function')],
    ['more patience than there is', failure('rate_limit', { retryAfterMs: 60_000 })],
  ])('are none for %s', async (_, thrown) => {
    expect(await begun(5).again(thrown, never)).toBe(false)
  })

  it('begin within a minute of the request', async () => {
    const retries = begun(5)
    vi.advanceTimersByTime(59_600)
    expect(await retries.again(failure('upstream_error'), never)).toBe(false)
  })

  it('begin within the time that the key gives', async () => {
    expect(await begun(5, 500).again(failure('upstream_error'), never)).toBe(false)
    const again = begun(5, 501).again(failure('upstream_error'), never)
    await vi.runAllTimersAsync()
    expect(await again).toBe(true)
  })

  it('wait for nobody who has left', async () => {
    const gone = new AbortController()
    const again = begun(5).again(failure('upstream_error'), gone.signal)
    gone.abort()
    expect(await again).toBe(false)
    expect(vi.getTimerCount()).toBe(0)
    expect(await begun(5).again(failure('upstream_error'), gone.signal)).toBe(false)
  })
})
