import { describe, expect, it } from 'vitest'
import { refillingMeters, refillsOf, standardMeters } from '../../src/limits/meters.ts'
import { heldBack } from '../../src/limits/refusal.ts'
import type { Block } from '../../src/limits/standing.ts'

const NOW = 1_800_000_000_000
const told = (block: Partial<Block>) => {
  const { status, body, details } = heldBack({ since: NOW - 10, until: NOW + 2500, ...block }, 'main', NOW)
  return { status, type: body.type, code: body.code, message: body.message, ms: details.retryAfterMs }
}

describe('a request that is not sent', () => {
  it('is told which window is spent', () => {
    expect(told({ unit: 'requests', reading: { limit: 50, remaining: 0 } })).toEqual({
      status: 429,
      type: 'requests',
      code: 'rate_limit_exceeded',
      message:
        "Rate limit reached at the provider of slot 'main' on requests: Limit 50, Remaining 0. Please try again in 2.5s.",
      ms: 2500,
    })
    const tokens = told({ unit: 'input_tokens', reading: { limit: 50, remaining: 3 } })
    expect([tokens.type, tokens.message]).toEqual([
      'tokens',
      expect.stringContaining('on input tokens: Limit 50, Remaining 3.'),
    ])
  })

  it('and nothing that nobody said', () => {
    expect(told({})).toMatchObject({
      type: 'rate_limit_error',
      message: "Rate limit reached at the provider of slot 'main'. Please try again in 2.5s.",
    })
    expect(told({ unit: 'requests', reading: { remaining: 0 } }).message).toContain('on requests. Please')
    expect(told({ unit: 'requests', reading: { limit: 5 } }).message).toContain('Limit 5, Remaining 0.')
  })

  it('is asked to wait for a day at most, and for a moment at least', () => {
    expect(told({ until: NOW + 1e12 }).ms).toBe(86_400_000)
    expect(told({ until: NOW - 5 }).ms).toBe(1)
  })
})

it('a table says which windows fill up unit by unit', () => {
  expect(refillsOf(refillingMeters)).toEqual(['requests', 'tokens'])
  expect(refillsOf(standardMeters)).toEqual([])
})
