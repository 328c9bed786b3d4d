// Messages requests with anything in them that the API documents, and some of what it does not: all of them valid.
import fc from 'fast-check'
import { NATIVE, seal } from '../../src/dialects/messages/seal.ts'
import { text } from './arbitraries.ts'

const mark = fc.constantFrom({ type: 'ephemeral' }, { type: 'ephemeral', ttl: '1h' })
const marked = <T extends object>(block: fc.Arbitrary<T>) =>
  fc.tuple(block, fc.option(mark, { freq: 5 })).map(([one, cache_control]) => ({
    ...one,
    ...(cache_control && { cache_control }),
  }))
const words = text.filter((one) => one.trim() !== '')
const textBlock = marked(fc.record({ type: fc.constant('text'), text: words }))
const image = marked(
  fc.record({
    type: fc.constant('image'),
    source: fc.constantFrom(
      { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' },
      { type: 'url', url: 'https://example.com/a.png' },
      { type: 'file', file_id: 'file_1' },
    ),
  }),
)
const document = marked(
  fc.record(
    {
      type: fc.constant('document'),
      source: fc.constantFrom(
        { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0xLjQK' },
        { type: 'text', media_type: 'text/plain', data: 'Grüße' },
        { type: 'content', content: [{ type: 'text', text: 'A part.' }] },
        { type: 'url', url: 'https://example.com/a.pdf' },
      ),
      title: text,
      context: text,
      citations: fc.constantFrom({ enabled: true }, { enabled: false }),
    },
    { requiredKeys: ['type', 'source'] },
  ),
)
const found = fc.constant({ type: 'search_result', source: 'x', title: 'y', content: [{ type: 'text', text: 'z' }] })
const unknown = fc.constant({ type: 'hologram', data: 'x' })
const spoken = fc.oneof(
  { weight: 6, arbitrary: textBlock },
  { weight: 1, arbitrary: image },
  { weight: 1, arbitrary: document },
  { weight: 1, arbitrary: found },
)
const user = fc.record({
  role: fc.constant('user'),
  content: fc.oneof(words, fc.array(spoken, { minLength: 1, maxLength: 3 }), fc.tuple(textBlock, unknown)),
})
const format = fc.constantFrom('unknown', 'google-gemini-v1', NATIVE, 'openai-responses-v1')
const thought = fc.oneof(
  fc.record({ type: fc.constant('thinking'), thinking: text, signature: fc.constantFrom('EqQB', '') }),
  fc.record({ type: fc.constant('redacted_thinking'), data: fc.constant('EmwK') }),
  fc
    .record({ format, index: fc.nat(3), signature: fc.option(text, { nil: undefined }) })
    .map(({ signature, ...one }) => ({
      type: 'thinking',
      thinking: 'Hm.',
      signature: seal({ ...one, ...(signature !== undefined && { signature }) }),
    })),
)
const own = fc.constantFrom(
  { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: {} },
  { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [] },
)
/** Calls and every result that they need. */
const loop = fc
  .record({
    thoughts: fc.array(thought, { maxLength: 2 }),
    said: fc.array(fc.oneof(textBlock, own), { maxLength: 2 }),
    ids: fc.uniqueArray(fc.constantFrom('toolu_1', 'call_2', 'a.b:3'), { minLength: 1, maxLength: 2 }),
    name: fc.constantFrom('find', 'look_up'),
    result: fc.oneof(fc.constant(''), words, fc.array(spoken, { minLength: 1, maxLength: 2 })),
    failed: fc.boolean(),
    more: fc.array(textBlock, { maxLength: 1 }),
  })
  .map(({ thoughts, said, ids, name, result, failed, more }) => [
    {
      role: 'assistant',
      content: [...thoughts, ...said, ...ids.map((id) => ({ type: 'tool_use', id, name, input: { q: 1 } }))],
    },
    {
      role: 'user',
      content: [
        ...ids.map((id) => ({
          type: 'tool_result',
          tool_use_id: id,
          content: result,
          ...(failed && { is_error: true }),
        })),
        ...more,
      ],
    },
  ])
const messages = fc
  .record({
    first: user,
    rest: fc.option(loop, { freq: 2 }),
    last: fc.option(fc.constant({ role: 'system', content: 'S.' }), { freq: 4 }),
  })
  .map(({ first, rest, last }) => [first, ...(rest ?? []), ...(last ? [last] : [])])

const tool = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record(
      {
        name: fc.constantFrom('find', 'look_up'),
        description: text,
        input_schema: fc.constantFrom({ type: 'object' }, { type: 'object', properties: { q: { type: 'string' } } }),
        strict: fc.boolean(),
        cache_control: mark,
        defer_loading: fc.boolean(),
        eager_input_streaming: fc.boolean(),
        allowed_callers: fc.constantFrom(['direct'], ['code_execution_20260120']),
        input_examples: fc.constant([{ q: 'x' }]),
        type: fc.constantFrom('custom', null),
      },
      { requiredKeys: ['name', 'input_schema'] },
    ),
  },
  { weight: 1, arbitrary: fc.constant({ type: 'web_search_20250305', name: 'web_search', max_uses: 1 }) },
  { weight: 1, arbitrary: fc.constant({ type: 'bash_20250124', name: 'bash' }) },
)

export const request = fc.record(
  {
    messages,
    max_tokens: fc.constantFrom(1, 2000, 64_000),
    system: fc.oneof(words, fc.array(textBlock, { minLength: 1, maxLength: 2 })),
    stop_sequences: fc.array(words, { maxLength: 5 }),
    stream: fc.boolean(),
    temperature: fc.constantFrom(0, 0.5, 1),
    top_p: fc.constantFrom(0.5, 1),
    top_k: fc.constantFrom(0, 5),
    tools: fc.uniqueArray(tool, { minLength: 1, maxLength: 3, selector: ({ name }) => name }),
    thinking: fc.constantFrom(
      { type: 'enabled', budget_tokens: 1024 },
      { type: 'adaptive', display: 'omitted' },
      { type: 'disabled' },
    ),
    output_config: fc.constantFrom(
      { effort: 'high' },
      { format: { type: 'json_schema', schema: { type: 'object', properties: {}, additionalProperties: false } } },
      { effort: 'max', task_budget: { type: 'tokens', total: 20_000 } },
    ),
    metadata: fc.constantFrom({ user_id: 'u' }, { user_id: 'u'.repeat(200), other: 'x' }, { user_id: null }),
    service_tier: fc.constantFrom('auto', 'standard_only'),
    cache_control: mark,
    container: fc.constant('c'),
    mcp_servers: fc.constant([{ type: 'url', url: 'https://x', name: 'x' }]),
    context_management: fc.constant({ edits: [] }),
    speed: fc.constantFrom('standard', 'fast'),
    inference_geo: fc.constant('eu'),
    diagnostics: fc.constant({ previous_message_id: 'msg_1' }),
    thread: fc.constant(null),
    future: fc.constant(true),
  },
  { requiredKeys: ['messages', 'max_tokens'] },
)
