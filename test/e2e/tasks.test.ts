// Moderations and ranking through the Worker: what is harmful is said by whoever is asked, and what a provider does not
// look for is told.
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Demo, startDemo } from '../../demo/index.ts'
import { type Gateway, startGateway } from '../harness/gateway.ts'
import { sayJson, startUpstream, type Upstream } from '../harness/upstream.ts'

let gateway: Gateway
let demo: Demo
let upstream: Upstream
let key: string
let openai: OpenAI

beforeAll(async () => {
  const started = await Promise.all([startGateway(), startDemo({ delayMs: 0 }), startUpstream(() => undefined)])
  gateway = started[0]
  demo = started[1]
  upstream = started[2]
  const slots = Object.entries(demo.bases).map(([provider, base_url]) => [provider, { base_url, credential: 'demo' }])
  const own = (name: string) => [name, { base_url: upstream.url, credential: 'demo', account_id: 'a' }]
  key = await gateway.createKey({
    providers: Object.fromEntries([...slots, own('mistral'), own('workers-ai'), own('vllm'), own('openai-compatible')]),
    default_provider: 'openai',
    models: { guard: 'openai-compatible/own-guard' },
  })
  openai = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: key, maxRetries: 0 })
})
afterAll(() => Promise.all([gateway.close(), demo.close(), upstream.close()]))

const post = (path: string, body: object, headers: Record<string, string> = {}) =>
  fetch(`${gateway.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })

describe('moderations', () => {
  test.each(['openai/omni-moderation-latest', 'gemini/gemini-2.5-flash'])('%s', async (model) => {
    const { data, response } = await openai.moderations
      .create({ model, input: ['a kind word', 'demo:refusal'] })
      .withResponse()
    expect(data.results.map(({ flagged }) => flagged)).toEqual([false, true])
    expect(data.results[1]?.categories.harassment).toBe(true)
    expect(data.results[1]?.category_scores.harassment).toBeGreaterThan(0.5)
    const lost = response.headers.get('dragoman-loss')
    if (model.startsWith('openai')) expect(lost).toBeNull()
    else expect(lost).toContain('"categories.self-harm";kind=dropped')
  })

  test('no model is the default of the provider', async () => {
    const { results } = await openai.moderations.create({ input: 'a kind word' })
    expect(results).toHaveLength(1)
    expect(demo.requests.at(-1)?.body).toEqual({ input: 'a kind word' })
  })

  test('where scores are told as words, strict mode refuses them', async () => {
    const response = await post(
      '/v1/moderations',
      { model: 'gemini/gemini-2.5-flash', input: 'a' },
      { 'dragoman-strict': '?1' },
    )
    expect(response.status).toBe(400)
    expect((await response.json()) as object).toMatchObject({ error: { param: 'category_scores' } })
  })

  test("a service with categories of its own is read in OpenAI's", async () => {
    upstream.play = (response) =>
      sayJson(response, 200, {
        id: 'm1',
        model: 'mistral-moderation-2603',
        results: [{ categories: { selfharm: true, pii: true }, category_scores: { selfharm: 0.8, pii: 0.7 } }],
      })
    const { results } = await openai.moderations.create({ model: 'mistral/mistral-moderation-latest', input: 'a' })
    expect(results[0]).toMatchObject({ flagged: true, categories: { 'self-harm': true, pii: true, hate: false } })
    expect(upstream.requests.at(-1)?.path).toBe('/moderations')
  })

  test('the codes of a guard are read, and those without a category are in the report', async () => {
    upstream.play = (response) =>
      sayJson(response, 200, { choices: [{ index: 0, message: { role: 'assistant', content: 'unsafe\nS10,S13' } }] })
    const response = await post(
      '/v1/moderations',
      { model: 'workers-ai/@cf/meta/llama-guard-3-8b', input: 'a' },
      { 'dragoman-report': '?1' },
    )
    const body = (await response.json()) as { results: object[]; dragoman: { losses: object[] } }
    expect(body.results).toMatchObject([{ flagged: true, categories: { hate: true } }])
    expect(body.dragoman.losses.at(-1)).toMatchObject({ path: 'results[0].categories' })
  })

  test('a service that answers with a failure in spite of its status is one that failed', async () => {
    upstream.play = (response) => sayJson(response, 200, { error: { message: 'No guard is loaded.' } })
    const response = await post('/v1/moderations', { model: 'guard', input: 'a' })
    expect(response.status).toBe(502)
    expect((await response.json()) as object).toMatchObject({ error: { message: 'No guard is loaded.' } })
    expect(JSON.parse(upstream.requests.at(-1)?.body ?? '')).toEqual({ model: 'own-guard', input: 'a' })
  })

  test.each([
    ['nothing', [], 'input', 'empty_array'],
    ['a mixture', ['a', { type: 'text', text: 'b' }], 'input', 'invalid_type'],
    ['an unknown part', [{ type: 'audio' }], 'input[0].type', 'invalid_value'],
  ])('%s is refused', async (_, input, param, code) => {
    const response = await post('/v1/moderations', { input })
    expect(response.status).toBe(400)
    expect((await response.json()) as object).toMatchObject({
      error: { code, param: expect.stringContaining('input') },
    })
    expect(param).toContain('input')
  })
})

describe('rerank', () => {
  const documents = ['The sea is wide.', 'Rain falls in Bergen.', { text: 'In Bergen it rains and rains.', id: 7 }]
  const body = { query: 'rain in Bergen', documents, top_n: 2, return_documents: true }

  test.each([
    ['cohere/rerank-v3.5', '"documents[2].id";kind=dropped'],
    ['bedrock/cohere.rerank-v3-5:0', '"documents[2].id";kind=dropped'],
    ['bedrock/amazon.rerank-v1:0', '"documents[2].id";kind=dropped'],
  ])('%s', async (model, lost) => {
    const response = await post('/v1/rerank', { model, ...body })
    expect(response.status).toBe(200)
    expect(response.headers.get('dragoman-loss')).toBe(lost)
    const answer = (await response.json()) as { results: { index: number; document: object }[] }
    expect(answer.results.map(({ index }) => index)).toEqual([1, 2])
    expect(answer.results[1]?.document).toEqual(documents[2])
  })

  test('a service that gives documents back unasked is told of none', async () => {
    upstream.play = (response) =>
      sayJson(response, 200, {
        id: 'rerank-1',
        model: 'bge',
        usage: { total_tokens: 12 },
        results: [
          { index: 0, document: { text: 'a' }, relevance_score: 0.1 },
          { index: 1, document: { text: 'b' }, relevance_score: 0.9 },
        ],
      })
    const response = await post('/v1/rerank', { model: 'vllm/bge', query: 'q', documents: ['a', 'b'] })
    expect((await response.json()) as object).toEqual({
      id: 'rerank-1',
      model: 'bge',
      results: [
        { index: 1, relevance_score: 0.9 },
        { index: 0, relevance_score: 0.1 },
      ],
      usage: { prompt_tokens: 12, total_tokens: 12 },
    })
    expect(upstream.requests.at(-1)?.path).toBe('/rerank')
  })

  test('a rank of a document that is not there is no answer', async () => {
    upstream.play = (response) => sayJson(response, 200, { results: [{ index: 5, relevance_score: 1 }] })
    const response = await post('/v1/rerank', { model: 'vllm/bge', query: 'q', documents: ['a'] })
    expect(response.status).toBe(502)
  })

  test.each([
    ['no documents', { query: 'q', documents: [] }, 'documents', 'empty_array'],
    ['no query', { documents: ['a'] }, 'query', 'missing_required_parameter'],
    ['no results', { query: 'q', documents: ['a'], top_n: 0 }, 'top_n', 'integer_below_min_value'],
    ['an image', { query: 'q', documents: [{ image: 'x' }] }, 'documents[0].image', 'unsupported_value'],
  ])('%s is refused', async (_, fields, param, code) => {
    const response = await post('/v1/rerank', { model: 'cohere/rerank-v3.5', ...fields })
    expect(response.status).toBe(400)
    expect((await response.json()) as object).toMatchObject({ error: { param, code } })
  })

  test('a provider that ranks nothing says so', async () => {
    const response = await post('/v1/rerank', { model: 'gemini/gemini-2.5-flash', query: 'q', documents: ['a'] })
    expect(response.status).toBe(404)
    expect((await response.json()) as object).toMatchObject({
      error: { code: 'unknown_url', message: "The provider of slot 'gemini' (gemini) has no rerank endpoint." },
    })
  })
})

test.each(['/v1/embeddings', '/v1/rerank', '/v1/moderations'])('%s takes POST alone', async (path) => {
  const response = await fetch(gateway.url + path, { headers: { authorization: `Bearer ${key}` } })
  expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST'])
})
