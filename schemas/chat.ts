// The chat completion request as clients send it: OpenAI's fields, and the named extensions every dialect may use.
// https://platform.openai.com/docs/api-reference/chat/create
//
// Objects are loose: a field that is not named here is kept, and each provider's table says what becomes of it. Values
// that only some services know (a new effort, a tier, a kind of content part) are left to the tables as well.
import * as z from 'zod/mini'
import type { FieldsOf } from './fields.ts'

const text = z.string()
const flag = z.boolean()
const json = z.record(z.string(), z.unknown())

/** A JSON object whose keys nobody here reads: a JSON Schema, say. */
export type JsonObject = Record<string, unknown>

const cacheControl = z.looseObject({ type: text, ttl: z.nullish(text) })
const breakpoint = z.looseObject({ mode: z.nullish(text), ttl: z.nullish(text) })
/** Marks that any content part may carry: OpenAI's cache breakpoint, and the form Anthropic's users know. */
const marks = { prompt_cache_breakpoint: z.nullish(breakpoint), cache_control: z.nullish(cacheControl) }

const textPart = { type: z.literal('text'), text, ...marks }
const imagePart = {
  type: z.literal('image_url'),
  image_url: z.looseObject({ url: text, detail: z.nullish(text) }),
  ...marks,
}
const audioPart = { type: z.literal('input_audio'), input_audio: z.looseObject({ data: text, format: text }), ...marks }
const filePart = {
  type: z.literal('file'),
  file: z.looseObject({ file_id: z.nullish(text), filename: z.nullish(text), file_data: z.nullish(text) }),
  ...marks,
}
const refusalPart = { type: z.literal('refusal'), refusal: text }

/**
 * A part or tool of a kind that OpenAI does not have: it comes through, and the provider knows it or refuses it. To the
 * types it does not exist, so that the known kinds narrow; every switch over them keeps a default.
 */
const otherThan = (...known: string[]) =>
  z.custom<never>(
    (value: unknown) =>
      typeof value === 'object' &&
      value !== null &&
      'type' in value &&
      typeof value.type === 'string' &&
      !known.includes(value.type),
  )

const parts = z.array(
  z.union([
    z.discriminatedUnion('type', [
      z.looseObject(textPart),
      z.looseObject(imagePart),
      z.looseObject(audioPart),
      z.looseObject(filePart),
      z.looseObject(refusalPart),
    ]),
    otherThan('text', 'image_url', 'input_audio', 'file', 'refusal'),
  ]),
)
const content = z.union([text, parts])

const toolCall = z.looseObject({
  id: z.nullish(text),
  type: z.nullish(text),
  function: z.nullish(z.looseObject({ name: text, arguments: z.nullish(text) })),
  custom: z.nullish(z.looseObject({ name: text, input: z.nullish(text) })),
})
const reasoningDetail = z.looseObject({
  type: text,
  id: z.nullish(text),
  format: z.nullish(text),
  index: z.nullish(z.number()),
  text: z.nullish(text),
  summary: z.nullish(text),
  signature: z.nullish(text),
  data: z.nullish(text),
})

const instruction = { content: z.nullable(content), name: z.nullish(text), cache_control: z.nullish(cacheControl) }
const systemMessage = { role: z.literal('system'), ...instruction }
const developerMessage = { role: z.literal('developer'), ...instruction }
const userMessage = { role: z.literal('user'), ...instruction }
const assistantMessage = {
  role: z.literal('assistant'),
  content: z.nullish(content),
  name: z.nullish(text),
  refusal: z.nullish(text),
  tool_calls: z.nullish(z.array(toolCall)),
  function_call: z.nullish(z.looseObject({ name: text, arguments: z.nullish(text) })),
  audio: z.nullish(z.looseObject({ id: z.nullish(text), transcript: z.nullish(text) })),
  cache_control: z.nullish(cacheControl),
  // What an answer carried, sent back as it was.
  annotations: z.nullish(z.array(z.unknown())),
  parsed: z.nullish(z.unknown()),
  reasoning_content: z.nullish(text),
  reasoning: z.nullish(text),
  reasoning_details: z.nullish(z.array(reasoningDetail)),
}
const toolMessage = {
  role: z.literal('tool'),
  content: z.nullable(content),
  tool_call_id: text,
  name: z.nullish(text),
  is_error: z.nullish(flag),
  cache_control: z.nullish(cacheControl),
}
const functionMessage = { role: z.literal('function'), content: z.nullish(text), name: text }

const message = z.discriminatedUnion('role', [
  z.looseObject(systemMessage),
  z.looseObject(developerMessage),
  z.looseObject(userMessage),
  z.looseObject(assistantMessage),
  z.looseObject(toolMessage),
  z.looseObject(functionMessage),
])

/** `[a-zA-Z0-9_-]{1,64}` is OpenAI's rule; longer and stranger names are left to the services that allow them. */
const functionDefinition = {
  name: z.string().check(z.minLength(1)),
  description: z.nullish(text),
  parameters: z.nullish(json),
  strict: z.nullish(flag),
}
const customDefinition = {
  name: z.string().check(z.minLength(1)),
  description: z.nullish(text),
  format: z.nullish(
    z.looseObject({ type: text, grammar: z.nullish(z.looseObject({ syntax: text, definition: text })) }),
  ),
}
const functionTool = {
  type: z.literal('function'),
  function: z.looseObject(functionDefinition),
  cache_control: z.nullish(cacheControl),
}
const customTool = {
  type: z.literal('custom'),
  custom: z.looseObject(customDefinition),
  cache_control: z.nullish(cacheControl),
}
const tool = z.union([
  z.discriminatedUnion('type', [z.looseObject(functionTool), z.looseObject(customTool)]),
  otherThan('function', 'custom'),
])

const named = z.looseObject({ name: text })
const toolChoice = z.union([
  z.enum(['none', 'auto', 'required']),
  z.discriminatedUnion('type', [
    z.looseObject({ type: z.literal('function'), function: z.nullish(named), name: z.nullish(text) }),
    z.looseObject({ type: z.literal('custom'), custom: z.nullish(named), name: z.nullish(text) }),
    z.looseObject({
      type: z.literal('allowed_tools'),
      allowed_tools: z.nullish(z.looseObject({ mode: z.enum(['auto', 'required']), tools: z.array(json) })),
      mode: z.nullish(z.enum(['auto', 'required'])),
      tools: z.nullish(z.array(json)),
    }),
  ]),
])

/** OpenAI calls the schema optional, so that null is none; but nothing can be done without it. */
export const MISSING = 'missing'
const needed = z.record(z.string(), z.unknown(), { error: ({ input }) => (input === null ? MISSING : undefined) })

const responseFormat = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('text') }),
  z.looseObject({ type: z.literal('json_object') }),
  z.looseObject({
    type: z.literal('json_schema'),
    json_schema: z.looseObject({
      name: z.string().check(z.regex(/^[a-zA-Z0-9_-]{1,64}$/)),
      description: z.nullish(text),
      schema: needed,
      strict: z.nullish(flag),
    }),
  }),
])

const between = (low: number, high: number) => z.number().check(z.gte(low), z.lte(high))
const count = (low: number, high = Number.MAX_SAFE_INTEGER) => z.int().check(z.gte(low), z.lte(high))

/** Any integer of 64 bits, though only those of 53 arrive unchanged: a seed is not refused for its last digits. */
const integer = z.number().check((payload) => {
  if (Number.isInteger(payload.value)) return
  payload.issues.push({ code: 'invalid_type', expected: 'int', input: payload.value })
})

const shape = {
  messages: z.array(message).check(z.minLength(1)),
  model: z.string().check(z.minLength(1)),
  audio: z.nullish(json),
  frequency_penalty: z.nullish(between(-2, 2)),
  function_call: z.nullish(z.union([z.enum(['none', 'auto']), named])),
  functions: z.nullish(z.array(z.looseObject(functionDefinition))),
  logit_bias: z.nullish(z.record(z.string(), between(-100, 100))),
  logprobs: z.nullish(flag),
  max_completion_tokens: z.nullish(count(1)),
  max_tokens: z.nullish(count(1)),
  metadata: z.nullish(z.record(z.string(), z.string())),
  modalities: z.nullish(z.array(text)),
  moderation: z.nullish(json),
  n: z.nullish(count(1, 128)),
  parallel_tool_calls: z.nullish(flag),
  prediction: z.nullish(json),
  presence_penalty: z.nullish(between(-2, 2)),
  prompt_cache_key: z.nullish(text),
  prompt_cache_options: z.nullish(breakpoint),
  prompt_cache_retention: z.nullish(text),
  reasoning_effort: z.nullish(text),
  response_format: z.nullish(responseFormat),
  safety_identifier: z.nullish(text),
  seed: z.nullish(integer),
  service_tier: z.nullish(text),
  stop: z.nullish(z.union([text, z.array(text)])),
  store: z.nullish(flag),
  stream: z.nullish(flag),
  stream_options: z.nullish(z.looseObject({ include_usage: z.nullish(flag), include_obfuscation: z.nullish(flag) })),
  temperature: z.nullish(between(0, 2)),
  tool_choice: z.nullish(toolChoice),
  tools: z.nullish(z.array(tool)),
  top_logprobs: z.nullish(count(0, 20)),
  top_p: z.nullish(between(0, 1)),
  user: z.nullish(text),
  verbosity: z.nullish(text),
  web_search_options: z.nullish(
    z.looseObject({
      search_context_size: z.nullish(text),
      user_location: z.nullish(z.looseObject({ type: z.nullish(text), approximate: z.nullish(json) })),
    }),
  ),
  // Extensions that several clients and services share.
  cache_control: z.nullish(cacheControl),
  reasoning: z.nullish(
    z.looseObject({
      effort: z.nullish(text),
      max_tokens: z.nullish(count(1)),
      exclude: z.nullish(flag),
      enabled: z.nullish(flag),
    }),
  ),
  thinking: z.nullish(z.looseObject({ type: text })),
  top_k: z.nullish(z.int()),
}

/** Validates one request body. What it returns is a copy: unknown fields kept, nothing else changed. */
export const chatRequest = z.looseObject(shape)

/** Every field of a chat request that has a name here. A provider's table is total over its keys. */
export type ChatFields = FieldsOf<typeof shape>

export type SystemMessage = FieldsOf<typeof systemMessage>
export type DeveloperMessage = FieldsOf<typeof developerMessage>
export type UserMessage = FieldsOf<typeof userMessage>
export type AssistantMessage = FieldsOf<typeof assistantMessage>
export type ToolMessage = FieldsOf<typeof toolMessage>
export type FunctionMessage = FieldsOf<typeof functionMessage>
export type Message = SystemMessage | DeveloperMessage | UserMessage | AssistantMessage | ToolMessage | FunctionMessage

export type TextPart = FieldsOf<typeof textPart>
export type ImagePart = FieldsOf<typeof imagePart>
export type AudioPart = FieldsOf<typeof audioPart>
export type FilePart = FieldsOf<typeof filePart>
export type RefusalPart = FieldsOf<typeof refusalPart>
export type Part = TextPart | ImagePart | AudioPart | FilePart | RefusalPart
export type Content = string | Part[]
export type CacheControl = z.infer<typeof cacheControl>
export type ToolCall = z.infer<typeof toolCall>
export type ReasoningDetail = z.infer<typeof reasoningDetail>

export type FunctionDefinition = FieldsOf<typeof functionDefinition>
export type CustomDefinition = FieldsOf<typeof customDefinition>
export type Tool = z.infer<typeof tool>
export type ToolChoice = z.infer<typeof toolChoice>
export type ResponseFormat = z.infer<typeof responseFormat>
export type JsonSchemaFormat = Extract<ResponseFormat, { type: 'json_schema' }>['json_schema']
