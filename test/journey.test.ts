// What becomes of a request in the log: once, with its times, and what was used in the log's own words.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type LogEntry, logEntry } from '../schemas/log.ts'
import { GatewayError } from '../src/hub/error.ts'
import { Journey } from '../src/journey.ts'
import { serverTiming } from '../src/response-headers.ts'

let entries: LogEntry[]
let journey: Journey

beforeEach(() => {
  vi.useFakeTimers({ now: 1_790_000_000_000 })
  entries = []
  journey = new Journey('POST', '/v1/chat/completions', (entry) => entries.push(entry))
})
afterEach(() => {
  vi.useRealTimers()
})

const after = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))
const one = () => {
  expect(entries).toHaveLength(1)
  return logEntry.parse(entries[0])
}

test('it is told once, whoever ends it', async () => {
  const ends: string[] = []
  journey.atEnd(({ outcome }) => ends.push(outcome))
  journey.settle('client_gone')
  journey.settle('complete', { usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 } })
  await journey.over
  expect(ends).toEqual(['client_gone'])
  expect(one()).toEqual({
    event: 'request',
    request_id: journey.id,
    method: 'POST',
    endpoint: '/v1/chat/completions',
    outcome: 'client_gone',
    attempts: 0,
    timings: { total: 0 },
  })
})

test('its stages, its first byte and its end', async () => {
  const times = Promise.all([
    journey.time('upstream', after(30)),
    journey.time('upstream', after(40)),
    journey.time('auth', after(5)),
  ])
  await vi.advanceTimersByTimeAsync(40)
  await times
  journey.begin()
  await vi.advanceTimersByTimeAsync(60)
  journey.begin()
  expect(serverTiming(journey.timings)).toBe('auth;dur=5, upstream;dur=40')
  journey.settle('complete')
  expect(one().timings).toEqual({ auth: 5, upstream: 40, first_byte: 40, total: 100 })
})

test('a stage that fails is timed as well', async () => {
  const failing = journey.time('limit', Promise.reject(new Error('no')))
  await expect(failing).rejects.toThrow('no')
  expect(serverTiming(journey.timings)).toBe('limit;dur=0')
  expect(serverTiming(new Map())).toBe('')
})

test('what was learnt on the way', () => {
  journey.note({ key_id: 'key_1', route: 'a/b', provider: 'a', stream: false })
  journey.note({ route: 'a/c', losses: ['seed dropped'] })
  journey.headers = { 'dragoman-upstream-request-id': 'req_up' }
  journey.attempts = 2
  journey.note({ status: 504 })
  journey.settle('failed', { error: new GatewayError('timeout', 'canary') })
  expect(one()).toMatchObject({
    upstream_request_id: 'req_up',
    key_id: 'key_1',
    route: 'a/c',
    provider: 'a',
    stream: false,
    status: 504,
    outcome: 'failed',
    error: 'timeout',
    attempts: 2,
    losses: ['seed dropped'],
  })
})

describe('what was used', () => {
  const used = {
    prompt_tokens: 1000,
    completion_tokens: 100,
    total_tokens: 1100,
    prompt_tokens_details: { cached_tokens: 600, cache_write_tokens: 300, 'canary of a provider': 7 },
    completion_tokens_details: { reasoning_tokens: 90, accepted_prediction_tokens: 1 },
  }

  test('is told in the log’s own words', () => {
    journey.settle('complete', { usage: used })
    expect(one().usage).toEqual({
      input_tokens: 1000,
      cached_tokens: 600,
      cache_write_tokens: 300,
      output_tokens: 100,
      reasoning_tokens: 90,
      total_tokens: 1100,
    })
    expect(one()).not.toHaveProperty('cost_usd')
    expect(one().status).toBe(200)
  })

  test('has a cost where there is a price, whatever became of the request', () => {
    journey.price = [[3, 0.3, 3.75, 15]]
    journey.settle('client_gone', { usage: used })
    expect(one().cost_usd).toBe(0.003105)
  })

  test('has none where nothing was counted, or the price says nothing of it', () => {
    journey.price = [[3, 0.3, 3.75, 15]]
    journey.settle('complete', { usage: { ...used, completion_tokens_details: { audio_tokens: 1 } } })
    expect(one()).not.toHaveProperty('cost_usd')
    const other = new Journey('GET', '/v1/models', (entry) => entries.push(entry))
    other.price = [[3, 0.3, 3.75, 15]]
    other.settle('complete')
    expect(entries[1]).not.toHaveProperty('cost_usd')
  })

  test('by several calls is priced by call', () => {
    journey.price = [[1, 1, 1, 1], 600, [2, 2, 2, 2]]
    journey.calls = 2
    journey.settle('complete', { usage: used })
    expect(one().cost_usd).toBe(0.0011)
  })
})
