// The request of the Responses API as clients send it. https://platform.openai.com/docs/api-reference/responses/create
//
// Objects are loose, and items, parts and tools of types that are not named here come through: a provider that speaks
// the dialect itself may know them, and for the others src/dialects/responses says what becomes of them.
import * as z from 'zod/mini'

const text = z.string()
const flag = z.boolean()
const json = z.record(z.string(), z.unknown())
const between = (low: number, high: number) => z.number().check(z.gte(low), z.lte(high))
const count = (low: number, high = Number.MAX_SAFE_INTEGER) => z.int().check(z.gte(low), z.lte(high))

/** An object of a type that is none of these: to the types it does not exist, so that the known ones narrow. */
const otherThan = (...known: string[]) =>
  z.custom<never>((value: unknown) => {
    const type: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, 'type') : undefined
    return typeof type === 'string' && !known.includes(type)
  })

/** Marks that any content part may carry. */
const marks = {
  prompt_cache_breakpoint: z.nullish(z.looseObject({ mode: z.nullish(text), ttl: z.nullish(text) })),
  cache_control: z.nullish(z.looseObject({ type: text, ttl: z.nullish(text) })),
}
const part = z.union([
  z.discriminatedUnion('type', [
    z.looseObject({ type: z.literal('input_text'), text, ...marks }),
    z.looseObject({ type: z.literal('output_text'), text, annotations: z.nullish(z.array(z.unknown())), ...marks }),
    z.looseObject({ type: z.literal('refusal'), refusal: text, ...marks }),
    z.looseObject({
      type: z.literal('input_image'),
      image_url: z.nullish(text),
      file_id: z.nullish(text),
      detail: z.nullish(text),
      ...marks,
    }),
    z.looseObject({
      type: z.literal('input_file'),
      file_data: z.nullish(text),
      file_url: z.nullish(text),
      file_id: z.nullish(text),
      filename: z.nullish(text),
      ...marks,
    }),
    z.looseObject({
      type: z.literal('input_audio'),
      input_audio: z.looseObject({ data: text, format: text }),
      ...marks,
    }),
  ]),
  otherThan('input_text', 'output_text', 'refusal', 'input_image', 'input_file', 'input_audio'),
])
const content = z.union([text, z.array(part)])
const named = { id: z.nullish(text), status: z.nullish(text) }
const own = { namespace: z.nullish(text), ...named }
const spoken = { role: z.enum(['user', 'assistant', 'system', 'developer']), content, phase: z.nullish(text), ...named }
const thought = z.array(z.looseObject({ type: text, text }))

/** What says no type is a message, or the name of an item. */
function typed(item: unknown): unknown {
  if (typeof item !== 'object' || item === null || Reflect.get(item, 'type')) return item
  return { ...item, type: 'role' in item || !('id' in item) ? 'message' : 'item_reference' }
}

const known = z.union([
  z.discriminatedUnion('type', [
    z.looseObject({ type: z.literal('message'), ...spoken }),
    z.looseObject({ type: z.literal('function_call'), call_id: text, name: text, arguments: text, ...own }),
    z.looseObject({ type: z.literal('function_call_output'), call_id: text, output: content, ...named }),
    z.looseObject({ type: z.literal('custom_tool_call'), call_id: text, name: text, input: text, ...own }),
    z.looseObject({ type: z.literal('custom_tool_call_output'), call_id: text, output: content, ...named }),
    z.looseObject({
      type: z.literal('reasoning'),
      summary: z.nullish(thought),
      content: z.nullish(thought),
      encrypted_content: z.nullish(text),
      ...named,
    }),
    z.looseObject({ type: z.literal('item_reference'), id: text }),
  ]),
  otherThan(
    ...['message', 'function_call', 'function_call_output', 'custom_tool_call', 'custom_tool_call_output'],
    ...['reasoning', 'item_reference'],
  ),
])
const item = z.pipe(z.transform(typed), known)

const toolName = z.string().check(z.minLength(1))
const functionTool = z.looseObject({
  type: z.literal('function'),
  name: toolName,
  description: z.nullish(text),
  parameters: z.nullish(json),
  strict: z.nullish(flag),
  cache_control: marks.cache_control,
})
const customTool = z.looseObject({
  type: z.literal('custom'),
  name: toolName,
  description: z.nullish(text),
  format: z.nullish(z.looseObject({ type: text, syntax: z.nullish(text), definition: z.nullish(text) })),
  cache_control: marks.cache_control,
})
const tool = z.union([
  z.discriminatedUnion('type', [
    functionTool,
    customTool,
    z.looseObject({
      type: z.literal('namespace'),
      name: toolName,
      description: z.nullish(text),
      tools: z.array(z.discriminatedUnion('type', [functionTool, customTool])),
    }),
  ]),
  otherThan('function', 'custom', 'namespace'),
])

const toolChoice = z.union([
  z.enum(['none', 'auto', 'required']),
  z.looseObject({
    type: text,
    name: z.nullish(text),
    namespace: z.nullish(text),
    mode: z.nullish(text),
    tools: z.nullish(z.array(json)),
  }),
])

const format = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('text') }),
  z.looseObject({ type: z.literal('json_object') }),
  z.looseObject({
    type: z.literal('json_schema'),
    name: z.string().check(z.regex(/^[a-zA-Z0-9_-]{1,64}$/)),
    schema: json,
    description: z.nullish(text),
    strict: z.nullish(flag),
  }),
])

const shape = {
  model: z.string().check(z.minLength(1)),
  input: z.nullish(z.union([text, z.array(item)])),
  background: z.nullish(flag),
  client_metadata: z.nullish(json),
  context_management: z.nullish(z.unknown()),
  conversation: z.nullish(z.union([text, z.looseObject({ id: text })])),
  frequency_penalty: z.nullish(between(-2, 2)),
  include: z.nullish(z.array(text)),
  instructions: z.nullish(text),
  max_output_tokens: z.nullish(count(16)),
  max_tool_calls: z.nullish(count(1)),
  metadata: z.nullish(z.record(z.string(), text)),
  moderation: z.nullish(json),
  parallel_tool_calls: z.nullish(flag),
  presence_penalty: z.nullish(between(-2, 2)),
  previous_response_id: z.nullish(text),
  prompt: z.nullish(json),
  prompt_cache_key: z.nullish(text),
  prompt_cache_options: z.nullish(z.looseObject({ mode: z.nullish(text), ttl: z.nullish(text) })),
  prompt_cache_retention: z.nullish(text),
  reasoning: z.nullish(
    z.looseObject({
      effort: z.nullish(text),
      summary: z.nullish(text),
      generate_summary: z.nullish(text),
      context: z.nullish(text),
      mode: z.nullish(text),
    }),
  ),
  safety_identifier: z.nullish(text),
  service_tier: z.nullish(text),
  store: z.nullish(flag),
  stream: z.nullish(flag),
  stream_options: z.nullish(z.looseObject({ include_obfuscation: z.nullish(flag) })),
  temperature: z.nullish(between(0, 2)),
  text: z.nullish(z.looseObject({ format: z.nullish(format), verbosity: z.nullish(text) })),
  tool_choice: z.nullish(toolChoice),
  tools: z.nullish(z.array(tool)),
  top_logprobs: z.nullish(count(0, 20)),
  top_p: z.nullish(between(0, 1)),
  truncation: z.nullish(text),
  user: z.nullish(text),
  // Extensions that several clients and services share.
  cache_control: marks.cache_control,
  thinking: z.nullish(z.looseObject({ type: text })),
  top_k: z.nullish(z.int()),
}

/** Validates one request body. What it returns is a copy: unknown fields kept, nothing else changed. */
export const responsesRequest = z.looseObject(shape)

/** Every field of a Responses request that has a name here. */
export type ResponsesFields = { [K in keyof typeof shape]?: z.infer<(typeof shape)[K]> }
export type Item = z.infer<typeof item>
export type ItemPart = z.infer<typeof part>
export type ItemContent = z.infer<typeof content>
export type ResponsesTool = z.infer<typeof tool>
