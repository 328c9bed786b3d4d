// A cluster at home, through the official client: both generations of it, and what the gateway does in its stead.
import { setTimeout as sleep } from 'node:timers/promises'
import { Response as Sent } from 'miniflare'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Demo, startDemo } from '../../demo/index.ts'
import { type Gateway, startGateway } from '../harness/gateway.ts'

let gateway: Gateway
let demo: Demo
let openai: OpenAI

beforeAll(async () => {
  const media = () => new Sent(Buffer.from('iVBORw0KGgo=', 'base64'), { headers: { 'content-type': 'image/png' } })
  ;[gateway, demo] = await Promise.all([startGateway({}, media), startDemo({ delayMs: 1 })])
  const base = demo.bases.paddler
  const old = { provider: 'paddler', base_url: `${base}/2.1`, api_version: '2.1' }
  const apiKey = await gateway.createKey({ providers: { paddler: { base_url: base, credential: 'canary' }, old } })
  openai = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey, maxRetries: 0 })
})
afterAll(() => Promise.all([gateway.close(), demo.close()]))

type Body = Omit<OpenAI.ChatCompletionCreateParamsNonStreaming, 'stream'>

/** Both ways of asking, as one. */
const WAYS = [
  ['whole', (body: Body) => openai.chat.completions.create(body)],
  [
    'streamed',
    (body: Body) =>
      openai.chat.completions
        .stream({ ...body, stream: true, stream_options: { include_usage: true } })
        .finalChatCompletion(),
  ],
] as const
const MODELS = [['paddler/any'], ['old/any']] as const
const say = (content: string): OpenAI.ChatCompletionMessageParam[] => [{ role: 'user', content }]

/** Whether the gateway hung up on the last request, once that is known. */
async function hungUp(): Promise<boolean> {
  const last = demo.requests.at(-1)
  for (let i = 0; i < 200 && !last?.aborted; i++) await sleep(10)
  return last?.aborted ?? false
}

describe.each(WAYS)('%s', (_way, create) => {
  test.each(MODELS)('%s answers', async (model) => {
    const { choices, usage, id, model: answered } = await create({ model, messages: say('Hello there') })
    expect(choices).toMatchObject([
      { index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'You said: "Hello there"' } },
    ])
    // The client keeps only the last piece of what it does not know.
    expect(choices[0]?.message).toMatchObject({ reasoning_content: expect.any(String) })
    expect(id).toMatch(/^chatcmpl-req-/)
    expect(answered).toBe('any')
    expect(usage?.total_tokens).toBeGreaterThan(usage?.prompt_tokens ?? 0)
    expect(demo.requests.at(-1)?.aborted).toBe(false)
  })

  test.each(MODELS)('%s is hung up on at a stop sequence', async (model) => {
    const body: Body = { model, messages: say('demo:words=900'), max_tokens: 5000, stop: ['word7 ', 'word9'] }
    const { choices, usage } = await create(body)
    expect(usage?.completion_tokens).toBeGreaterThan(5)
    expect(choices[0]).toMatchObject({
      finish_reason: 'stop',
      message: { content: 'word1 word2 word3 word4 word5 word6 ' },
    })
    expect(await hungUp()).toBe(true)
  })

  test.each(MODELS)('%s answers in JSON', async (model) => {
    const schema = { type: 'object', properties: { legs: { type: 'integer' } }, required: ['legs'] }
    const response_format = { type: 'json_schema', json_schema: { name: 'owl', schema } } as const
    const { choices } = await create({ model, messages: say('demo:fence'), response_format })
    expect(choices[0]?.message.content).toBe('{"legs":1}')
  })

  test.each(MODELS)('%s gives several choices', async (model) => {
    const { choices } = await create({ model, messages: say('Hi'), n: 2 })
    expect(choices.map(({ index, message }) => [index, message.content])).toEqual([
      [0, 'You said: "Hi"'],
      [1, 'You said: "Hi"'],
    ])
  })

  test('ends where its tokens end', async () => {
    const body: Body = { model: 'paddler/any', messages: say('demo:words=9'), max_tokens: 3, reasoning_effort: 'none' }
    const { choices, usage } = await create(body)
    expect(choices[0]).toMatchObject({ finish_reason: 'length', message: { content: 'word1 word2 word3' } })
    expect(usage?.completion_tokens).toBe(3)
  })

  test('sees what is named by address', async () => {
    const image = { type: 'image_url', image_url: { url: 'https://pictures.example/owl.png' } } as const
    const messages: Body['messages'] = [{ role: 'user', content: [{ type: 'text', text: 'Look.' }, image] }]
    const { choices } = await create({ model: 'paddler/any', messages })
    expect(choices[0]?.message.content).toBe('You said: "Look." I see 1 image.')
    expect(JSON.stringify(demo.requests.at(-1)?.body)).toContain('data:image/png;base64,iVBORw0KGgo=')
  })

  test('calls tools, and hears what they answer', async () => {
    const parameters = { type: 'object', title: 'Place', properties: { city: { type: 'string' } } }
    const tool = (name: string) => ({ type: 'function', function: { name, parameters } }) as const
    const tools = [tool('weather'), tool('clock')]
    const messages = say('How is the day?')
    const chosen = { type: 'function', function: { name: 'clock' } } as const
    const asked = await create({ model: 'paddler/any', messages, tools, tool_choice: chosen })
    const [{ message, finish_reason } = expect.unreachable()] = asked.choices
    expect(finish_reason).toBe('tool_calls')
    expect(message.tool_calls).toMatchObject([
      { type: 'function', function: { name: 'clock', arguments: '{"city":"city"}' } },
    ])
    const results = (message.tool_calls ?? []).map(
      ({ id }) => ({ role: 'tool', tool_call_id: id, content: 'noon' }) as const,
    )
    const { choices } = await create({ model: 'paddler/any', messages: [...messages, message, ...results], tools })
    expect(choices[0]?.message.content).toBe('The tool answered: noon. You said: "How is the day?"')
  })

  test.each([
    ['demo:overloaded', 503, 'overloaded'],
    ['demo:400', 400, null],
    ['demo:html', 502, 'upstream_error'],
  ])('%s', async (words, status, code) => {
    const failed = await create({ model: 'paddler/any', messages: say(words) }).catch((error: unknown) => error)
    expect(failed).toBeInstanceOf(OpenAI.APIError)
    expect(failed).toMatchObject({ status, code })
    if (failed instanceof OpenAI.APIError && status === 503) expect(failed.headers?.get('retry-after')).toBe('1')
  })

  test.each(['demo:error-mid demo:words=20', 'demo:truncate', 'demo:garbage', 'demo:cut'])(
    'fails where it must: %s',
    async (words) => {
      const failed = await create({ model: 'paddler/any', messages: say(words) }).catch((error: unknown) => error)
      expect(failed).toBeInstanceOf(OpenAI.APIError)
    },
  )

  test('shreds are no matter', async () => {
    const { choices } = await create({ model: 'paddler/any', messages: say('Zwölf 🦉 demo:shred') })
    expect(choices[0]?.message.content).toBe('You said: "Zwölf 🦉"')
  })
})

test('what is lost is said, and the proxy in front gets its key', async () => {
  const { response } = await openai.chat.completions
    .create({ model: 'paddler/any', messages: say('Hi'), temperature: 0.3, stop: 'END' })
    .withResponse()
  expect(response.headers.get('dragoman-loss')).toBe('"stop";kind=emulated, "temperature";kind=dropped')
  expect(demo.requests.at(-1)?.headers.authorization).toBe('Bearer canary')
})
