// A point for each request of a key that was let in, where a dataset is bound; and none of it matters to the request.
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import app from '../../src/app.ts'
import { TEST_SECRETS } from '../secrets.ts'

const points: AnalyticsEngineDataPoint[] = []
const USAGE: AnalyticsEngineDataset = { writeDataPoint: (point) => void points.push(point ?? {}) }
const BROKEN: AnalyticsEngineDataset = {
  writeDataPoint() {
    throw new TypeError('canary')
  },
}

beforeEach(() => {
  points.length = 0
  for (const level of ['log', 'warn'] as const) vi.spyOn(console, level).mockImplementation(() => {})
  vi.spyOn(globalThis, 'fetch').mockImplementation(async () =>
    Response.json({
      object: 'chat.completion',
      choices: [],
      usage: { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100 },
    }),
  )
})
afterEach(() => {
  vi.restoreAllMocks()
})

async function ask(method: string, path: string, token: string, body: object, on: Env): Promise<Response> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const context = createExecutionContext()
  const request = new Request(`https://gateway.test${path}`, { method, headers, body: JSON.stringify(body) })
  const response = await app.fetch(request, on, context)
  const text = await response.text()
  await waitOnExecutionContext(context)
  return new Response(text, response)
}

async function makeKey(): Promise<string> {
  const providers = { openai: { credential: 'sk-canary-canary' } }
  const made = await ask('POST', '/admin/keys', TEST_SECRETS.ADMIN_TOKEN, { providers }, env)
  return JSON.parse(await made.text()).key
}

const chat = { model: 'gpt-4o', messages: [{ role: 'user', content: 'canary' }] }

it('is written once, with the key as its index', async () => {
  const key = await makeKey()
  const bound = { ...env, USAGE }
  const answer = await ask('POST', '/v1/chat/completions', key, chat, bound)
  expect(answer.status).toBe(200)
  expect(points).toHaveLength(1)
  const [{ indexes, blobs = [], doubles = [] } = {}] = points
  expect(indexes).toEqual([`key_${key.slice(6, 22)}`])
  expect(blobs.slice(0, 6)).toEqual(['/v1/chat/completions', 'openai/gpt-4o', 'openai', 'complete', '', 'whole'])
  expect(blobs[6]).toBe(answer.headers.get('x-request-id'))
  expect(doubles.slice(0, 9)).toEqual([200, 1000, 0, 0, 100, 0, 0.0035, 1, 1])
  expect(JSON.stringify(points)).not.toContain('canary')
  await ask('POST', '/v1/chat/completions', 'sk-dg-nobody', chat, bound)
  await ask('POST', '/v1/chat/completions', key, { ...chat, model: 'nowhere/x', temperature: 9 }, bound)
  expect(points.map((point) => point.doubles?.[0])).toEqual([200, 400])
})

it('that cannot be written changes no answer', async () => {
  const key = await makeKey()
  expect((await ask('POST', '/v1/chat/completions', key, chat, { ...env, USAGE: BROKEN })).status).toBe(200)
  expect((await ask('POST', '/v1/chat/completions', key, chat, env)).status).toBe(200)
  expect(points).toEqual([])
})
