// Readers of streams, event by event, where golden cases do not reach.
import { describe, expect, it } from 'vitest'
import type { Delta } from '../../../src/hub/delta.ts'
import type { AnswerReader } from '../../../src/hub/provider.ts'
import { NOVA, send } from './accepted.ts'

const reader = (head: Record<string, string> = {}, fields: Record<string, unknown> = {}): AnswerReader =>
  send({ model: NOVA, stream: true, ...fields }).call.reader(new Headers(head))

const feed = (one: AnswerReader, event: string, data: unknown): Delta[] =>
  one.read({ event, data: typeof data === 'string' ? data : JSON.stringify(data) })

const kinds = (deltas: readonly Delta[]) => deltas.map(({ type }) => type)

describe('the end', () => {
  it('is said with the counts, which come behind it', () => {
    const one = reader()
    feed(one, 'messageStart', { role: 'assistant' })
    expect(feed(one, 'messageStop', { stopReason: 'end_turn' })).toEqual([])
    expect(one.done).toBe(false)
    expect(kinds(feed(one, 'metadata', { usage: { inputTokens: 1 } }))).toEqual(['usage', 'finish'])
    expect(one.done).toBe(true)
    expect(feed(one, 'contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'More' } })).toEqual([])
    expect(one.next).toBeUndefined()
  })

  it('without counts is the end of the body', () => {
    const one = reader()
    feed(one, 'messageStop', {})
    expect(kinds(one.end?.() ?? [])).toEqual(['start', 'finish'])
    expect(one.done).toBe(true)
  })

  it('is none where a message is cut off behind it', () => {
    const one = reader()
    feed(one, 'messageStop', { stopReason: 'end_turn' })
    expect(one.read({ event: '', data: '' }, true)).toEqual([])
    expect(one.end?.()).toEqual([])
    expect(one.done).toBe(false)
  })

  it('is none where nothing was said of one', () => {
    const one = reader()
    feed(one, 'metadata', {})
    expect(one.end?.()).toEqual([])
    expect(one.done).toBe(false)
  })

  it('closes what was left open', () => {
    const one = reader()
    feed(one, 'contentBlockStart', { contentBlockIndex: 0, start: { toolUse: { toolUseId: 'a', name: 'find' } } })
    feed(one, 'messageStop', { stopReason: 'max_tokens' })
    expect(feed(one, 'metadata', {})).toEqual([
      { type: 'arguments', index: 0, text: '{}' },
      { type: 'usage', usage: expect.objectContaining({ total_tokens: 0 }) },
      { type: 'finish', reason: 'length' },
    ])
  })
})

describe('an event', () => {
  it('that is not JSON, or no object, is an error, and the last', () => {
    for (const data of ['{"contentBlock', '"text"', '[]']) {
      const one = reader()
      expect(kinds(feed(one, 'contentBlockDelta', data))).toEqual(['error'])
      expect(feed(one, 'messageStop', {})).toEqual([])
      expect(one.done).toBe(false)
    }
  })

  it('that nobody knows is passed over, whatever is in it', () => {
    const one = reader()
    expect(feed(one, 'novelEvent', 'not JSON')).toEqual([])
    expect(feed(one, '', '')).toEqual([])
    expect(feed(one, 'constructor', {})).toEqual([])
  })

  it('without what it should have says nothing', () => {
    const one = reader()
    expect(kinds(feed(one, 'contentBlockStart', {}))).toEqual(['start'])
    for (const [event, data] of [
      ['contentBlockDelta', {}],
      ['contentBlockDelta', { delta: { toolUse: {} } }],
      ['contentBlockDelta', { delta: { reasoningContent: {} } }],
      ['contentBlockStop', {}],
      ['contentBlockStop', { contentBlockIndex: 7 }],
    ] as const)
      expect(feed(one, event, data)).toEqual([])
    expect(feed(one, 'contentBlockStart', { contentBlockIndex: 1, start: { toolUse: {} } })).toEqual([
      { type: 'tool', index: 0, id: '', name: '', custom: false },
    ])
  })
})

describe('a custom tool', () => {
  const custom = { tools: [{ type: 'custom', custom: { name: 'sql' } }] }
  const said = (json: string) => {
    const one = reader({}, custom)
    feed(one, 'contentBlockStart', { contentBlockIndex: 0, start: { toolUse: { toolUseId: 'a', name: 'sql' } } })
    feed(one, 'contentBlockDelta', { contentBlockIndex: 0, delta: { toolUse: { input: json } } })
    return feed(one, 'contentBlockStop', { contentBlockIndex: 0 })
  }

  it('says its string, and as it came what is none', () => {
    expect(said('{"input":"select 1"}')).toEqual([{ type: 'arguments', index: 0, text: 'select 1' }])
    expect(said('{"input":1}')).toEqual([{ type: 'arguments', index: 0, text: '{"input":1}' }])
    expect(said('{"input":"sel')).toEqual([{ type: 'arguments', index: 0, text: '{"input":"sel' }])
    expect(said('1')).toEqual([{ type: 'arguments', index: 0, text: '1' }])
  })
})

it('a citation is of its own block, though nobody says where that ends', () => {
  const one = reader()
  const location = { web: { url: 'https://example.com/' } }
  feed(one, 'contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'One' } })
  feed(one, 'contentBlockDelta', { contentBlockIndex: 0, delta: { citation: { location } } })
  feed(one, 'contentBlockDelta', { contentBlockIndex: 1, delta: { text: ' two' } })
  feed(one, 'messageStop', {})
  const citation = { url: 'https://example.com/', title: '', start: 0, end: 3 }
  expect(feed(one, 'metadata', {})).toContainEqual({ type: 'citation', citation })
})

it('a tool that carries JSON and gets none says an empty object', () => {
  const json_schema = { name: 'answer', schema: { type: 'object', properties: { a: { type: 'string' } } } }
  const one = reader({}, { response_format: { type: 'json_schema', json_schema } })
  feed(one, 'contentBlockStart', { contentBlockIndex: 0, start: { toolUse: { toolUseId: 'a', name: 'answer' } } })
  expect(feed(one, 'contentBlockStop', { contentBlockIndex: 0 })).toEqual([{ type: 'text', text: '{}' }])
})

it('an image without bytes, or with none that can be read, is none', () => {
  const one = reader()
  feed(one, 'contentBlockStart', { contentBlockIndex: 0, start: { image: {} } })
  for (const image of [{}, { source: {} }, { source: { bytes: '?' } }])
    expect(feed(one, 'contentBlockDelta', { contentBlockIndex: 0, delta: { image } })).toEqual([])
  expect(feed(one, 'contentBlockStop', { contentBlockIndex: 0 })).toEqual([])
})

describe('a stream that comes in one piece', () => {
  const json = { 'content-type': 'application/json' }
  const whole = { output: { message: { role: 'assistant', content: [{ text: 'Hi' }] } }, stopReason: 'end_turn' }

  it('is read as what it is', () => {
    const one = reader(json)
    expect(one.framing).toBe('whole')
    const deltas = one.read({ event: '', data: JSON.stringify(whole) }, true)
    expect(kinds(deltas)).toEqual(['start', 'text', 'usage', 'finish'])
    expect(one.done).toBe(true)
  })

  it('is torn where it is cut, and an error where it is none', () => {
    const one = reader(json)
    expect(one.read({ event: '', data: '{"output":' }, true)).toEqual([])
    expect(one.done).toBe(false)
    expect(kinds(reader(json).read({ event: '', data: '{"message":"No."}' }, true))).toEqual(['error'])
  })
})

describe('a whole answer', () => {
  const { call } = send({ model: NOVA })
  it('that is no message is an error', () => {
    for (const value of [null, {}, { output: {} }, { output: { message: { content: [null] } } }, [], 'text'])
      expect(() => call.answer(value, new Headers())).toThrow('no message')
  })

  it('passes over blocks of no known kind, and fills in what is missing', () => {
    const content = [
      { novelty: {} },
      { citationsContent: {} },
      { citationsContent: { content: [{}, { text: 'A' }] } },
      { text: '' },
    ]
    const { deltas } = call.answer({ output: { message: { content } } }, new Headers({ 'x-amzn-requestid': 'r' }))
    expect(deltas).toEqual([
      { type: 'start', id: 'r', model: NOVA },
      { type: 'text', text: 'A' },
      { type: 'usage', usage: expect.objectContaining({ prompt_tokens: 0 }) },
      { type: 'finish', reason: 'stop' },
    ])
  })
})
