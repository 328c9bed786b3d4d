// The snippets that claif_cla's users know, with the official client in its place: the same calls, kept as promised.
import OpenAI, { type ClientOptions } from 'openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Clients, startClients } from '../harness/openai-client.ts'
import { startUpstream, type Upstream } from '../harness/upstream.ts'

const SONNET = 'claude-sonnet-4-5'
const RETIRED = 'claude-3-opus-20240229'
const ALIASES = {
  'gpt-4': 'anthropic/claude-opus-4-8',
  'gpt-3.5-turbo': `anthropic/${SONNET}`,
  'claude-3-haiku-20240307': 'anthropic/claude-haiku-4-5',
}

let clients: Clients
let upstream: Upstream
let openai: OpenAI
/** A client of a service that says what `upstream` plays. */
let told: (options?: ClientOptions) => OpenAI

beforeAll(async () => {
  upstream = await startUpstream((response) => void response.destroy())
  clients = await startClients()
  openai = clients.client({ apiKey: await clients.makeKey({ models: ALIASES, default_provider: 'anthropic' }) })
  const anthropic = { base_url: upstream.url, credential: 'none' }
  const apiKey = await clients.gateway.createKey({ providers: { anthropic } })
  told = (options = {}) => clients.client({ apiKey, ...options })
})
afterAll(() => Promise.all([clients?.close(), upstream?.close()]))

const user = (content: string) => [{ role: 'user' as const, content }]

/** Lets the upstream refuse what is asked next, in Anthropic's words, so many times. */
function refuseNext(status: number, type: string, message: string, times = Number.POSITIVE_INFINITY): void {
  let left = times
  upstream.play = (response) => {
    const refused = left-- > 0
    response.writeHead(refused ? status : 200, { 'content-type': 'application/json' })
    const usage = { input_tokens: 1, output_tokens: 1 }
    const content = [{ type: 'text', text: 'Hello!' }]
    const answer = {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: SONNET,
      content,
      stop_reason: 'end_turn',
      usage,
    }
    response.end(JSON.stringify(refused ? { type: 'error', error: { type, message } } : answer))
  }
}

describe('models', () => {
  test.each(Object.entries(ALIASES))('%s is %s', async (model, route) => {
    const { data, response } = await openai.chat.completions.create({ model, messages: user('Hi') }).withResponse()
    expect(response.headers.get('dragoman-route')).toBe(route)
    expect(clients.sent().model).toBe(route.split('/')[1])
    expect(data.model).toBe(route.split('/')[1])
    expect(data.choices[0]?.message.content).toBe('You said: "Hi"')
  })

  test('are listed with their aliases', async () => {
    const ids: string[] = []
    for await (const { id } of openai.models.list()) ids.push(id)
    expect(ids).toEqual(expect.arrayContaining([...Object.keys(ALIASES), `anthropic/${SONNET}`]))
  })

  test('that are retired do not exist', async () => {
    refuseNext(404, 'not_found_error', `model: ${RETIRED}`)
    const asked = told().chat.completions.create({ model: RETIRED, messages: user('Hi') })
    await expect(asked).rejects.toThrow(OpenAI.NotFoundError)
    await expect(asked).rejects.toMatchObject({ status: 404, code: 'model_not_found' })
  })
})

describe('a conversation', () => {
  test('is answered with a name of its own, and counts that add up', async () => {
    const completion = await openai.chat.completions.create({
      model: SONNET,
      messages: [{ role: 'system', content: 'You are a helpful assistant.' }, ...user('Hello!')],
      temperature: 0.7,
      max_tokens: 1000,
      user: 'user-123',
    })
    expect(completion.id).toMatch(/^chatcmpl-msg_/)
    expect(completion.object).toBe('chat.completion')
    expect(completion.choices[0]?.finish_reason).toBe('stop')
    const { prompt_tokens = 0, completion_tokens = 0, total_tokens } = completion.usage ?? {}
    expect(total_tokens).toBe(prompt_tokens + completion_tokens)
    expect(clients.sent()).toMatchObject({
      system: 'You are a helpful assistant.',
      temperature: 0.7,
      max_tokens: 1000,
      metadata: { user_id: 'user-123' },
    })
  })

  test('is streamed as it is said, and not in three pieces', async () => {
    const stream = await openai.chat.completions.create({
      model: SONNET,
      messages: user('demo:words=20'),
      stream: true,
    })
    let text = ''
    let pieces = 0
    const finishes: string[] = []
    for await (const { choices } of stream) {
      const [choice] = choices
      if (choice?.delta.content) pieces++
      text += choice?.delta.content ?? ''
      if (choice?.finish_reason) finishes.push(choice.finish_reason)
    }
    expect(text).toMatch(/^word1 .* word20$/)
    expect(pieces).toBeGreaterThan(5)
    expect(finishes).toEqual(['stop'])
  })

  test('that runs into its limit says so', async () => {
    const { choices } = await openai.chat.completions.create({
      model: SONNET,
      messages: user('demo:words=50'),
      max_tokens: 3,
    })
    expect(choices[0]?.finish_reason).toBe('length')
  })

  test('tells what Claude has not', async () => {
    const { response } = await openai.chat.completions
      .create({
        model: SONNET,
        messages: user('Hi'),
        frequency_penalty: 0.5,
        presence_penalty: 0.5,
        logit_bias: { 50256: -100 },
        stop: ['\n\n', 'END'],
        temperature: 1.5,
      })
      .withResponse()
    expect(response.headers.get('dragoman-loss')?.split(', ').sort()).toEqual([
      '"frequency_penalty";kind=dropped',
      '"logit_bias";kind=dropped',
      '"presence_penalty";kind=dropped',
      '"stop[0]";kind=dropped',
      '"temperature";kind=clamped;sent=1',
    ])
    expect(clients.sent()).toMatchObject({ stop_sequences: ['END'], temperature: 1 })
  })

  test('sees images that are data', async () => {
    const url =
      'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
    const content = [
      { type: 'text' as const, text: 'Look.' },
      { type: 'image_url' as const, image_url: { url } },
    ]
    const { choices } = await openai.chat.completions.create({ model: SONNET, messages: [{ role: 'user', content }] })
    expect(choices[0]?.message.content).toBe('You said: "Look." I see 1 image.')
  })
})

describe('features', () => {
  /** How its users find out what a model can do: by trying, and catching. */
  async function supports(params: Partial<OpenAI.ChatCompletionCreateParamsNonStreaming>): Promise<boolean> {
    try {
      await openai.chat.completions.create({ model: SONNET, messages: user('test'), max_tokens: 1, ...params })
      return true
    } catch (error) {
      if (error instanceof OpenAI.BadRequestError) return false
      throw error
    }
  }

  test('are there', async () => {
    expect(await supports({ tools: [{ type: 'function', function: { name: 'test' } }] })).toBe(true)
    expect(await supports({ response_format: { type: 'json_object' } })).toBe(true)
    expect(await supports({ n: 2 })).toBe(true)
  })

  test('that are not are refused', async () => {
    expect(await supports({ modalities: ['audio'], audio: { voice: 'alloy', format: 'wav' } })).toBe(false)
    expect(await supports({ n: 9 })).toBe(false)
  })

  test('such as tools, in a loop', async () => {
    const weather: OpenAI.ChatCompletionTool = {
      type: 'function',
      function: {
        name: 'get_weather',
        parameters: { type: 'object', properties: { location: { type: 'string' } }, required: ['location'] },
      },
    }
    const ask = { model: SONNET, tools: [weather], tool_choice: 'auto' as const }
    const first = await openai.chat.completions.create({ ...ask, messages: user('demo:tool') })
    const message = first.choices[0]?.message
    const call = message?.tool_calls?.[0]
    if (!message || call?.type !== 'function') throw new Error('No call.')
    expect(first.choices[0]?.finish_reason).toBe('tool_calls')
    expect(JSON.parse(call.function.arguments)).toEqual({ location: 'location' })
    const result = { role: 'tool' as const, tool_call_id: call.id, content: 'Sunny' }
    const second = await openai.chat.completions.create({ ...ask, messages: [...user('demo:tool'), message, result] })
    expect(second.choices[0]?.message.content).toContain('get_weather answered: Sunny.')
  })
})

describe('errors', () => {
  test.each([
    [401, 'authentication_error', OpenAI.AuthenticationError],
    [403, 'permission_error', OpenAI.PermissionDeniedError],
    [400, 'invalid_request_error', OpenAI.BadRequestError],
    [429, 'rate_limit_error', OpenAI.RateLimitError],
    [500, 'api_error', OpenAI.InternalServerError],
    [529, 'overloaded_error', OpenAI.InternalServerError],
  ])('%i %s are of the class that is caught', async (status, type, kind) => {
    refuseNext(status, type, 'No.')
    await expect(told().chat.completions.create({ model: SONNET, messages: user('Hi') })).rejects.toThrow(kind)
  })

  test('of a key that is none', async () => {
    const asked = clients
      .client({ apiKey: 'sk-dg-none' })
      .chat.completions.create({ model: SONNET, messages: user('Hi') })
    await expect(asked).rejects.toThrow(OpenAI.AuthenticationError)
  })

  test.each([
    [500, 'api_error'],
    [529, 'overloaded_error'],
  ])('%i go away when they are tried again', async (status, type) => {
    refuseNext(status, type, 'No.', 2)
    upstream.requests.length = 0
    const { choices } = await told({ maxRetries: 3 }).chat.completions.create({
      model: SONNET,
      max_tokens: 100,
      messages: user('Hi'),
    })
    expect(choices[0]?.message.content).toBe('Hello!')
    expect(upstream.requests).toHaveLength(3)
  })
})
