// `POST /v1/translate`: what would be sent is what is sent, nobody is called, and no secret is shown.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Gateway, startGateway } from '../harness/gateway.ts'
import { sayJson, startUpstream, type Upstream } from '../harness/upstream.ts'
import { keyFile } from '../providers/vertex/key-file.ts'

let gateway: Gateway
let upstream: Upstream

beforeAll(async () => {
  ;[gateway, upstream] = await Promise.all([
    startGateway(),
    startUpstream((response) => sayJson(response, 500, { error: { message: 'Nobody is to be called.' } })),
  ])
})
afterAll(() => Promise.all([gateway.close(), upstream.close()]))
beforeEach(() => {
  upstream.requests.length = 0
})

const SECRET = 'sk-secret-credential-1234567890'
const messages = [{ role: 'user', content: 'Hi' }]

const ask = async (key: string, body: unknown, query = '', headers: Record<string, string> = {}) => {
  const answer = await fetch(`${gateway.url}/v1/translate${query}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  const text = await answer.text()
  expect(upstream.requests).toEqual([])
  expect(text).not.toContain(SECRET)
  return { status: answer.status, headers: answer.headers, body: JSON.parse(text) }
}
const keyOf = (slot: Record<string, unknown>, more: Record<string, unknown> = {}) =>
  gateway.createKey({ providers: { one: { base_url: upstream.url, credential: SECRET, ...slot } }, ...more })

test('shows the call, with the credential masked, and what would be lost', async () => {
  const key = await keyOf({ provider: 'anthropic', headers: { 'x-team': 'blue' } })
  const { status, headers, body } = await ask(key, { model: 'claude-haiku-4-5', messages, seed: 7 })
  expect(status).toBe(200)
  expect(body).toEqual({
    object: 'translation',
    endpoint: '/v1/chat/completions',
    route: 'one/claude-haiku-4-5',
    requests: [
      {
        method: 'POST',
        url: `${upstream.url}/v1/messages`,
        headers: {
          'x-team': 'blue',
          'content-type': 'application/json',
          'x-api-key': '***',
          'anthropic-version': '2023-06-01',
        },
        body: expect.objectContaining({ model: 'claude-haiku-4-5', messages: expect.any(Array) }),
      },
    ],
    losses: [{ path: 'seed', kind: 'dropped', reason: expect.any(String) }],
  })
  expect(headers.get('dragoman-loss')).toBe('"seed";kind=dropped')
  expect(headers.get('dragoman-route')).toBe('one/claude-haiku-4-5')
  expect(headers.get('dragoman-attempts')).toBeNull()
})

test('is what is sent', async () => {
  const key = await keyOf({ provider: 'anthropic' })
  const request = { model: 'claude-haiku-4-5', messages, stop: ['.'], temperature: 0.5 }
  const { body } = await ask(key, request)
  await gateway.chat(key, request)
  const [sent] = upstream.requests
  expect(JSON.parse(sent?.body ?? '')).toEqual(body.requests[0].body)
  expect(sent?.path).toBe(new URL(body.requests[0].url).pathname)
  for (const [name, value] of Object.entries(body.requests[0].headers))
    expect(sent?.headers[name]).toBe(value === '***' ? SECRET : value)
  upstream.requests.length = 0
})

test('has a call for each choice that one is made for', async () => {
  const key = await keyOf({ provider: 'anthropic' })
  expect((await ask(key, { model: 'claude-haiku-4-5', messages, n: 3 })).body.requests).toHaveLength(3)
})

describe('the endpoint', () => {
  test.each([
    ['in the query', '?endpoint=/v1/chat/completions', (body: object) => body],
    ['around the body', '', (body: object) => ({ endpoint: '/v1/chat/completions', body })],
  ])('is named %s', async (_where, query, wrap) => {
    const key = await keyOf({ provider: 'anthropic' })
    const { status, body } = await ask(key, wrap({ model: 'claude-haiku-4-5', messages }), query)
    expect([status, body.route]).toEqual([200, 'one/claude-haiku-4-5'])
  })

  test('has to be one that goes upstream', async () => {
    const key = await keyOf({ provider: 'anthropic' })
    const { status, body } = await ask(key, { model: 'claude-haiku-4-5', messages }, '?endpoint=/v1/files')
    expect([status, body.error.code, body.error.param]).toEqual([400, 'invalid_value', 'endpoint'])
  })
})

describe('what the request itself would be refused with', () => {
  test.each([
    [{ model: 'claude-haiku-4-5' }, 400, 'messages'],
    [{ model: 'claude-haiku-4-5', messages, n: 99 }, 400, 'n'],
  ])('is what this is refused with', async (request, status, param) => {
    const answer = await ask(await keyOf({ provider: 'anthropic' }), request)
    expect([answer.status, answer.body.error.param]).toEqual([status, param])
  })

  test('includes a loss, in strict mode', async () => {
    const key = await keyOf({ provider: 'anthropic' })
    const request = { model: 'claude-haiku-4-5', messages, seed: 7 }
    const { status, body } = await ask(key, request, '', { 'dragoman-strict': '?1' })
    expect([status, body.error.param]).toEqual([400, 'seed'])
  })

  test('includes a wrong key', async () => {
    expect((await ask('sk-dg-wrong', { model: 'x', messages })).status).toBe(401)
  })
})

test('shows each target of a list, and the reason of those that would be passed over', async () => {
  const key = await gateway.createKey({
    providers: {
      anthropic: { base_url: upstream.url, credential: SECRET },
      openai: { base_url: upstream.url, credential: SECRET },
    },
    models: { any: ['anthropic/claude-haiku-4-5', 'openai/gpt-5'] },
  })
  const { body } = await ask(key, { model: 'any', messages, seed: 7 }, '', { 'dragoman-strict': '?1' })
  expect(body.route).toBe('openai/gpt-5')
  expect(body.targets).toMatchObject([
    { route: 'anthropic/claude-haiku-4-5', error: { param: 'seed' } },
    { route: 'openai/gpt-5', losses: [], requests: [{ body: { model: 'gpt-5', seed: 7 } }] },
  ])
})

describe('a credential of several parts', () => {
  test('that signs is not shown, and signs nothing', async () => {
    const credential = { access_key_id: 'AKIDSECRET', secret_access_key: SECRET, session_token: `${SECRET}-token` }
    const key = await keyOf({ provider: 'bedrock', region: 'eu-central-1', credential })
    const { body } = await ask(key, { model: 'amazon.nova-lite-v1:0', messages })
    const { authorization } = body.requests[0].headers
    expect(authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=\*\*\*\/.*Signature=\*\*\*$/)
    expect(JSON.stringify(body)).not.toContain('AKIDSECRET')
  })

  test('that is exchanged for a token is not exchanged', async () => {
    const credential = keyFile({ token_uri: `${upstream.url}/token` })
    const key = await keyOf({ provider: 'vertex', location: 'eu', credential })
    const { body } = await ask(key, { model: 'gemini-2.5-flash', messages })
    expect(body.requests[0].headers.authorization).toBe('Bearer ***')
    expect(body.requests[0].url).toContain('/v1/projects/own-project/locations/eu/')
  })
})

test('names the media that would be fetched', async () => {
  const url = 'https://example.com/cat.png'
  const content = [{ type: 'image_url', image_url: { url } }]
  const key = await keyOf({ provider: 'bedrock', region: 'eu-central-1' })
  const model = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'
  const { body } = await ask(key, { model, messages: [{ role: 'user', content }] })
  expect(body.requests[0].fetches).toEqual([url])
})

test('counts against no limit', async () => {
  const key = await keyOf({ provider: 'anthropic' }, { limits: { requests_per_minute: 1 } })
  for (let i = 0; i < 3; i++) {
    expect((await ask(key, { model: 'claude-haiku-4-5', messages })).status).toBe(200)
  }
})
