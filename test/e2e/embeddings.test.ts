// Embeddings through the Worker, as the official client sees them: every provider that the demo plays gives each text the
// vector that is its own, however many texts there are and in whatever form they are asked for.
import OpenAI, { APIError } from 'openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Demo, startDemo } from '../../demo/index.ts'
import { base64Of, vectorOf } from '../../demo/vectors.ts'
import { type Gateway, startGateway } from '../harness/gateway.ts'

/** A model of each provider, the size of its vectors, and how the demo says the text of one. */
const PLAYED = [
  ['openai', 'text-embedding-3-small', 1536],
  ['gemini', 'gemini-embedding-001', 3072],
  ['cohere', 'embed-v4.0', 1536],
  ['bedrock', 'amazon.titan-embed-text-v2:0', 1024],
  ['bedrock', 'us.cohere.embed-v4:0', 1536],
  ['bedrock', 'amazon.nova-2-multimodal-embeddings-v1:0', 3072],
  ['paddler', 'local', 384],
] as const

let gateway: Gateway
let demo: Demo
let key: string
let openai: OpenAI

const slots = (more: Record<string, object> = {}) =>
  Object.fromEntries(
    Object.entries(demo.bases).map(([provider, base_url]) => [
      provider,
      { base_url, credential: 'demo', ...more[provider] },
    ]),
  )

beforeAll(async () => {
  const started = await Promise.all([startGateway(), startDemo({ delayMs: 0 })])
  gateway = started[0]
  demo = started[1]
  key = await gateway.createKey({ providers: slots() })
  openai = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: key, maxRetries: 0 })
})
afterAll(() => Promise.all([gateway.close(), demo.close()]))

const post = (path: string, body: object, headers: Record<string, string> = {}, by = key) =>
  fetch(`${gateway.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${by}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })

/** What float32 makes of a number. */
const rounded = (vector: readonly number[]) => [...new Float32Array(vector)]

describe.each(PLAYED)('%s: %s', (provider, model, size) => {
  const said = (text: string) => (provider === 'openai' ? JSON.stringify(text) : text)
  const expected = (text: string, dimensions?: number) => vectorOf(said(text), dimensions ?? size)

  test('each text has its own vector, in the order of the request; the client asks for base64 and decodes it', async () => {
    const input = ['one', 'two', 'three']
    const answer = await openai.embeddings.create({ model: `${provider}/${model}`, input })
    expect(answer.object).toBe('list')
    expect(answer.data.map(({ index }) => index)).toEqual([0, 1, 2])
    for (const [i, { embedding }] of answer.data.entries())
      expect(rounded(embedding)).toEqual(rounded(expected(input[i] ?? '')))
    expect(answer.usage.total_tokens).toBe(answer.usage.prompt_tokens)
    expect(answer.usage.total_tokens > 0).toBe(!['gemini', 'paddler'].includes(provider))
  })

  test('floats are numbers and base64 is a text, whatever the provider can send', async () => {
    const floats = await post('/v1/embeddings', { model: `${provider}/${model}`, input: 'one' })
    const text = await post('/v1/embeddings', {
      model: `${provider}/${model}`,
      input: 'one',
      encoding_format: 'base64',
    })
    expect((await floats.json()) as object).toMatchObject({ data: [{ embedding: expected('one') }] })
    expect((await text.json()) as object).toMatchObject({ data: [{ embedding: base64Of(expected('one')) }] })
  })

  test('more texts than one call takes are one request', async () => {
    const by = await gateway.createKey({ providers: slots(), limits: { requests_per_minute: 1 } })
    const input = Array.from({ length: 205 }, (_, i) => `text ${i}`)
    const response = await post('/v1/embeddings', { model: `${provider}/${model}`, input }, {}, by)
    expect(response.status).toBe(200)
    const { data } = (await response.json()) as { data: { index: number; embedding: number[] }[] }
    expect(data.map(({ index }) => index)).toEqual(input.map((_, i) => i))
    // Where calls begin and end.
    for (const i of [0, 1, 95, 96, 99, 100, 204]) expect(data[i]?.embedding).toEqual(expected(input[i] ?? ''))
    expect(await gateway.accounts(by)).toEqual([`complete - ${provider}/${model}`])
  })

  test('a failure has its status, whichever call it is of', async () => {
    const input = [...Array.from({ length: 120 }, (_, i) => `text ${i}`), 'demo:503']
    const thrown = await openai.embeddings.create({ model: `${provider}/${model}`, input }).catch((error) => error)
    expect(thrown).toBeInstanceOf(APIError)
    expect(thrown).toMatchObject({ status: 503 })
  })

  test('an answer that is no JSON is 502', async () => {
    const response = await post('/v1/embeddings', { model: `${provider}/${model}`, input: 'demo:garbage' })
    expect(response.status).toBe(502)
    expect((await response.json()) as object).toMatchObject({ error: { code: 'upstream_error' } })
  })
})

test('what the client loses is told in the header and in the report, and refused in strict mode', async () => {
  const body = { model: 'bedrock/amazon.titan-embed-text-v1', input: 'one', dimensions: 256, user: 'u1' }
  const response = await post('/v1/embeddings', body, { 'dragoman-report': '?1' })
  expect(response.headers.get('dragoman-loss')).toBe('"dimensions";kind=dropped, "user";kind=dropped')
  expect(response.headers.get('dragoman-route')).toBe('bedrock/amazon.titan-embed-text-v1')
  expect((await response.json()) as object).toMatchObject({
    dragoman: {
      losses: [
        { path: 'dimensions', kind: 'dropped' },
        { path: 'user', kind: 'dropped' },
      ],
    },
  })
  const strict = await post('/v1/embeddings', body, { 'dragoman-strict': '?1' })
  expect(strict.status).toBe(400)
  expect((await strict.json()) as object).toMatchObject({
    error: { code: 'unsupported_parameter', param: 'dimensions' },
  })
})

test('a relay changes the model and not a byte besides, and adds the report where it is asked for', async () => {
  const body = '{ "model":"openai/text-embedding-3-small", "input":[[15339, 1917]],  "dimensions": 2 }'
  const send = (headers: Record<string, string>) =>
    fetch(`${gateway.url}/v1/embeddings`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
      body,
    })
  const plain = await (await send({})).text()
  expect(JSON.parse(plain)).toEqual({
    object: 'list',
    data: [{ object: 'embedding', index: 0, embedding: vectorOf('[15339,1917]', 2) }],
    model: 'text-embedding-3-small',
    usage: { prompt_tokens: 2, total_tokens: 2 },
  })
  const reported = await (await send({ 'dragoman-report': '?1' })).text()
  expect(reported).toBe(plain.replace(/\}$/, ',"dragoman":{"losses":[]}}'))
})

test.each([
  ['an empty text', { input: '' }, 'input', 'string_below_min_length'],
  ['an empty text among others', { input: ['a', ''] }, 'input[1]', 'string_below_min_length'],
  ['no text', { input: [] }, 'input', 'empty_array'],
  ['too many', { input: Array.from({ length: 2049 }, () => 'a') }, 'input', 'array_above_max_length'],
  ['texts and tokens', { input: ['a', 1] }, 'input[1]', 'invalid_type'],
  ['objects', { input: [{ text: 'a' }] }, 'input', 'invalid_type'],
  ['nothing', {}, 'input', 'missing_required_parameter'],
  ['no model', { model: undefined, input: 'a' }, 'model', 'missing_required_parameter'],
  ['a size of nothing', { input: 'a', dimensions: 0 }, 'dimensions', 'integer_below_min_value'],
  ['another form', { input: 'a', encoding_format: 'int8' }, 'encoding_format', 'invalid_value'],
  [
    'tokens, where texts are read',
    { model: 'gemini/gemini-embedding-001', input: [1, 2] },
    'input',
    'unsupported_value',
  ],
] as const)('%s is refused before anything is sent', async (_, fields, param, code) => {
  const before = demo.requests.length
  const response = await post('/v1/embeddings', { model: 'cohere/embed-v4.0', ...fields })
  expect(response.status).toBe(400)
  expect((await response.json()) as object).toMatchObject({ error: { type: 'invalid_request_error', param, code } })
  expect(demo.requests.length).toBe(before)
})

test('a provider without embeddings says so, and is passed over in a list', async () => {
  const models = {
    both: ['anthropic/claude-haiku-4-5', 'cohere/embed-v4.0'],
    none: ['anthropic/claude-haiku-4-5', 'anthropic/claude-opus-4-5'],
  }
  const by = await gateway.createKey({ providers: slots(), models })
  const alone = await post('/v1/embeddings', { model: 'none', input: 'a' }, {}, by)
  expect(alone.status).toBe(404)
  expect((await alone.json()) as object).toMatchObject({
    error: { code: 'unknown_url', message: "The provider of slot 'anthropic' (anthropic) has no embeddings." },
  })
  const response = await post('/v1/embeddings', { model: 'both', input: 'a' }, {}, by)
  expect(response.status).toBe(200)
  expect(response.headers.get('dragoman-route')).toBe('cohere/embed-v4.0')
})

test('what would be sent is shown, call by call, and nobody is called', async () => {
  const before = demo.requests.length
  const input = Array.from({ length: 97 }, (_, i) => `text ${i}`)
  const body = { model: 'cohere/embed-v4.0', input, user: 'u1' }
  const response = await post('/v1/translate', { endpoint: '/v1/embeddings', body })
  const shown = (await response.json()) as { requests: { url: string; body: { texts: string[] } }[]; losses: object[] }
  expect(shown.requests.map(({ url, body }) => [url, body.texts.length])).toEqual([
    [`${demo.bases.cohere}/v2/embed`, 96],
    [`${demo.bases.cohere}/v2/embed`, 1],
  ])
  expect(shown.losses).toMatchObject([{ path: 'user', kind: 'dropped' }])
  expect(demo.requests.length).toBe(before)
})

test('a failing target is followed by the next', async () => {
  const models = { both: ['gemini/gemini-embedding-001', 'cohere/embed-v4.0'] }
  const by = await gateway.createKey({
    providers: slots({ gemini: { base_url: 'http://127.0.0.1:9' } }),
    models,
  })
  const response = await post('/v1/embeddings', { model: 'both', input: 'a' }, {}, by)
  expect([response.status, response.headers.get('dragoman-route')]).toEqual([200, 'cohere/embed-v4.0'])
})

test('calls are tried again one by one', async () => {
  const by = await gateway.createKey({ providers: slots(), retries: 2 })
  const response = await post(
    '/v1/embeddings',
    { model: 'bedrock/amazon.titan-embed-text-v2:0', input: ['a', 'demo:flaky=1 b', 'c'] },
    {},
    by,
  )
  expect([response.status, response.headers.get('dragoman-attempts')]).toEqual([200, '4'])
})

test('a provider of embeddings alone answers no conversations', async () => {
  const by = await gateway.createKey({ providers: { voyage: { credential: 'demo', base_url: 'http://127.0.0.1:9' } } })
  const response = await gateway.chat(by, { model: 'voyage/voyage-3.5', messages: [{ role: 'user', content: 'Hi' }] })
  expect(response.status).toBe(404)
  expect((await response.json()) as object).toMatchObject({
    error: { code: 'unknown_url', message: "The provider of slot 'voyage' (voyage) has no conversations." },
  })
})
