// What the Messages and the Responses endpoints answer: the source of those answers in schemas/openapi.json. Kinds of
// blocks and items that are not named here are the provider's own.
import * as z from 'zod/mini'
import { report } from './answers.ts'

const text = z.string()
const count = z.int().check(z.gte(0))
const maybe = z.exactOptional
const kind = z.looseObject({ type: text })

const messagesUsage = z.looseObject({
  input_tokens: count,
  output_tokens: count,
  cache_creation_input_tokens: maybe(z.nullable(count)),
  cache_read_input_tokens: maybe(z.nullable(count)),
})
const block = z.union([
  z.discriminatedUnion('type', [
    z.looseObject({ type: z.literal('text'), text, citations: maybe(z.nullable(z.array(kind))) }),
    z.looseObject({ type: z.literal('thinking'), thinking: text, signature: text }),
    z.looseObject({ type: z.literal('redacted_thinking'), data: text }),
    z.looseObject({ type: z.literal('tool_use'), id: text, name: text, input: z.unknown() }),
  ]),
  kind,
])

/** A whole answer in Anthropic's dialect. */
export const messageAnswer = z.looseObject({
  id: text,
  type: z.literal('message'),
  role: z.literal('assistant'),
  model: text,
  content: z.array(block),
  stop_reason: z.nullable(text),
  stop_sequence: z.nullable(text),
  usage: messagesUsage,
  dragoman: maybe(report),
})

/** One event of a stream in Anthropic's dialect; the last is `message_stop`, and a failure is `error` and the end. */
export const messageEvent = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('message_start'), message: messageAnswer }),
  z.looseObject({ type: z.literal('content_block_start'), index: count, content_block: block }),
  z.looseObject({ type: z.literal('content_block_delta'), index: count, delta: kind }),
  z.looseObject({ type: z.literal('content_block_stop'), index: count }),
  z.looseObject({
    type: z.literal('message_delta'),
    delta: z.looseObject({ stop_reason: z.nullable(text), stop_sequence: z.nullable(text) }),
    usage: z.looseObject({ output_tokens: count }),
    dragoman: maybe(report),
  }),
  z.looseObject({ type: z.literal('message_stop') }),
  z.looseObject({ type: z.literal('ping') }),
  z.looseObject({ type: z.literal('error'), error: z.looseObject({ type: text, message: text }) }),
])

export const messagesError = z.looseObject({
  type: z.literal('error'),
  error: z.looseObject({ type: text, message: text }),
  request_id: maybe(text),
})

export const tokenCount = z.looseObject({ input_tokens: count, dragoman: maybe(report) })

const responsesUsage = z.looseObject({
  input_tokens: count,
  input_tokens_details: z.looseObject({ cached_tokens: count }),
  output_tokens: count,
  output_tokens_details: z.looseObject({ reasoning_tokens: count }),
  total_tokens: count,
})

/** A response; its items are those of OpenAI's Responses: messages, thoughts, calls. */
export const responseAnswer = z.looseObject({
  id: text,
  object: z.literal('response'),
  created_at: z.number(),
  status: maybe(z.enum(['completed', 'failed', 'in_progress', 'cancelled', 'queued', 'incomplete'])),
  error: z.nullable(z.looseObject({ code: text, message: text })),
  incomplete_details: z.nullable(z.looseObject({ reason: maybe(text) })),
  model: text,
  output: z.array(kind),
  usage: maybe(z.nullable(responsesUsage)),
  dragoman: maybe(report),
})

/** One event of a stream of a response: `response.created`, `response.output_text.delta`, …, `response.completed`. */
export const responseEvent = z.looseObject({ type: text, sequence_number: maybe(count) })

export const inputItems = z.looseObject({
  object: z.literal('list'),
  data: z.array(kind),
  first_id: z.nullable(text),
  last_id: z.nullable(text),
  has_more: z.boolean(),
})

export const deletedResponse = z.looseObject({ id: text, object: text, deleted: z.boolean() })
