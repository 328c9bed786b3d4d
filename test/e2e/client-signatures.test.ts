// Signatures of thought through the official client, which knows nothing of them, to a service that demands them back.
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Demo, startDemo } from '../../demo/index.ts'
import { type Gateway, startGateway } from '../harness/gateway.ts'

let demo: Demo
let gateway: Gateway
let openai: OpenAI

beforeAll(async () => {
  ;[gateway, demo] = await Promise.all([startGateway(), startDemo()])
  const apiKey = await gateway.createKey({ providers: { gemini: { base_url: demo.bases.gemini, credential: 'k' } } })
  openai = new OpenAI({ apiKey, baseURL: `${gateway.url}/v1`, maxRetries: 0 })
})
afterAll(() => Promise.all([gateway.close(), demo.close()]))

type Message = OpenAI.ChatCompletionMessageParam

const tools: OpenAI.ChatCompletionTool[] = ['rain', 'clock'].map((name) => ({
  type: 'function',
  function: { name, parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } },
}))
const user = (content: string): Message => ({ role: 'user', content })

/** Both ways of asking, as one. */
const WAYS = {
  whole: (body: OpenAI.ChatCompletionCreateParamsNonStreaming) => openai.chat.completions.create(body),
  streamed: (body: OpenAI.ChatCompletionCreateParamsNonStreaming) =>
    openai.chat.completions.stream({ ...body, stream: true }).finalChatCompletion(),
}

interface Sent {
  readonly contents: readonly { readonly role: string; readonly parts: readonly Record<string, unknown>[] }[]
}

describe.each(Object.entries(WAYS))('%s', (_way, create) => {
  it.each([
    ['gemini-3-flash-preview', true],
    ['gemini-2.5-pro', false],
    ['gemini-2.0-flash', false],
  ])('calls of %s, their results, and the answer', async (name, signed) => {
    const model = `gemini/${name}`
    const asking = [user('Ask rain and clock.')]
    const [first] = (await create({ model, messages: asking, tools })).choices
    expect(first?.finish_reason).toBe('tool_calls')
    const { message } = first ?? {}
    const calls = message?.tool_calls ?? []
    expect(calls).toHaveLength(2)
    const results = calls.map(({ id }): Message => ({ role: 'tool', tool_call_id: id, content: 'No.' }))

    const { choices } = await create({ model, messages: [...asking, message as Message, ...results], tools })
    expect(choices[0]).toMatchObject({
      finish_reason: 'stop',
      message: { content: expect.stringContaining('answered') },
    })
    const sent = demo.requests.at(-1)?.body as Sent | undefined
    const [one, two] = sent?.contents[1]?.parts ?? []
    expect([one, two].map((part) => Boolean(part?.thoughtSignature))).toEqual([signed, false])
    // It is the one that was given, not one that stands for any.
    if (signed) expect(one?.thoughtSignature).toBe(Buffer.from('signature of rain').toString('base64'))
  })
})

it('a limit that was met is told with what was used up', async () => {
  const thrown = await openai.chat.completions
    .create({ model: 'gemini/gemini-2.0-flash', messages: [user('demo:429=7')] })
    .catch((error: unknown) => error)
  expect(thrown).toMatchObject({ status: 429, type: 'requests', code: 'rate_limit_exceeded' })
  const { headers } = thrown as InstanceType<typeof OpenAI.APIError>
  expect(headers?.get('retry-after')).toBe('7')
  expect(headers?.get('x-ratelimit-limit-requests')).toBe('10')
  expect(headers?.get('x-ratelimit-remaining-requests')).toBe('0')
})

it('a stream that fails in bare JSON is an error, and nothing follows', async () => {
  const stream = await openai.chat.completions.create({
    model: 'gemini/gemini-3-flash-preview',
    stream: true,
    messages: [user('Hello to all of you demo:error-mid')],
  })
  let text = ''
  const read = async () => {
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? ''
  }
  await expect(read()).rejects.toThrow('overloaded')
  expect(text).toMatch(/^You said/)
})

it('the models are listed by their slot', async () => {
  const { data } = await openai.models.list()
  expect(data.map(({ id }) => id)).toContain('gemini/gemini-3-flash-preview')
})
