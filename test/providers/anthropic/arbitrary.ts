// Random chat requests of every shape that clients send, most of them valid.
import fc from 'fast-check'
import { MODELS } from '../../../demo/anthropic/models.ts'

/** A name that each family of models answers to. */
export const MODEL_NAMES: readonly string[] = MODELS.map(({ id }) =>
  id === 'claude-3-7-sonnet' || id === 'claude-3-5' || id === 'claude-3'
    ? `${id}${id === 'claude-3-7-sonnet' ? '' : '-haiku'}-20240307`
    : id,
)

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 3 })
const rarely = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary })
const record = <T extends object>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.record(model).map((value) => Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)))

const text = fc.oneof(fc.lorem({ maxCount: 5 }), fc.constantFrom('', ' ', '\n', 'Hi. ', '{"a":1}', 'Ünï😀'))
const mark = rarely(record({ type: fc.constant('ephemeral'), ttl: rarely(fc.constantFrom('5m', '1h', '12h')) }))
const breakpoint = rarely(record({ mode: fc.constant('explicit'), ttl: rarely(fc.constantFrom('30m', '12h')) }))

const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ'
const textPart = record({ type: fc.constant('text'), text, cache_control: mark, prompt_cache_breakpoint: breakpoint })
const imagePart = fc.constantFrom(
  { type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}`, detail: 'low' } },
  { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
)
const filePart = fc.constantFrom(
  { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBERi0xLjQK' } },
  { type: 'file', file: { filename: 'a.txt', file_data: 'SGVsbG8=' } },
  { type: 'file', file: { file_id: 'file_abc' } },
)
const userContent = fc.oneof(text, fc.array(fc.oneof(textPart, textPart, imagePart, filePart), { maxLength: 4 }))
const plainContent = fc.oneof(text, fc.array(textPart, { maxLength: 3 }))

const NAMES = ['find', 'get weather', 'sql', 'web_search', 'answer', 'a'.repeat(70)]
const name = fc.constantFrom(...NAMES)

const args = fc.oneof(
  fc.json({ maxDepth: 2 }),
  fc.constantFrom('', '{}', '{"q":"cat"}', '[1]', '{"q":', "{'q':1}", 'null'),
)
const reasoningDetails = rarely(
  fc.array(
    fc.constantFrom(
      { type: 'reasoning.text', format: 'anthropic-claude-v1', index: 0, text: 'Hm.', signature: 'EqQBCkgI' },
      { type: 'reasoning.encrypted', format: 'anthropic-claude-v1', index: 1, data: 'EmwKAhgB' },
      { type: 'reasoning.text', format: 'google-gemini-v1', index: 0, text: 'Hm.', signature: 'xx' },
      { type: 'reasoning.text', index: 0, text: 'unsigned' },
    ),
    { maxLength: 3 },
  ),
)

const instruction = record({ role: fc.constantFrom('system', 'developer'), content: plainContent, cache_control: mark })
const user = record({ role: fc.constant('user'), content: userContent, name: rarely(text), cache_control: mark })
const said = record({
  role: fc.constant('assistant'),
  content: fc.option(plainContent),
  refusal: rarely(text),
  reasoning_details: reasoningDetails,
  cache_control: mark,
})

interface Called {
  readonly name: string
  readonly args: string
  readonly id: string
  readonly custom: boolean
  readonly result: unknown
}

const called: fc.Arbitrary<Called> = fc.record({
  name,
  args,
  id: fc.constantFrom('call_1', 'call_2', 'call.3', 'call:3', ''),
  custom: fc.boolean(),
  result: userContent,
})

/** An assistant's calls with their results, and sometimes an instruction between them. */
const loop = fc
  .record({
    said,
    calls: fc.uniqueArray(called, { minLength: 1, maxLength: 3, selector: ({ id }) => id }),
    aside: rarely(instruction),
  })
  .map(({ said: message, calls, aside }) => [
    {
      ...message,
      tool_calls: calls.map((call) =>
        call.custom
          ? { id: call.id, type: 'custom', custom: { name: call.name, input: call.args } }
          : { id: call.id, type: 'function', function: { name: call.name, arguments: call.args } },
      ),
    },
    ...(aside ? [aside] : []),
    ...calls.toReversed().map(({ id, result }) => ({ role: 'tool', tool_call_id: id, content: result })),
  ])
const legacyLoop = fc.record({ name, args, result: text }).map((call) => [
  { role: 'assistant', content: null, function_call: { name: call.name, arguments: call.args } },
  { role: 'function', name: call.name, content: call.result },
])

const messages = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: user.map((one) => [one]) },
      { weight: 2, arbitrary: said.map((one) => [one]) },
      { weight: 2, arbitrary: instruction.map((one) => [one]) },
      { weight: 3, arbitrary: loop },
      { weight: 1, arbitrary: legacyLoop },
    ),
    { minLength: 1, maxLength: 8 },
  )
  .map((groups) => groups.flat())

const leaf = fc.constantFrom(
  { type: 'string', minLength: 1, format: 'date' },
  { type: 'integer', minimum: 0 },
  { type: ['string', 'null'] },
  { enum: ['a', 'b'] },
  { type: 'array', items: { type: 'string' }, minItems: 2 },
  { type: 'object', additionalProperties: { type: 'string' } },
  { $ref: '#/$defs/Node' },
  { oneOf: [{ type: 'string' }, { type: 'number' }] },
)
const properties = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), leaf, { maxKeys: 4 })
const objectSchema = fc.record({ properties, all: fc.boolean(), closed: fc.boolean() }).map((one) => ({
  type: 'object',
  properties: one.properties,
  ...(one.all && { required: Object.keys(one.properties) }),
  ...(one.closed && { additionalProperties: false }),
}))
const NODE = { type: 'object', properties: { v: { type: 'string' }, next: { anyOf: [{ type: 'null' }] } } }
const schema = fc.oneof(
  objectSchema,
  objectSchema.map((one) => ({ ...one, $defs: { Node: NODE } })),
  objectSchema.map((one) => ({ ...one, $defs: { Node: { ...NODE, properties: { next: { $ref: '#/$defs/Node' } } } } })),
  fc.tuple(objectSchema, objectSchema).map((two) => ({ anyOf: two })),
  fc.tuple(objectSchema, objectSchema).map((two) => ({ type: 'object', allOf: two })),
  objectSchema.map((one) => ({ $ref: '#/$defs/Root', $defs: { Root: one, Node: NODE } })),
  fc.constant({}),
)
const wide = fc.integer({ min: 20, max: 30 }).map((count) => ({
  type: 'object',
  properties: Object.fromEntries(Array.from({ length: count }, (_, i) => [`p${i}`, { type: 'string' }])),
}))

const functionTool = fc
  .record({ name, parameters: maybe(fc.oneof(schema, wide)), strict: maybe(fc.boolean()), cache_control: mark })
  .map(({ cache_control, ...definition }) => ({
    type: 'function',
    function: definition,
    ...(cache_control && { cache_control }),
  }))
const customTool = name.map((one) => ({ type: 'custom', custom: { name: one, format: { type: 'text' } } }))
const tools = fc.uniqueArray(fc.oneof({ weight: 4, arbitrary: functionTool }, { weight: 1, arbitrary: customTool }), {
  maxLength: 4,
  selector: (tool) => ('function' in tool ? tool.function.name : tool.custom.name),
})

const responseFormat = fc.oneof(
  fc.constant({ type: 'json_object' }),
  fc.oneof(schema, wide, fc.constant({ type: 'array', items: { type: 'string' } })).map((one) => ({
    type: 'json_schema',
    json_schema: { name: 'answer', schema: one },
  })),
)

const fields = record({
  model: fc.constantFrom(...MODEL_NAMES),
  messages,
  tools: maybe(tools),
  functions: rarely(
    fc.uniqueArray(fc.record({ name, parameters: maybe(schema) }), { maxLength: 3, selector: (f) => f.name }),
  ),
  parallel_tool_calls: rarely(fc.boolean()),
  response_format: rarely(responseFormat),
  reasoning_effort: rarely(fc.constantFrom('none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max')),
  reasoning: rarely(record({ max_tokens: maybe(fc.integer({ min: 1, max: 90_000 })), enabled: rarely(fc.boolean()) })),
  max_tokens: rarely(fc.integer({ min: 1, max: 200_000 })),
  max_completion_tokens: rarely(fc.integer({ min: 1, max: 4000 })),
  temperature: rarely(fc.double({ min: 0, max: 2, noNaN: true })),
  top_p: rarely(fc.double({ min: 0, max: 1, noNaN: true })),
  top_k: rarely(fc.integer({ min: -1, max: 50 })),
  stop: rarely(fc.oneof(text, fc.array(text, { maxLength: 4 }))),
  n: rarely(fc.integer({ min: 1, max: 3 })),
  stream: maybe(fc.boolean()),
  user: rarely(fc.string({ maxLength: 400 })),
  safety_identifier: rarely(text),
  metadata: rarely(fc.dictionary(fc.constantFrom('user_id', 'a'), fc.string())),
  service_tier: rarely(fc.constantFrom('auto', 'default', 'flex')),
  web_search_options: rarely(
    fc.constantFrom(
      {},
      { user_location: { type: 'approximate', approximate: { country: 'nl', city: 'Delft', x: 1 } } },
    ),
  ),
  cache_control: mark,
  prompt_cache_options: rarely(
    fc.constantFrom({ mode: 'implicit' }, { mode: 'explicit' }, { mode: 'implicit', ttl: '12h' }),
  ),
  seed: rarely(fc.integer()),
  unknown_field: rarely(fc.constant(true)),
})

/** How one of the request's own tools is chosen. */
const choice = fc.oneof(
  fc.constantFrom('none', 'auto', 'required'),
  fc.record({ named: fc.nat(3), allowed: fc.boolean(), mode: fc.constantFrom('auto', 'required') }),
)

export const chatRequests = fc.tuple(fields, maybe(choice)).map(([request, chosen]): Record<string, unknown> => {
  const [legacy] = (request.functions ?? []) as { name: string }[]
  if (legacy && chosen !== undefined)
    return { ...request, function_call: chosen === 'none' ? chosen : { name: legacy.name } }
  const given = (request.tools ?? []) as { type: string; function?: { name: string }; custom?: { name: string } }[]
  if (chosen === undefined || given.length === 0) return request
  if (typeof chosen === 'string') return { ...request, tool_choice: chosen }
  const tool = given[chosen.named % given.length]
  const nameOf = tool?.function?.name ?? tool?.custom?.name ?? ''
  const one =
    tool?.type === 'custom'
      ? { type: 'custom', custom: { name: nameOf } }
      : { type: 'function', function: { name: nameOf } }
  if (!chosen.allowed) return { ...request, tool_choice: one }
  return { ...request, tool_choice: { type: 'allowed_tools', allowed_tools: { mode: chosen.mode, tools: [one] } } }
})

/** Requests in which one value is another one, valid or not. */
export const wrongRequests = fc
  .tuple(
    chatRequests,
    fc.nat(),
    fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom(null, '', 'x', 0, -1, true, [], {}, [{}], { type: 'x' })),
  )
  .map(([request, at, value]) => {
    const paths = pathsIn(request, []).slice(1)
    return replaced(request, paths[at % paths.length] ?? [], value)
  })

function pathsIn(value: unknown, path: readonly string[]): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path]
  return [path, ...Object.entries(value).flatMap(([key, part]) => pathsIn(part, [...path, key]))]
}

function replaced(value: unknown, [key, ...rest]: readonly string[], by: unknown): unknown {
  if (key === undefined) return by
  const parts = value as Record<string, unknown>
  const part = replaced(parts[key], rest, by)
  return Array.isArray(value) ? value.with(Number(key), part) : { ...parts, [key]: part }
}
