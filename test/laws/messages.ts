// Answers of the Messages API, whole and as streams of events that say the same: what the laws of streams run on.
import fc from 'fast-check'
import { chat } from '../../src/dialects/index.ts'
import type { AnswerContext } from '../../src/hub/dialect.ts'
import { Ledger } from '../../src/hub/loss.ts'
import type { Call } from '../../src/hub/provider.ts'
import type { AnswerBlock, MessagesAnswer } from '../../src/providers/anthropic/wire.ts'
import { providers } from '../../src/providers/index.ts'
import { Joint, Transcoder } from '../../src/transcode.ts'
import { ACCOUNT, NO_HEADERS } from '../account.ts'
import { pieces, text } from './arbitraries.ts'

const REQUEST = {
  model: 'm',
  messages: [{ role: 'user', content: 'Hello.' }],
  stream: true,
  stream_options: { include_usage: true },
  tools: [
    { type: 'function', function: { name: 'find it' } },
    { type: 'custom', custom: { name: 'sql' } },
  ],
}

/** The context of an answer to a request with tools, and the call that it makes. */
export const context: AnswerContext = { request: chat.read(REQUEST), created: 0, report: undefined }
export const call = callOf('claude-sonnet-4-5', {})
/** The same with an answer in JSON that a forced call carries. */
export const jsonCall = callOf('claude-3-5-haiku-latest', {
  tools: undefined,
  response_format: { type: 'json_schema', json_schema: { name: 'answer', schema: { type: 'object' } } },
})

function callOf(model: string, more: object): Call {
  const provider = providers.get('anthropic')
  if (!provider?.chat) throw new Error('There is no such provider.')
  return provider.chat.encode(chat.read({ ...REQUEST, ...more }), model, new Ledger(false), ACCOUNT)
}

const calledNames = (JSON.parse(call.body) as { tools: { name: string }[] }).tools.map(({ name }) => name)
const json = fc.dictionary(fc.string({ maxLength: 4 }), fc.jsonValue({ maxDepth: 1 }), { maxKeys: 3 })
const mark = fc.string({ unit: fc.constantFrom(...'abcXYZ019+/='), minLength: 1, maxLength: 8 })

const citation = fc.oneof(
  fc.record({ type: fc.constant('web_search_result_location'), url: fc.webUrl(), title: fc.option(text) }),
  fc.record({ type: fc.constant('char_location'), document_index: fc.nat(), cited_text: text }),
)
const textBlock = fc.record({
  type: fc.constant('text'),
  text: fc.oneof(text, fc.constant('')),
  citations: fc.oneof(fc.constant(null), fc.array(citation, { maxLength: 2 })),
})
const thinkingBlock = fc.record({
  type: fc.constant('thinking'),
  thinking: fc.oneof(text, fc.constant('')),
  signature: mark,
})
const otherBlock = fc.oneof(
  fc.record({ type: fc.constant('redacted_thinking'), data: mark }),
  fc.record({ type: fc.constant('server_tool_use'), id: mark, name: fc.constant('web_search'), input: json }),
  fc.record({
    type: fc.constant('web_search_tool_result'),
    tool_use_id: mark,
    content: fc.array(json, { maxLength: 1 }),
  }),
  fc.record({ type: fc.constant('a_new_kind'), text }),
)
const toolBlock = (names: readonly string[]) =>
  fc.record({ type: fc.constant('tool_use'), id: mark, name: fc.constantFrom(...names), input: json })

const usage = fc.record({
  input_tokens: fc.nat({ max: 9999 }),
  cache_read_input_tokens: fc.option(fc.nat({ max: 9999 })),
  output_tokens: fc.nat({ max: 9999 }),
  service_tier: fc.constantFrom(null, 'standard', 'priority'),
})

/** A whole answer. */
export function answer(names: readonly string[] = calledNames): fc.Arbitrary<MessagesAnswer> {
  const block: fc.Arbitrary<AnswerBlock> = fc.oneof(textBlock, thinkingBlock, otherBlock, toolBlock(names))
  return fc.record({
    type: fc.constant('message'),
    id: mark,
    model: mark,
    content: fc.array(block, { maxLength: 5 }),
    stop_reason: fc.constantFrom('end_turn', 'max_tokens', 'stop_sequence', 'tool_use', 'refusal', 'something_new'),
    stop_details: fc.constantFrom(null, { explanation: 'It would not.' }),
    usage,
  })
}

type Event = Record<string, unknown>

/** The events that say an answer, with its texts cut at these places. */
export function streamOf(whole: MessagesAnswer, cuts: readonly number[]): Event[] {
  const { content, stop_reason, stop_details, usage: used } = whole
  const early = { ...used, output_tokens: 1 }
  const inPieces = (value: string) => (value === '' ? [] : pieces(value, cuts))
  const blocks = content.flatMap((block, index): Event[] => {
    const delta = (type: string, key: string) => (part: unknown) => ({
      type: 'content_block_delta',
      index,
      delta: { type, [key]: part },
    })
    const said = ((): [AnswerBlock, Event[]] => {
      switch (block.type) {
        case 'text':
          return [
            { ...block, text: '', citations: null },
            [
              ...(block.citations ?? []).map(delta('citations_delta', 'citation')),
              ...inPieces(block.text ?? '').map(delta('text_delta', 'text')),
            ],
          ]
        case 'thinking':
          return [
            { type: 'thinking', thinking: '', signature: '' },
            [
              ...inPieces(block.thinking ?? '').map(delta('thinking_delta', 'thinking')),
              delta('signature_delta', 'signature')(block.signature),
            ],
          ]
        case 'tool_use':
        case 'server_tool_use': {
          const whole = JSON.stringify(block.input)
          const parts = whole === '{}' ? [''] : ['', ...inPieces(whole)]
          return [{ ...block, input: {} }, parts.map(delta('input_json_delta', 'partial_json'))]
        }
        default:
          return [block, []]
      }
    })()
    const [content_block, deltas] = said
    return [{ type: 'content_block_start', index, content_block }, ...deltas, { type: 'content_block_stop', index }]
  })
  return [
    { type: 'message_start', message: { ...whole, content: [], stop_reason: null, stop_details: null, usage: early } },
    { type: 'ping' },
    ...blocks,
    { type: 'a_new_event', anything: 1 },
    { type: 'message_delta', delta: { stop_reason, stop_details }, usage: used },
    { type: 'message_stop' },
  ]
}

/** A stream as it comes over the wire, with one kind of line end or another. */
export function bytesOf(events: readonly Event[], end: '\n' | '\r\n' | '\r' = '\n'): Uint8Array {
  const texts = events.map((event) => `event: ${event.type}${end}data: ${JSON.stringify(event)}${end}${end}`)
  return new TextEncoder().encode(texts.join(''))
}

export const stream: fc.Arbitrary<Event[]> = fc
  .tuple(answer(), fc.array(fc.nat({ max: 20 }), { maxLength: 3 }))
  .map(([whole, cuts]) => streamOf(whole, cuts))

/** A translator of one stream, as the Worker makes it. */
export function transcoder(): Transcoder {
  const noMore = () => Promise.reject(new Error('Nothing paused.'))
  return new Transcoder(new Joint(chat.renderer(context), 1), call.reader(NO_HEADERS), 0, 1, noMore)
}
