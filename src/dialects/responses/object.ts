// The response object. All of its fields are always there, null where there is nothing to say, as Open Responses wants it.
// https://platform.openai.com/docs/api-reference/responses/object
import type { FinishReason } from '../../hub/delta.ts'
import type { AnswerContext } from '../../hub/dialect.ts'
import type { GatewayError } from '../../hub/error.ts'
import type { Usage } from '../../hub/usage.ts'

export type Json = Record<string, unknown>

/** One item of the output, as it grows. */
export type OutputItem = Json & { readonly type: string; readonly id: string }

/** What an answer has come to. */
export interface Progress {
  readonly model: string
  readonly tier: string | undefined
  readonly output: readonly OutputItem[]
  /** Why it ended; undefined while it goes on. */
  readonly finish?: FinishReason | undefined
  readonly usage?: Usage | undefined
  readonly error?: GatewayError | undefined
  readonly stored: boolean
  /** When it ended, in Unix seconds. */
  readonly ended?: number | undefined
}

/** What ids of one response have in common. @param given the provider's id. */
export function nameOf({ id }: AnswerContext, given: string): string {
  return (id || given).replace(/^(?:resp|chatcmpl|msg)[-_]/, '')
}

function responseId(name: string): string {
  return `resp_${name}`
}

/** The id of an item: it tells the response that it is of, and its place there. @param place of the output's. */
export function itemId(prefix: string, name: string, place: number | string): string {
  return `${prefix}_${name}_${place}`
}

/** The response, and the place in its output, that an item's id names; undefined where it is none of ours. */
export function placeOf(
  id: string,
): { readonly response: string; readonly input: boolean; readonly place: number } | undefined {
  const [, name, input, place] = /^[a-z]{2,3}_([0-9a-f]{32})_(i?)(\d{1,6})$/.exec(id) ?? []
  return name === undefined ? undefined : { response: responseId(name), input: input === 'i', place: Number(place) }
}

/** @param name what its ids have in common. */
export function responseOf(name: string, context: AnswerContext, progress: Progress): Json {
  const { created } = context
  const asked: Json = context.request.origin?.body ?? {}
  const { finish, error, usage, output, stored, ended = created } = progress
  const status = error ? 'failed' : finish ? statusOf(finish) : 'in_progress'
  const { effort = null, summary = null, generate_summary: older = null } = objectOf(asked.reasoning)
  const { format = null, verbosity = null } = objectOf(asked.text)
  return {
    id: responseId(name),
    object: 'response',
    created_at: created,
    completed_at: status === 'completed' ? Math.max(created, ended) : null,
    status,
    background: false,
    error: error ? errorIn(error) : null,
    incomplete_details: status === 'incomplete' ? { reason: reasonOf(finish) } : null,
    instructions: asked.instructions ?? null,
    max_output_tokens: asked.max_output_tokens ?? null,
    max_tool_calls: asked.max_tool_calls ?? null,
    model: progress.model,
    output,
    parallel_tool_calls: asked.parallel_tool_calls ?? true,
    previous_response_id: asked.previous_response_id ?? null,
    prompt_cache_key: asked.prompt_cache_key ?? null,
    prompt_cache_retention: asked.prompt_cache_retention ?? null,
    reasoning: { effort, summary: summary ?? older },
    safety_identifier: asked.safety_identifier ?? null,
    service_tier: progress.tier ?? 'default',
    store: stored,
    temperature: asked.temperature ?? 1,
    text: { format: formatOf(objectOf(format)), verbosity: verbosity ?? 'medium' },
    tool_choice: asked.tool_choice ?? 'auto',
    tools: listOf(asked.tools).map(toolOf),
    top_logprobs: asked.top_logprobs ?? 0,
    top_p: asked.top_p ?? 1,
    truncation: 'disabled',
    presence_penalty: asked.presence_penalty ?? 0,
    frequency_penalty: asked.frequency_penalty ?? 0,
    usage: usage ? usageIn(usage) : null,
    user: asked.user ?? null,
    metadata: asked.metadata ?? {},
  }
}

/** An error as a response has it. */
export function errorIn({ body: { code, type, message } }: GatewayError): Json {
  return { code: code ?? type, message }
}

/** The status of a response, and of what it ended in. */
export function statusOf(finish: FinishReason): 'completed' | 'incomplete' {
  return finish === 'length' || finish === 'content_filter' ? 'incomplete' : 'completed'
}

function reasonOf(finish: FinishReason | undefined): string {
  return finish === 'length' ? 'max_output_tokens' : 'content_filter'
}

/** Both details are always there. */
function usageIn(usage: Usage): Json {
  const { prompt_tokens, completion_tokens, total_tokens, prompt_tokens_details, completion_tokens_details } = usage
  const { cached_tokens = 0, cache_write_tokens = 0 } = prompt_tokens_details ?? {}
  return {
    input_tokens: prompt_tokens,
    input_tokens_details: { cached_tokens, cache_write_tokens },
    output_tokens: completion_tokens,
    output_tokens_details: { reasoning_tokens: completion_tokens_details?.reasoning_tokens ?? 0 },
    total_tokens,
  }
}

function formatOf(format: Json): Json {
  if (format.type !== 'json_schema') return { type: format.type ?? 'text' }
  const { name, schema, description = null, strict } = format
  return { type: 'json_schema', description, name, schema, strict: strict ?? false }
}

/** A tool with all of its fields. */
function toolOf(tool: Json): Json {
  const { type, name, description, parameters, strict } = tool
  if (type !== 'function') return tool
  const more = { description: description ?? null, parameters: parameters ?? null, strict: strict ?? null }
  return { ...tool, type, name, ...more }
}

export function objectOf(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
}

export function listOf(value: unknown): Json[] {
  return Array.isArray(value) ? value.map(objectOf) : []
}
