// What Open Responses asks of every answer and every event, as its compliance suite checks it: https://www.openresponses.org
import * as z from 'zod'

const count = z.int().nonnegative()
const text = z.string()
const named = { id: z.string().min(1), status: z.enum(['in_progress', 'completed', 'incomplete']) }

const logprob = z.object({
  token: text,
  logprob: z.number(),
  bytes: z.array(count).nullable(),
  top_logprobs: z.array(z.unknown()),
})
const annotation = z.object({
  type: z.literal('url_citation'),
  url: text,
  title: text,
  start_index: count,
  end_index: count,
})
const textPart = z.strictObject({
  type: z.literal('output_text'),
  text,
  annotations: z.array(annotation),
  logprobs: z.array(logprob),
})
const refusalPart = z.strictObject({ type: z.literal('refusal'), refusal: text })
const thought = z.strictObject({ type: z.enum(['summary_text', 'reasoning_text']), text })
const phase = z.enum(['commentary', 'final_answer']).optional()

const item = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('message'),
    role: z.literal('assistant'),
    content: z.array(z.discriminatedUnion('type', [textPart, refusalPart])),
    phase,
    ...named,
  }),
  z.strictObject({ type: z.literal('function_call'), call_id: text.min(1), name: text, arguments: text, ...named }),
  z.strictObject({ type: z.literal('custom_tool_call'), call_id: text.min(1), name: text, input: text, ...named }),
  z.strictObject({
    type: z.literal('reasoning'),
    summary: z.array(thought),
    content: z.array(thought).optional(),
    encrypted_content: text.optional(),
    ...named,
  }),
  z.looseObject({ type: z.literal('image_generation_call'), result: text.nullable(), ...named }),
])

const usage = z.strictObject({
  input_tokens: count,
  input_tokens_details: z.strictObject({ cached_tokens: count, cache_write_tokens: count }),
  output_tokens: count,
  output_tokens_details: z.strictObject({ reasoning_tokens: count }),
  total_tokens: count,
})

/** A response: all of its fields are there, and null where there is nothing to say. */
export const response = z.looseObject({
  id: text.regex(/^resp_/),
  object: z.literal('response'),
  created_at: count,
  completed_at: count.nullable(),
  status: z.enum(['completed', 'failed', 'in_progress', 'incomplete']),
  incomplete_details: z.strictObject({ reason: text }).nullable(),
  model: text,
  previous_response_id: text.nullable(),
  instructions: text.nullable(),
  output: z.array(item),
  error: z.strictObject({ code: text, message: text }).nullable(),
  tools: z.array(z.looseObject({ type: text })),
  tool_choice: z.union([z.enum(['none', 'auto', 'required']), z.looseObject({ type: text })]),
  truncation: z.enum(['auto', 'disabled']),
  parallel_tool_calls: z.boolean(),
  text: z.looseObject({ format: z.looseObject({ type: text }), verbosity: text }),
  top_p: z.number(),
  presence_penalty: z.number(),
  frequency_penalty: z.number(),
  top_logprobs: count,
  temperature: z.number(),
  reasoning: z.strictObject({ effort: text.nullable(), summary: text.nullable() }).nullable(),
  user: text.nullable(),
  usage: usage.nullable(),
  max_output_tokens: count.nullable(),
  max_tool_calls: count.nullable(),
  store: z.boolean(),
  background: z.literal(false),
  service_tier: text,
  metadata: z.record(text, text),
  safety_identifier: text.nullable(),
  prompt_cache_key: text.nullable(),
})
export type Response = z.infer<typeof response>

const at = { item_id: text.min(1), output_index: count }
const inPart = { ...at, content_index: count }
const inSummary = { ...at, summary_index: count }
const part = z.discriminatedUnion('type', [textPart, refusalPart, thought])

const events: Readonly<Record<string, z.ZodRawShape>> = {
  ...Object.fromEntries(
    ['created', 'in_progress', 'completed', 'incomplete', 'failed'].map((name) => [`response.${name}`, { response }]),
  ),
  'response.output_item.added': { output_index: count, item },
  'response.output_item.done': { output_index: count, item },
  'response.content_part.added': { ...inPart, part },
  'response.content_part.done': { ...inPart, part },
  'response.output_text.delta': { ...inPart, delta: text, logprobs: z.array(logprob) },
  'response.output_text.done': { ...inPart, text, logprobs: z.array(logprob) },
  'response.output_text.annotation.added': { ...inPart, annotation_index: count, annotation },
  'response.refusal.delta': { ...inPart, delta: text },
  'response.refusal.done': { ...inPart, refusal: text },
  'response.reasoning_text.delta': { ...inPart, delta: text },
  'response.reasoning_text.done': { ...inPart, text },
  'response.reasoning_summary_part.added': { ...inSummary, part: thought },
  'response.reasoning_summary_part.done': { ...inSummary, part: thought },
  'response.reasoning_summary_text.delta': { ...inSummary, delta: text },
  'response.reasoning_summary_text.done': { ...inSummary, text },
  'response.function_call_arguments.delta': { ...at, delta: text },
  'response.function_call_arguments.done': { ...at, arguments: text },
  'response.custom_tool_call_input.delta': { ...at, delta: text },
  'response.custom_tool_call_input.done': { ...at, input: text },
  ...Object.fromEntries(
    ['in_progress', 'generating', 'completed'].map((name) => [`response.image_generation_call.${name}`, at]),
  ),
  error: {
    error: z.strictObject({ type: text, code: text.nullable(), message: text, param: text.nullable() }),
    ...{ code: text, message: text, param: text.nullable() },
  },
}

export interface Event {
  readonly type: string
  readonly sequence_number: number
  readonly [name: string]: unknown
}

/**
 * The events of a stream, each by its schema, under numbers without gaps.
 * @param from the first number.
 * @throws what does not fit.
 */
export function eventsIn(sse: string, from = 0): Event[] {
  const blocks = sse.split('\n\n').filter((block) => block !== '' && !block.startsWith(':'))
  const told = blocks
    .filter((block) => block !== 'data: [DONE]')
    .map((block): Event => {
      const [, name = '', data = ''] = /^event: (\S+)\ndata: ([^\n]*)$/.exec(block) ?? []
      const event: Event = JSON.parse(data)
      if (event.type !== name) throw new Error(`The event '${name}' says that it is '${event.type}'.`)
      const shape = events[name]
      if (!shape) throw new Error(`Nobody knows the event '${name}'.`)
      const read = z
        .strictObject({ type: text, sequence_number: count, dragoman: z.unknown(), ...shape })
        .partial({ dragoman: true })
        .safeParse(event)
      if (!read.success) throw new Error(`${name}: ${JSON.stringify(read.error.issues)} in ${data}`)
      return event
    })
  told.forEach(({ sequence_number: number }, i) => {
    if (number !== from + i) throw new Error(`Event ${from + i} has the number ${number}.`)
  })
  return told
}

/** The response that a stream ends with. */
export function lastOf(told: readonly Event[]): Response {
  const last = told.findLast(({ type }) => /^response\.(?:completed|incomplete|failed)$/.test(type))
  return response.parse(last?.response)
}
