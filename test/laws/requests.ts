// Chat requests with anything in them that OpenAI documents, and some of what it does not: all of them valid.
import fc from 'fast-check'
import type { ChatFields } from '../../src/hub/request.ts'
import { text } from './arbitraries.ts'

const name = fc.constantFrom('find', 'look up', 'a.b', 'x'.repeat(70))
const id = fc.constantFrom('call_1', 'call:2', 'call.3', '')
const args = fc.constantFrom('{}', '', '{"q":1}', '[1]', 'not json', '{"q":')
const cache = fc.constantFrom(
  { type: 'ephemeral' },
  { type: 'ephemeral', ttl: '1h' },
  { type: 'ephemeral', ttl: '30m' },
)

const part = fc.oneof(
  { weight: 6, arbitrary: fc.record({ type: fc.constant('text'), text: fc.oneof(text, fc.constant('')) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('text'), text, cache_control: cache }) },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('text'),
      text,
      prompt_cache_breakpoint: fc.constant({ mode: 'explicit', ttl: '12h' }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('image_url'),
      image_url: fc.constantFrom(
        { url: 'https://example.com/a.png', detail: 'low' },
        { url: 'data:image/png;base64,iVBORw0KGgo=' },
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('file'),
      file: fc.constant({ filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBERi0=' }),
    }),
  },
)
const content = fc.oneof(text, fc.constant(''), fc.array(part, { maxLength: 3 }))
const words = fc.oneof(text, fc.array(fc.record({ type: fc.constant('text'), text }), { maxLength: 2 }))

const instruction = fc.record({ role: fc.constantFrom('system', 'developer'), content: words })
const user = fc.record(
  { role: fc.constant('user'), content, name, cache_control: cache, weather: text },
  { requiredKeys: ['role', 'content'] },
)
const details = fc.array(
  fc.record(
    {
      type: fc.constant('reasoning.text'),
      text,
      format: fc.constantFrom('anthropic-claude-v1', 'other-v1'),
      signature: text,
    },
    { requiredKeys: ['type', 'text'] },
  ),
  { maxLength: 2 },
)
const assistant = fc.record(
  {
    role: fc.constant('assistant'),
    content: fc.oneof(text, fc.constant(null)),
    name,
    refusal: fc.constantFrom(null, 'No.'),
    reasoning_content: text,
    reasoning_details: details,
    audio: fc.constant({ id: 'audio_1' }),
    annotations: fc.constant([]),
    tool_calls: fc.constant([]),
  },
  { requiredKeys: ['role', 'content'] },
)
/** Calls and every result that they need. */
const loop = fc
  .uniqueArray(fc.record({ id, name, args, custom: fc.boolean() }), {
    minLength: 1,
    maxLength: 3,
    selector: (call) => call.id,
  })
  .map((calls) => [
    {
      role: 'assistant',
      content: null,
      tool_calls: calls.map((call) =>
        call.custom
          ? { id: call.id, type: 'custom', custom: { name: call.name, input: call.args } }
          : { id: call.id, type: 'function', function: { name: call.name, arguments: call.args } },
      ),
    },
    ...calls.map((call) => ({ role: 'tool', tool_call_id: call.id, content: call.args })).reverse(),
  ])
const messages = fc
  .array(
    fc.oneof(
      user.map((one) => [one]),
      assistant.map((one) => [one]),
      instruction.map((one) => [one]),
      loop,
    ),
    { minLength: 1, maxLength: 5 },
  )
  .map((turns) => turns.flat() as unknown as ChatFields['messages'])

const parameters = fc.constantFrom(
  {},
  { type: 'object', properties: { q: { type: 'string' } } },
  { anyOf: [{ type: 'object', properties: { a: {} } }, { type: 'object' }] },
)
const definition = fc.record(
  { name, description: text, parameters, strict: fc.constantFrom(null, true, false) },
  { requiredKeys: ['name'] },
)
const tool = fc.oneof(
  fc.record({ type: fc.constant('function' as const), function: definition }),
  fc.record({
    type: fc.constant('custom' as const),
    custom: fc.record({
      name,
      format: fc.constantFrom(
        { type: 'text' },
        { type: 'grammar', grammar: { syntax: 'lark', definition: 'start: "a"' } },
      ),
    }),
  }),
)
const nameOf = (one: { function?: { name: string }; custom?: { name: string } }) =>
  one.function?.name ?? one.custom?.name
const tools = fc.uniqueArray(tool, { minLength: 1, maxLength: 3, selector: nameOf })
const choice = (names: readonly (string | undefined)[]) =>
  fc.constantFrom(
    'none',
    'auto',
    'required',
    { type: 'function', function: { name: names[0] } },
    {
      type: 'allowed_tools',
      allowed_tools: { mode: 'required', tools: [{ type: 'function', function: { name: names[0] } }] },
    },
  )
const toolFields = fc.oneof(
  fc.constant({}),
  tools.chain((all) =>
    fc.record(
      { tools: fc.constant(all), tool_choice: choice(all.map(nameOf)), parallel_tool_calls: fc.boolean() },
      { requiredKeys: ['tools'] },
    ),
  ),
  fc
    .uniqueArray(definition, { minLength: 1, maxLength: 2, selector: (one) => one.name })
    .chain((all) =>
      fc.record(
        { functions: fc.constant(all), function_call: fc.constantFrom('none', 'auto', { name: all[0]?.name }) },
        { requiredKeys: ['functions'] },
      ),
    ),
)

const json = fc.constantFrom({}, { type: 'object', properties: { a: { type: 'integer', minimum: 1 } } })

/** A value for each field on its own, none of them OpenAI's default. `messages` and the tools come beside them. */
export const values = {
  audio: fc.constant({ voice: 'alloy', format: 'wav' }),
  frequency_penalty: fc.constantFrom(-2, 0.5),
  logit_bias: fc.constant({ 50256: -100 }),
  logprobs: fc.constant(true),
  max_completion_tokens: fc.constantFrom(1, 2000, 10_000_000),
  max_tokens: fc.constantFrom(1, 2000, 10_000_000),
  metadata: fc.constantFrom({ a: 'b' }, { user_id: 'u' }),
  moderation: fc.constant({ model: 'omni' }),
  n: fc.constantFrom(2, 3),
  prediction: fc.constant({ type: 'content', content: 'x' }),
  presence_penalty: fc.constantFrom(-2, 0.5),
  prompt_cache_key: text,
  prompt_cache_options: fc.constantFrom({ mode: 'explicit' }, { mode: 'implicit', ttl: '30m' }, { ttl: '12h' }),
  prompt_cache_retention: fc.constant('24h'),
  reasoning_effort: fc.constantFrom('none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'),
  safety_identifier: fc.constantFrom('me', 'x'.repeat(300)),
  seed: fc.integer(),
  service_tier: fc.constantFrom('default', 'flex', 'priority'),
  stop: fc.constantFrom<string | string[]>('END', ['a', ' '], '\n'),
  store: fc.constant(true),
  stream: fc.constant(true),
  temperature: fc.constantFrom(0, 0.5, 1.5),
  top_p: fc.constantFrom(0, 0.5, 0.99),
  user: fc.constantFrom('me', 'x'.repeat(300)),
  verbosity: fc.constantFrom('low', 'high'),
  web_search_options: fc.constantFrom(
    {},
    { search_context_size: 'high', user_location: { type: 'approximate', approximate: { city: 'Wien' } } },
  ),
  cache_control: cache,
  thinking: fc.constantFrom({ type: 'disabled' }, { type: 'enabled', budget_tokens: 2000 }),
  top_k: fc.constantFrom(0, 40),
  modalities: fc.constantFrom(['text', 'audio']),
  response_format: fc.oneof(
    fc.constant({ type: 'json_object' as const }),
    fc.record({
      type: fc.constant('json_schema' as const),
      json_schema: fc.record({ name: fc.constant('answer'), schema: json, strict: fc.constantFrom(null, true) }),
    }),
  ),
} satisfies { readonly [K in keyof ChatFields]?: fc.Arbitrary<NonNullable<ChatFields[K]>> }

const together = fc.oneof(
  fc.constant({}),
  fc.constant({ logprobs: true, top_logprobs: 2 }),
  fc.constant({ stream: true, stream_options: { include_usage: true } }),
  fc
    .constantFrom(
      { reasoning: { effort: 'low' } },
      { reasoning: { max_tokens: 3000, exclude: true } },
      { reasoning: { enabled: true, summary: 'auto' } },
    )
    .map((fields) => ({ ...fields, reasoning_effort: null })),
)
const extras = fc.record(
  { min_p: fc.double({ min: 0, max: 1 }), provider: json, container: text, nothing: fc.constant(null) },
  { requiredKeys: [] },
)

/** Many fields, or a few: of those often nothing is lost. */
const some = fc
  .subarray(Object.keys(values) as (keyof typeof values)[], { maxLength: 3 })
  .chain((names) => fc.record(Object.fromEntries(names.map((one) => [one, values[one] as fc.Arbitrary<unknown>]))))
const plain = fc.constant([{ role: 'user', content: 'Hello.' }])

/** A body as a client sends it. */
export const body: fc.Arbitrary<Record<string, unknown>> = fc
  .oneof(
    fc.tuple(messages, toolFields, fc.record(values, { requiredKeys: [] }), together, extras),
    fc.tuple(plain, toolFields, some, together, fc.constant({})),
  )
  .map(([all, ...rest]) => Object.assign({ model: 'm', messages: all }, ...rest))
