// What an answer says: whole, streamed, and however it ends.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { answer as demoAnswer } from '../../../demo/cohere/answer.ts'
import { frames, wholeAnswer } from '../../../demo/cohere/stream.ts'
import type { ChatBody } from '../../../demo/cohere/wire.ts'
import { Directives } from '../../../demo/directives.ts'
import type { Delta } from '../../../src/hub/delta.ts'
import { GatewayError } from '../../../src/hub/error.ts'
import { collect } from '../../../src/hub/reply.ts'
import { SseReader } from '../../../src/wire/sse.ts'
import { NO_HEADERS } from '../../account.ts'
import { type Fields, send } from './accepted.ts'
import { chatRequests } from './arbitrary.ts'

const { call } = send({
  tools: [
    { type: 'custom', custom: { name: 'sql' } },
    { type: 'function', function: { name: 'find' } },
  ],
})

/** The deltas of events. */
function streamed(...events: Fields[]): Delta[] {
  const reader = call.reader(NO_HEADERS)
  return events.flatMap((event) => reader.read({ event: '', data: JSON.stringify(event) }))
}
const message = (type: string, index: number, part: Fields): Fields => ({ type, index, delta: { message: part } })
const text = (value: string, index = 0): Fields => message('content-delta', index, { content: { text: value } })
const end = (finish_reason: string, more: Fields = {}): Fields => ({
  type: 'message-end',
  delta: { finish_reason, ...more },
})
const replyOf = (...events: Fields[]) => collect(streamed({ type: 'message-start', id: 'a' }, ...events))
const opened = (index: number, name = 'find') =>
  message('tool-call-start', index, { tool_calls: { id: `${name}_${index}`, type: 'function', function: { name } } })
const grows = (index: number, json: string) =>
  message('tool-call-delta', index, { tool_calls: { function: { arguments: json } } })
const argumentsOf = (...events: Fields[]) =>
  replyOf(...events, end('TOOL_CALL')).choices[0]?.blocks.flatMap((block) =>
    block.type === 'tool' ? block.arguments : [],
  )

describe('arguments', () => {
  it.each([
    [[], '{}'],
    [['null'], '{}'],
    [['nu', 'll'], '{}'],
    [[' null\n'], '{}'],
    [['null', 'able'], 'nullable'],
    [['{"a"', ':1}'], '{"a":1}'],
    [['nu'], 'nu'],
  ])('%j', (parts, whole) => {
    expect(argumentsOf(opened(0), ...parts.map((part) => grows(0, part)))).toEqual([whole])
  })

  it('of calls side by side stay apart, whatever is open', () => {
    const all = argumentsOf(opened(0), opened(1), grows(1, '{"b":1}'), grows(0, '{"a":1}'), {
      type: 'tool-call-end',
      index: 1,
    })
    expect(all).toEqual(['{"a":1}', '{"b":1}'])
  })

  it('come for calls that stand in a list, and at the place of another call', () => {
    const listed = message('tool-call-start', 0, {
      tool_calls: [{ id: 'x', function: { name: 'find', arguments: '{}' } }],
    })
    expect(argumentsOf(listed, opened(0), grows(0, '{"a":1}'))).toEqual(['{}', '{"a":1}'])
  })

  it('for no call are passed over', () => {
    expect(argumentsOf(grows(3, '{}'))).toEqual([])
  })

  it.each([
    ['{"input":"select 1"}', 'select 1'],
    ['{"other":1}', '{"other":1}'],
    ['{"input":', '{"input":'],
  ])('of a custom tool are its string: %s', (json, input) => {
    expect(argumentsOf(opened(0, 'sql'), grows(0, json))).toEqual([input])
  })
})

describe('the finish', () => {
  const finishOf = (...events: Fields[]) => replyOf(...events).choices[0]?.finish

  it.each([
    ['COMPLETE', 'stop'],
    ['complete', 'stop'],
    ['STOP_SEQUENCE', 'stop'],
    ['MAX_TOKENS', 'length'],
    ['ERROR_TOXIC', 'content_filter'],
    ['TOOL_CALL', 'stop'],
    ['NEWS', 'stop'],
    ['ERROR', 'stop'],
    ['ERROR_LIMIT', 'stop'],
    ['TIMEOUT', 'stop'],
  ])('of a text that ends in %s is %s', (reason, finish) => {
    expect(finishOf(text('Hi'), end(reason))).toBe(finish)
  })

  it('with calls is theirs, unless the answer was cut', () => {
    expect(finishOf(opened(0), end('COMPLETE'))).toBe('tool_calls')
    expect(finishOf(opened(0), end('TOOL_CALL'))).toBe('tool_calls')
    expect(finishOf(opened(0), end('MAX_TOKENS'))).toBe('length')
  })

  it('of an answer that was broken off is told as a loss', () => {
    expect(replyOf(text('Hi'), end('TIMEOUT')).losses).toMatchObject([
      { path: 'choices[0].finish_reason', kind: 'clamped', sent: 'stop' },
    ])
  })

  it.each([
    [end('ERROR'), 502, 'upstream_error', 'The provider could not finish its answer.'],
    [end('TIMEOUT'), 504, 'timeout', 'The provider ran out of time.'],
    [end('ERROR', { error: 'broken' }), 502, 'upstream_error', 'broken'],
    [end('TIMEOUT', { error: 'slow' }), 504, 'timeout', 'slow'],
  ])('%j of an answer without content is an error', (event, status, code, words) => {
    const error = streamed(event).find((delta) => delta.type === 'error')?.error
    expect(error).toMatchObject({ status, code, message: words })
    expect(error).toBeInstanceOf(GatewayError)
  })

  it('with an error is one, whatever was said', () => {
    expect(() => replyOf(text('Hi'), end('COMPLETE', { error: 'broken' }))).toThrow('broken')
  })

  it('is the last that is said', () => {
    const reader = call.reader(NO_HEADERS)
    const read = (event: Fields) => reader.read({ event: '', data: JSON.stringify(event) })
    read(end('COMPLETE'))
    expect(reader.done).toBe(true)
    expect(read(text('more'))).toEqual([])
    expect(reader.next).toBeUndefined()
  })
})

describe('usage', () => {
  const usageOf = (usage: unknown) => replyOf(text('Hi'), end('COMPLETE', { usage })).usage

  it.each([
    [
      { tokens: { input_tokens: 507.4, output_tokens: 10.6 }, billed_units: { input_tokens: 1, output_tokens: 2 } },
      [507, 11],
    ],
    [{ billed_units: { input_tokens: 1, output_tokens: 2 } }, [1, 2]],
    [{ tokens: { input_tokens: 5 }, billed_units: { input_tokens: 1, output_tokens: 2 } }, [5, 2]],
    [{ tokens: { output_tokens: 5 } }, [0, 5]],
  ])('%j', (usage, [prompt_tokens, completion_tokens]) => {
    expect(usageOf(usage)).toMatchObject({ prompt_tokens, completion_tokens })
  })

  it.each([[{ tokens: { input_tokens: 5 }, cached_tokens: 3 }], [{ tokens: { input_tokens: 5, cached_tokens: 3 } }]])(
    'tells what came from the cache: %j',
    (usage) => {
      expect(usageOf(usage)?.prompt_tokens_details).toEqual({ cached_tokens: 3 })
    },
  )

  it.each([[undefined], [null], [{}], [{ tokens: null }]])('is not made up: %j', (usage) => {
    expect(usageOf(usage)).toBeUndefined()
  })
})

describe('logprobs', () => {
  it.each([[[]], [null], [{}], [{ text: 'a' }], [{ text: 'a', logprobs: [] }]])('are none in %j', (logprobs) => {
    expect(streamed({ ...text('a'), logprobs })).toEqual([{ type: 'text', text: 'a' }])
  })

  it('of a group are told as a loss, once', () => {
    const grouped = { logprobs: { text: 'ab', token_ids: [1, 2], logprobs: [-1, -2] } }
    expect(replyOf({ ...text('ab'), ...grouped }, { ...text('ab'), ...grouped }, end('COMPLETE')).losses).toHaveLength(
      1,
    )
  })
})

describe('citations', () => {
  const source = { type: 'document', document: { url: 'https://a.example/', title: 'A' } }
  const cited = (citations: Fields) => message('citation-start', 0, { citations })
  const read = (...citations: Fields[]) => {
    const { choices, losses } = replyOf(
      text('🐧🐧 swim'),
      text('. Well. ', 2),
      text('Yes.', 2),
      ...citations.map(cited),
      end('COMPLETE'),
    )
    return [choices[0]?.citations.map(({ start, end: to }) => [start, to]), losses.length]
  }

  it.each<[string, Fields, number[]]>([
    ['characters', { start: 3, end: 7, text: 'swim' }, [5, 9]],
    ['UTF-16 units', { start: 5, end: 9, text: 'swim' }, [5, 9]],
    ['a later text', { start: 2, end: 6, text: 'Well', content_index: 2 }, [11, 15]],
    ['the whole of it, where it says too much', { start: 0, end: 99, text: 'x' }, [0, 9]],
  ])('count %s', (_name, citation, place) => {
    expect(read({ ...citation, sources: [source] })).toEqual([[place], 0])
  })

  it.each<[string, Fields]>([
    ['in a plan', { start: 0, end: 1, sources: [source], type: 'PLAN' }],
    ['in thinking', { start: 0, end: 1, sources: [source], type: 'THINKING_CONTENT' }],
    ['in content that is no text', { start: 0, end: 1, sources: [source], content_index: 1 }],
    ['of no page', { start: 0, end: 1, sources: [{ type: 'document', document: { url: 'file:///x' } }] }],
    ['of nothing', { start: 0, end: 1 }],
    ['without a place', { sources: [source] }],
  ])('%s are told as a loss', (_name, citation) => {
    expect(read(citation, citation)).toEqual([[], 1])
  })

  it('in a text that is cut to its JSON have no place', () => {
    const format = send({ documents: ['x'], response_format: { type: 'json_object' } })
    const message = {
      content: [{ type: 'text', text: 'Here: {"a":1}' }],
      citations: [{ start: 6, end: 13, sources: [source] }],
    }
    const { deltas } = format.call.answer({ id: 'a', message, finish_reason: 'COMPLETE' }, NO_HEADERS)
    const { choices, losses } = collect(deltas)
    expect(choices[0]?.blocks).toEqual([{ type: 'text', text: '{"a":1}' }])
    expect([choices[0]?.citations, losses.length]).toEqual([[], 1])
  })

  it('of a list are read, too', () => {
    const listed = message('citation-start', 0, { citations: [{ start: 0, end: 1, sources: [source] }] })
    expect(replyOf(text('Hi'), listed, end('COMPLETE')).choices[0]?.citations).toHaveLength(1)
  })
})

describe('a body', () => {
  it.each([[null], [7], [[]], [{}], [{ message: [] }], [{ message: 'Oops.' }], [{ id: 'a', message: null }]])(
    '%j is no answer',
    (body) => {
      expect(() => collect(call.answer(body, NO_HEADERS).deltas)).toThrow(GatewayError)
    },
  )

  it('says its own failure', () => {
    expect(() => call.answer({ message: 'Oops.' }, NO_HEADERS)).toThrow('Oops.')
  })

  it('may hold its content as a text', () => {
    const { deltas } = call.answer({ id: 'a', message: { content: 'Hi' }, finish_reason: 'COMPLETE' }, NO_HEADERS)
    expect(collect(deltas).choices[0]?.blocks).toEqual([{ type: 'text', text: 'Hi' }])
    const none = call.answer({ id: 'a', message: { content: '' }, finish_reason: 'COMPLETE' }, NO_HEADERS)
    expect(collect(none.deltas).choices[0]?.blocks).toEqual([])
  })

  it('may come where a stream was asked for', () => {
    const read = (data: string) => {
      const reader = call.reader(new Headers({ 'content-type': 'application/json; charset=utf-8' }))
      expect(reader.framing).toBe('whole')
      return reader.read({ event: '', data })
    }
    const answer = { id: 'a', message: { content: [{ type: 'text', text: 'Hi' }] }, finish_reason: 'COMPLETE' }
    expect(read(JSON.stringify(answer)).map(({ type }) => type)).toEqual(['start', 'text', 'finish'])
    expect(read('{"message":"Oops."}')).toMatchObject([{ type: 'error', error: { message: 'Oops.' } }])
    expect(read('{}')).toMatchObject([{ type: 'error', error: { code: 'upstream_error' } }])
  })
})

describe('an event', () => {
  it('that is torn is left to the end of the body, and one that is broken is an error', () => {
    const reader = call.reader(NO_HEADERS)
    expect(reader.read({ event: '', data: '{"type":' }, true)).toEqual([])
    expect(reader.read({ event: '', data: '[DONE]' })).toEqual([])
    expect(reader.done).toBe(false)
    expect(reader.read({ event: '', data: '{"type":' })).toMatchObject([{ type: 'error' }])
    expect(reader.read({ event: '', data: JSON.stringify(text('x')) })).toEqual([])
  })

  it.each([
    [null],
    [7],
    ['x'],
    [[]],
    [{}],
    [{ type: 7 }],
    [{ type: 'debug' }],
    [{ type: 'content-delta' }],
    [{ type: 'content-delta', delta: { message: null } }],
  ])('%j says nothing', (event) => {
    expect(call.reader(NO_HEADERS).read({ event: '', data: JSON.stringify(event) })).toEqual([])
  })

  it('of a start that comes twice is said once', () => {
    expect(streamed({ type: 'message-start', id: 'a' }, { type: 'message-start', id: 'b' })).toEqual([
      { type: 'start', id: 'a', model: 'command-a-03-2025' },
    ])
  })

  it('tells what is thought by its key, in blocks of their own', () => {
    const thought = (value: string, index: number) => message('content-delta', index, { content: { thinking: value } })
    const plan = message('tool-plan-delta', 0, { tool_plan: 'I will' })
    expect(
      replyOf(thought('a', 0), plan, thought('b', 0), thought('c', 4), end('COMPLETE')).choices[0]?.blocks,
    ).toEqual([
      { type: 'reasoning', index: 0, format: 'cohere-thinking-v2', text: 'ab' },
      { type: 'reasoning', index: 1, format: 'cohere-plan-v2', text: 'I will' },
      { type: 'reasoning', index: 2, format: 'cohere-thinking-v2', text: 'c' },
    ])
  })
})

it('is the same, streamed and whole, whatever was asked', () => {
  const words = fc.constantFrom(
    '',
    'demo:parallel',
    'demo:tool',
    'demo:broken-args',
    'demo:cite',
    'demo:empty',
    'demo:fence',
    'demo:words=9',
  )
  fc.assert(
    fc.property(chatRequests, words, (request, said) => {
      let sent: ReturnType<typeof send>
      try {
        sent = send(request)
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(GatewayError)
        return
      }
      // The demo reads its own types of what passed its checks.
      const made = demoAnswer(JSON.parse(sent.call.body) as ChatBody, new Directives(said, ''), 1)
      const reader = sent.call.reader(NO_HEADERS)
      const deltas = new SseReader()
        .feed(new TextEncoder().encode(frames(made).join('')))
        .flatMap((frame) => reader.read(frame))
      expect(reader.done).toBe(true)
      expect(collect(deltas)).toEqual(collect(sent.call.answer(wholeAnswer(made), NO_HEADERS).deltas))
    }),
    { numRuns: 300 },
  )
})
