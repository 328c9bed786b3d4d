// Thinking there and back: what an answer brings is sent again by a client that knows nothing of it, and arrives as it
// was, first in its turn.
import OpenAI from 'openai'
import { describe, expect, it } from 'vitest'
import { findModel } from '../../../demo/anthropic/models.ts'
import { mint } from '../../../demo/anthropic/signature.ts'
import type { MessagesBody } from '../../../demo/anthropic/wire.ts'
import { chatCompletion } from '../../../src/dialects/chat/reply.ts'
import { ChatRenderer } from '../../../src/dialects/chat/stream.ts'
import type { Delta } from '../../../src/hub/delta.ts'
import { collect } from '../../../src/hub/reply.ts'
import { chatRequestOf } from '../../../src/hub/request.ts'
import { NO_HEADERS } from '../../account.ts'
import { accumulate } from '../../dialects/chat/accumulate.ts'
import { type Fields, hello, send } from './accepted.ts'
import { events, message, readAll } from './wire.ts'

const context = { request: chatRequestOf({ model: 'm', messages: [hello] }), created: 1, report: undefined }

function sse(deltas: readonly Delta[]): string {
  const renderer = new ChatRenderer(context)
  return renderer.render(deltas) + renderer.end()
}

function clientOf(body: string, type: string): OpenAI {
  return new OpenAI({ apiKey: 'none', fetch: async () => new Response(body, { headers: { 'content-type': type } }) })
}
const asked = { model: 'm', messages: [{ role: 'user' as const, content: 'Hello' }] }

/** How clients get at the message of an answer. */
const CLIENTS: Readonly<Record<string, (deltas: readonly Delta[]) => Promise<unknown>>> = {
  'an answer in one piece': async (deltas) => {
    const client = clientOf(JSON.stringify(chatCompletion(collect(deltas), context)), 'application/json')
    return (await client.chat.completions.create(asked)).choices[0]?.message
  },
  'a stream, folded as in Python': async (deltas) => {
    const stream = await clientOf(sse(deltas), 'text/event-stream').chat.completions.create({ ...asked, stream: true })
    let folded: Parameters<typeof accumulate>[0] = {}
    for await (const chunk of stream) folded = accumulate(folded, { ...chunk.choices[0]?.delta })
    return folded
  },
}

const TEXT = 'First, “quotes” and \\ and\nlines — 😀. '
const THINKING: readonly Fields[] = [
  { type: 'thinking', thinking: TEXT, signature: 'EqQBCkgIARABGAIi' },
  { type: 'redacted_thinking', data: 'EmwKAhgBEgy3va3p' },
  { type: 'thinking', thinking: '', signature: 'EqQBCkgIBBABGA==' },
]
const SAID: readonly Fields[] = [
  { type: 'text', text: 'Looking.' },
  { type: 'tool_use', id: 'toolu_1', name: 'find', input: { q: 'cat' } },
  { type: 'tool_use', id: 'toolu_2', name: 'now', input: {} },
]
const results = ['toolu_1', 'toolu_2'].map((id) => ({ role: 'tool', tool_call_id: id, content: 'r' }))
const deltasOf = (content: readonly Fields[]) =>
  readAll(send({}).call, events({ content, stop_reason: 'tool_use' })).deltas

describe.each(Object.entries(CLIENTS))('%s', (_name, messageOf) => {
  it.each(['claude-sonnet-4-5', 'claude-opus-4-8', 'claude-opus-5-5'])('comes back to %s as it was', async (model) => {
    const back = await messageOf(deltasOf([...THINKING, ...SAID]))
    const { body, told } = send({ model, reasoning_effort: 'low', messages: [hello, back, ...results] })
    expect(body.messages[1]).toEqual({ role: 'assistant', content: [...THINKING, ...SAID] })
    expect(told).toEqual([])
    expect(body.thinking?.type).toBe(model === 'claude-sonnet-4-5' ? 'enabled' : 'adaptive')
  })
})

describe("a stream, folded by the official client's own helper", () => {
  // It keeps the last list of details there was, so that texts and earlier blocks are gone (openai 7.55).
  const folded = async (content: readonly Fields[]) => {
    const client = clientOf(sse(deltasOf(content)), 'text/event-stream')
    return (await client.chat.completions.stream(asked).finalChatCompletion()).choices[0]?.message
  }

  it.each([
    ['a signature without its text', THINKING.slice(0, 1)],
    ['the last of several blocks', THINKING],
    ['the last of two', THINKING.slice(0, 2)],
  ])('brings back %s, which is left out before it is refused', async (_name, thinking) => {
    const back = await folded([...thinking, ...SAID])
    const { body, told } = send({
      model: 'claude-opus-5-5',
      reasoning_effort: 'low',
      messages: [hello, back, ...results],
    })
    expect(body.messages[1]).toEqual({ role: 'assistant', content: SAID })
    expect(told).toEqual([])
  })

  it.each([
    ['without text', [{ type: 'thinking', thinking: '', signature: 'EqQB' }]],
    ['that is hidden', [{ type: 'redacted_thinking', data: 'EmwK' }]],
  ])('brings back a single block %s as it was', async (_name, thinking) => {
    const back = await folded([...thinking, ...SAID])
    const { body } = send({ model: 'claude-opus-5-5', messages: [hello, back, ...results] })
    expect(body.messages[1]).toEqual({ role: 'assistant', content: [...thinking, ...SAID] })
  })
})

it.each(['claude-opus-5-5', 'claude-sonnet-5-5', 'claude-fable-5-2'])(
  '%s finds every earlier turn as it was, while the conversation grows and instructions come late',
  (id) => {
    const model = findModel(id)
    if (!model) throw new Error(id)
    const history: unknown[] = [{ role: 'system', content: 'S' }]
    const fields = { model: id, reasoning_effort: 'high', tools: [{ type: 'function', function: { name: 'find.it' } }] }
    const steps: unknown[][] = [
      [hello],
      [
        { role: 'user', content: 'a' },
        { role: 'developer', content: 'Be brief.' },
      ],
      [
        { role: 'system', content: 'In Dutch.' },
        { role: 'user', content: [{ type: 'text', text: 'b' }] },
      ],
      [{ role: 'user', content: 'c' }],
    ]
    for (const [i, step] of steps.entries()) {
      history.push(...step)
      // Each turn thinks, calls, gets its result, and thinks again.
      for (const content of [
        [{ type: 'tool_use', id: `t${i}`, name: 'find_it', input: { i } }],
        [{ type: 'text', text: 'So.' }],
      ]) {
        const { body, call } = send({ ...fields, messages: history })
        history.push(answered(body, call, content))
        if (content[0]?.type === 'tool_use') history.push({ role: 'tool', tool_call_id: `t${i}`, content: 'r' })
      }
    }
    const { body } = send({ ...fields, messages: [...history, hello] })
    expect(JSON.stringify(body).match(/"type":"thinking"/g)).toHaveLength(8)

    function answered(body: MessagesBody, call: ReturnType<typeof send>['call'], content: Fields[]): unknown {
      if (!model) return undefined
      const signature = mint('Hm.', body, model, false)
      const deltas = call.answer(
        message({ content: [{ type: 'thinking', thinking: 'Hm.', signature }, ...content] }),
        NO_HEADERS,
      ).deltas
      const { choices } = chatCompletion(collect(deltas), context) as { choices: { message: unknown }[] }
      return choices[0]?.message
    }
  },
)
