// What the official client makes of our failures: its own error classes, its own retries; and how it is let in.
import OpenAI, { type ClientOptions } from 'openai'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Clients, MODELS, startClients } from '../harness/openai-client.ts'

let clients: Clients
let key: string
let openai: OpenAI

beforeAll(async () => {
  clients = await startClients()
})
afterAll(() => clients.close())
beforeEach(async () => {
  key = await clients.makeKey()
  openai = client()
  clients.demo.requests.length = 0
})

/** A client of the test's own key. */
const client = (options: ClientOptions = {}) => clients.client({ apiKey: key, ...options })

const CLAUDE = 'anthropic/claude-haiku-4-5'
const user = (content: string) => [{ role: 'user' as const, content }]

async function failure(work: PromiseLike<unknown>): Promise<InstanceType<typeof OpenAI.APIError>> {
  try {
    await work
  } catch (error) {
    if (error instanceof OpenAI.APIError) return error
    throw error
  }
  throw new Error('It did not fail.')
}

describe.each(MODELS)('%s', (way, model) => {
  const claude = way === 'translated'

  test.each([
    [400, OpenAI.BadRequestError, 400],
    [401, OpenAI.AuthenticationError, 401],
    [403, OpenAI.PermissionDeniedError, 403],
    [404, OpenAI.NotFoundError, 404],
    [409, OpenAI.ConflictError, 409],
    [429, OpenAI.RateLimitError, 429],
    [500, OpenAI.InternalServerError, 500],
    [503, OpenAI.InternalServerError, claude ? 500 : 503],
    [529, OpenAI.InternalServerError, 503],
  ])('%i is %O', async (said, kind, status) => {
    for (const stream of [false, true]) {
      const error = await failure(openai.chat.completions.create({ model, messages: user(`demo:${said}`), stream }))
      expect(error).toBeInstanceOf(kind)
      expect(error.status).toBe(status)
      expect(error.type).toEqual(expect.any(String))
      expect(error.requestID).toMatch(/^req_/)
      expect(error.headers?.get('dragoman-route')).toBe(model)
    }
  })

  test('an error in the middle of a stream is an APIError, and what came before it is there', async () => {
    for (const [how, code] of [
      ['demo:error-mid', claude ? 'overloaded' : null],
      ['demo:cut demo:slow=5', 'upstream_truncated'],
      ['demo:truncate', 'upstream_truncated'],
    ]) {
      let text = ''
      const stream = await openai.chat.completions.create({
        model,
        messages: user(`${how} demo:words=20`),
        stream: true,
      })
      const error = await failure(
        (async () => {
          for await (const { choices } of stream) text += choices[0]?.delta.content ?? ''
        })(),
      )
      expect(text).toMatch(/^word1 word2/)
      expect(error.code).toBe(code)
      expect(error.type).toBe('server_error')
      const runner = openai.chat.completions.stream({ model, messages: user(`${how} demo:words=20`), stream: true })
      expect((await failure(runner.finalChatCompletion())).code).toBe(code)
    }
  })

  test('a whole answer that is torn is an error with a status', async () => {
    for (const how of ['demo:cut', 'demo:truncate', 'demo:garbage', 'demo:html', 'demo:redirect', 'demo:reset']) {
      const error = await failure(openai.chat.completions.create({ model, messages: user(how), max_tokens: 50 }))
      expect([error.status, error.type]).toEqual([502, 'server_error'])
    }
  })

  test('a failure that passes is tried again, as the client does by itself', async () => {
    const patient = client({ maxRetries: 2 })
    const { choices } = await patient.chat.completions.create({ model, messages: user('demo:flaky=2 hello') })
    expect(choices[0]?.message.content).toBe('You said: "hello"')
    expect(clients.demo.requests).toHaveLength(3)
  })

  test('when to try again is obeyed', async () => {
    const patient = client({ maxRetries: 1 })
    const from = Date.now()
    const error = await failure(patient.chat.completions.create({ model, messages: user('demo:429=1') }))
    expect(error).toBeInstanceOf(OpenAI.RateLimitError)
    expect(error.code).toBe('rate_limit_exceeded')
    expect(Number(error.headers?.get('retry-after-ms'))).toBeGreaterThan(0)
    expect(Number(error.headers?.get('retry-after'))).toBeGreaterThanOrEqual(1)
    expect(clients.demo.requests).toHaveLength(2)
    expect(Date.now() - from).toBeGreaterThanOrEqual(900)
    expect(Date.now() - from).toBeLessThan(4000)
  })

  test('what no retry helps is not tried again', async () => {
    const patient = client({ maxRetries: 2 })
    const error = await failure(patient.chat.completions.create({ model, messages: user('demo:402') }))
    expect([error.status, error.code, error.type]).toEqual([429, 'insufficient_quota', 'insufficient_quota'])
    expect(error.headers?.get('x-should-retry')).toBe('false')
    expect(clients.demo.requests).toHaveLength(1)
  })
})

test('what is wrong with a request is an error of the class and with the field that OpenAI’s has', async () => {
  const error = await failure(openai.chat.completions.create({ model: CLAUDE, messages: user('hi'), temperature: 3 }))
  expect(error).toBeInstanceOf(OpenAI.BadRequestError)
  expect([error.type, error.code, error.param]).toEqual([
    'invalid_request_error',
    'decimal_above_max_value',
    'temperature',
  ])
  const unknown = await failure(openai.chat.completions.create({ model: 'nowhere', messages: user('hi') }))
  expect(unknown).toBeInstanceOf(OpenAI.NotFoundError)
  expect(unknown.code).toBe('model_not_found')
  expect(unknown.message).toContain('anthropic/<model>')
  expect(clients.demo.requests).toHaveLength(0)
})

test('what the service finds wrong names the client’s own field', async () => {
  const tools = [{ type: 'function' as const, function: { name: 'x', parameters: { type: 'string' } } }]
  const error = await failure(
    openai.chat.completions.create({ model: CLAUDE, messages: user('demo:400'), max_tokens: 10 }),
  )
  expect(error).toBeInstanceOf(OpenAI.BadRequestError)
  const wrong = await openai.chat.completions
    .create({ model: CLAUDE, messages: user('hi'), tools })
    .catch((thrown: unknown) => thrown)
  if (wrong instanceof OpenAI.APIError) expect(wrong.param).toMatch(/^tools\[0\]/)
})

test('a limit of the key’s own: told before it is reached, and when it is', async () => {
  const key = await clients.makeKey({ limits: { requests_per_minute: 2 } })
  const limited = client({ apiKey: key, maxRetries: 0 })
  const ask = () => limited.chat.completions.create({ model: CLAUDE, messages: user('hi') })
  const { response } = await ask().withResponse()
  expect(response.headers.get('x-ratelimit-limit-requests')).toBe('2')
  expect(response.headers.get('x-ratelimit-remaining-requests')).toBe('1')
  expect(response.headers.get('x-ratelimit-reset-requests')).toMatch(/^(?:1m0s|[\d.]+s)$/)
  await ask()
  const error = await failure(ask())
  expect(error).toBeInstanceOf(OpenAI.RateLimitError)
  expect([error.type, error.code]).toEqual(['requests', 'rate_limit_exceeded'])
  expect(Number(error.headers?.get('retry-after-ms'))).toBeLessThanOrEqual(60_000)
  expect(error.headers?.get('x-ratelimit-remaining-requests')).toBe('0')
  expect(clients.demo.requests).toHaveLength(2)
})

describe('a key', () => {
  const ask = (client: OpenAI) => client.chat.completions.create({ model: CLAUDE, messages: user('hi') })
  const bare = (defaultHeaders: Record<string, string | null>) => client({ apiKey: 'unused', defaultHeaders })

  test('as a bearer, x-api-key or api-key, and twice the same', async () => {
    const { key } = clients
    for (const headers of [
      { authorization: `Bearer ${key}` },
      { authorization: `bearer ${key}` },
      { authorization: null, 'x-api-key': key },
      { authorization: null, 'api-key': key },
      { authorization: `Bearer ${key}`, 'api-key': key, 'x-api-key': key },
    ]) {
      expect((await ask(bare(headers))).choices).toHaveLength(1)
    }
  })

  test('that is wrong, missing, or two that differ', async () => {
    const other = await clients.makeKey()
    for (const [headers, code] of [
      [{ authorization: 'Bearer sk-dg-wrong' }, 'invalid_api_key'],
      [{ authorization: null }, null],
      [{ authorization: `Bearer ${clients.key}`, 'x-api-key': other }, 'invalid_api_key'],
      [{ authorization: null, 'api-key': clients.key, 'x-api-key': other }, 'invalid_api_key'],
    ] as const) {
      const error = await failure(ask(bare(headers)))
      expect(error).toBeInstanceOf(OpenAI.AuthenticationError)
      expect(error.code).toBe(code)
    }
    expect(clients.demo.requests).toHaveLength(0)
  })

  test('is never what the service gets, and its credential is never what the client sees', async () => {
    const { data, response } = await openai.chat.completions
      .create({ model: CLAUDE, messages: user('demo:echo') })
      .withResponse()
    const sent = JSON.stringify(clients.demo.requests.map(({ headers, body }) => [headers, body]))
    expect(sent).not.toContain(clients.key)
    expect(sent).toContain('sk-anthropic-canary')
    expect(JSON.stringify([data, [...response.headers]])).not.toContain('canary')
  })
})

describe('models', () => {
  test('are listed as slot/model behind the aliases, and each can be looked up', async () => {
    const key = await clients.makeKey({ models: { fast: CLAUDE } })
    const client = clients.client({ apiKey: key })
    const page = await client.models.list()
    const ids = page.data.map(({ id }) => id)
    expect(ids[0]).toBe('fast')
    expect(ids).toContain('anthropic/claude-opus-4-5')
    expect(ids).toContain('openai/gpt-4o')
    expect(page.data.every(({ object, created, owned_by }) => object === 'model' && created >= 0 && owned_by)).toBe(
      true,
    )
    const one = await client.models.retrieve('anthropic/claude-opus-4-5')
    expect(one).toMatchObject({ id: 'anthropic/claude-opus-4-5', object: 'model', owned_by: 'anthropic' })
    expect((await client.models.retrieve('fast')).id).toBe('fast')
    expect(await failure(client.models.retrieve('anthropic/none'))).toBeInstanceOf(OpenAI.NotFoundError)
  })

  test('outside allowed_models do not exist', async () => {
    const key = await clients.makeKey({ allowed_models: ['anthropic/claude-haiku-*'] })
    const client = clients.client({ apiKey: key })
    const ids = (await client.models.list()).data.map(({ id }) => id)
    expect(ids.length).toBeGreaterThan(0)
    expect(ids.every((id) => id.startsWith('anthropic/claude-haiku-'))).toBe(true)
    expect(await failure(client.models.retrieve('openai/gpt-4o'))).toBeInstanceOf(OpenAI.NotFoundError)
    const error = await failure(client.chat.completions.create({ model: 'openai/gpt-4o', messages: user('hi') }))
    expect([error.status, error.code]).toEqual([404, 'model_not_found'])
  })
})
