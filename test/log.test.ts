// An entry of the log, where it goes, and that the page about it names everything there is.
import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type LogEntry, logEntry, timings, usage } from '../schemas/log.ts'
import { idIn, pointOf, record, routeIn } from '../src/log.ts'

const full: LogEntry = {
  event: 'request',
  request_id: 'req_1',
  upstream_request_id: 'req_up',
  key_id: 'key_1',
  method: 'POST',
  endpoint: '/v1/chat/completions',
  route: 'anthropic/claude-haiku-4-5',
  provider: 'anthropic',
  stream: true,
  status: 200,
  outcome: 'complete',
  error: 'timeout',
  usage: {
    input_tokens: 1,
    cached_tokens: 2,
    cache_write_tokens: 3,
    output_tokens: 4,
    reasoning_tokens: 5,
    total_tokens: 6,
  },
  cost_usd: 0.25,
  attempts: 6,
  losses: ['seed dropped', '? dropped'],
  timings: { auth: 7, limit: 8, translate: 9, upstream: 10, first_byte: 11, total: 12 },
}
const bare: LogEntry = {
  event: 'request',
  request_id: 'req_2',
  method: 'GET',
  endpoint: 'unknown',
  outcome: 'refused',
  attempts: 0,
  timings: { total: 1 },
}

const said: unknown[] = []
beforeEach(() => {
  said.length = 0
  for (const level of ['log', 'warn'] as const) {
    vi.spyOn(console, level).mockImplementation((line: unknown) => void said.push(line))
  }
})
afterEach(() => {
  vi.restoreAllMocks()
})

test('an entry is of the schema', () => {
  expect(logEntry.parse(full)).toEqual(full)
  expect(logEntry.parse(bare)).toEqual(bare)
  expect(logEntry.safeParse({ ...full, prompt: 'x' }).success).toBe(false)
  expect(logEntry.safeParse({ ...full, route: 'anthropic/what is this?' }).success).toBe(false)
})

describe('the analytics point', () => {
  const points: unknown[] = []
  const dataset = { writeDataPoint: (point?: AnalyticsEngineDataPoint) => void points.push(point) }
  beforeEach(() => {
    points.length = 0
  })

  test('has everything in its place', () => {
    record(full, dataset)
    expect(points).toEqual([
      {
        indexes: ['key_1'],
        blobs: [
          '/v1/chat/completions',
          'anthropic/claude-haiku-4-5',
          'anthropic',
          'complete',
          'timeout',
          'stream',
          'req_1',
          'req_up',
        ],
        doubles: [200, 1, 2, 3, 4, 5, 0.25, 1, 1, 7, 8, 9, 10, 11, 12, 6, 2],
      },
    ])
    expect(said).toEqual([full])
  })

  test('says what is not known', () => {
    const { blobs = [], doubles = [] } = pointOf(bare, 'key_1')
    expect(blobs).toEqual(['unknown', '', '', 'refused', '', 'whole', 'req_2', ''])
    expect(doubles).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0])
  })

  test('is within what the platform takes', () => {
    const { blobs = [], doubles = [] } = pointOf({ ...full, route: `slot/${'x'.repeat(256)}` }, 'key_1')
    expect(blobs.length).toBeLessThanOrEqual(20)
    expect(doubles.length).toBeLessThanOrEqual(20)
    expect(blobs.join('').length).toBeLessThan(16 * 1024)
  })

  test('is not written for who has no key, or where nothing is bound', () => {
    record(bare, dataset)
    record(full, undefined)
    expect(points).toEqual([])
    expect(said).toEqual([bare, full])
  })

  test('that cannot be written breaks nothing', () => {
    const broken = {
      writeDataPoint() {
        throw new Error('canary')
      },
    }
    expect(() => record(full, broken)).not.toThrow()
    expect(said).toEqual([full, { event: 'analytics-failed', request_id: 'req_1' }])
  })
})

describe('names that others chose', () => {
  test.each([
    ['openai/gpt-4o', 'openai/gpt-4o'],
    ['kluster/klusterai/Meta-Llama-3.3-70B', 'kluster/klusterai/Meta-Llama-3.3-70B'],
    ['bedrock/arn:aws:bedrock:eu-west-1:1:x/y', 'bedrock/arn:aws:bedrock:eu-west-1:1:x/y'],
    ['anthropic/sk-ant-api03-abcdefgh', 'anthropic/[redacted]'],
    ['anthropic/tell me of foxes', 'anthropic/?'],
    ['anthropic/{"a":1}', 'anthropic/?'],
    ['anthropic/模型', 'anthropic/?'],
    [`anthropic/${'x-'.repeat(200)}`, 'anthropic/?'],
    ['anthropic/', 'anthropic/?'],
  ])('%s', (name, logged) => {
    expect(routeIn(name)).toBe(logged)
    expect(logEntry.safeParse({ ...bare, route: logged }).success).toBe(true)
  })

  test.each([
    ['req_011CSHoEeqs5C35K2UUqR7Fy', 'req_011CSHoEeqs5C35K2UUqR7Fy'],
    ['9f0a-…', undefined],
    ['a b', undefined],
    ['x'.repeat(129), undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%s', (id, logged) => {
    expect(idIn(id)).toBe(logged)
  })
})

test('the page about the log names every field, and every place of a point in its order', () => {
  const page = readFileSync(`${import.meta.dirname}/../docs/logs.md`, 'utf8')
  const nested = [
    ...Object.keys(usage.shape).map((name) => `usage.${name}`),
    ...Object.keys(timings.shape).map((name) => `timings.${name}`),
  ]
  const plain = Object.keys(logEntry.shape).filter((name) => name !== 'usage' && name !== 'timings')
  for (const name of [...plain, ...nested]) expect(page, name).toContain(`\`${name}\``)
  const { blobs = [], doubles = [] } = pointOf(full, 'key_1')
  const columns = [...page.matchAll(/^\| `((?:blob|double)\d+)` \|/gm)].map(([, name]) => name)
  expect(columns).toEqual([...blobs.map((_, i) => `blob${i + 1}`), ...doubles.map((_, i) => `double${i + 1}`)])
})
