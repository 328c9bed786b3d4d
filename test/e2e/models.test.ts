// The list of models over real sockets: what is asked once serves for a while, and what cannot be had is told.
import OpenAI from 'openai'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Gateway, startGateway } from '../harness/gateway.ts'
import { type Play, sayJson, startUpstream, type Upstream } from '../harness/upstream.ts'

let gateway: Gateway
let upstream: Upstream
let accounts = 0

beforeAll(async () => {
  ;[gateway, upstream] = await Promise.all([startGateway(), startUpstream(() => undefined)])
})
afterAll(() => Promise.all([gateway.close(), upstream.close()]))
beforeEach(() => {
  upstream.requests.length = 0
})

const list = (...ids: string[]) => ({
  data: ids.map((id) => ({ id, object: 'model', created: 7, owned_by: 'them', context_window: 9 })),
})
const says =
  (body: unknown, status = 200): Play =>
  (response) =>
    sayJson(response, status, body)

/** A client of an account that nobody has asked for yet. */
async function clientOf(slots: Record<string, object>, more: Record<string, unknown> = {}) {
  const credential = `key-${accounts++}`
  const providers = Object.fromEntries(
    Object.entries(slots).map(([name, slot]) => [name, { base_url: upstream.url, credential, ...slot }]),
  )
  const apiKey = await gateway.createKey({ providers, ...more })
  return new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey, maxRetries: 0 })
}

test('an account is asked once for all that want its list', async () => {
  upstream.play = says(list('m1', 'm2'))
  const client = await clientOf({ groq: {} })
  for (let i = 0; i < 3; i++) {
    expect((await client.models.list()).data.map(({ id }) => id)).toEqual(['groq/m1', 'groq/m2'])
  }
  expect((await client.models.retrieve('groq/m2')).id).toBe('groq/m2')
  expect(upstream.requests).toHaveLength(1)
  const other = await clientOf({ groq: {} })
  await other.models.list()
  expect(upstream.requests).toHaveLength(2)
})

describe('a model is found', () => {
  test('by its slot, by a bare name, and by an alias, which can what its target can', async () => {
    upstream.play = says(list('m1'))
    const client = await clientOf({ groq: {} }, { models: { fast: 'groq/m1', odd: 'groq/none' } })
    const known = { object: 'model', created: 7, context_length: 9 }
    expect(await client.models.retrieve('groq/m1')).toMatchObject({ ...known, id: 'groq/m1', owned_by: 'them' })
    expect(await client.models.retrieve('m1')).toMatchObject({ ...known, id: 'm1' })
    expect(await client.models.retrieve('fast')).toMatchObject({ ...known, id: 'fast', owned_by: 'dragoman' })
    expect(await client.models.retrieve('odd')).toEqual({
      id: 'odd',
      object: 'model',
      created: 0,
      owned_by: 'dragoman',
    })
    const error = await client.models.retrieve('m2').catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ status: 404, code: 'model_not_found', param: 'model' })
  })

  test('by its alias also where its provider cannot be asked', async () => {
    upstream.play = says({ error: { message: 'No.' } }, 500)
    const client = await clientOf({ groq: {} }, { models: { fast: 'groq/m1' } })
    expect((await client.models.retrieve('fast')).id).toBe('fast')
  })
})

describe('what cannot be had', () => {
  test('is told, and hides nothing else', async () => {
    upstream.play = (response, { path }) =>
      path.startsWith('/openai') ? sayJson(response, 503, {}) : sayJson(response, 200, list('m1'))
    const client = await clientOf({ groq: {}, openai: { base_url: `${upstream.url}/openai/v1` } })
    const { data, response } = await client.models.list().withResponse()
    expect(data.data.map(({ id }) => id)).toEqual(['groq/m1'])
    expect(response.headers.get('dragoman-loss')).toBe('"data[openai]";kind=dropped')
  })

  test('includes later pages', async () => {
    upstream.play = (response, { path }) =>
      path.includes('after_id')
        ? sayJson(response, 500, {})
        : sayJson(response, 200, { data: [{ id: 'c1' }], has_more: true, last_id: 'c1' })
    const client = await clientOf({ anthropic: {} })
    const { data, response } = await client.models.list().withResponse()
    expect(data.data.map(({ id }) => id)).toEqual(['anthropic/c1'])
    expect(response.headers.get('dragoman-loss')).toBe('"data[anthropic]";kind=dropped')
  })

  test('is an error where there is nothing else', async () => {
    upstream.play = says({ error: { message: 'Busy.' } }, 503)
    const client = await clientOf({ groq: {} })
    const error = await client.models.list().then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    expect(error).toMatchObject({ status: 503 })
  })
})

test('pages are followed to the last', async () => {
  upstream.play = (response, { path }) => {
    const after = Number(new URL(path, 'http://x').searchParams.get('after_id') ?? 0)
    sayJson(response, 200, { data: [{ id: `${after + 1}` }], has_more: after < 4, last_id: `${after + 1}` })
  }
  const client = await clientOf({ anthropic: {} })
  expect((await client.models.list()).data.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5].map((n) => `anthropic/${n}`))
})
