import { describe, expect, it } from 'vitest'
import { standardMeters } from '../../src/limits/meters.ts'
import { windowsTold } from '../../src/limits/told.ts'

const NOW = Date.UTC(2026, 10, 20, 12)
const told = (error: unknown) => windowsTold(standardMeters, JSON.stringify({ error }), NOW)
const quotas = (...violations: readonly unknown[]) => told({ details: [{ violations }] })
const METRIC = 'generativelanguage.googleapis.com/generate_content_free_tier'

describe('the quotas of a refusal', () => {
  it.each([
    ['requests a minute', { quotaId: 'GenerateRequestsPerMinute', quotaValue: '10' }, { requests: 10 }],
    ['requests, as a number', { quotaId: 'GenerateRequestsPerMinute', quotaValue: 10 }, { requests: 10 }],
    ['a model that is not allowed', { quotaId: 'GenerateRequestsPerDay', quotaValue: '0' }, { requests: 0 }],
    ['tokens', { quotaMetric: `${METRIC}_input_token_count`, quotaValue: '250000' }, { tokens: 250_000 }],
    ['no value', { quotaId: 'GenerateRequestsPerMinute' }, {}],
    ['an empty value', { quotaId: 'GenerateRequestsPerMinute', quotaValue: '' }, {}],
    ['a value that is none', { quotaId: 'GenerateRequestsPerMinute', quotaValue: '-1' }, {}],
    ['a unit that is not known', { quotaId: 'ConcurrentSessions', quotaValue: '3' }, {}],
  ])('are read: %s', (_, violation, limits) => {
    expect(quotas(violation)).toEqual(
      Object.fromEntries(Object.entries(limits).map(([unit, limit]) => [unit, { limit, remaining: 0 }])),
    )
  })

  it('of several of a unit are the day’s', () => {
    const minute = { quotaId: 'GenerateRequestsPerMinutePerProject', quotaValue: '10' }
    const day = { quotaId: 'GenerateRequestsPerDayPerProject', quotaValue: '200' }
    const expected = { requests: { limit: 200, remaining: 0 } }
    expect(quotas(minute, day)).toEqual(expected)
    expect(quotas(day, minute)).toEqual(expected)
  })

  it.each([undefined, null, 'no', [], [7], [{ violations: 'no' }], { violations: [] }])('are none in %j', (details) => {
    expect(told({ details })).toEqual({})
  })
})

describe('headers that a refusal repeats', () => {
  it('are read by the table of the service', () => {
    const headers = { 'X-RateLimit-Limit-Requests': '20', 'X-RateLimit-Reset-Requests': 4, 'x y': '1', via: 'ü' }
    expect(told({ metadata: { headers } })).toEqual({ requests: { limit: 20, resetAt: NOW + 4000 } })
  })

  it.each([undefined, null, 'no', { headers: null }, { headers: 'x-ratelimit-limit-requests: 5' }])(
    'are none in %j',
    (metadata) => {
      expect(told({ metadata })).toEqual({})
    },
  )

  it('are none where the body is no JSON', () => {
    expect(windowsTold(standardMeters, '<html>', NOW)).toEqual({})
  })
})
