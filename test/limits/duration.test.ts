import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  formatDuration,
  parseDate,
  parseDuration,
  parseEpoch,
  parseHttpDate,
  parseSeconds,
} from '../../src/limits/duration.ts'

describe('formatDuration', () => {
  it.each([
    [-5, '0s'],
    [0, '0s'],
    [0.2, '1ms'],
    [12, '12ms'],
    [16.4, '17ms'],
    [999, '999ms'],
    [999.1, '1s'],
    [1000, '1s'],
    [8640, '8.64s'],
    [59_720, '59.72s'],
    [59_999.6, '1m0s'],
    [60_000, '1m0s'],
    [90_500, '1m30.5s'],
    [360_000, '6m0s'],
    [3_599_999.5, '1h0m0s'],
    [3_600_000, '1h0m0s'],
    [3_605_000, '1h0m5s'],
    [33_011_382.867, '9h10m11.383s'],
    [90_000_000, '25h0m0s'],
  ])('writes %d ms as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text)
  })

  it('is read back as the same whole milliseconds', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e10 }), (ms) => {
        expect(parseDuration(formatDuration(ms))).toBe(ms)
      }),
    )
  })

  it('never tells anybody to come too early', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e9, noNaN: true }), (ms) => {
        expect(parseDuration(formatDuration(ms))).toBeGreaterThanOrEqual(ms)
      }),
    )
  })
})

describe('parseDuration', () => {
  it.each([
    ['2m59.56s', 179_560],
    ['370ms', 370],
    ['1h0m0s', 3_600_000],
    ['34.400s', 34_400],
    ['0.07s', 70],
    ['.5s', 500],
    ['1.s', 1000],
    ['1d2h', 93_600_000],
    ['1500us', 1.5],
    ['1500µs', 1.5],
    ['1500μs', 1.5],
    ['1500Âµs', 1.5],
    ['2000000ns', 2],
    ['0s', 0],
    ['+3s', 3000],
    ['-3s', 0],
  ])('reads %s as %d ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms)
  })

  it.each(['', '-', '+', '5', 's', '1m 2s', '1x', '1.2.3s', '1s!', 'soon', '1e3s'])('does not read %j', (text) => {
    expect(parseDuration(text)).toBeUndefined()
  })
})

describe('parseSeconds', () => {
  it.each([
    ['26.5', 26_500],
    ['45', 45_000],
    ['0', 0],
    ['-1', 0],
    ['0.07', 70],
    ['33011.382867097855', 33_011_382.867097855],
  ])('reads %s as %d ms', (text, ms) => {
    expect(parseSeconds(text)).toBe(ms)
  })

  it.each(['', '1s', '1e3', 'Infinity', 'NaN', '0x10', '1,5'])('does not read %j', (text) => {
    expect(parseSeconds(text)).toBeUndefined()
  })
})

describe('moments', () => {
  it.each([
    ['1775000000000', 1_775_000_000_000],
    ['1775000000', 1_775_000_000_000],
    ['1775000000.25', 1_775_000_000_250],
    ['45', undefined],
    ['soon', undefined],
  ])('reads the number %s', (text, at) => {
    expect(parseEpoch(text)).toBe(at)
  })

  it.each([
    ['2026-11-20T12:00:00Z', Date.UTC(2026, 10, 20, 12)],
    ['2026-11-20t12:00:00.25z', Date.UTC(2026, 10, 20, 12) + 250],
    ['2026-11-20 14:00:00+02:00', Date.UTC(2026, 10, 20, 12)],
    ['2026-11-20', undefined],
    ['2026-13-20T12:00:00Z', undefined],
    ['tomorrow', undefined],
  ])('reads the date %s', (text, at) => {
    expect(parseDate(text)).toBe(at)
  })

  it.each([
    ['Fri, 20 Nov 2026 12:00:00 GMT', Date.UTC(2026, 10, 20, 12)],
    ['Fri, 20 Nov 2026 12:00:00', undefined],
    ['Fri, 99 Nov 2026 12:00:00 GMT', undefined],
    ['2026-11-20T12:00:00Z', undefined],
    [null, undefined],
  ])('reads the HTTP date %s', (text, at) => {
    expect(parseHttpDate(text)).toBe(at)
  })
})
