// Reasoning and calls there and back: what an answer brings is sent again by a client that knows nothing of it, and
// arrives as it was.
import OpenAI from 'openai'
import { describe, expect, it } from 'vitest'
import { chatCompletion } from '../../../src/dialects/chat/reply.ts'
import { ChatRenderer } from '../../../src/dialects/chat/stream.ts'
import type { Delta } from '../../../src/hub/delta.ts'
import { collect } from '../../../src/hub/reply.ts'
import { chatRequestOf } from '../../../src/hub/request.ts'
import { NO_HEADERS } from '../../account.ts'
import { accumulate } from '../../dialects/chat/accumulate.ts'
import { type Fields, hello, send, THINKER } from './accepted.ts'

const context = { request: chatRequestOf({ model: 'm', messages: [hello] }), created: 1, report: undefined }
const asked = { model: 'm', messages: [{ role: 'user' as const, content: 'Hello' }] }

function clientOf(body: string, type: string): OpenAI {
  return new OpenAI({ apiKey: 'none', fetch: async () => new Response(body, { headers: { 'content-type': type } }) })
}

/** A stream of the deltas, each text in pieces. */
function streamOf(deltas: readonly Delta[]): OpenAI {
  const renderer = new ChatRenderer(context)
  const pieces = deltas.flatMap((delta): Delta[] =>
    'text' in delta ? (delta.text.match(/.{1,4}/gsu) ?? []).map((text) => ({ ...delta, text })) : [delta],
  )
  return clientOf(renderer.render(pieces) + renderer.end(), 'text/event-stream')
}

/** How clients get at the message of an answer. */
const CLIENTS: Readonly<Record<string, (deltas: readonly Delta[]) => Promise<unknown>>> = {
  'an answer in one piece': async (deltas) => {
    const client = clientOf(JSON.stringify(chatCompletion(collect(deltas), context)), 'application/json')
    return (await client.chat.completions.create(asked)).choices[0]?.message
  },
  'a stream, folded as in Python': async (deltas) => {
    const stream = await streamOf(deltas).chat.completions.create({ ...asked, stream: true })
    let folded: Parameters<typeof accumulate>[0] = {}
    for await (const chunk of stream) folded = accumulate(folded, { ...chunk.choices[0]?.delta })
    return folded
  },
  'a stream, its details in a row': async (deltas) => {
    const stream = await streamOf(deltas).chat.completions.create({ ...asked, stream: true })
    let folded: Parameters<typeof accumulate>[0] = {}
    const reasoning_details: unknown[] = []
    for await (const chunk of stream) {
      const { reasoning_details: pieces = [], ...delta } = { ...chunk.choices[0]?.delta } as Fields
      reasoning_details.push(...(pieces as unknown[]))
      folded = accumulate(folded, delta)
    }
    return { ...folded, reasoning_details }
  },
}

const TEXT = 'First, “quotes” and \\ and\nlines — 😀. '
const thinking = { type: 'thinking', thinking: TEXT }
const text = { type: 'text', text: 'Looking.' }
const calls = ['find_1', 'find_2'].map((id) => ({
  id,
  type: 'function',
  function: { name: 'find', arguments: '{"q":"cat"}' },
}))
const results = calls.map(({ id }) => ({ role: 'tool', tool_call_id: id, content: 'r' }))

/** What the service said, as it is to come back to it. */
const MESSAGES: Readonly<Record<string, Fields>> = {
  'a plan and calls': { role: 'assistant', tool_plan: TEXT, tool_calls: calls },
  'thinking and calls': { role: 'assistant', content: [thinking], tool_calls: calls },
  'thinking twice, a text, a plan and calls': {
    role: 'assistant',
    content: [thinking, { ...thinking, thinking: 'Again.' }, text],
    tool_plan: 'I will.',
    tool_calls: calls,
  },
  'thinking and a text': { role: 'assistant', content: [thinking, text] },
  'a text': { role: 'assistant', content: 'Looking.' },
}

describe.each(Object.entries(CLIENTS))('%s', (_name, messageOf) => {
  it.each(Object.entries(MESSAGES))('of %s comes back as it was', async (_what, message) => {
    const answer = { id: 'a', message, finish_reason: 'COMPLETE' }
    const back = await messageOf(send({}).call.answer(answer, NO_HEADERS).deltas)
    const after = message.tool_calls ? results : [hello]
    const { body, told } = send({ model: THINKER, messages: [hello, back, ...after] })
    expect(body.messages[1]).toEqual(message)
    expect(told).toEqual([])
  })
})

it('a stream whose helper keeps the last piece only comes back without it', async () => {
  const answer = { id: 'a', message: MESSAGES['thinking and a text'], finish_reason: 'COMPLETE' }
  const stream = streamOf(send({}).call.answer(answer, NO_HEADERS).deltas).chat.completions.stream(asked)
  const { message: back } = (await stream.finalChatCompletion()).choices[0] ?? {}
  const { body, told } = send({ model: THINKER, messages: [hello, back, hello] })
  expect(body.messages[1]).toEqual({ role: 'assistant', content: 'Looking.' })
  expect(told).toEqual(['messages[1].reasoning_details dropped'])
})
