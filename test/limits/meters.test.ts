import { describe, expect, it } from 'vitest'
import { readWindows, standardMeters, tighter } from '../../src/limits/meters.ts'
import { meters as anthropic } from '../../src/providers/anthropic/meters.ts'
import {
  minuteDayMeters as cerebras,
  bareMeters as openrouter,
  timeRemainingMeters,
} from '../../src/providers/openai-compatible/meters.ts'

const NOW = Date.UTC(2026, 10, 20, 12)
const read = (meters: Parameters<typeof readWindows>[0], headers: Record<string, string>) =>
  readWindows(meters, new Headers(headers), NOW)

describe('readWindows', () => {
  it.each([
    ['14,400', 14_400],
    [' 60 ', 60],
    ['1,234,567', 1_234_567],
    ['12.9', 12],
    ['0', 0],
    ['-1', undefined],
    ['', undefined],
    ['many', undefined],
    ['1,23', undefined],
    ['60, 60', undefined],
  ])('reads the number %j as %s', (text, limit) => {
    const windows = read(standardMeters, { 'x-ratelimit-limit-requests': text })
    expect(windows).toEqual(limit === undefined ? {} : { requests: { limit } })
  })

  it('takes a plain number for seconds where the names are borrowed', () => {
    expect(read(standardMeters, { 'x-ratelimit-reset-tokens': '26.5' })).toEqual({ tokens: { resetAt: NOW + 26_500 } })
  })

  it.each(['soon', '', '5 parsecs'])('drops the reset %j and keeps the rest', (reset) => {
    const windows = read(standardMeters, { 'x-ratelimit-remaining-tokens': '5', 'x-ratelimit-reset-tokens': reset })
    expect(windows).toEqual({ tokens: { remaining: 5 } })
  })

  it('drops a date that is none', () => {
    const windows = read(anthropic, {
      'anthropic-ratelimit-requests-limit': '5',
      'anthropic-ratelimit-requests-reset': '12:00',
    })
    expect(windows).toEqual({ requests: { limit: 5 } })
  })

  it('corrects a moment by the clock of the sender', () => {
    const headers = {
      date: 'Fri, 20 Nov 2026 11:59:30 GMT',
      'anthropic-ratelimit-requests-reset': '2026-11-20T12:00:08Z',
    }
    expect(read(anthropic, headers)).toEqual({ requests: { resetAt: NOW + 38_000 } })
  })

  it('does not correct a duration', () => {
    const headers = { date: 'Fri, 20 Nov 2026 11:59:30 GMT', 'x-ratelimit-reset-requests': '8s' }
    expect(read(standardMeters, headers)).toEqual({ requests: { resetAt: NOW + 8000 } })
  })

  it('takes a reset in the past for now', () => {
    expect(read(openrouter, { 'x-ratelimit-reset': String(NOW - 5000) })).toEqual({ requests: { resetAt: NOW } })
  })

  it.each([
    ['a duration', '1m0.5s', 60_500],
    ['seconds', '60.5', 60_500],
    ['seconds that are many', '999999999', 999_999_999_000],
    ['seconds since 1970', String(NOW / 1000 + 60), 60_000],
    ['seconds since 1970, in parts', String(NOW / 1000 + 60.5), 60_500],
    ['milliseconds since 1970', String(NOW + 60_500), 60_500],
    ['a date', '2026-11-20T12:01:00Z', 60_000],
  ])('reads a reset that is %s', (_, reset, ms) => {
    expect(read(standardMeters, { 'x-ratelimit-reset-tokens': reset })).toEqual({ tokens: { resetAt: NOW + ms } })
  })

  it('takes a reset that windows share only for a window that is there', () => {
    expect(read(timeRemainingMeters, { 'x-ratelimit-timeremaining': '5' })).toEqual({})
  })

  it('prefers the window that comes first in the table', () => {
    const windows = read(cerebras, {
      'x-ratelimit-remaining-requests-day': '5',
      'x-ratelimit-remaining-requests-minute': '9',
    })
    expect(windows).toEqual({ requests: { remaining: 9 } })
  })

  it('unless another has nothing remaining', () => {
    const windows = read(cerebras, {
      'x-ratelimit-remaining-requests-minute': '9',
      'x-ratelimit-remaining-requests-day': '0',
      'x-ratelimit-reset-requests-day': '3600',
    })
    expect(windows).toEqual({ requests: { remaining: 0, resetAt: NOW + 3_600_000 } })
  })

  it('and of two with nothing remaining takes the one that lasts longer', () => {
    const windows = read(cerebras, {
      'x-ratelimit-remaining-requests-minute': '0',
      'x-ratelimit-reset-requests-minute': '20',
      'x-ratelimit-remaining-requests-hour': '0',
      'x-ratelimit-reset-requests-hour': '1200',
      'x-ratelimit-remaining-requests-day': '0',
    })
    expect(windows).toEqual({ requests: { remaining: 0, resetAt: NOW + 1_200_000 } })
  })
})

describe('tighter', () => {
  const few = { limit: 10, remaining: 2, resetAt: 5 }
  it.each([
    ['the one there is', few, undefined, few],
    ['the one there is', undefined, few, few],
    ['the one with less', few, { limit: 3, remaining: 3 }, few],
    ['the one with less', { remaining: 1 }, few, { remaining: 1 }],
    ['the one that says how much', { limit: 1 }, few, few],
    ['the one that says how much', few, { limit: 1 }, few],
    ['the one that says when', { remaining: 2 }, few, few],
    ['the longer of two with the same', few, { remaining: 2, resetAt: 9 }, { remaining: 2, resetAt: 9 }],
    ['the first of two with the same', few, { remaining: 2 }, few],
    ['none of none', undefined, undefined, undefined],
  ])('is %s', (_, a, b, expected) => {
    expect(tighter(a, b)).toEqual(expected)
  })
})
