// What SDKs make of a stream is what the unstreamed answer is: the official accumulators fold what was rendered.
import fc from 'fast-check'
import OpenAI from 'openai'
import type { ChatCompletion } from 'openai/resources/chat/completions'
import { describe, expect, it } from 'vitest'
import { chatCompletion } from '../../../src/dialects/chat/reply.ts'
import type { Delta } from '../../../src/hub/delta.ts'
import type { Reply } from '../../../src/hub/reply.ts'
import type { ChatFields } from '../../../src/hub/request.ts'
import { reply, scattered } from '../../laws/arbitraries.ts'
import { accumulate } from './accumulate.ts'
import { chunksOf, contextOf, rendered, WITH_USAGE } from './said.ts'

type Message = Record<string, unknown>

/** A client whose every answer is this stream, cut into small parts. */
function clientOf(sse: string): OpenAI {
  const bytes = new TextEncoder().encode(sse)
  const body = () =>
    new ReadableStream({
      start(controller) {
        for (let from = 0; from < bytes.length; from += 100) controller.enqueue(bytes.slice(from, from + 100))
        controller.close()
      },
    })
  const headers = { 'content-type': 'text/event-stream; charset=utf-8' }
  return new OpenAI({ apiKey: 'none', maxRetries: 0, fetch: async () => new Response(body(), { headers }) })
}

/** The official Node client's own fold. */
function folded(sse: string): Promise<ChatCompletion> {
  return clientOf(sse).chat.completions.stream({ model: 'm', messages: [], stream: true }).finalChatCompletion()
}

/** A message without what only one of the two ways can say: a stream begins before it knows that it has no text. */
function comparable(message: Message, keys: readonly string[]): Message {
  const out: Message = {}
  for (const key of keys) if (message[key] !== undefined) out[key] = message[key]
  return {
    ...out,
    content: message.content || null,
    refusal: message.refusal || null,
    annotations: message.annotations ?? [],
  }
}

function whole(
  one: Reply,
  fields: Partial<ChatFields> = {},
): { id: string; usage: object; choices: { message: Message; finish_reason: string }[] } {
  return chatCompletion(one, contextOf(fields)) as never
}

const cases = reply.chain((one) => scattered(one).map((deltas) => ({ one, deltas })))

describe('the official fold', () => {
  it('in Node makes the unstreamed answer', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ one, deltas }) => {
        const expected = whole(one)
        const got = await folded(rendered(deltas, contextOf(WITH_USAGE)))
        expect(got).toMatchObject({ id: expected.id, model: one.model, usage: expected.usage })
        expect(got.choices).toHaveLength(expected.choices.length)
        expected.choices.forEach(({ message, finish_reason }, i) => {
          const choice = got.choices[i] ?? expect.unreachable()
          const { message: said } = choice
          expect(choice.finish_reason).toBe(finish_reason)
          expect(comparable(said as never, ['role'])).toEqual(comparable(message, ['role']))
          expect(callsIn(said as never)).toEqual(callsIn(message))
        })
      }),
      { numRuns: 100 },
    )
  })

  it('in Python makes the unstreamed answer, with reasoning and all', () => {
    fc.assert(
      fc.property(cases, ({ one, deltas }) => {
        const expected = whole(one)
        const messages = new Map<number, Message>()
        for (const { choices } of chunksOf(rendered(deltas, contextOf()))) {
          for (const { index, delta } of choices)
            messages.set(index, accumulate(messages.get(index) ?? {}, structuredClone(delta)))
        }
        const keys = ['role', 'reasoning_content', 'reasoning_details']
        expected.choices.forEach(({ message }, i) => {
          const said = messages.get(i) ?? {}
          expect(comparable(said, keys)).toEqual(comparable(message, keys))
          expect(callsIn(said)).toEqual(callsIn(message))
        })
      }),
      { numRuns: 300 },
    )
  })

  it('makes a function call for a client from before tools', async () => {
    const deltas: Delta[] = [
      { type: 'start', id: 'a', model: 'm' },
      { type: 'tool', index: 0, id: 'i', name: 'f', custom: false },
      { type: 'arguments', index: 0, text: '{"a"' },
      { type: 'arguments', index: 0, text: ':1}' },
      { type: 'finish', reason: 'tool_calls' },
    ]
    const got = await folded(rendered(deltas, contextOf({ functions: [{ name: 'f' }] })))
    expect(got.choices[0]).toMatchObject({
      finish_reason: 'function_call',
      message: { function_call: { name: 'f', arguments: '{"a":1}' } },
    })
  })

  it('throws on an answer that failed, with its words and code', async () => {
    const failed = 'data: {"error":{"message":"Busy.","type":"server_error","param":null,"code":"overloaded"}}\n\n'
    const begun = rendered(
      [
        { type: 'start', id: 'a', model: 'm' },
        { type: 'text', text: 'a' },
      ],
      contextOf(),
    )
    await expect(folded(begun.replace('data: [DONE]\n\n', failed))).rejects.toMatchObject({ code: 'overloaded' })
  })

  it('is deaf to comments', async () => {
    const deltas: Delta[] = [
      { type: 'ping' },
      { type: 'start', id: 'a', model: 'm' },
      { type: 'ping' },
      { type: 'text', text: 'a' },
      { type: 'finish', reason: 'stop' },
    ]
    expect((await folded(rendered(deltas, contextOf()))).choices[0]?.message.content).toBe('a')
  })
})

/** Calls as both ways name them, without what only one of them adds. */
function callsIn(message: { tool_calls?: unknown }): unknown[] {
  const calls = (message.tool_calls ?? []) as { id: string; type: string; function?: Message; custom?: Message }[]
  return calls.map(({ id, type, function: f, custom }) => [
    id,
    type,
    f?.name ?? custom?.name,
    f?.arguments ?? custom?.input,
  ])
}
