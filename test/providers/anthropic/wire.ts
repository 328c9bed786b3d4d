// Answers of the Messages API in few words: the same one, whole and as a stream.
import { expect } from 'vitest'
import type { Delta } from '../../../src/hub/delta.ts'
import type { Call } from '../../../src/hub/provider.ts'
import { collect, type Reply } from '../../../src/hub/reply.ts'
import { NO_HEADERS } from '../../account.ts'
import type { Fields } from './accepted.ts'

export interface Message {
  readonly content: readonly Fields[]
  readonly stop_reason?: string | null
  readonly usage?: Fields
  readonly more?: Fields
}

const USAGE = { input_tokens: 12, output_tokens: 30 }

/** A message as it is answered at once. */
export function message({ content, stop_reason = 'end_turn', usage = USAGE, more = {} }: Message): Fields {
  return {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude-x',
    content,
    stop_reason,
    stop_sequence: null,
    usage,
    ...more,
  }
}

export type Event = Fields & { readonly type: string }

/** The events of the same message; each text and each JSON comes in two pieces. */
export function events(answer: Message): Event[] {
  const { stop_reason = 'end_turn', usage = USAGE, more = {} } = answer
  const start = message({ content: [], stop_reason: null, usage: { ...usage, output_tokens: 1 } })
  return [
    { type: 'message_start', message: start },
    ...answer.content.flatMap((block, index) => [
      { type: 'content_block_start', index, content_block: opening(block) },
      ...deltas(block).map((delta) => ({ type: 'content_block_delta', index, delta })),
      { type: 'content_block_stop', index },
    ]),
    { type: 'message_delta', delta: { stop_reason, stop_sequence: null, ...more }, usage },
    { type: 'message_stop' },
  ]
}

function opening(block: Fields): Fields {
  switch (block.type) {
    case 'text':
      return { type: 'text', text: '' }
    case 'thinking':
      return { type: 'thinking', thinking: '', signature: '' }
    case 'tool_use':
    case 'server_tool_use':
      return { ...block, input: {} }
    default:
      return block
  }
}

function deltas(block: Fields): Fields[] {
  const halves = (text: unknown) => {
    const all = String(text)
    const middle = Math.ceil(all.length / 2)
    return [all.slice(0, middle), all.slice(middle)].filter((part) => part !== '')
  }
  switch (block.type) {
    case 'text':
      return [
        ...halves(block.text).map((text) => ({ type: 'text_delta', text })),
        ...((block.citations ?? []) as Fields[]).map((citation) => ({ type: 'citations_delta', citation })),
      ]
    case 'thinking':
      return [
        ...halves(block.thinking).map((thinking) => ({ type: 'thinking_delta', thinking })),
        { type: 'signature_delta', signature: block.signature },
      ]
    case 'tool_use':
    case 'server_tool_use': {
      const json = JSON.stringify(block.input)
      return ['', ...(json === '{}' ? [] : halves(json))].map((partial_json) => ({
        type: 'input_json_delta',
        partial_json,
      }))
    }
    default:
      return []
  }
}

/** What the events say, one after the other. */
export function readAll(call: Call, all: readonly Event[]): { deltas: Delta[]; next: Call | undefined; done: boolean } {
  const reader = call.reader(NO_HEADERS)
  const out = all.flatMap((event) => reader.read({ event: '', data: JSON.stringify(event) }))
  return { deltas: out, next: reader.next, done: reader.done }
}

/** The reply that an answer makes, which is the same whole and streamed. */
export function replyOf(call: Call, answer: Message): Reply {
  const whole = collect(call.answer(message(answer), NO_HEADERS).deltas)
  const { deltas, done } = readAll(call, events(answer))
  expect(done).toBe(true)
  expect(collect(deltas)).toEqual(whole)
  return whole
}
