import { describe, expect, it } from 'vitest'
import { retryHint } from '../../src/limits/retry.ts'

const NOW = Date.UTC(2026, 10, 20, 12)
const hint = (headers: Record<string, string>, body = '', windows = {}) =>
  retryHint(new Headers(headers), body, NOW, windows)

describe('retryHint from headers', () => {
  it.each<[Record<string, string>, number | undefined]>([
    [{ 'retry-after-ms': '3123', 'retry-after': '4' }, 3123],
    [{ 'x-ms-retry-after-ms': '250.5' }, 251],
    [{ 'retry-after': '4', 'x-retry-after': '9' }, 4000],
    [{ 'retry-after': '1.5' }, 1500],
    [{ 'retry-after': ' 0 ' }, 0],
    [{ 'retry-after': '-3' }, 0],
    [{ 'retry-after': '7s' }, 7000],
    [{ 'retry-after': 'Fri, 20 Nov 2026 12:00:10 GMT' }, 10_000],
    [{ 'retry-after': 'Fri, 20 Nov 2026 12:00:10 GMT', date: 'Fri, 20 Nov 2026 12:00:08 GMT' }, 2000],
    [{ 'retry-after': 'Fri, 20 Nov 2026 11:00:00 GMT' }, 0],
    [{ 'retry-after-ms': 'soon', 'retry-after': 'later', 'x-retry-after': '9' }, 9000],
    [{ 'msh-cooldown-seconds': '1' }, 1000],
    [{ 'x-ratelimit-timeremaining': '40' }, 40_000],
    [{ 'retry-after': '1000000' }, 86_400_000],
    [{}, undefined],
  ])('%j is %s', (headers, ms) => {
    expect(hint(headers)).toBe(ms)
  })
})

describe('retryHint from a body', () => {
  it.each<[string, number | undefined]>([
    ['{"error":{"retry_after":3}}', 3000],
    ['{"retry_after":"2.5"}', 2500],
    ['{"error":"slow down","retry_after":4}', 4000],
    ['{"retry_after":true}', undefined],
    ['[{"error":{"details":[7,{"retryDelay":"34.400s"}]}}]', 34_400],
    ['{"error":{"details":[{"retryDelay":34}]}}', undefined],
    ['{"error":{"details":"none"}}', undefined],
    ['null', undefined],
    ['"text"', undefined],
    ['{"error":{"message":"Limit 30, Used 30, Requested 1. Please try again in 6m0s. Visit …"}}', 360_000],
    ['Please try again in 2.43s.', 2430],
    ['PLEASE RETRY IN 34.4S', 34_400],
    ['try again in 20ms', 20],
    ['Please retry after 12 seconds.', 12_000],
    ['please try again after 1 seconds', 1000],
    ['Try again in 1 second', 1000],
    ['retry after 250 milliseconds', 250],
    ['Please try again later', undefined],
    [`${' '.repeat(20_000)}try again in 1s`, undefined],
  ])('%j is %s', (body, ms) => {
    expect(hint({}, body)).toBe(ms)
  })

  it('comes after the headers', () => {
    expect(hint({ 'retry-after': '1' }, 'try again in 9s')).toBe(1000)
  })
})

describe('retryHint from windows', () => {
  it('is the last reset of those with nothing remaining', () => {
    const windows = {
      requests: { remaining: 0, resetAt: NOW + 2000 },
      tokens: { remaining: 0, resetAt: NOW + 5000 },
      input_tokens: { remaining: 1, resetAt: NOW + 9000 },
      output_tokens: { remaining: 0 },
    }
    expect(hint({}, '', windows)).toBe(5000)
  })

  it('is none where nothing is known of a reset', () => {
    expect(hint({}, '', { requests: { remaining: 0 } })).toBeUndefined()
  })

  it('is never negative', () => {
    expect(hint({}, '', { requests: { remaining: 0, resetAt: NOW - 1 } })).toBe(0)
  })

  it('comes last', () => {
    expect(hint({}, 'try again in 9s', { requests: { remaining: 0, resetAt: NOW + 2000 } })).toBe(9000)
  })
})
