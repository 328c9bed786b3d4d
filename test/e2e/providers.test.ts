// Every provider that the demo plays, through the Worker, as the official client sees it: the same question, the same
// answer, whoever is behind it.
import OpenAI, { APIError } from 'openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Demo, startDemo } from '../../demo/index.ts'
import { type Gateway, startGateway } from '../harness/gateway.ts'

/** A model of each provider that calls tools, and what a slot of it says beside its address. */
const PLAYED = [
  ['gemini', 'gemini-2.5-flash'],
  ['bedrock', 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'],
  ['cohere', 'command-a-03-2025'],
  ['paddler', 'local'],
] as const

let gateway: Gateway
let demo: Demo
let openai: OpenAI

beforeAll(async () => {
  const started = await Promise.all([startGateway(), startDemo({ delayMs: 0 })])
  gateway = started[0]
  demo = started[1]
  const slots = Object.entries(demo.bases).map(([provider, base_url]) => [provider, { base_url, credential: 'demo' }])
  const key = await gateway.createKey({ providers: Object.fromEntries(slots) })
  openai = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: key, maxRetries: 0 })
})
afterAll(() => Promise.all([gateway.close(), demo.close()]))

test('all of them are asked here, or in client.test.ts', () => {
  expect(Object.keys(demo.bases).sort()).toEqual([...PLAYED.map(([name]) => name), 'anthropic', 'openai'].sort())
})

const FIND: OpenAI.ChatCompletionTool = {
  type: 'function',
  function: {
    name: 'find',
    description: 'Finds.',
    parameters: { type: 'object', properties: { q: { type: 'string' } }, required: ['q'] },
  },
}

describe.each(PLAYED)('%s', (provider, name) => {
  const model = `${provider}/${name}`
  const user = (content: string) => [{ role: 'user' as const, content }]

  async function ask(content: string, params: Partial<OpenAI.ChatCompletionCreateParamsNonStreaming> = {}) {
    const body = { messages: user(content), ...params, model }
    const whole = await openai.chat.completions.create({ ...body, stream: false })
    const options = { include_usage: true }
    const folded = await openai.chat.completions
      .stream({ ...body, stream: true, stream_options: options })
      .finalChatCompletion()
    return { whole, folded }
  }

  test('answers, streamed and whole', async () => {
    const { whole, folded } = await ask('hello')
    for (const { id, choices, usage } of [whole, folded]) {
      expect(id).toMatch(/^chatcmpl-./)
      expect(choices).toHaveLength(1)
      expect(choices[0]).toMatchObject({ finish_reason: 'stop', message: { content: 'You said: "hello"' } })
      expect(usage?.total_tokens).toBe((usage?.prompt_tokens ?? 0) + (usage?.completion_tokens ?? 0))
      expect(usage?.completion_tokens).toBeGreaterThan(0)
    }
  })

  test('calls a tool, and takes its result', async () => {
    const { whole, folded } = await ask('demo:tool', { tools: [FIND] })
    for (const { choices } of [whole, folded]) {
      const [choice] = choices
      expect(choice?.finish_reason).toBe('tool_calls')
      const calls = choice?.message.tool_calls ?? []
      expect(calls).toMatchObject([{ type: 'function', function: { name: 'find' } }])
      const [call] = calls
      if (!choice || call?.type !== 'function') throw new Error('No call.')
      expect(JSON.parse(call.function.arguments)).toEqual(expect.any(Object))
      const result = { role: 'tool' as const, tool_call_id: call.id, content: '2 hits' }
      const messages = [...user('demo:tool'), choice.message, result, ...user('And?')]
      const next = await openai.chat.completions.create({ model, messages, tools: [FIND] })
      expect(next.choices[0]?.finish_reason).toBe('stop')
      expect(next.choices[0]?.message.content).toContain('You said: "And?"')
    }
  })

  test('has two choices, and stops at a word', async () => {
    const { whole, folded } = await ask('demo:words=20', { n: 2, stop: 'word3' })
    for (const { choices } of [whole, folded]) {
      expect(choices.map(({ index }) => index)).toEqual([0, 1])
      for (const { message, finish_reason } of choices) {
        expect(message.content).toBe('word1 word2 ')
        expect(finish_reason).toBe('stop')
      }
    }
  })

  test('that breaks off ends in an error, and says nothing after it', async () => {
    const chunks: OpenAI.ChatCompletionChunk[] = []
    const stream = await openai.chat.completions.create({ model, messages: user('demo:truncate hello'), stream: true })
    const read = async () => {
      for await (const chunk of stream) chunks.push(chunk)
    }
    await expect(read()).rejects.toThrow(APIError)
    expect(chunks.length).toBeGreaterThan(0)
    expect(chunks.some(({ choices }) => choices[0]?.finish_reason)).toBe(false)
  })

  test('that refuses has its status', async () => {
    for (const stream of [false, true]) {
      const asked = openai.chat.completions.create({ model, messages: user('demo:429=20'), stream })
      await expect(asked).rejects.toMatchObject({ status: 429, code: 'rate_limit_exceeded' })
    }
  })
})
