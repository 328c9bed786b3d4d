// The Messages request as clients send it: https://docs.anthropic.com/en/api/messages
//
// Objects are loose, and kinds of blocks and tools that are not named here come through: the API grows, and the dialect
// says what becomes of what it does not know. A provider that speaks Messages itself never meets this schema.
import * as z from 'zod/mini'

const text = z.string()
const flag = z.boolean()
const json = z.record(z.string(), z.unknown())
const cacheControl = z.looseObject({ type: text, ttl: z.nullish(text) })
const marked = { cache_control: z.nullish(cacheControl) }

const source = z.looseObject({
  type: text,
  media_type: z.nullish(text),
  data: z.nullish(text),
  url: z.nullish(text),
  file_id: z.nullish(text),
  content: z.nullish(z.unknown()),
})

/** Of a kind that is not among the known ones. To the types it does not exist, so that those narrow. */
const otherThan = (...known: string[]) =>
  z.custom<never>(
    (value: unknown) =>
      typeof value === 'object' &&
      value !== null &&
      'type' in value &&
      typeof value.type === 'string' &&
      !known.includes(value.type),
  )

const textBlock = z.looseObject({ type: z.literal('text'), text, ...marked })
const imageBlock = z.looseObject({ type: z.literal('image'), source, ...marked })
const documentBlock = z.looseObject({
  type: z.literal('document'),
  source,
  title: z.nullish(text),
  context: z.nullish(text),
  citations: z.nullish(z.looseObject({ enabled: z.nullish(flag) })),
  ...marked,
})
const searchResultBlock = z.looseObject({
  type: z.literal('search_result'),
  source: text,
  title: text,
  content: z.array(z.looseObject({ type: text, text: z.nullish(text) })),
  citations: z.nullish(z.looseObject({ enabled: z.nullish(flag) })),
  ...marked,
})
const spoken = [textBlock, imageBlock, documentBlock, searchResultBlock] as const
const SPOKEN = ['text', 'image', 'document', 'search_result']
const resultContent = z.union([text, z.array(z.union([z.discriminatedUnion('type', spoken), otherThan(...SPOKEN)]))])

const block = z.union([
  z.discriminatedUnion('type', [
    ...spoken,
    z.looseObject({ type: z.literal('thinking'), thinking: text, signature: z.nullish(text) }),
    z.looseObject({ type: z.literal('redacted_thinking'), data: text }),
    z.looseObject({ type: z.literal('tool_use'), id: text, name: text, input: json, ...marked }),
    z.looseObject({
      type: z.literal('tool_result'),
      tool_use_id: text,
      content: z.nullish(resultContent),
      is_error: z.nullish(flag),
      ...marked,
    }),
  ]),
  otherThan(...SPOKEN, 'thinking', 'redacted_thinking', 'tool_use', 'tool_result'),
])

const message = z.looseObject({
  role: z.enum(['user', 'assistant', 'system']),
  content: z.union([text, z.array(block)]),
})

const customTool = z.looseObject({
  type: z.nullish(z.literal('custom')),
  name: z.string().check(z.minLength(1)),
  description: z.nullish(text),
  input_schema: json,
  strict: z.nullish(flag),
  ...marked,
})

const toolChoice = z.looseObject({
  type: z.enum(['auto', 'any', 'tool', 'none']),
  name: z.nullish(text),
  disable_parallel_tool_use: z.nullish(flag),
})

const format = z.looseObject({ type: z.literal('json_schema'), schema: json })
const between = (low: number, high: number) => z.number().check(z.gte(low), z.lte(high))
const count = (low: number) => z.int().check(z.gte(low))

const shape = {
  model: z.string().check(z.minLength(1)),
  messages: z.array(message).check(z.minLength(1)),
  max_tokens: count(0),
  system: z.nullish(z.union([text, z.array(textBlock)])),
  stop_sequences: z.nullish(z.array(text)),
  stream: z.nullish(flag),
  temperature: z.nullish(between(0, 1)),
  top_p: z.nullish(between(0, 1)),
  top_k: z.nullish(count(0)),
  tools: z.nullish(z.array(z.union([customTool, otherThan('custom')]))),
  tool_choice: z.nullish(toolChoice),
  thinking: z.nullish(z.looseObject({ type: text, budget_tokens: z.nullish(count(1)), display: z.nullish(text) })),
  output_config: z.nullish(z.looseObject({ effort: z.nullish(text), format: z.nullish(format) })),
  output_format: z.nullish(format),
  metadata: z.nullish(z.looseObject({ user_id: z.nullish(text) })),
  service_tier: z.nullish(text),
  cache_control: z.nullish(cacheControl),
  container: z.nullish(z.unknown()),
  mcp_servers: z.nullish(z.array(json)),
  context_management: z.nullish(json),
  speed: z.nullish(text),
  inference_geo: z.nullish(text),
  diagnostics: z.nullish(json),
  thread: z.nullish(json),
}

/** Validates one request body. What it returns is a copy: unknown fields kept, nothing else changed. */
export const messagesRequest = z.looseObject(shape)

/** A request that asks only how long its prompt is: it needs no limit. */
export const countRequest = z.looseObject({ ...shape, max_tokens: z.nullish(count(0)) })

type Shape<T extends Record<string, z.ZodMiniType>> = { [K in keyof T]: z.infer<T[K]> }
type Optional<T> = { [K in keyof T as undefined extends T[K] ? K : never]?: T[K] } & {
  [K in keyof T as undefined extends T[K] ? never : K]: T[K]
}
type Flat<T> = { [K in keyof T]: T[K] }

/** Every field of a request that has a name here: the dialect's table is total over its keys. */
export type MessagesFields = Flat<Optional<Shape<typeof shape>>>
/** A valid body of either endpoint. */
export type MessagesBody = z.infer<typeof countRequest>

export type Block = z.infer<typeof block>
export type SpokenBlock = z.infer<(typeof spoken)[number]>
export type ResultContent = z.infer<typeof resultContent>
export type MessagesMessage = z.infer<typeof message>
export type MessagesTool = z.infer<typeof customTool>
export type TextBlock = z.infer<typeof textBlock>
export type Source = z.infer<typeof source>
export type OutputFormat = z.infer<typeof format>
