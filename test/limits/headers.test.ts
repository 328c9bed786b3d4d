import { describe, expect, it } from 'vitest'
import { limitHeaders, retryHeaders } from '../../src/limits/headers.ts'

const NOW = 1_800_000_000_000

describe('limitHeaders', () => {
  it('invents nothing', () => {
    expect(limitHeaders({}, {}, NOW)).toEqual({})
    expect(limitHeaders({}, { requests: { limit: 5 } }, NOW)).toEqual({ 'x-ratelimit-limit-requests': '5' })
  })

  it('tells of the window that binds first', () => {
    const own = { requests: { limit: 60, remaining: 12, resetAt: NOW + 30_000 } }
    const provider = { requests: { limit: 14_400, remaining: 9, resetAt: NOW + 3_600_000 }, tokens: { remaining: 5 } }
    expect(limitHeaders(own, provider, NOW)).toEqual({
      'x-ratelimit-limit-requests': '14400',
      'x-ratelimit-remaining-requests': '9',
      'x-ratelimit-reset-requests': '1h0m0s',
      'x-ratelimit-remaining-tokens': '5',
    })
    expect(limitHeaders(own, { requests: { limit: 14_400, remaining: 13 } }, NOW)).toEqual({
      'x-ratelimit-limit-requests': '60',
      'x-ratelimit-remaining-requests': '12',
      'x-ratelimit-reset-requests': '30s',
    })
  })

  it('takes a reset in the past for now', () => {
    expect(limitHeaders({}, { tokens: { resetAt: NOW - 1 } }, NOW)).toEqual({ 'x-ratelimit-reset-tokens': '0s' })
  })

  describe('of tokens', () => {
    const tokens = (windows: Parameters<typeof limitHeaders>[1]) =>
      limitHeaders({}, windows, NOW)['x-ratelimit-remaining-tokens']
    const input_tokens = { limit: 100, remaining: 90 }

    it('prefers the window of all tokens', () => {
      expect(tokens({ tokens: { limit: 10, remaining: 10 }, input_tokens })).toBe('10')
    })
    it('unless another is empty', () => {
      expect(tokens({ tokens: { limit: 10, remaining: 10 }, output_tokens: { limit: 5, remaining: 0 } })).toBe('0')
    })
    it('else takes the smaller share', () => {
      expect(tokens({ input_tokens, output_tokens: { limit: 1000, remaining: 800 } })).toBe('800')
      expect(tokens({ input_tokens, output_tokens: { limit: 10, remaining: 10 } })).toBe('90')
      expect(tokens({ input_tokens, output_tokens: { remaining: 3 } })).toBe('90')
      expect(tokens({ input_tokens: { limit: 0, remaining: 1 }, output_tokens: { limit: 2, remaining: 1 } })).toBe('1')
    })
    it('or the one there is', () => {
      expect(tokens({ input_tokens })).toBe('90')
      expect(tokens({ output_tokens: input_tokens })).toBe('90')
    })
  })
})

describe('retryHeaders', () => {
  it.each([
    [0, '1', '0'],
    [-5, '1', '0'],
    [1, '1', '1'],
    [1000, '1', '1000'],
    [1000.2, '2', '1001'],
    [34_400, '35', '34400'],
  ])('%d ms', (ms, seconds, exact) => {
    expect(retryHeaders(ms)).toEqual({ 'retry-after': seconds, 'retry-after-ms': exact })
  })
})
