// What coding agents that speak Anthropic's dialect rely on: their headers, their probes, the names they give models,
// answers from one provider that go back to another, errors in their form wherever they arise.
import Anthropic from '@anthropic-ai/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Demo, startDemo } from '../../demo/index.ts'
import { type Gateway, startGateway } from '../harness/gateway.ts'

let gateway: Gateway
let demo: Demo
let key: string
let client: Anthropic

beforeAll(async () => {
  const started = await Promise.all([startGateway({ MAX_BODY_BYTES: '100000' }), startDemo({ delayMs: 0 })])
  gateway = started[0]
  demo = started[1]
  const slots = Object.entries(demo.bases).map(([provider, base_url]) => [provider, { base_url, credential: 'demo' }])
  key = await gateway.createKey({
    providers: Object.fromEntries(slots),
    models: {
      'claude-sonnet-4-5[1m]': 'anthropic/claude-sonnet-4-5',
      'claude-haiku-4-5-20251001': 'gemini/gemini-3-flash-preview',
      both: ['openai/gpt-4.1-mini', 'anthropic/claude-sonnet-4-5'],
    },
    default_provider: 'anthropic',
  })
  client = new Anthropic({ baseURL: gateway.url, apiKey: key, maxRetries: 0 })
})
afterAll(() => Promise.all([gateway.close(), demo.close()]))

const hello = { max_tokens: 100, messages: [{ role: 'user' as const, content: 'hello' }] }
const FIND: Anthropic.Tool = { name: 'find', input_schema: { type: 'object', properties: { q: { type: 'string' } } } }
const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${gateway.url}${path}`, {
    method: 'POST',
    headers: { 'x-api-key': key, 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })

describe('an agent', () => {
  test('asks with its betas, its version and its query, and all of them arrive', async () => {
    const betas = ['interleaved-thinking-2025-05-14', 'context-1m-2025-08-07', 'fine-grained-tool-streaming-2025-05-14']
    const message = await client.beta.messages.create({
      ...hello,
      model: 'claude-sonnet-4-5[1m]',
      betas,
      system: [{ type: 'text', text: 'Agent.', cache_control: { type: 'ephemeral' } }],
      metadata: { user_id: JSON.stringify({ device_id: 'd'.repeat(64), session_id: 's' }) },
      tools: [{ ...FIND, eager_input_streaming: true, cache_control: { type: 'ephemeral', ttl: '1h' } }],
    })
    expect(message.content).toMatchObject([{ type: 'text', text: 'You said: "hello"' }])
    const sent = demo.requests.at(-1)
    expect(sent?.headers['anthropic-beta']?.split(/,\s*/)).toEqual(expect.arrayContaining(betas))
    expect(sent?.headers['anthropic-version']).toBe('2026-10-21')
    expect(sent?.body).toMatchObject({ model: 'claude-sonnet-4-5', metadata: { user_id: expect.any(String) } })
  })

  test('may be given another provider’s model under a name it knows', async () => {
    const { data, response } = await client.messages
      .create({ ...hello, model: 'claude-haiku-4-5-20251001' })
      .withResponse()
    expect(response.headers.get('dragoman-route')).toBe('gemini/gemini-3-flash-preview')
    expect(response.headers.get('request-id')).toMatch(/^req_/)
    expect(data.model).toContain('gemini-3-flash')
  })

  test('probes without harm', async () => {
    for (const method of ['HEAD', 'GET']) expect((await fetch(gateway.url, { method })).status).toBeLessThan(500)
  })

  test('in a browser is let through', async () => {
    const asked = 'anthropic-dangerous-direct-browser-access,anthropic-version,anthropic-beta,content-type,x-api-key'
    const { status, headers } = await fetch(`${gateway.url}/v1/messages`, {
      method: 'OPTIONS',
      headers: { origin: 'https://app.example.com', 'access-control-request-headers': asked },
    })
    expect(status).toBe(204)
    expect(headers.get('access-control-allow-headers')).toBe(asked)
  })

  test('takes its conversation from one provider to the next', async () => {
    const thinking: Anthropic.ThinkingConfigParam = { type: 'enabled', budget_tokens: 1024 }
    const asking = { max_tokens: 4096, thinking, tools: [FIND] }
    const messages: Anthropic.MessageParam[] = [{ role: 'user', content: 'demo:thinking demo:tool' }]
    const models = [
      'gemini/gemini-3-flash-preview',
      'anthropic/claude-sonnet-4-5',
      'paddler/local',
      'bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0',
      'cohere/command-a-reasoning-08-2025',
      'openai/gpt-5-mini',
      'gemini/gemini-3-flash-preview',
    ]
    for (const model of models) {
      const message = await client.messages.stream({ ...asking, model, messages }).finalMessage()
      messages.push({ role: 'assistant', content: message.content })
      const results = message.content.flatMap((block): Anthropic.ContentBlockParam[] =>
        block.type === 'tool_use' ? [{ type: 'tool_result', tool_use_id: block.id, content: '2 hits' }] : [],
      )
      messages.push({ role: 'user', content: [...results, { type: 'text', text: 'demo:thinking demo:tool Again?' }] })
    }
    // Each got its own thoughts back, and nobody else's.
    const own = /dg1\./
    const bodies = demo.requests.slice(-models.length).map(({ body }) => JSON.stringify(body))
    expect(bodies.filter((body) => own.test(body))).toEqual([])
    expect(bodies.at(-1)).toContain('thoughtSignature')
  })

  test('counts against a list of targets as it asks them', async () => {
    const asked = client.messages.countTokens({ model: 'both', messages: hello.messages })
    const { data, response } = await asked.withResponse()
    expect(data.input_tokens).toBeGreaterThan(0)
    expect(response.headers.get('dragoman-route')).toBe('openai/gpt-4.1-mini')
    // In strict mode an estimate is refused, and the next target counts.
    const strictly = client.messages.countTokens(
      { model: 'both', messages: hello.messages },
      { headers: { 'dragoman-strict': '?1' } },
    )
    expect((await strictly.withResponse()).response.headers.get('dragoman-route')).toBe('anthropic/claude-sonnet-4-5')
  })
})

describe('losses', () => {
  const model = 'openai/gpt-4.1-mini'
  const lossy = { ...hello, model, top_k: 5 }

  test('are told by the names that the client has for things', async () => {
    const { response } = await client.messages.create(lossy).withResponse()
    expect(response.headers.get('dragoman-loss')).toBe('"top_k";kind=dropped')
  })

  test('are refused in strict mode, in the dialect’s form', async () => {
    const asked = client.messages.create(lossy, { headers: { 'dragoman-strict': '?1' } })
    await expect(asked).rejects.toThrow(Anthropic.BadRequestError)
    await expect(asked).rejects.toThrow(/top_k/)
  })

  test('are reported where that is asked for: whole, streamed, relayed', async () => {
    for (const stream of [false, true]) {
      const told = await post('/v1/messages', { ...lossy, stream }, { 'dragoman-report': '?1' })
      expect(await told.text()).toContain('"dragoman":{"losses":[{"path":"top_k","kind":"dropped"')
      const relayed = await post(
        '/v1/messages',
        { ...hello, model: 'anthropic/claude-sonnet-4-5', stream },
        { 'dragoman-report': '?1' },
      )
      expect((await relayed.text()).match(/"dragoman":\{"losses":\[\]\}/g)).toHaveLength(1)
    }
  })
})

describe('errors', () => {
  const shape = (type: string) => ({
    type: 'error',
    error: { type, message: expect.any(String) },
    request_id: expect.stringMatching(/^req_/),
  })

  test.each([
    ['no key', () => fetch(`${gateway.url}/v1/messages`, { method: 'POST' }), 401, 'authentication_error'],
    ['another key', () => post('/v1/messages', hello, { 'x-api-key': 'sk-ant-x' }), 401, 'authentication_error'],
    ['another method', () => fetch(`${gateway.url}/v1/messages`), 405, 'invalid_request_error'],
    ['no JSON', () => post('/v1/messages', '{'), 400, 'invalid_request_error'],
    ['no model', () => post('/v1/messages', hello), 400, 'invalid_request_error'],
    ['no such slot', () => post('/v1/messages', { ...hello, model: 'nobody/x' }), 404, 'not_found_error'],
    ['too much', () => post('/v1/messages', 'x'.repeat(100_001)), 413, 'request_too_large'],
    ['counting nothing', () => post('/v1/messages/count_tokens', {}), 400, 'invalid_request_error'],
  ] as const)('%s', async (_name, ask, status, type) => {
    const answer = await ask()
    expect(answer.status).toBe(status)
    expect(JSON.parse(await answer.text())).toEqual(shape(type))
  })

  test.each([
    ['anthropic/claude-sonnet-4-5', 'demo:overloaded', 529, 'overloaded_error'],
    ['anthropic/claude-sonnet-4-5', 'demo:overloaded-first', 529, 'overloaded_error'],
    ['gemini/gemini-2.5-flash', 'demo:overloaded', 529, 'overloaded_error'],
    ['anthropic/claude-sonnet-4-5', 'demo:402', 429, 'billing_error'],
    ['bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0', 'demo:403', 403, 'permission_error'],
    ['openai/gpt-4.1-mini', 'demo:500', 500, 'api_error'],
    ['openai/gpt-4.1-mini', 'demo:html', 502, 'api_error'],
  ])('%s, %s', async (model, content, status, type) => {
    const answer = await post('/v1/messages', {
      max_tokens: 100,
      model,
      stream: true,
      messages: [{ role: 'user', content }],
    })
    expect([answer.status, JSON.parse(await answer.text())]).toEqual([status, shape(type)])
  })

  test('in mid-stream are an event of the dialect, and the end', async () => {
    for (const model of ['anthropic/claude-sonnet-4-5', 'gemini/gemini-2.5-flash', 'openai/gpt-4.1-mini']) {
      const answer = await post('/v1/messages', {
        ...hello,
        model,
        stream: true,
        messages: [{ role: 'user', content: 'demo:error-mid demo:words=20' }],
      })
      const text = await answer.text()
      expect(text).toMatch(/event: error\ndata: ?\{"type":"error","error":\{[^\n]*\}\n\n$/)
      expect(text).not.toContain('message_stop')
    }
  })
})
