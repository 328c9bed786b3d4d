// Deltas as blocks: the order of events, what waits, what is sealed, and what has no place.
import { describe, expect, it } from 'vitest'
import { messages } from '../../../src/dialects/index.ts'
import { isSealed, unseal } from '../../../src/dialects/messages/seal.ts'
import type { Delta } from '../../../src/hub/delta.ts'
import type { AnswerContext } from '../../../src/hub/dialect.ts'
import { GatewayError } from '../../../src/hub/error.ts'
import { collect } from '../../../src/hub/reply.ts'
import { openai } from '../../../src/providers/openai/index.ts'

function contextOf(body: object = {}, report?: AnswerContext['report']): AnswerContext {
  const given = { model: 'm', max_tokens: 10, messages: [{ role: 'user', content: 'x' }], ...body }
  const request = messages.read(given)
  return { request: request.origin?.translate?.(openai.chat) ?? request, id: 'own', created: 0, report }
}

const start: Delta = { type: 'start', id: 'a', model: 'm' }
const stop: Delta = { type: 'finish', reason: 'stop' }
const text = (said: string): Delta => ({ type: 'text', text: said })
const tool = (index: number, id = `call_${index}`): Delta => ({ type: 'tool', index, id, name: 'find', custom: false })
const args = (index: number, json: string): Delta => ({ type: 'arguments', index, text: json })
const think = (index: number, said: string, format = 'f'): Delta => ({ type: 'reasoning', index, text: said, format })

/** The events' data. */
function said(deltas: readonly Delta[], context = contextOf()) {
  const renderer = messages.renderer(context)
  const sse = renderer.render(deltas) + renderer.end()
  return sse.split('\n\n').flatMap((event) => {
    const data = /^event: \w+\ndata: (.*)$/.exec(event)?.[1]
    return data === undefined ? [] : [JSON.parse(data)]
  })
}

const whole = (deltas: readonly Delta[], context = contextOf()) =>
  messages.reply(collect(deltas), context) as Record<string, never> & {
    content: Record<string, unknown>[]
    usage: Record<string, unknown>
  }

const last = (deltas: readonly Delta[], context?: AnswerContext) => said(deltas, context).at(-2)

describe('blocks', () => {
  it('are one after the other', () => {
    const events = said([start, think(0, 'Hm.'), text('a'), text('b'), tool(0), args(0, '{}'), text('c'), stop])
    const told = events.map(({ type, index }) => `${type} ${index ?? ''}`.trim())
    expect(told).toEqual([
      'message_start',
      ...['content_block_start 0', 'content_block_delta 0', 'content_block_delta 0', 'content_block_stop 0'],
      ...['content_block_start 1', 'content_block_delta 1', 'content_block_delta 1', 'content_block_stop 1'],
      ...['content_block_start 2', 'content_block_delta 2', 'content_block_stop 2'],
      ...['content_block_start 3', 'content_block_delta 3', 'content_block_stop 3'],
      ...['message_delta', 'message_stop'],
    ])
  })

  it('wait for a call whose arguments are not whole', () => {
    const { content } = whole([start, tool(0), args(0, '{"a":'), tool(1), args(1, '{}'), args(0, '1}'), stop])
    expect(content).toMatchObject([{ input: { a: 1 } }, { input: {} }])
    const events = said([start, tool(0), args(0, '{"a":'), text('b'), tool(1), args(0, '1}'), args(1, '{"b":2}'), stop])
    const pieces = events.flatMap(({ delta }) => delta?.partial_json ?? delta?.text ?? [])
    expect(pieces).toEqual(['{"a":', '1}', 'b', '{"b":2}'])
  })

  it('of calls that never become whole come all the same, at the end', () => {
    const events = said([start, tool(0), tool(1), args(1, '{"b":'), { type: 'finish', reason: 'length' }])
    expect(events.filter(({ type }) => type === 'content_block_start')).toHaveLength(2)
    expect(events.at(-2).delta.stop_reason).toBe('max_tokens')
    expect(whole([start, tool(0), args(0, '{"b":'), stop]).content).toMatchObject([{ input: { _raw: '{"b":' } }])
    expect(whole([start, tool(0), args(0, '[1]'), stop]).content).toMatchObject([{ input: { value: [1] } }])
  })

  it('pass over what comes for a call that is closed, and empty text', () => {
    const events = said([start, text(''), tool(0), args(0, '{}'), text('a'), args(0, ' '), stop])
    expect(events.flatMap(({ content_block }) => content_block?.type ?? [])).toEqual(['tool_use', 'text'])
  })

  it('have an id for every call', () => {
    expect(whole([start, tool(0, '')]).content).toMatchObject([{ id: 'toolu_a_0' }])
    expect(whole([tool(1, '')]).content).toMatchObject([{ id: 'toolu_own_1' }])
  })
})

describe('thinking', () => {
  const sealed = (content: readonly Record<string, unknown>[]) =>
    content.flatMap(({ signature, data }) => {
      const kept = String(signature ?? data)
      return isSealed(kept) ? [unseal(kept)] : []
    })

  it('of Claude keeps its own signatures', () => {
    const native = { format: 'anthropic-claude-v1' }
    const { content } = whole([
      start,
      think(0, 'Hm.', native.format),
      { type: 'signature', index: 0, signature: 'Eq', ...native },
      { type: 'signature', index: 0, signature: 'QB', ...native },
      { type: 'encrypted', index: 1, data: 'Em', ...native },
      { type: 'encrypted', index: 1, data: 'wK', ...native },
      stop,
    ])
    expect(content).toEqual([
      { type: 'thinking', thinking: 'Hm.', signature: 'EqQB' },
      { type: 'redacted_thinking', data: 'EmwK' },
    ])
  })

  it('that is sealed behind the last text is left out, which is told, unless a call was made', () => {
    const seal: Delta = { type: 'encrypted', index: 0, data: 'D', format: 'f' }
    const answered = whole([start, text('a'), seal, stop], contextOf({}, []))
    expect(answered.content).toEqual([{ type: 'text', text: 'a' }])
    expect(answered).toMatchObject({ dragoman: { losses: [{ path: 'content', kind: 'dropped' }] } })
    const extra: Delta = { type: 'extra', extra: { google: { thought_signature: 'D' } } }
    expect(whole([start, text('a'), extra, stop]).content).toHaveLength(1)
    const types = (deltas: readonly Delta[]) => whole(deltas).content.map(({ type }) => type)
    expect(types([start, text('a'), seal, text('b'), stop])).toEqual(['text', 'redacted_thinking', 'text'])
    expect(types([start, seal, stop])).toEqual(['redacted_thinking'])
    expect(types([start, text('a'), tool(0), args(0, '{}'), seal, stop])).toEqual([
      ...['text', 'tool_use', 'redacted_thinking'],
    ])
  })

  it('of others is sealed with its format, and what comes late is a block of its own', () => {
    const deltas: Delta[] = [
      start,
      { type: 'reasoning', index: 0, text: 'Sum.', format: 'f', summary: true, id: 'rs_1' },
      text('a'),
      { type: 'signature', index: 0, signature: 'S', format: 'f' },
      { type: 'encrypted', index: 1, data: 'D', format: 'f', id: 'x' },
      stop,
    ]
    const { content } = whole([...deltas.slice(0, 2), ...deltas.slice(3)])
    expect(sealed(content)).toEqual([
      { format: 'f', index: 0, id: 'rs_1', summary: true, signature: 'S' },
      { format: 'f', index: 1, id: 'x', data: 'D' },
    ])
    const events = said(deltas)
    const signatures = events.flatMap(({ delta }) => (delta?.signature ? [unseal(delta.signature)] : []))
    expect(signatures).toEqual([
      { format: 'f', index: 0, id: 'rs_1', summary: true },
      { format: 'f', index: 0, signature: 'S' },
    ])
  })

  it('that shall not be shown is sealed as well', () => {
    const context = contextOf({ thinking: { type: 'adaptive', display: 'omitted' } })
    const { content } = whole([start, think(0, 'H'), think(0, 'm.'), stop], context)
    expect(content).toMatchObject([{ thinking: '' }])
    expect(sealed(content)).toEqual([{ format: 'f', index: 0, text: 'Hm.' }])
  })

  it('brings along what belongs to calls and to the message, once', () => {
    const extra = { google: { thought_signature: 'S' } }
    const { content } = whole([
      start,
      { ...tool(0), extra } as Delta,
      args(0, '{}'),
      { ...tool(1), extra } as Delta,
      args(1, '{}'),
      { type: 'encrypted', index: 0, data: 'S', format: 'f', id: 'call_1' },
      { type: 'extra', extra },
      stop,
    ])
    expect(sealed(content)).toEqual([
      { format: 'f', index: 0, id: 'call_1', data: 'S' },
      { format: 'extra', id: 'call_0', extra },
      { format: 'extra', extra },
    ])
  })
})

describe('the end', () => {
  it.each([
    [stop, {}, { stop_reason: 'end_turn', stop_sequence: null }],
    [{ ...stop, stop: 'END' }, {}, { stop_reason: 'stop_sequence', stop_sequence: 'END' }],
    [{ ...stop, stop: null }, { stop_sequences: ['A', 'B'] }, { stop_reason: 'stop_sequence', stop_sequence: null }],
    [{ ...stop, stop: null }, { stop_sequences: ['A'] }, { stop_reason: 'stop_sequence', stop_sequence: 'A' }],
    [{ type: 'finish', reason: 'length' }, {}, { stop_reason: 'max_tokens' }],
    [{ type: 'finish', reason: 'tool_calls' }, {}, { stop_reason: 'tool_use' }],
    [{ type: 'finish', reason: 'content_filter' }, {}, { stop_reason: 'refusal', stop_details: { explanation: null } }],
  ] as const)('%j', (finish, body, expected) => {
    const deltas = [start, text('a'), finish as Delta]
    expect(last(deltas, contextOf(body)).delta).toMatchObject(expected)
    expect(whole(deltas, contextOf(body))).toMatchObject(expected)
  })

  it('of a model that refuses says why', () => {
    const refused = { stop_reason: 'refusal', stop_details: { type: 'refusal', explanation: 'No.' } }
    expect(whole([start, { type: 'refusal', text: 'No.' }, stop])).toMatchObject({ ...refused, content: [] })
  })

  it('counts what came from the cache apart', () => {
    const usage: Delta = {
      type: 'usage',
      usage: {
        prompt_tokens: 112,
        completion_tokens: 30,
        total_tokens: 142,
        prompt_tokens_details: { cached_tokens: 80, cache_write_tokens: 20 },
        completion_tokens_details: { reasoning_tokens: 9 },
      },
    }
    const counted = {
      input_tokens: 12,
      cache_read_input_tokens: 80,
      cache_creation_input_tokens: 20,
      output_tokens: 30,
      output_tokens_details: { thinking_tokens: 9 },
      service_tier: 'standard',
    }
    const deltas: Delta[] = [{ ...start, tier: 'default' } as Delta, text('a'), stop, usage]
    expect(whole(deltas).usage).toEqual(counted)
    expect(last(deltas).usage).toEqual(counted)
  })

  it('tells what an answer loses, where that is asked for', () => {
    const deltas: Delta[] = [
      start,
      { type: 'image', url: 'https://x/a.png' },
      { type: 'loss', loss: { path: 'x', kind: 'dropped', reason: 'r' } },
      text('a'),
      tool(0),
      args(0, '{}'),
      { type: 'citation', citation: { url: 'https://x', title: 'X', start: 0, end: 1 } },
      { type: 'citation', citation: { url: 'https://y', title: 'Y', start: 9, end: 10 } },
      { type: 'logprobs', tokens: [] },
      stop,
    ]
    expect(last(deltas, contextOf({}, [])).dragoman.losses).toMatchObject([
      { path: 'content', reason: expect.stringContaining('image') },
      { path: 'x' },
      { path: 'content', reason: expect.stringContaining('cited') },
      { path: 'content', reason: expect.stringContaining('cited') },
    ])
    expect(whole(deltas, contextOf({}, []))).toMatchObject({ dragoman: { losses: expect.any(Array) } })
    expect(last(deltas)).not.toHaveProperty('dragoman')
  })
})

describe('sources', () => {
  const source = (start: number, end: number): Delta => ({
    type: 'citation',
    citation: { url: 'https://x', title: 'X', start, end },
  })
  const cited = [{ type: 'web_search_result_location', url: 'https://x', title: 'X', cited_text: 'b' }]

  it('stand with the text that they are of, before it or behind', () => {
    for (const deltas of [
      [start, text('ab'), source(1, 2), stop],
      [start, source(1, 2), text('ab'), stop],
    ]) {
      expect(whole(deltas).content).toMatchObject([{ text: 'ab', citations: cited }])
      expect(said(deltas).flatMap(({ delta }) => delta?.citation ?? [])).toMatchObject(cited)
    }
  })
})

describe('an answer that fails', () => {
  it('says so in an event, and nothing after it', () => {
    const renderer = messages.renderer(contextOf())
    const error = new GatewayError('overloaded', 'Busy.')
    const out = renderer.render([start, text('a'), { type: 'ping' }, { type: 'error', error }, text('b')])
    expect(out).toContain(': ping\n\n')
    expect(
      out.endsWith('event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Busy."}}\n\n'),
    ).toBe(true)
  })

  it('is a message of one answer, whatever a service gives', () => {
    expect(whole([start, text('a'), { ...text('b'), choice: 1 } as Delta, stop]).content).toEqual([
      { type: 'text', text: 'a' },
    ])
    expect(said([start, { ...text('b'), choice: 1 } as Delta, stop]).filter(({ delta }) => delta?.text)).toEqual([])
  })
})
