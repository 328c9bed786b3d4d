// What an answer says, whole and streamed alike.
import { describe, expect, it } from 'vitest'
import { GatewayError } from '../../../src/hub/error.ts'
import { NO_HEADERS } from '../../account.ts'
import { type Fields, send } from './accepted.ts'
import { type Message, replyOf } from './wire.ts'

const { call } = send({
  tools: [
    { type: 'function', function: { name: 'find.it' } },
    { type: 'custom', custom: { name: 'sql' } },
  ],
})
const text = (value: string, more: Fields = {}) => ({ type: 'text', text: value, ...more })
const use = (id: string, name: string, input: Fields = {}) => ({ type: 'tool_use', id, name, input })
const FORMAT = 'anthropic-claude-v1'

/** The one choice of an answer. */
function choice(content: Fields[], more: Partial<Message> = {}, from = call) {
  const [only] = replyOf(from, { content, ...more }).choices
  if (!only) throw new Error('The answer has no choice.')
  return only
}

describe('blocks', () => {
  it('of text are one text', () => {
    expect(choice([text('Hi.'), text(' You.')]).blocks).toEqual([{ type: 'text', text: 'Hi. You.' }])
  })

  it('of thinking keep their text and their signature, those without text too', () => {
    const thinking = (value: string, signature: string) => ({ type: 'thinking', thinking: value, signature })
    const content = [
      thinking('Two.', 'EqQB'),
      { type: 'redacted_thinking', data: 'EmwK' },
      thinking('', 'EqQC'),
      text('Hi.'),
    ]
    expect(choice(content).blocks).toEqual([
      { type: 'reasoning', index: 0, format: FORMAT, text: 'Two.', signature: 'EqQB' },
      { type: 'reasoning', index: 1, format: FORMAT, text: '', data: 'EmwK' },
      { type: 'reasoning', index: 2, format: FORMAT, text: '', signature: 'EqQC' },
      { type: 'text', text: 'Hi.' },
    ])
  })

  it("of calls have the client's names, and indices of their own", () => {
    const content = [text('Looking.'), use('t1', 'find_it', { q: 'cat' }), use('t2', 'other')]
    expect(choice(content, { stop_reason: 'tool_use' })).toMatchObject({
      finish: 'tool_calls',
      blocks: [
        { type: 'text' },
        { type: 'tool', index: 0, id: 't1', name: 'find.it', custom: false, arguments: '{"q":"cat"}' },
        { type: 'tool', index: 1, id: 't2', name: 'other', custom: false, arguments: '{}' },
      ],
    })
  })

  it('of custom calls are their one string', () => {
    const { blocks } = choice([use('t1', 'sql', { input: 'select "1"' })], { stop_reason: 'tool_use' })
    expect(blocks).toMatchObject([{ type: 'tool', name: 'sql', custom: true, arguments: 'select "1"' }])
    expect(choice([use('t1', 'sql', { x: 1 })]).blocks).toMatchObject([{ arguments: '{"x":1}' }])
  })

  it("of the service's own, and of kinds nobody knows, are not shown", () => {
    const content = [
      { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { query: 'x' } },
      { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [] },
      { type: 'mcp_tool_use', id: 'm', name: 'x', server_name: 'y', input: {} },
      { type: 'compaction', content: null },
      text('Hi.'),
    ]
    expect(choice(content).blocks).toEqual([{ type: 'text', text: 'Hi.' }])
  })

  it('may be none at all', () => {
    expect(choice([])).toMatchObject({ blocks: [], finish: 'stop' })
  })
})

describe('the reason', () => {
  it.each([
    ['end_turn', 'stop'],
    ['stop_sequence', 'stop'],
    ['max_tokens', 'length'],
    ['model_context_window_exceeded', 'length'],
    ['refusal', 'content_filter'],
    ['pause_turn', 'stop'],
    ['compaction', 'stop'],
    ['tool_use', 'stop'],
    ['unheard_of', 'stop'],
    [null, 'stop'],
  ])('%s is %s', (stop_reason, finish) => {
    expect(choice([text('Hi.')], { stop_reason }).finish).toBe(finish)
  })

  it.each([
    ['end_turn', 'tool_calls'],
    ['tool_use', 'tool_calls'],
    ['max_tokens', 'length'],
  ])('%s with calls is %s', (stop_reason, finish) => {
    expect(choice([use('t1', 'a')], { stop_reason }).finish).toBe(finish)
  })
})

describe('a refusal', () => {
  const more = { stop_details: { type: 'refusal', category: 'cyber', explanation: 'Not this.' } }

  it('without content says why', () => {
    expect(choice([], { stop_reason: 'refusal', more })).toMatchObject({
      blocks: [],
      refusal: 'Not this.',
      finish: 'content_filter',
    })
  })

  it('behind some text leaves it at that', () => {
    expect(choice([text('Well,')], { stop_reason: 'refusal', more }).refusal).toBe('')
    expect(choice([], { stop_reason: 'refusal' }).refusal).toBe('')
  })
})

describe('citations', () => {
  const web = (url: string, title: string | null) => ({
    type: 'web_search_result_location',
    url,
    title,
    cited_text: 'x',
    encrypted_index: 'y',
  })
  const page = { type: 'page_location', document_index: 0, document_title: 'a.pdf', cited_text: 'x' }

  it('of the web say where their text stands', () => {
    const content = [
      text('So: '),
      text('cats purr', { citations: [web('https://a', 'A'), web('https://b', null)] }),
      text('.'),
    ]
    expect(choice(content).citations).toEqual([
      { url: 'https://a', title: 'A', start: 4, end: 13 },
      { url: 'https://b', title: '', start: 4, end: 13 },
    ])
  })

  it('of documents have no place, which is told once', () => {
    const { losses, choices } = replyOf(call, {
      content: [text('a', { citations: [page, page] }), text('b', { citations: [page] })],
    })
    expect(choices[0]?.citations).toEqual([])
    expect(losses).toMatchObject([{ path: 'choices[0].message.annotations', kind: 'dropped' }])
  })
})

describe('JSON', () => {
  const json_schema = { name: 'answer', schema: { type: 'object', properties: { a: {} } } }
  const format = { response_format: { type: 'json_schema', json_schema } }
  const tools = [{ type: 'function', function: { name: 'find' } }]

  it('that a tool carries is the text', () => {
    const { call: byTool } = send({ model: 'claude-sonnet-4-0', ...format })
    const content = [text('Here you are.'), use('t1', 'answer', { a: 1 })]
    expect(choice(content, { stop_reason: 'tool_use' }, byTool)).toMatchObject({
      blocks: [{ type: 'text', text: '{"a":1}' }],
      finish: 'stop',
    })
    expect(choice([use('t1', 'answer')], { stop_reason: 'tool_use' }, byTool).blocks).toEqual([
      { type: 'text', text: '{}' },
    ])
  })

  it("gives way to a call of the client's own tools, and to words", () => {
    const { call: byTool } = send({ model: 'claude-sonnet-4-0', tools, ...format })
    expect(choice([text('Looking.'), use('t1', 'find')], { stop_reason: 'tool_use' }, byTool)).toMatchObject({
      blocks: [
        { type: 'text', text: 'Looking.' },
        { type: 'tool', name: 'find' },
      ],
      finish: 'tool_calls',
    })
    expect(choice([text('I cannot.')], {}, byTool).blocks).toEqual([{ type: 'text', text: 'I cannot.' }])
  })

  it('that was asked for in words is without what stands around it', () => {
    const { call: byWord } = send({ tools, response_format: { type: 'json_object' } })
    expect(choice([text('```json\n{"a":1}\n```')], {}, byWord).blocks).toEqual([{ type: 'text', text: '{"a":1}' }])
    expect(choice([text('Looking.'), use('t1', 'find')], {}, byWord).blocks).toMatchObject([
      { type: 'text', text: 'Looking.' },
      { type: 'tool' },
    ])
  })
})

describe('usage', () => {
  const counted = (usage: Fields) => replyOf(call, { content: [text('Hi.')], usage }).usage

  it('counts the cache as a part of the prompt', () => {
    const usage = {
      ...{ input_tokens: 12, cache_read_input_tokens: 2000, cache_creation_input_tokens: 100, output_tokens: 30 },
      output_tokens_details: { thinking_tokens: 21 },
    }
    expect(counted(usage)).toEqual({
      prompt_tokens: 2112,
      completion_tokens: 30,
      total_tokens: 2142,
      prompt_tokens_details: { cached_tokens: 2000, cache_write_tokens: 100 },
      completion_tokens_details: { reasoning_tokens: 21 },
    })
  })

  it('never guesses', () => {
    const nothing = { prompt_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 } }
    expect(
      counted({ input_tokens: 1, output_tokens: 2, cache_read_input_tokens: null, output_tokens_details: null }),
    ).toEqual({
      ...{ prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
      ...nothing,
    })
    expect(replyOf(call, { content: [], usage: { output_tokens: 0 } }).usage).toEqual({
      ...{ prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 },
      ...nothing,
    })
  })

  const iteration = (type: string, input_tokens: number, output_tokens: number) => ({
    type,
    input_tokens,
    output_tokens,
    cache_read_input_tokens: 5,
  })

  it('sums what a compaction took beside the message', () => {
    const iterations = [
      iteration('compaction', 100, 83),
      iteration('advisor_message', 900, 900),
      iteration('message', 181, 8),
    ]
    expect(counted({ input_tokens: 181, output_tokens: 8, iterations })).toMatchObject({
      prompt_tokens: 291,
      completion_tokens: 91,
      prompt_tokens_details: { cached_tokens: 10 },
    })
  })

  it('of a fallback is that of the answer', () => {
    const iterations = [iteration('message', 408, 0), iteration('fallback_message', 412, 264)]
    expect(counted({ input_tokens: 412, output_tokens: 264, iterations })).toMatchObject({
      prompt_tokens: 412,
      completion_tokens: 264,
    })
  })

  it.each([
    [{ service_tier: 'standard' }, 'default'],
    [{ service_tier: 'priority' }, 'priority'],
    [{ service_tier: 'batch' }, 'flex'],
    [{ service_tier: 'standard', speed: 'fast' }, 'priority'],
    [{ service_tier: 'standard', speed: 'standard' }, 'default'],
    [{}, undefined],
  ])('tells the tier: %j is %s', (usage, tier) => {
    expect(replyOf(call, { content: [], usage: { input_tokens: 1, output_tokens: 1, ...usage } }).tier).toBe(tier)
  })
})

it.each([[null], ['x'], [[]], [{}], [{ content: 'x' }], [{ content: [null] }], [{ type: 'error' }]])(
  '%j is no answer',
  (value) => {
    expect(() => call.answer(value, NO_HEADERS)).toThrow(GatewayError)
  },
)
