// An answer of Anthropic's as an OpenAI client is to have it: a second, small statement of the mapping, which knows
// nothing of the first (src/providers/anthropic).
import type Anthropic from '@anthropic-ai/sdk'
import type { ClientOutcome, Read, Refused } from './anthropic-client.ts'
import type { Failure, Outcome, Reading } from './reading.ts'

type Message = Anthropic.Message
type Block = Anthropic.ContentBlock

/** What the OpenAI client is to read. */
export function expectedOf(outcome: Exclude<ClientOutcome, { readonly unread: string }>): Outcome {
  return 'read' in outcome ? { said: readingOf(outcome.read) } : { failed: failureOf(outcome.refused) }
}

function readingOf({ message, events }: Read): Reading {
  const { id, model, content, stop_reason: stop } = message
  const calls = callsOf(content, events)
  const text = content.map((block) => (block.type === 'text' ? block.text : '')).join('')
  const explanation = stop === 'refusal' && text === '' ? (message.stop_details?.explanation ?? null) : null
  const streamed = events.length > 0
  return {
    id: `chatcmpl-${id}`,
    model,
    tier: tierOf(message),
    // A stream begins with empty content before anybody knows that nothing will follow.
    text: text === '' && !streamed && (calls.length > 0 || stop === 'refusal') ? null : text,
    refusal: explanation,
    ...reasoningOf(content),
    calls,
    annotations: annotationsOf(content),
    finish: finishOf(stop, calls.length),
    usage: usageOf({ message, events }),
  }
}

const TIERS = new Map([
  ['standard', 'default'],
  ['priority', 'priority'],
  ['batch', 'flex'],
])

function tierOf({ usage }: Message): string | null {
  if (Reflect.get(usage, 'speed') === 'fast') return 'priority'
  return TIERS.get(usage.service_tier ?? '') ?? null
}

function reasoningOf(content: readonly Block[]): Pick<Reading, 'reasoning' | 'details'> {
  const format = 'anthropic-claude-v1'
  // A block with neither text nor signature says nothing, and cannot be sent back.
  const blocks = content.filter((block) =>
    block.type === 'thinking' ? block.thinking || block.signature : block.type === 'redacted_thinking',
  ) as (Anthropic.ThinkingBlock | Anthropic.RedactedThinkingBlock)[]
  const texts = blocks.flatMap((block) => (block.type === 'thinking' && block.thinking ? [block.thinking] : []))
  return {
    reasoning: texts.length > 0 ? texts.join('\n\n') : null,
    details: blocks.map((block, index) =>
      block.type === 'thinking'
        ? {
            type: 'reasoning.text',
            format,
            index,
            text: block.thinking,
            ...(block.signature && { signature: block.signature }),
          }
        : { type: 'reasoning.encrypted', format, index, data: block.data },
    ),
  }
}

/** Arguments to the letter where they were streamed. */
function callsOf(content: readonly Block[], events: Read['events']): Reading['calls'] {
  return content.flatMap((block, at) => {
    if (block.type !== 'tool_use') return []
    const streamed = events.map((event) =>
      event.type === 'content_block_delta' && event.index === at && event.delta.type === 'input_json_delta'
        ? event.delta.partial_json
        : '',
    )
    return [{ id: block.id, name: block.name, arguments: streamed.join('') || JSON.stringify(block.input) }]
  })
}

function annotationsOf(content: readonly Block[]): object[] {
  let length = 0
  return content.flatMap((block) => {
    if (block.type !== 'text') return []
    const start_index = length
    length += block.text.length
    return (block.citations ?? []).flatMap((citation) => {
      if (!('url' in citation)) return []
      const { url, title } = citation
      return [{ type: 'url_citation', url_citation: { start_index, end_index: length, url, title: title ?? '' } }]
    })
  })
}

function finishOf(stop: string | null, calls: number): string {
  if (stop === 'max_tokens' || stop === 'model_context_window_exceeded') return 'length'
  if (stop === 'refusal') return 'content_filter'
  return calls > 0 ? 'tool_calls' : 'stop'
}

interface Counts {
  readonly type?: string
  readonly input_tokens: number | null
  readonly output_tokens: number | null
  readonly cache_read_input_tokens: number | null
  readonly cache_creation_input_tokens: number | null
}

function usageOf({ message: { usage }, events }: Read): Record<string, number> {
  // The client leaves iterations out of the message it folds, though it reads them.
  const streamed = events.map((event) => (event.type === 'message_delta' ? event.usage : undefined))
  const iterations: readonly Counts[] =
    [usage, ...streamed].map((one) => one && Reflect.get(one, 'iterations')).findLast((one) => one) ?? []
  const fellBack = iterations.some(({ type }) => type === 'fallback_message')
  const billed = iterations.filter(({ type }) => !fellBack && (type === 'message' || type === 'compaction'))
  const sum = (count: (part: Counts) => number | null) =>
    (billed.length > 0 ? billed : [usage]).reduce((all, part) => all + (count(part) ?? 0), 0)
  const cached = sum((part) => part.cache_read_input_tokens)
  const written = sum((part) => part.cache_creation_input_tokens)
  const prompt_tokens = sum((part) => part.input_tokens) + cached + written
  const completion_tokens = sum((part) => part.output_tokens)
  const reasoning_tokens = usage.output_tokens_details?.thinking_tokens
  return {
    prompt_tokens,
    completion_tokens,
    total_tokens: prompt_tokens + completion_tokens,
    'prompt_tokens_details.cached_tokens': cached,
    'prompt_tokens_details.cache_write_tokens': written,
    ...(typeof reasoning_tokens === 'number' && { 'completion_tokens_details.reasoning_tokens': reasoning_tokens }),
  }
}

type Told = Pick<Failure, 'type' | 'code'> & { readonly status: number }

const invalid = (status: number, code: Told['code']): Told => ({ status, type: 'invalid_request_error', code })
const server = (status: number, code: Told['code']): Told => ({ status, type: 'server_error', code })
const QUOTA: Told = { status: 429, type: 'insufficient_quota', code: 'insufficient_quota' }

const ERRORS = new Map<string, Told>([
  ['invalid_request_error', invalid(400, null)],
  ['authentication_error', invalid(401, 'invalid_api_key')],
  ['billing_error', QUOTA],
  ['permission_error', invalid(403, 'insufficient_permissions')],
  ['not_found_error', invalid(404, null)],
  ['conflict_error', invalid(409, 'conflict')],
  ['request_too_large', invalid(413, 'request_too_large')],
  // Which of its windows is full, the error alone does not say.
  ['rate_limit_error', { status: 429, type: 'rate_limit_error', code: 'rate_limit_exceeded' }],
  ['api_error', server(500, null)],
  ['timeout_error', server(504, 'timeout')],
  ['overloaded_error', server(503, 'overloaded')],
])

function failureOf({ status, type, message, text }: Refused): Failure {
  const told = type === '' ? untyped(status) : toldOf(type, message)
  // What is said of the operator's credential, and what is no message at all, is said in our own words.
  const ours = told.status === 401 || told.status === 403 || message === ''
  return {
    ...told,
    status: status === undefined ? undefined : told.status,
    message: ours ? undefined : message,
    text,
  }
}

/** A page of something that stands in between. */
function untyped(status = 500): Told {
  return status >= 500 ? server(502, 'upstream_error') : invalid(status, undefined)
}

function toldOf(type: string, message: string): Told {
  const told = ERRORS.get(type) ?? server(500, undefined)
  if (type === 'not_found_error' && message.startsWith('model:')) return invalid(404, 'model_not_found')
  if (type !== 'invalid_request_error') return told
  if (/prompt is too long|exceed context limit/i.test(message)) return invalid(400, 'context_length_exceeded')
  if (/credit balance is too low|spend limit/i.test(message)) return QUOTA
  return /image/i.test(message) ? invalid(400, undefined) : told
}
