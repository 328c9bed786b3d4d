// A token that a key lends to a page: as much as it says and never more than its key, from one origin, for a while.
import OpenAI from 'openai'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Gateway, startGateway } from '../harness/gateway.ts'
import { sayJson, startUpstream, type Upstream } from '../harness/upstream.ts'
import { TEST_SECRETS } from '../secrets.ts'

let gateway: Gateway
let upstream: Upstream
let accounts = 0

const PAGE = 'https://app.example.com'
const answer = {
  ...{ id: 'chatcmpl-1', object: 'chat.completion', created: 1, model: 'm' },
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hi.' }, finish_reason: 'stop', logprobs: null }],
  usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
}

beforeAll(async () => {
  ;[gateway, upstream] = await Promise.all([
    startGateway(),
    startUpstream((response) => sayJson(response, 200, answer)),
  ])
})
afterAll(() => Promise.all([gateway.close(), upstream.close()]))
beforeEach(() => {
  upstream.requests.length = 0
})

const keyOf = (more: Record<string, unknown> = {}) =>
  gateway.createKey({
    providers: { groq: { base_url: upstream.url, credential: `key-${accounts++}` } },
    models: { fast: 'groq/small', smart: 'groq/large' },
    ...more,
  })

async function mint(key: string, body: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(`${gateway.url}/v1/client_tokens`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  return { status: response.status, headers: response.headers, body: JSON.parse(await response.text()) }
}
const tokenOf = async (key: string, body: Record<string, unknown> = {}) =>
  (await mint(key, { origin: PAGE, ...body })).body.token as string

const ask = (token: string, model = 'fast', headers: Record<string, string> = { origin: PAGE }) =>
  gateway.chat(token, { model, messages: [{ role: 'user', content: 'Hi' }] }, { headers })
const outcome = async (response: Response) => {
  const { error } = JSON.parse(await response.text())
  return [response.status, error?.code ?? null]
}

describe('is made', () => {
  test('for ten minutes, and says when it ends', async () => {
    const before = Date.now()
    const { status, headers, body } = await mint(await keyOf(), { origin: PAGE })
    expect(status).toBe(200)
    expect(Object.keys(body).sort()).toEqual(['expires_at', 'token'])
    expect(body.token).toMatch(/^dgt_/)
    const left = Date.parse(body.expires_at) - before
    expect(left).toBeGreaterThan(590_000)
    expect(left).toBeLessThanOrEqual(602_000)
    expect(headers.get('cache-control')).toBe('no-store')
  })

  test('never for longer than its key', async () => {
    const end = new Date(Date.now() + 60_000).toISOString()
    const { body } = await mint(await keyOf({ expires_at: end }), { origin: PAGE, expires_in: 3600 })
    expect(Date.parse(body.expires_at)).toBeLessThanOrEqual(Date.parse(end))
  })

  test.each([
    [{}, 'origin'],
    [{ origin: 'app.example.com' }, 'origin'],
    [{ origin: `${PAGE}/` }, 'origin'],
    [{ origin: PAGE, expires_in: 3601 }, 'expires_in'],
    [{ origin: PAGE, expires_in: 0 }, 'expires_in'],
    [{ origin: PAGE, models: [] }, 'models'],
    [{ origin: PAGE, budget: { requests: 0 } }, 'budget.requests'],
    [{ origin: PAGE, scope: 'all' }, 'scope'],
  ])('not of %j', async (body, param) => {
    const refused = await mint(await keyOf(), body)
    expect([refused.status, refused.body.error.param]).toEqual([400, param])
  })

  test('only for origins that the key has', async () => {
    const key = await keyOf({ origins: ['https://other.example.com'] })
    expect((await mint(key, { origin: PAGE })).body.error.param).toBe('origin')
    expect((await mint(key, { origin: 'https://other.example.com' })).status).toBe(200)
  })

  test('by no token', async () => {
    const token = await tokenOf(await keyOf())
    const { status, body } = await mint(token, { origin: PAGE }, { origin: PAGE })
    expect([status, body.error.code]).toEqual([403, 'insufficient_permissions'])
  })

  test('by no token for the admin API, either', async () => {
    const token = await tokenOf(await keyOf())
    const response = await fetch(`${gateway.url}/admin/keys`, { headers: { authorization: `Bearer ${token}` } })
    expect(response.status).toBe(401)
  })
})

describe('is used', () => {
  test('by the official client in a page', async () => {
    const client = new OpenAI({
      ...{ baseURL: `${gateway.url}/v1`, apiKey: await tokenOf(await keyOf()), maxRetries: 0 },
      defaultHeaders: { origin: PAGE },
    })
    const { choices } = await client.chat.completions.create({
      model: 'fast',
      messages: [{ role: 'user', content: 'Hi' }],
    })
    expect(choices[0]?.message.content).toBe('Hi.')
  })

  test.each([
    ['from no page', {}],
    ['from another page', { origin: 'https://evil.example.com' }],
    ['from a page of no origin', { origin: 'null' }],
  ])('not %s', async (_where, headers) => {
    const response = await ask(await tokenOf(await keyOf()), 'fast', headers)
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    expect(await outcome(response)).toEqual([403, 'origin_not_allowed'])
    expect(upstream.requests).toEqual([])
  })

  test('not after its time', async () => {
    const token = await tokenOf(await keyOf(), { expires_in: 1 })
    // Its end is on a whole second.
    await new Promise((resolve) => setTimeout(resolve, 1100))
    expect(await outcome(await ask(token))).toEqual([401, 'invalid_api_key'])
  })

  test('for its models, as far as they are its key’s', async () => {
    const token = await tokenOf(await keyOf({ allowed_models: ['fast', 'groq/large'] }), {
      models: ['fast', 'groq/other'],
    })
    expect((await ask(token, 'fast')).status).toBe(200)
    for (const model of ['smart', 'groq/large', 'groq/other']) {
      expect(await outcome(await ask(token, model))).toEqual([404, 'model_not_found'])
    }
  })

  test('no longer than its key is there', async () => {
    const key = await keyOf()
    const token = await tokenOf(key)
    expect((await ask(token)).status).toBe(200)
    await fetch(`${gateway.url}/admin/keys/key_${key.slice(6, 22)}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${TEST_SECRETS.ADMIN_TOKEN}` },
    })
    expect(await outcome(await ask(token))).toEqual([401, 'invalid_api_key'])
  })

  test('and is in no log', async () => {
    const token = await tokenOf(await keyOf())
    await (await ask(token)).text()
    await (await ask(`${token}x`)).text()
    expect(gateway.logs.join('\n')).not.toContain(token.slice(4, 40))
  })
})

describe('its budget', () => {
  test('of requests is held, however many come at once, and is no reason to try again', async () => {
    const token = await tokenOf(await keyOf(), { budget: { requests: 3 } })
    const all = await Promise.all(Array.from({ length: 8 }, () => ask(token)))
    expect(all.filter(({ status }) => status === 200)).toHaveLength(3)
    const refused = await ask(token)
    expect([refused.status, refused.headers.get('x-should-retry'), refused.headers.get('retry-after')]).toEqual([
      ...[429, 'false', null],
    ])
    expect(JSON.parse(await refused.text()).error).toMatchObject({ type: 'requests', code: 'rate_limit_exceeded' })
    expect(upstream.requests).toHaveLength(3)
  })

  test('of tokens is counted by what was used', async () => {
    const token = await tokenOf(await keyOf(), { budget: { tokens: 40 } })
    const statuses: number[] = []
    for (let i = 0; i < 4; i++) {
      const response = await ask(token)
      statuses.push(response.status)
      await response.text()
    }
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(2)
    expect(statuses.at(-1)).toBe(429)
  })

  test('is its own, and its key’s limits hold beside it', async () => {
    const key = await keyOf({ limits: { requests_per_minute: 3 } })
    const [one, two] = [
      await tokenOf(key, { budget: { requests: 2 } }),
      await tokenOf(key, { budget: { requests: 2 } }),
    ]
    const statuses: number[] = []
    for (const token of [one, one, one, two, two]) statuses.push((await ask(token)).status)
    expect(statuses).toEqual([200, 200, 429, 200, 429])
  })

  test('is told with the limits of its key', async () => {
    const token = await tokenOf(await keyOf({ limits: { requests_per_minute: 60 } }), { budget: { requests: 5 } })
    await (await ask(token)).text()
    const response = await fetch(`${gateway.url}/v1/limits`, {
      headers: { authorization: `Bearer ${token}`, origin: PAGE },
    })
    const { key } = JSON.parse(await response.text())
    expect(key.limits).toMatchObject([
      { name: 'requests_per_minute', limit: 60, remaining: 59 },
      { name: 'token_requests', limit: 5, remaining: 4 },
    ])
  })
})
