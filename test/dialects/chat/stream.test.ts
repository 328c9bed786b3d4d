// Chunks against the rules that SDKs fold them by.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ChatRenderer } from '../../../src/dialects/chat/stream.ts'
import type { Delta } from '../../../src/hub/delta.ts'
import { GatewayError } from '../../../src/hub/error.ts'
import type { ChatFields } from '../../../src/hub/request.ts'
import { reply, scattered } from '../../laws/arbitraries.ts'
import { type Chunk, CREATED, chunksOf, contextOf, rendered, WITH_USAGE } from './said.ts'

const start: Delta = { type: 'start', id: 'msg_1', model: 'm1' }
const stop: Delta = { type: 'finish', reason: 'stop' }
const say = (deltas: readonly Delta[], fields: Partial<ChatFields> = {}) =>
  chunksOf(rendered(deltas, contextOf(fields)))
const deltasOf = (chunks: readonly Chunk[], index = 0) =>
  chunks.flatMap(({ choices }) => choices.filter((one) => one.index === index).map(({ delta }) => delta))

describe('a stream', () => {
  it('is OpenAI’s own, chunk by chunk', () => {
    const text = rendered(
      [
        start,
        { type: 'text', text: 'Hi' },
        stop,
        { type: 'usage', usage: { prompt_tokens: 9, completion_tokens: 1, total_tokens: 10 } },
      ],
      contextOf(WITH_USAGE),
    )
    const head = `{"id":"chatcmpl-msg_1","object":"chat.completion.chunk","created":${CREATED},"model":"m1","system_fingerprint":null,"choices":[`
    expect(text.split('\n\n')).toEqual([
      `data: ${head}{"index":0,"delta":{"role":"assistant","content":"","refusal":null},"logprobs":null,"finish_reason":null}],"usage":null}`,
      `data: ${head}{"index":0,"delta":{"content":"Hi"},"logprobs":null,"finish_reason":null}],"usage":null}`,
      `data: ${head}{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}],"usage":null}`,
      `data: ${head}],"usage":{"prompt_tokens":9,"completion_tokens":1,"total_tokens":10}}`,
      'data: [DONE]',
      '',
    ])
  })

  it('has no usage at all where it was not asked for', () => {
    const chunks = say([
      start,
      { type: 'text', text: 'Hi' },
      stop,
      { type: 'usage', usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 } },
    ])
    expect(chunks.filter((chunk) => 'usage' in chunk)).toEqual([])
    expect(chunks.every(({ choices }) => choices.length === 1)).toBe(true)
  })

  it('has zeros where usage was asked for and none was told', () => {
    expect(say([start, stop], WITH_USAGE).at(-1)?.usage).toEqual({
      prompt_tokens: 0,
      completion_tokens: 0,
      total_tokens: 0,
    })
  })

  it('names the tier that was used, and leaves an id of OpenAI’s kind alone', () => {
    const chunks = say([{ ...start, id: 'chatcmpl-9', tier: 'priority' }, stop])
    expect(chunks.map(({ id, service_tier }) => [id, service_tier])).toEqual([
      ['chatcmpl-9', 'priority'],
      ['chatcmpl-9', 'priority'],
    ])
  })

  it('has one role a choice, whatever begins it', () => {
    expect(
      deltasOf(say([start, start, { type: 'text', text: 'a' }, stop])).filter((delta) => 'role' in delta),
    ).toHaveLength(1)
    const two = say([
      start,
      { type: 'text', text: 'a', choice: 1 },
      { type: 'finish', reason: 'stop', choice: 2 },
      stop,
    ])
    for (const index of [0, 1, 2])
      expect(deltasOf(two, index)[0]).toEqual({ role: 'assistant', content: '', refusal: null })
  })

  it('is one even where a service left its beginning out', () => {
    const chunks = say([{ type: 'text', text: 'a' }, stop], WITH_USAGE)
    expect(chunks.map(({ id, model }) => [id, model])).toEqual(Array(4).fill(['chatcmpl-', '']))
    expect(chunksOf(new ChatRenderer(contextOf(WITH_USAGE)).end())).toHaveLength(1)
  })

  it('escapes what would end an event', () => {
    const hard = '\n\ndata: [DONE]\r\n\r\n\u2028"\\\0\ud83d'
    expect(deltasOf(say([start, { type: 'text', text: hard }, stop]))[1]).toEqual({ content: hard })
  })

  it('tells a failure in one event, and a ping in a comment', () => {
    const renderer = new ChatRenderer(contextOf())
    const error = new GatewayError('overloaded', 'Busy.')
    const event = 'data: {"error":{"message":"Busy.","type":"server_error","param":null,"code":"overloaded"}}\n\n'
    expect(renderer.render([{ type: 'error', error }])).toBe(event)
    expect(renderer.fail(error)).toBe(event)
    expect(renderer.render([{ type: 'ping' }])).toBe(': ping\n\n')
    expect(renderer.render([{ type: 'new' } as never])).toBe('')
  })

  it('renders deltas together as it does one by one', () => {
    const cases = reply.chain((whole) => scattered(whole))
    fc.assert(
      fc.property(cases, (deltas) => {
        const renderer = new ChatRenderer(contextOf(WITH_USAGE))
        expect(renderer.render(deltas) + renderer.end()).toBe(rendered(deltas, contextOf(WITH_USAGE)))
      }),
    )
  })
})

describe('tool calls', () => {
  const call = (index: number, custom = false): Delta => ({
    type: 'tool',
    index,
    id: `call_${index}`,
    name: `f${index}`,
    custom,
  })
  const args = (index: number, text: string): Delta => ({ type: 'arguments', index, text })

  it('name themselves once, and count from 0', () => {
    const chunks = say([
      start,
      call(0),
      args(0, ''),
      args(0, '{"q"'),
      args(0, ':1}'),
      call(1, true),
      args(1, 'select'),
      { type: 'finish', reason: 'tool_calls' },
    ])
    expect(deltasOf(chunks).slice(1)).toEqual([
      { tool_calls: [{ index: 0, id: 'call_0', type: 'function', function: { name: 'f0', arguments: '' } }] },
      { tool_calls: [{ index: 0, function: { arguments: '{"q"' } }] },
      { tool_calls: [{ index: 0, function: { arguments: ':1}' } }] },
      { tool_calls: [{ index: 1, id: 'call_1', type: 'custom', custom: { name: 'f1', input: '' } }] },
      { tool_calls: [{ index: 1, custom: { input: 'select' } }] },
      {},
    ])
    expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe('tool_calls')
  })

  it('are one function call to a client from before tools', () => {
    const deltas: Delta[] = [
      start,
      call(0),
      args(0, '{}'),
      call(1),
      args(1, '{}'),
      { type: 'finish', reason: 'tool_calls' },
    ]
    const chunks = say(deltas, { functions: [{ name: 'f0' }] })
    expect(deltasOf(chunks).slice(1)).toEqual([
      { function_call: { name: 'f0', arguments: '' } },
      { function_call: { arguments: '{}' } },
      {},
    ])
    expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe('function_call')
    expect(
      say([start, { type: 'finish', reason: 'length' }], { functions: [{ name: 'f0' }] }).at(-1)?.choices[0]
        ?.finish_reason,
    ).toBe('length')
  })
})

describe('reasoning', () => {
  const think = (index: number, text: string): Delta => ({ type: 'reasoning', index, text, format: 'f-v1' })
  const sign = (index: number, signature: string): Delta => ({ type: 'signature', index, signature, format: 'f-v1' })
  const hide = (index: number, data: string): Delta => ({ type: 'encrypted', index, data, format: 'f-v1' })
  const deltas = [
    start,
    think(0, 'a'),
    think(0, ''),
    think(0, 'b'),
    sign(0, 'S'),
    think(1, 'c'),
    hide(2, 'D'),
    sign(3, 'T'),
    stop,
  ]

  it('names its format once a block, and parts blocks by an empty line', () => {
    expect(deltasOf(say(deltas)).slice(1, -1)).toEqual([
      { reasoning_content: 'a', reasoning_details: [{ type: 'reasoning.text', index: 0, format: 'f-v1', text: 'a' }] },
      { reasoning_content: 'b', reasoning_details: [{ type: 'reasoning.text', index: 0, text: 'b' }] },
      { reasoning_details: [{ type: 'reasoning.text', index: 0, signature: 'S' }] },
      {
        reasoning_content: '\n\nc',
        reasoning_details: [{ type: 'reasoning.text', index: 1, format: 'f-v1', text: 'c' }],
      },
      { reasoning_details: [{ type: 'reasoning.encrypted', index: 2, format: 'f-v1', data: 'D' }] },
      { reasoning_details: [{ type: 'reasoning.text', index: 3, format: 'f-v1', text: '', signature: 'T' }] },
    ])
  })

  it('counts without gaps, though a block says nothing', () => {
    const details = deltasOf(say([start, think(0, ''), think(1, 'a'), think(1, 'b'), stop])).slice(1, -1)
    expect(details.map(({ reasoning_details }) => (reasoning_details as { index: number }[])[0]?.index)).toEqual([0, 0])
  })

  it('is left out for a client that asked for that, signatures and all', () => {
    expect(deltasOf(say(deltas, { reasoning: { exclude: true } }))).toHaveLength(2)
    expect(deltasOf(say(deltas, { reasoning: { exclude: false } })).length).toBeGreaterThan(2)
    expect(deltasOf(say(deltas, { reasoning: { exclude: null } })).length).toBeGreaterThan(2)
  })
})

describe('the rest', () => {
  const cite = (url: string): Delta => ({ type: 'citation', citation: { url, title: 't', start: 1, end: 2 } })
  const annotation = (url: string) => ({
    type: 'url_citation',
    url_citation: { start_index: 1, end_index: 2, url, title: 't' },
  })

  it('brings all annotations of a choice in one chunk before its finish', () => {
    const chunks = say([start, cite('u'), { type: 'text', text: 'a' }, cite('v'), stop])
    expect(deltasOf(chunks).slice(1)).toEqual([
      { content: 'a' },
      { annotations: [annotation('u'), annotation('v')] },
      {},
    ])
  })

  it('says a refusal', () => {
    expect(deltasOf(say([start, { type: 'refusal', text: 'No.' }, stop]))[1]).toEqual({ refusal: 'No.' })
  })
})

describe('the report', () => {
  const asked = { path: 'seed', kind: 'dropped', reason: 'Because.' } as const
  const told = { path: 'choices[0].message.annotations', kind: 'dropped', reason: 'Because.' } as const
  const deltas: Delta[] = [start, { type: 'text', text: 'a' }, { type: 'loss', loss: told }, stop]
  const reported = (some: readonly Delta[], fields: Partial<ChatFields> = {}) =>
    chunksOf(rendered(some, contextOf(fields, [asked])))
  const places = (chunks: readonly Chunk[]) => chunks.map(({ dragoman }) => dragoman !== undefined)

  it('comes with the last chunk that has a choice, with the losses of the answer', () => {
    const chunks = reported(deltas)
    expect(places(chunks)).toEqual([false, false, true])
    expect(chunks.at(-1)?.dragoman).toEqual({ losses: [asked, told] })
    expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe('stop')
  })

  it('comes with the usage where that is the last', () => {
    expect(places(reported(deltas, WITH_USAGE))).toEqual([false, false, false, true])
  })

  it('comes once, with the last of several choices', () => {
    const mixed: Delta[] = [
      start,
      { ...start, choice: 1 },
      { ...stop, choice: 1 },
      { type: 'text', text: 'a', choice: 0 },
      { type: 'loss', loss: told },
      { ...stop, choice: 0 },
    ]
    const chunks = reported(mixed)
    expect(places(chunks)).toEqual([false, false, false, false, true])
    expect(chunks.filter(({ choices }) => choices[0]?.finish_reason)).toHaveLength(2)
    expect(chunks.at(-1)?.dragoman?.losses).toContainEqual(told)
  })

  it('keeps every finish, also of a choice with annotations', () => {
    const cited: Delta = { type: 'citation', citation: { url: 'u', title: 't', start: 0, end: 1 }, choice: 1 }
    const chunks = reported([start, stop, cited, { ...stop, choice: 1 }])
    expect(chunks.map(({ choices }) => choices[0]?.finish_reason)).toEqual([null, 'stop', null, null, 'stop'])
    expect(places(chunks)).toEqual([false, false, false, false, true])
  })

  it('is there though nothing was lost, and only where it was asked for', () => {
    expect(chunksOf(rendered([start, stop], contextOf({}, []))).at(-1)?.dragoman).toEqual({ losses: [] })
    expect(places(say(deltas))).toEqual([false, false, false])
  })

  it('does not follow a failure, nor does the chunk it would have come with', () => {
    const renderer = new ChatRenderer(contextOf({}, [asked]))
    const before = renderer.render(deltas)
    expect(before).not.toContain('"finish_reason":"stop"')
    expect(renderer.render([{ type: 'error', error: new GatewayError('overloaded', 'Busy.') }])).toMatch(
      /^data: \{"error":[^\n]*\n\n$/,
    )
  })
})
