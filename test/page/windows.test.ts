// Windows as gauges: from headers and from GET /v1/limits, and what is seen of them as time goes by.
import { expect, test } from 'vitest'
import { durationOf, fromHeaders, fromLimits, seenAt, troubles } from '../../page/windows.ts'

const NOW = Date.UTC(2026, 10, 20, 12)

test('durations are Go’s', () => {
  expect(['6m0s', '1h2m3s', '120ms', '1.5s', '0s', '', 'soon', '5x', '1s!'].map(durationOf)).toEqual([
    360_000,
    3_723_000,
    120,
    1500,
    0,
    undefined,
    undefined,
    undefined,
    undefined,
  ])
})

test('headers tell of two windows at most, and of none without them', () => {
  const headers = new Headers({
    'x-ratelimit-limit-requests': '60',
    'x-ratelimit-remaining-requests': '57',
    'x-ratelimit-reset-requests': '41s',
    'x-ratelimit-limit-tokens': '1000',
    'x-ratelimit-remaining-tokens': '0',
  })
  expect(fromHeaders(headers, NOW)).toEqual([
    { label: 'First to bind: requests', limit: 60, remaining: 57, wholeAt: NOW + 41_000 },
    { label: 'First to bind: tokens', limit: 1000, remaining: 0, wholeAt: undefined },
  ])
  expect(fromHeaders(new Headers(), NOW)).toEqual([])
})

const LIMITS = {
  object: 'limits',
  key: {
    id: 'key_a',
    limits: [
      { name: 'requests_per_minute', limit: 60, remaining: 57, reset_at: '2026-11-20T12:00:41.000Z' },
      { name: 'requests_per_day', limit: 9 },
    ],
  },
  providers: [
    {
      slot: 'one',
      family: 'opus',
      windows: [{ unit: 'input_tokens', limit: 10, remaining: 5, seen_at: '2026-11-20T12:00:00.000Z' }],
      blocked_until: '2026-11-20T12:01:00.000Z',
      breaker: { state: 'open', failures: 5 },
    },
    { slot: 'two', family: '', windows: [], breaker: { state: 'closed', failures: 0 } },
  ],
}

test('limits tell of the key’s and the accounts’, as far as somebody said them', () => {
  expect(fromLimits(LIMITS)).toEqual([
    { label: 'Key: requests per minute', limit: 60, remaining: 57, wholeAt: NOW + 41_000 },
    { label: 'one · opus: input tokens', limit: 10, remaining: 5, wholeAt: undefined },
  ])
  expect(fromLimits(undefined)).toEqual([])
  expect(troubles(LIMITS)).toEqual([
    expect.stringMatching(/^one is not asked until .*: it said so\.$/),
    'one failed 5 times in a row: it is tried after all others.',
  ])
})

test('a window is whole when its time is over', () => {
  const gauge = { label: '', limit: 4000, remaining: 1, wholeAt: NOW + 61_000 }
  expect(seenAt(gauge, NOW)).toEqual({ left: 1, text: '1 of 4,000, whole in 1 min 1 s' })
  expect(seenAt(gauge, NOW + 60_500)).toEqual({ left: 1, text: '1 of 4,000, whole in 1 s' })
  expect(seenAt(gauge, NOW + 61_000)).toEqual({ left: 4000, text: '4,000 of 4,000' })
  expect(seenAt({ ...gauge, wholeAt: NOW + 7_200_000 }, NOW).text).toBe('1 of 4,000, whole in 2 h 0 min')
  expect(seenAt({ ...gauge, wholeAt: undefined }, NOW).text).toBe('1 of 4,000')
})
