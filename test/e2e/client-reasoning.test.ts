// Reasoning through the official client: shown, kept, and sent back as it came.
import type OpenAI from 'openai'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Clients, startClients } from '../harness/openai-client.ts'

type Message = OpenAI.ChatCompletionMessageParam
type Answer = OpenAI.ChatCompletionMessage
type Body = Omit<OpenAI.ChatCompletionCreateParamsNonStreaming, 'stream'>

let clients: Clients
let openai: OpenAI

beforeAll(async () => {
  clients = await startClients()
  openai = clients.openai
})
afterAll(() => clients.close())

const tools: OpenAI.ChatCompletionTool[] = [
  {
    type: 'function',
    function: { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
  },
  { type: 'function', function: { name: 'clock' } },
]

/** Models that think when asked for it, by themselves, and always and only for one conversation. */
const THINKERS = ['claude-sonnet-4-5', 'claude-opus-4-6', 'claude-opus-5', 'claude-sonnet-5-5', 'claude-opus-5-5']

interface Detail {
  readonly type: string
  readonly index: number
  readonly format: string
  readonly text?: string
  readonly signature?: string
  readonly data?: string
}
type Thinking = Answer & { reasoning_content?: string; reasoning_details?: Detail[] }

const body = (model: string, messages: Message[]): Body => ({
  model: `anthropic/${model}`,
  messages,
  tools,
  reasoning_effort: 'medium',
})

test.each(THINKERS)('%s: a tool loop with the messages as they came', async (model) => {
  const messages: Message[] = [{ role: 'user', content: 'What is the weather?' }]
  const { choices, usage } = await openai.chat.completions.create(body(model, messages))
  const message: Thinking | undefined = choices[0]?.message
  const [detail] = message?.reasoning_details ?? []
  expect(detail).toMatchObject({ type: 'reasoning.text', index: 0, format: 'anthropic-claude-v1' })
  expect(detail?.signature).toBeTruthy()
  expect(message?.reasoning_content ?? '').toBe(detail?.text)
  expect(usage?.completion_tokens_details?.reasoning_tokens).toBeGreaterThan(0)
  const [call] = message?.tool_calls ?? []
  if (!message || !call) throw new Error('No call.')
  messages.push(message, { role: 'tool', tool_call_id: call.id, content: 'rain' })
  const next = await openai.chat.completions.create(body(model, messages)).withResponse()
  expect(next.data.choices[0]?.message.content).toContain('weather answered: rain.')
  expect(next.response.headers.get('dragoman-loss') ?? '').not.toContain('messages')
  const { messages: sent } = clients.sent() as { messages: { content: { type: string; signature?: string }[] }[] }
  expect(sent[1]?.content[0]).toMatchObject({ type: 'thinking', signature: detail?.signature })
  // A second turn by the user: nothing of what was thought is refused.
  messages.push(next.data.choices[0]?.message ?? message, { role: 'user', content: 'Thanks.' })
  const thanks = await openai.chat.completions.create(body(model, messages))
  expect(thanks.choices[0]?.message.content).toContain('You said: "Thanks."')
})

test('folded from a stream by hand, as clients of reasoning do it', async () => {
  const messages: Message[] = [{ role: 'user', content: 'What is the weather?' }]
  const stream = await openai.chat.completions.create({ ...body('claude-sonnet-4-5', messages), stream: true })
  const details: Record<number, Record<string, unknown>> = {}
  const calls: { id: string; type: 'function'; function: { name: string; arguments: string } }[] = []
  let content = ''
  let thought = ''
  for await (const { choices } of stream) {
    const delta = choices[0]?.delta as OpenAI.ChatCompletionChunk.Choice.Delta & Partial<Thinking>
    content += delta.content ?? ''
    thought += delta.reasoning_content ?? ''
    for (const { index, text, signature, ...rest } of delta.reasoning_details ?? []) {
      const detail = details[index] ?? {}
      details[index] = {
        ...detail,
        index,
        ...rest,
        text: `${detail.text ?? ''}${text ?? ''}`,
        ...(signature && { signature }),
      }
    }
    for (const { index, id, function: part } of delta.tool_calls ?? []) {
      if (id) calls[index] = { id, type: 'function', function: { name: part?.name ?? '', arguments: '' } }
      const call = calls[index]
      if (call) call.function.arguments += part?.arguments ?? ''
    }
  }
  expect(thought).not.toBe('')
  const message = {
    role: 'assistant' as const,
    content: content || null,
    reasoning_details: Object.values(details),
    tool_calls: calls,
  }
  messages.push(message, { role: 'tool', tool_call_id: calls[0]?.id ?? '', content: 'rain' })
  const { choices } = await openai.chat.completions.create(body('claude-sonnet-4-5', messages))
  expect(choices[0]?.message.content).toContain('weather answered: rain.')
})

test('thinking that was redacted goes back as it came', async () => {
  const messages: Message[] = [{ role: 'user', content: 'demo:redacted What is the weather?' }]
  const { choices } = await openai.chat.completions.create(body('claude-sonnet-4-5', messages))
  const message: Thinking | undefined = choices[0]?.message
  expect(message?.reasoning_details?.[0]).toMatchObject({ type: 'reasoning.encrypted', data: expect.any(String) })
  const [call] = message?.tool_calls ?? []
  if (!message || !call) throw new Error('No call.')
  messages.push(message, { role: 'tool', tool_call_id: call.id, content: 'rain' })
  const next = await openai.chat.completions.create(body('claude-sonnet-4-5', messages))
  expect(next.choices[0]?.message.content).toContain('weather answered: rain.')
})

test('a history that lost its thinking is answered all the same', async () => {
  const { choices } = await openai.chat.completions.create(
    body('claude-sonnet-4-5', [{ role: 'user', content: 'weather' }]),
  )
  const calls = choices[0]?.message.tool_calls ?? []
  const messages: Message[] = [
    { role: 'user', content: 'weather' },
    { role: 'assistant', tool_calls: calls },
    { role: 'tool', tool_call_id: calls[0]?.id ?? '', content: 'rain' },
  ]
  const { data } = await openai.chat.completions.create(body('claude-sonnet-4-5', messages)).withResponse()
  expect(data.choices[0]?.message.content).toContain('weather answered: rain.')
})

test('left out where nobody wants to see it', async () => {
  const ask = { ...body('claude-sonnet-4-5', [{ role: 'user', content: 'hi' }]), reasoning: { exclude: true } }
  const { choices } = await openai.chat.completions.create(ask)
  expect(choices[0]?.message).not.toHaveProperty('reasoning_content')
  expect(choices[0]?.message).not.toHaveProperty('reasoning_details')
})
