// Answers written out by hand, of shapes that recordings have seldom: what the format allows and services have done.
import type { Case } from './cases.ts'

type Json = Record<string, unknown>

const start = (usage: Json = {}): Json => ({
  type: 'message_start',
  message: {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude-any',
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { input_tokens: 10, output_tokens: 1, ...usage },
  },
})
const opens = (index: number, content_block: Json): Json => ({ type: 'content_block_start', index, content_block })
const grows = (index: number, type: string, delta: Json): Json => ({
  type: 'content_block_delta',
  index,
  delta: { type, ...delta },
})
const closes = (index: number): Json => ({ type: 'content_block_stop', index })
const ends = (stop_reason: string | null, usage: Json = {}, delta: Json = {}): Json[] => [
  {
    type: 'message_delta',
    delta: { stop_reason, stop_sequence: null, ...delta },
    usage: { output_tokens: 5, ...usage },
  },
  { type: 'message_stop' },
]
const text = (index: number, said: string): Json[] => [
  opens(index, { type: 'text', text: '' }),
  grows(index, 'text_delta', { text: said }),
  closes(index),
]
const thinks = (index: number, thinking: string, signature: string): Json[] => [
  opens(index, { type: 'thinking', thinking: '', signature: '' }),
  ...(thinking ? [grows(index, 'thinking_delta', { thinking })] : []),
  ...(signature ? [grows(index, 'signature_delta', { signature })] : []),
  closes(index),
]
const call = (index: number, input: Json = {}): Json =>
  opens(index, { type: 'tool_use', id: `toolu_${index}`, name: 'find', input })
const json = (index: number, partial_json: string): Json => grows(index, 'input_json_delta', { partial_json })
const failure = (type: string): Json => ({ type: 'error', error: { type, message: 'No.' } })
const cited = (index: number, citation: Json): Json => grows(index, 'citations_delta', { citation })

const STREAMS: Readonly<Record<string, readonly Json[]>> = {
  'nothing said': [start(), ...ends('end_turn')],
  'a stop sequence': [start(), ...text(0, 'Hi'), ...ends('stop_sequence')],
  'a full context': [start(), ...text(0, 'Hi'), ...ends('model_context_window_exceeded')],
  'a pause that nobody goes on with': [start(), ...text(0, 'Hi'), ...ends('pause_turn')],
  'no reason': [start(), ...text(0, 'Hi'), ...ends(null)],
  'characters of every length': [start(), ...text(0, 'Grüße, 世界 👋🏽 "\\"\n\u2028'), ...ends('end_turn')],
  'a priority tier': [start({ service_tier: 'priority' }), ...text(0, 'Hi'), ...ends('end_turn')],
  'fast mode': [start({ service_tier: 'standard', speed: 'fast' }), ...text(0, 'Hi'), ...ends('end_turn')],
  'input counted at the end': [
    start({ input_tokens: 0 }),
    ...text(0, 'Hi'),
    ...ends('end_turn', { input_tokens: 41, cache_read_input_tokens: 7, cache_creation_input_tokens: null }),
  ],
  'calls without arguments': [start(), call(0), json(0, ''), closes(0), call(1), closes(1), ...ends('tool_use')],
  'arguments in the start': [start(), call(0, { a: [1, 'ü'] }), closes(0), ...ends('tool_use')],
  'a call, and yet the turn ends': [start(), call(0), json(0, '{"a": 1}'), closes(0), ...ends('end_turn')],
  'a call cut before it began': [start(), call(0), ...ends('max_tokens')],
  'a call cut in the middle': [start(), call(0), json(0, '{"a": [1,'), ...ends('max_tokens')],
  'three thoughts, one of them secret': [
    start(),
    ...thinks(0, 'One', 'A=='),
    opens(1, { type: 'redacted_thinking', data: 'xyz' }),
    closes(1),
    ...thinks(2, 'Two', 'B=='),
    ...text(3, 'Hi'),
    ...ends('end_turn', { output_tokens_details: { thinking_tokens: 4 } }),
  ],
  'a thought that is not shown': [start(), ...thinks(0, '', 'A=='), ...text(1, 'Hi'), ...ends('end_turn')],
  'a thought cut before its signature': [start(), ...thinks(0, 'One', ''), ...ends('max_tokens')],
  'a thought in the start': [
    start(),
    opens(0, { type: 'thinking', thinking: 'One', signature: 'A==' }),
    closes(0),
    ...text(1, 'Hi'),
    ...ends('end_turn'),
  ],
  'a signature on text': [
    start(),
    opens(0, { type: 'text', text: '' }),
    grows(0, 'text_delta', { text: 'Hi' }),
    grows(0, 'signature_delta', { signature: 'A==' }),
    closes(0),
    ...ends('end_turn'),
  ],
  'what is not known yet': [
    start(),
    { type: 'novelty' },
    opens(0, { type: 'novel' }),
    grows(0, 'novel_delta', { text: 'no' }),
    closes(0),
    ...text(1, 'Hi'),
    ...ends('end_turn'),
  ],
  'tools that the service runs': [
    start(),
    opens(0, { type: 'mcp_tool_use', id: 'mcptoolu_1', name: 'echo', server_name: 'echo', input: {} }),
    json(0, '{"m":1}'),
    closes(0),
    opens(1, { type: 'mcp_tool_result', tool_use_id: 'mcptoolu_1', is_error: false, content: [] }),
    closes(1),
    ...text(2, 'Hi'),
    ...ends('end_turn'),
  ],
  'citations behind characters of two units': [
    start(),
    ...text(0, '👋 Look: '),
    opens(1, { type: 'text', text: '', citations: [] }),
    cited(1, { type: 'web_search_result_location', url: 'https://a.example', title: null, cited_text: 'a' }),
    grows(1, 'text_delta', { text: 'here' }),
    cited(1, { type: 'char_location', document_index: 0, document_title: null, cited_text: 'b' }),
    closes(1),
    ...ends('end_turn'),
  ],
  'a refusal after text': [start(), ...text(0, 'Hi'), ...ends('refusal', {}, { stop_details: { explanation: 'No.' } })],
  'a failure at once': [failure('overloaded_error')],
  'a failure after a sign of life': [{ type: 'ping' }, failure('api_error')],
  'a failure after text': [start(), ...text(0, 'Hi'), failure('rate_limit_error')],
  'a failure of a kind that is not known': [start(), ...text(0, 'Hi'), failure('strange_error')],
  'what the client cannot fold: a second start': [
    start(),
    ...text(0, 'Hi'),
    start(),
    ...text(1, '!'),
    ...ends('end_turn'),
  ],
  'no end': [start(), ...text(0, 'Hi'), ...ends('end_turn').slice(0, 1)],
}

type Frame = (event: Json) => string

const framed: Frame = (event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`

/** Other ways of saying the same events. */
const FRAMES: Readonly<Record<string, Frame>> = {
  'without names': (event) => `data: ${JSON.stringify(event)}\n\n`,
  'with CRLF': (event) => framed(event).replaceAll('\n', '\r\n'),
  'with comments, ids and no spaces': (event) => `:\n\nid:1\nevent:${event.type}\ndata:${JSON.stringify(event)}\n\n`,
}

const ERRORS: readonly (readonly [status: number, type: string, message: string])[] = [
  [400, 'invalid_request_error', 'No.'],
  [400, 'invalid_request_error', 'prompt is too long: 200012 tokens > 200000 maximum'],
  [400, 'invalid_request_error', 'Your credit balance is too low to access the API.'],
  [401, 'authentication_error', 'invalid x-api-key'],
  [402, 'billing_error', 'No.'],
  [403, 'permission_error', 'No.'],
  [404, 'not_found_error', 'model: claude-none'],
  [404, 'not_found_error', 'No.'],
  [409, 'conflict_error', 'No.'],
  [413, 'request_too_large', 'No.'],
  [429, 'rate_limit_error', 'No.'],
  [500, 'api_error', 'No.'],
  [504, 'timeout_error', 'No.'],
  [529, 'overloaded_error', 'No.'],
]

function caseOf(name: string, body: string, stream: boolean, status = 200): Case {
  const contentType = stream ? 'text/event-stream' : 'application/json'
  const headers = new Headers({ 'content-type': contentType })
  const known = { name, provider: 'anthropic', model: 'claude-any', path: '/v1/messages' }
  return { ...known, stream, status, contentType, headers, bytes: new TextEncoder().encode(body) }
}

export const SHAPES: readonly Case[] = [
  ...Object.entries(STREAMS).map(([name, events]) => caseOf(name, events.map(framed).join(''), true)),
  ...Object.entries(FRAMES).map(([name, frame]) =>
    caseOf(name, [start(), ...text(0, 'Grüße 👋'), ...ends('end_turn')].map(frame).join(''), true),
  ),
  ...ERRORS.map(([status, type, message]) =>
    caseOf(`${status} ${type}: ${message}`, JSON.stringify({ type: 'error', error: { type, message } }), false, status),
  ),
  caseOf('a page of something in between', '<html>Bad Gateway</html>', false, 502),
]
