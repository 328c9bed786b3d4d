// The log says what became of each request, and holds nothing that anybody wrote: canaries stand in everything that
// clients, operators and providers say.
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type LogEntry, logEntry } from '../../schemas/log.ts'
import { startClient } from '../harness/client.ts'
import { type Gateway, startGateway } from '../harness/gateway.ts'
import { chatFrames, messageFrames } from '../harness/stream.ts'
import { sayJson, sayStream, startUpstream, type Upstream } from '../harness/upstream.ts'
import { TEST_SECRETS } from '../secrets.ts'

/** In prompts, tools, fields, headers, URLs, and all that providers say. */
const CANARY = 'kanarienvogel'
/** Of the shape of a key, in a model's name. */
const KEYLIKE = `sk-ant-api03-${CANARY}-0123456789`
const CREDENTIAL = `plain-${CANARY}-credential`
const CLAUDE = 'anthropic/claude-haiku-4-5'
const GPT = 'openai/gpt-4o'

let gateway: Gateway
let upstream: Upstream
let key: string

beforeAll(async () => {
  ;[gateway, upstream] = await Promise.all([
    // A binding that is no dataset: each point fails to be written.
    startGateway({ USAGE: 'none', PRICES: '{"openai/gpt-5*": {"input": 10, "cached_input": 1, "output": 100}}' }),
    startUpstream(() => undefined),
  ])
  key = await gateway.createKey({
    name: CANARY,
    providers: {
      anthropic: { base_url: `${upstream.url}/${CANARY}`, credential: CREDENTIAL, headers: { 'x-team': CANARY } },
      openai: { base_url: `${upstream.url}/v1`, credential: CREDENTIAL },
    },
    models: { both: [GPT, CLAUDE] },
  })
})
afterAll(() => Promise.all([gateway.close(), upstream.close()]))

const entries = () => gateway.entries.map((entry) => logEntry.parse(entry))

/** The entry of what `work` asks, and only that. */
async function entryOf(work: () => Promise<unknown>): Promise<LogEntry> {
  const before = gateway.entries.length
  await work()
  for (let i = 0; i < 500 && gateway.entries.length === before; i++) await sleep(10)
  await sleep(20)
  const [entry, ...more] = entries().slice(before)
  expect(more).toEqual([])
  if (!entry) throw new Error('Nothing was logged.')
  expect(entry.timings.total).toBeGreaterThanOrEqual(Math.max(0, entry.timings.first_byte ?? 0))
  return entry
}

const said = {
  messages: [
    { role: 'system', content: CANARY },
    { role: 'user', content: CANARY, name: CANARY },
    {
      role: 'assistant',
      tool_calls: [{ id: CANARY, type: 'function', function: { name: CANARY, arguments: CANARY } }],
    },
    { role: 'tool', tool_call_id: CANARY, content: CANARY },
  ],
  tools: [{ type: 'function', function: { name: CANARY, description: CANARY, parameters: { [CANARY]: CANARY } } }],
  user: CANARY,
  metadata: { [CANARY]: CANARY },
  [CANARY]: { [CANARY]: CANARY },
}
const HEADERS = { 'x-canary': CANARY, cookie: CANARY, referer: `https://x.example/?${CANARY}`, 'user-agent': CANARY }
const ask = async (body: object, headers: Record<string, string> = {}) => {
  const response = await gateway.chat(key, { ...said, ...body }, { headers: { ...HEADERS, ...headers } })
  return { response, text: await response.text() }
}
const detail = { usage: { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100 } }
const details = {
  prompt_tokens_details: { cached_tokens: 600, [CANARY]: 5 },
  completion_tokens_details: { reasoning_tokens: 90, [CANARY]: 5 },
}
const gptFrames = (usage: object) => {
  const frames = chatFrames(CANARY)
  frames.splice(-1, 0, `data: ${JSON.stringify({ choices: [], usage })}\n\n`)
  return frames
}

describe('one entry', () => {
  test('of a translated stream', async () => {
    upstream.play = (response) => {
      response.setHeader('request-id', 'req_011Upstream')
      return sayStream(response, messageFrames(CANARY))
    }
    let id = ''
    const entry = await entryOf(async () => {
      const { response, text } = await ask({ model: CLAUDE, stream: true, seed: 1 })
      expect(text).toContain(CANARY)
      id = response.headers.get('x-request-id') ?? ''
      expect(response.headers.get('server-timing')).toMatch(
        /^auth;dur=\d+, limit;dur=\d+, translate;dur=\d+, upstream;dur=\d+$/,
      )
    })
    expect(entry).toEqual({
      event: 'request',
      request_id: id,
      upstream_request_id: 'req_011Upstream',
      key_id: `key_${key.slice(6, 22)}`,
      method: 'POST',
      endpoint: '/v1/chat/completions',
      route: CLAUDE,
      provider: 'anthropic',
      stream: true,
      status: 200,
      outcome: 'complete',
      usage: {
        input_tokens: 12,
        cached_tokens: 0,
        cache_write_tokens: 0,
        output_tokens: 7,
        reasoning_tokens: 0,
        total_tokens: 19,
      },
      cost_usd: 0.000047,
      attempts: 1,
      losses: expect.arrayContaining(['seed dropped', '? dropped']),
      timings: {
        auth: expect.any(Number),
        limit: expect.any(Number),
        translate: expect.any(Number),
        upstream: expect.any(Number),
        first_byte: expect.any(Number),
        total: expect.any(Number),
      },
    })
  })

  test('of a relayed stream, with the operator’s price', async () => {
    upstream.play = (response) => sayStream(response, gptFrames({ ...detail.usage, ...details }))
    const entry = await entryOf(() => ask({ model: 'openai/gpt-5', stream: true }))
    expect(entry).toMatchObject({
      stream: true,
      usage: { input_tokens: 1000, cached_tokens: 600, output_tokens: 100, reasoning_tokens: 90 },
      // 400 × 10 + 600 × 1 + 100 × 100
      cost_usd: 0.0146,
    })
  })

  test('of a whole answer, of a model without a price, of a tier that has others', async () => {
    upstream.play = (response) =>
      sayJson(response, 200, { object: 'chat.completion', choices: [], ...detail, [CANARY]: CANARY })
    const whole = await entryOf(() => ask({ model: GPT }))
    expect(whole).toMatchObject({ stream: false, status: 200, outcome: 'complete', cost_usd: 0.0035 })
    expect(whole.timings).not.toHaveProperty('first_byte')
    expect(await entryOf(() => ask({ model: 'openai/gpt-99' }))).not.toHaveProperty('cost_usd')
    expect(await entryOf(() => ask({ model: GPT, service_tier: 'flex' }))).not.toHaveProperty('cost_usd')
    expect(await entryOf(() => ask({ model: GPT, service_tier: 'default' }))).toHaveProperty('cost_usd', 0.0035)
  })

  test.each([
    [400, 'refused', 'invalid_request'],
    [401, 'refused', 'invalid_api_key'],
    [500, 'failed', 'server_error'],
  ])('of a refusal, %i, in a provider’s words', async (status, outcome, error) => {
    const words = { message: `${CANARY} ${CREDENTIAL} ${KEYLIKE}`, type: CANARY, code: CANARY, param: CANARY }
    upstream.play = (response) => sayJson(response, status, { error: words }, { 'x-request-id': `${CANARY}!` })
    const entry = await entryOf(async () => {
      const { response, text } = await ask({ model: GPT })
      expect(response.headers.get('server-timing')).toMatch(/^auth;.*, limit;.*, translate;.*, upstream;dur=\d+$/)
      expect(text).not.toContain(CREDENTIAL)
      expect(text).not.toContain(KEYLIKE)
    })
    expect(entry).toMatchObject({ status, outcome, error, route: GPT, attempts: 1 })
    expect(entry).not.toHaveProperty('upstream_request_id')
    expect(entry).not.toHaveProperty('usage')
  })

  test('of a fallback: the route that answered', async () => {
    upstream.play = (response, { path }) =>
      path.includes('chat') ? sayJson(response, 500, {}) : sayStream(response, messageFrames(CANARY))
    const entry = await entryOf(() => ask({ model: 'both', stream: true }))
    expect(entry).toMatchObject({ route: CLAUDE, provider: 'anthropic', attempts: 2, cost_usd: 0.000047 })
  })

  test('of a target that is skipped behind one that failed: the one that failed', async () => {
    upstream.play = (response) => sayJson(response, 500, {}, { 'x-request-id': 'req_failed' })
    const entry = await entryOf(() => ask({ model: 'both', seed: 1 }, { 'dragoman-strict': '?1' }))
    expect(entry).toMatchObject({ route: GPT, provider: 'openai', upstream_request_id: 'req_failed', attempts: 1 })
  })

  test('of a stream that breaks off', async () => {
    upstream.play = (response) => sayStream(response, messageFrames(CANARY).slice(0, 3))
    const entry = await entryOf(() => ask({ model: CLAUDE, stream: true }))
    expect(entry).toMatchObject({ status: 200, outcome: 'failed', error: 'upstream_truncated' })
  })

  test('of an error event in a stream', async () => {
    const error = `event: error\ndata: ${JSON.stringify({ type: 'error', error: { type: CANARY, message: CREDENTIAL } })}\n\n`
    upstream.play = (response) => sayStream(response, [...messageFrames(CANARY).slice(0, 3), error])
    const entry = await entryOf(async () => {
      const { text } = await ask({ model: CLAUDE, stream: true })
      expect(text).toContain('[redacted]')
      expect(text).not.toContain(CREDENTIAL)
    })
    expect(entry).toMatchObject({ status: 200, outcome: 'failed', error: 'upstream_error' })
  })

  test('of a client that leaves', async () => {
    upstream.play = (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(messageFrames(CANARY).slice(0, 3).join(''))
    }
    const entry = await entryOf(async () => {
      const client = startClient(gateway, key, { ...said, model: CLAUDE, stream: true })
      await client.response
      client.reset()
    })
    expect(entry).toMatchObject({ outcome: 'client_gone', stream: true, route: CLAUDE })
  })

  test('of what got nothing from a provider', async () => {
    upstream.play = (response) => sayJson(response, 500, { error: { message: CANARY } })
    const bearer = { authorization: `Bearer ${key}` }
    const get = (path: string, headers = bearer) =>
      fetch(`${gateway.url}${path}`, { headers: { ...HEADERS, ...headers } })
    expect(await entryOf(() => ask({ model: `openai/${KEYLIKE}`, temperature: CANARY }))).toMatchObject({
      status: 400,
      outcome: 'refused',
      error: 'invalid_type',
      attempts: 0,
    })
    expect(await entryOf(() => ask({ model: KEYLIKE, stream: true }))).toMatchObject({
      status: 404,
      error: 'model_not_found',
      stream: true,
    })
    expect(await entryOf(() => get(`/v1/${CANARY}?key=${CANARY}`))).toMatchObject({ status: 404, endpoint: 'unknown' })
    expect(await entryOf(() => get(`/v1/models/${CANARY}?key=${CANARY}`))).toMatchObject({
      endpoint: '/v1/models/{id}',
    })
    const wrong = { authorization: `Bearer sk-dg-${CANARY}${'0'.repeat(60)}` }
    const refused = await entryOf(() => get('/v1/models', wrong))
    expect(refused).toMatchObject({ status: 401, outcome: 'refused', error: 'invalid_api_key', method: 'GET' })
    expect(refused).not.toHaveProperty('key_id')
    expect(await entryOf(() => get(`/admin/keys/${CANARY}`, wrong))).toMatchObject({
      status: 401,
      endpoint: '/admin/keys/{id}',
    })
    const admin = { authorization: `Bearer ${TEST_SECRETS.ADMIN_TOKEN}` }
    expect(await entryOf(() => get('/admin/keys', admin))).toMatchObject({ status: 200, outcome: 'complete' })
  })

  test('of models whose names are like keys, or like nothing', async () => {
    upstream.play = (response) => sayJson(response, 200, { object: 'chat.completion', choices: [], ...detail })
    const route = async (model: string) => (await entryOf(() => ask({ model: `openai/${model}` }))).route
    expect(await route(KEYLIKE)).toBe('openai/[redacted]')
    expect(await route(key)).toBe('openai/[redacted]')
    expect(await route(CREDENTIAL)).toBe('openai/[redacted]')
    expect(await route(`${CANARY} ${CANARY}`)).toBe('openai/?')
    expect(await route(`{"${CANARY}":1}`)).toBe('openai/?')
  })
})

test('no canary is in the log, nor a key, nor a secret of the gateway’s own', () => {
  expect(entries().length).toBeGreaterThan(20)
  const log = gateway.logs.join('\n') + JSON.stringify(gateway.entries)
  for (const secret of [CANARY, key.slice(22), ...Object.values(TEST_SECRETS)]) expect(log).not.toContain(secret)
  // The binding that is none was tried, and no request failed of it.
  expect(log).toContain('analytics-failed')
})

test('whoever watches over the gateway, or asks before asking, fills no log', async () => {
  const before = gateway.entries.length
  await (await fetch(`${gateway.url}/healthz`)).text()
  await fetch(`${gateway.url}/v1/chat/completions`, { method: 'OPTIONS' })
  await sleep(50)
  expect(gateway.entries.length).toBe(before)
})

test('prices that cannot be read are said once, and nothing else comes of them', async () => {
  const broken = await startGateway({ PRICES: `{"${CANARY}` })
  const providers = { openai: { base_url: `${upstream.url}/v1`, credential: CREDENTIAL } }
  const own = await broken.createKey({ providers })
  upstream.play = (response) => sayJson(response, 200, { object: 'chat.completion', choices: [], ...detail })
  for (let i = 0; i < 3; i++) {
    expect((await broken.chat(own, { model: GPT, messages: [{ role: 'user', content: 'Hi' }] })).status).toBe(200)
  }
  await broken.accounts(own, 3)
  expect(broken.entries.filter((entry) => logEntry.parse(entry).cost_usd === 0.0035)).toHaveLength(3)
  expect(broken.logs.filter((line) => line.includes('PRICES'))).toEqual([
    'The variable PRICES is not used: it is not JSON.',
  ])
  expect(broken.logs.join('\n')).not.toContain(CANARY)
  await broken.close()
})
