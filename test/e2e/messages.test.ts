// Anthropic's official client against every provider that the demo plays: the same question, the same answer, whoever is
// behind it, and what it sends back unread reaches the one who made it.
import Anthropic, { APIError } from '@anthropic-ai/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Demo, startDemo } from '../../demo/index.ts'
import { conversants } from '../conversants.ts'
import { type Gateway, startGateway } from '../harness/gateway.ts'

interface Played {
  readonly provider: string
  readonly model: string
  /** A model that thinks, and what is heard of its thoughts: their text is shown, or only sealed; or nothing. */
  readonly thinks?: { readonly model: string }
  /** Counts prompts itself. */
  readonly counts: boolean
  readonly sees: boolean
  /** Says which stop sequence ended an answer, or leaves it to the gateway. */
  readonly tellsStops: boolean
}

const PLAYED: readonly Played[] = [
  {
    provider: 'anthropic',
    model: 'claude-sonnet-4-5',
    thinks: { model: 'claude-sonnet-4-5' },
    counts: true,
    sees: true,
    tellsStops: true,
  },
  { provider: 'openai', model: 'gpt-5-mini', counts: false, sees: true, tellsStops: false },
  {
    provider: 'gemini',
    model: 'gemini-2.5-flash',
    thinks: { model: 'gemini-3-flash-preview' },
    counts: true,
    sees: true,
    tellsStops: false,
  },
  {
    provider: 'bedrock',
    model: 'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
    thinks: { model: 'us.anthropic.claude-sonnet-4-5-20250929-v1:0' },
    counts: true,
    sees: true,
    tellsStops: true,
  },
  {
    provider: 'cohere',
    model: 'command-a-03-2025',
    thinks: { model: 'command-a-reasoning-08-2025' },
    counts: false,
    sees: false,
    tellsStops: true,
  },
  { provider: 'paddler', model: 'local', thinks: { model: 'local' }, counts: false, sees: true, tellsStops: true },
]

const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

let gateway: Gateway
let demo: Demo
let key: string
let client: Anthropic

beforeAll(async () => {
  const started = await Promise.all([startGateway(), startDemo({ delayMs: 0 })])
  gateway = started[0]
  demo = started[1]
  const slots = Object.entries(demo.bases).map(([provider, base_url]) => [provider, { base_url, credential: 'demo' }])
  key = await gateway.createKey({ providers: Object.fromEntries(slots) })
  client = new Anthropic({ baseURL: gateway.url, apiKey: key, maxRetries: 0 })
})
afterAll(() => Promise.all([gateway.close(), demo.close()]))

test('every provider that the demo plays is asked', () => {
  expect(PLAYED.map(({ provider }) => provider).sort()).toEqual(Object.keys(demo.bases).sort())
})

const FIND: Anthropic.Tool = {
  name: 'find',
  description: 'Finds.',
  input_schema: { type: 'object', properties: { q: { type: 'string' } }, required: ['q'] },
}

type Params = Anthropic.MessageCreateParamsNonStreaming

/** Both ways of asking, and that they say the same. */
async function ask(params: Params): Promise<Anthropic.Message[]> {
  const whole = await client.messages.create(params)
  const folded = await client.messages.stream(params).finalMessage()
  return [whole, folded]
}

/** What a user reads of it. */
const said = ({ content }: Anthropic.Message) =>
  content.flatMap((one) => (one.type === 'text' ? one.text : [])).join('')

const isConversation = (body: unknown): body is { messages: unknown[] } =>
  typeof body === 'object' && body !== null && 'messages' in body && Array.isArray(body.messages)

const user = (content: Anthropic.MessageParam['content']): Anthropic.MessageParam => ({ role: 'user', content })

describe.each(PLAYED)('$provider', ({ provider, model: name, thinks, counts, sees, tellsStops }) => {
  const model = `${provider}/${name}`
  const base: Params = { model, max_tokens: 4096, messages: [user('hello')] }

  test('answers, streamed and whole', async () => {
    for (const message of await ask({ ...base, system: 'Be brief.' })) {
      expect(message).toMatchObject({
        type: 'message',
        role: 'assistant',
        stop_reason: 'end_turn',
        stop_sequence: null,
      })
      expect(message.id).toMatch(/^msg_./)
      expect(said(message)).toBe('You said: "hello"')
      expect(message.usage.input_tokens).toBeGreaterThan(0)
      expect(message.usage.output_tokens).toBeGreaterThan(0)
    }
  })

  test('says its events in order', async () => {
    const types: string[] = []
    for await (const { type } of await client.messages.create({ ...base, stream: true })) types.push(type)
    const told = types.filter((type) => type !== 'content_block_delta').join(' ')
    expect(told).toMatch(
      /^message_start (?:ping )?(?:content_block_start content_block_stop )+message_delta message_stop$/,
    )
  })

  test('calls a tool, and takes its result', async () => {
    for (const message of await ask({ ...base, messages: [user('demo:tool')], tools: [FIND] })) {
      expect(message.stop_reason).toBe('tool_use')
      const call = message.content.find((block) => block.type === 'tool_use')
      if (!call) throw new Error('No call.')
      expect(call).toMatchObject({ name: 'find', input: expect.any(Object) })
      const next = await client.messages.create({
        ...base,
        tools: [FIND],
        messages: [
          user('demo:tool'),
          { role: 'assistant', content: message.content },
          user([
            { type: 'tool_result', tool_use_id: call.id, content: [{ type: 'text', text: '2 hits' }] },
            { type: 'text', text: 'And?' },
          ]),
        ],
      })
      expect(next.stop_reason).toBe('end_turn')
      expect(said(next)).toContain('And?')
    }
  })

  test.runIf(sees)('sees an image, also in a result', async () => {
    const image: Anthropic.ImageBlockParam = {
      type: 'image',
      source: { type: 'base64', media_type: 'image/png', data: PIXEL },
    }
    const seen = await client.messages.create({ ...base, messages: [user([image, { type: 'text', text: 'hello' }])] })
    expect(seen.stop_reason).toBe('end_turn')
    expect(JSON.stringify(demo.requests.at(-1)?.body)).toContain(PIXEL)
    await client.messages.create({
      ...base,
      tools: [FIND],
      messages: [
        user('Look.'),
        { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'find', input: { q: 'x' } }] },
        user([{ type: 'tool_result', tool_use_id: 'toolu_1', content: [image] }]),
      ],
    })
    expect(JSON.stringify(demo.requests.at(-1)?.body)).toContain(PIXEL)
  })

  test.each([true, false])('runs tools in a thread, or without where there is none; streamed: %s', async (stream) => {
    const from = demo.requests.length
    const answer = await client.beta.messages.toolRunner({
      ...base,
      stream,
      messages: [user('find it')],
      tools: [{ ...FIND, run: () => 'two hits', parse: (input: unknown) => input }],
    })
    expect(said(answer as Anthropic.Message)).toMatch(/answered: .*two hits/)
    const lengths = demo.requests.slice(from).flatMap(({ body }) => (isConversation(body) ? body.messages.length : []))
    // What is new is all that is said where the conversation is kept.
    if (provider === 'anthropic') expect(lengths).toEqual([1, 1])
  })

  test('ends at a stop sequence', async () => {
    for (const message of await ask({
      ...base,
      messages: [user('demo:words=20')],
      stop_sequences: ['word3'],
    })) {
      expect(said(message)).toBe('word1 word2 ')
      if (tellsStops) expect(message).toMatchObject({ stop_reason: 'stop_sequence', stop_sequence: 'word3' })
    }
  })

  test('counts a prompt', async () => {
    const { messages } = base
    const asked = client.messages.countTokens({ model, messages, system: 'Be brief.', tools: [FIND] })
    const { data, response } = await asked.withResponse()
    expect(data.input_tokens).toBeGreaterThan(0)
    const told = response.headers.get('dragoman-loss') ?? ''
    if (counts) expect(told).not.toContain('input_tokens')
    else expect(told).toContain('"input_tokens";kind=emulated')
    const strictly = client.messages.countTokens({ model, messages }, { headers: { 'dragoman-strict': '?1' } })
    if (counts) await strictly
    else await expect(strictly).rejects.toMatchObject({ status: 400, type: 'invalid_request_error' })
  })

  test('that breaks off ends in an error', async () => {
    const stream = client.messages.stream({ ...base, messages: [user('demo:cut demo:words=20')] })
    await expect(stream.finalMessage()).rejects.toThrow(APIError)
  })

  test.runIf(thinks)('thinks, and gets its thoughts back', async () => {
    const thinker = `${provider}/${thinks?.model}`
    const thinking: Anthropic.ThinkingConfigParam = { type: 'enabled', budget_tokens: 1024 }
    const params = { ...base, model: thinker, thinking, tools: [FIND], messages: [user('demo:thinking demo:tool')] }
    for (const message of await ask(params)) {
      const thought = message.content.find((block) => block.type === 'thinking' || block.type === 'redacted_thinking')
      expect(thought).toBeDefined()
      const call = message.content.find((block) => block.type === 'tool_use')
      if (!call) continue
      const next = await client.messages.create({
        ...params,
        messages: [
          ...params.messages,
          { role: 'assistant', content: message.content },
          user([
            { type: 'tool_result', tool_use_id: call.id, content: '2 hits' },
            { type: 'text', text: 'And?' },
          ]),
        ],
      })
      expect(next.stop_reason).toBe('end_turn')
    }
  })

  // The last of all: what the provider refused now is not asked again for a while.
  test('that refuses has its status and its class', async () => {
    const asked = client.messages.create({ ...base, messages: [user('demo:429=20')] })
    await expect(asked).rejects.toThrow(Anthropic.RateLimitError)
    await expect(asked).rejects.toMatchObject({ status: 429, type: 'rate_limit_error' })
  })
})

/** Services that speak OpenAI's format: the demo's stands for each of them. */
const KINDRED = conversants
  .map(({ name }) => name)
  .filter((name) => !PLAYED.some(({ provider }) => provider === name) && name !== 'vertex')

describe('services like OpenAI’s', () => {
  let kindred: Anthropic
  beforeAll(async () => {
    const slots = KINDRED.map((provider) => [
      provider,
      // Azure's path begins before the version, and its token comes as a bearer's, as the demo takes it.
      provider === 'azure-openai'
        ? { base_url: demo.url, credential: 'eyJhbGciOiJub25l.e30.x' }
        : { base_url: demo.bases.openai, credential: 'demo' },
    ])
    const apiKey = await gateway.createKey({ providers: Object.fromEntries(slots) })
    kindred = new Anthropic({ baseURL: gateway.url, apiKey, maxRetries: 0 })
  })

  test.each(KINDRED)('%s answers, calls a tool and takes its result', async (provider) => {
    const model = `${provider}/gpt-4.1-mini`
    const params: Params = { model, max_tokens: 100, system: 'Be brief.', messages: [user('hello')] }
    for (const message of [
      await kindred.messages.create(params),
      await kindred.messages.stream(params).finalMessage(),
    ]) {
      expect(message).toMatchObject({ stop_reason: 'end_turn', usage: { output_tokens: expect.any(Number) } })
      expect(said(message)).toContain('You said: "hello"')
    }
    const asking = { ...params, tools: [FIND], messages: [user('demo:tool')] }
    const { data, response } = await kindred.messages.create(asking).withResponse()
    if (/"tools(?:\[0\])?";kind=dropped/.test(response.headers.get('dragoman-loss') ?? '')) {
      expect(data.stop_reason).toBe('end_turn')
      return
    }
    const called = await kindred.messages.stream(asking).finalMessage()
    expect(called.stop_reason).toBe('tool_use')
    const call = called.content.find((block) => block.type === 'tool_use')
    const result: Anthropic.ContentBlockParam = { type: 'tool_result', tool_use_id: call?.id ?? '', content: '2 hits' }
    const next = await kindred.messages.create({
      ...asking,
      messages: [
        ...asking.messages,
        { role: 'assistant', content: called.content },
        user([result, { type: 'text', text: 'And?' }]),
      ],
    })
    expect(said(next)).toContain('And?')
    await expect(kindred.messages.create({ ...params, messages: [user('demo:429=20')] })).rejects.toThrow(
      Anthropic.RateLimitError,
    )
  })
})
