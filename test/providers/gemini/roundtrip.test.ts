// Signatures there and back: what an answer brings is sent again by a client that knows nothing of it, and arrives where
// it was.
import OpenAI from 'openai'
import { describe, expect, it } from 'vitest'
import { chatCompletion } from '../../../src/dialects/chat/reply.ts'
import { ChatRenderer } from '../../../src/dialects/chat/stream.ts'
import type { Delta } from '../../../src/hub/delta.ts'
import { collect } from '../../../src/hub/reply.ts'
import { chatRequestOf } from '../../../src/hub/request.ts'
import { accumulate } from '../../dialects/chat/accumulate.ts'
import { hello, send } from './accepted.ts'
import { chunk, readAll } from './answers.ts'

const context = { request: chatRequestOf({ model: 'm', messages: [hello] }), created: 1, report: undefined }
const asked = { model: 'm', messages: [{ role: 'user' as const, content: 'Hello' }] }

function sse(deltas: readonly Delta[]): string {
  const renderer = new ChatRenderer(context)
  return renderer.render(deltas) + renderer.end()
}

function clientOf(body: string, type: string): OpenAI {
  return new OpenAI({ apiKey: 'none', fetch: async () => new Response(body, { headers: { 'content-type': type } }) })
}

type Message = Record<string, unknown> & { tool_calls?: Record<string, unknown>[] }

async function whole(deltas: readonly Delta[]): Promise<Message> {
  const client = clientOf(JSON.stringify(chatCompletion(collect(deltas), context)), 'application/json')
  const { choices } = await client.chat.completions.create(asked)
  return { ...choices[0]?.message } as unknown as Message
}

async function folded(deltas: readonly Delta[]): Promise<Message> {
  const stream = await clientOf(sse(deltas), 'text/event-stream').chat.completions.create({ ...asked, stream: true })
  let message: Parameters<typeof accumulate>[0] = {}
  for await (const one of stream) message = accumulate(message, { ...one.choices[0]?.delta })
  return message as Message
}

/** How clients get at the message of an answer, and what some of them forget. */
const CLIENTS: Readonly<Record<string, (deltas: readonly Delta[]) => Promise<Message>>> = {
  'an answer in one piece': whole,
  'a stream, folded as in Python': folded,
  'a client that keeps only details': async (deltas) => {
    const { tool_calls: calls = [], extra_content: _extra, ...message } = await folded(deltas)
    return { ...message, tool_calls: calls.map(({ extra_content: _more, ...call }) => call) }
  },
  'a client that keeps only extra content': async (deltas) => {
    const { reasoning_details: _details, ...message } = await whole(deltas)
    return message
  },
}

const CALLS = [
  { functionCall: { id: 'k1', name: 'find', args: { q: 'cat' } }, thoughtSignature: 'b25l' },
  { functionCall: { id: 'k2', name: 'now', args: {} } },
]
const results = ['k1', 'k2'].map((id) => ({ role: 'tool', tool_call_id: id, content: 'r' }))
const { call } = send({})

describe.each(Object.entries(CLIENTS))('%s', (_name, messageOf) => {
  it('brings the signatures of calls back', async () => {
    const thoughts = [
      { text: 'Hm', thought: true },
      { text: 'm.', thought: true },
    ]
    const { deltas } = readAll(call, [
      chunk(thoughts),
      chunk([{ text: 'Looking.' }]),
      chunk(CALLS),
      chunk([{ text: '' }], 'STOP'),
    ])
    const { body } = send({ messages: [hello, await messageOf(deltas), ...results] })
    expect(body.contents?.[1]).toEqual({ role: 'model', parts: [{ text: 'Looking.' }, ...CALLS] })
  })

  it('brings the last signature of a text back', async () => {
    const { deltas } = readAll(call, [
      chunk([{ text: 'Hi ', thoughtSignature: 'b25l' }]),
      chunk([{ text: 'you.' }]),
      chunk([{ text: '', thoughtSignature: 'dHdv' }], 'STOP'),
    ])
    const { tool_calls: _none, ...message } = await messageOf(deltas)
    const { body } = send({ messages: [hello, message, hello] })
    expect(body.contents?.[1]).toEqual({ role: 'model', parts: [{ text: 'Hi you.', thoughtSignature: 'dHdv' }] })
  })
})
