// Recorded answers of Amazon Bedrock's through the pure core: what OpenAI's client reads of ours is what AWS' client
// reads of theirs, however the bytes are cut. All chat cases of the folder are Converse or ConverseStream; its
// recordings of InvokeModel are embeddings, which are of another kind.
import { type Block, type ClientOutcome, type Read, type Refused, readByAws } from './bedrock-client.ts'
import type { Case } from './cases.ts'
import type { Failure, Outcome, Reading } from './reading.ts'
import { replay, type Suite } from './suite.ts'

/** A second, small statement of the mapping, which knows nothing of the first (src/providers/bedrock). */
function expectedOf(outcome: Exclude<ClientOutcome, { readonly unread: string }>, one: Case): Outcome {
  return 'read' in outcome ? { said: readingOf(outcome.read, one) } : { failed: failureOf(outcome.refused, one) }
}

const FINISH = new Map([
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['guardrail_intervened', 'content_filter'],
  ['content_filtered', 'content_filter'],
])

function readingOf({ id, blocks, stop, usage }: Read, { model, stream }: Case): Reading {
  const calls = blocks.flatMap(({ call }) => call ?? [])
  const text = blocks.map((block) => block.text ?? '').join('')
  return {
    id: `chatcmpl-${id}`,
    model,
    tier: null,
    // A stream begins with empty content before anybody knows that nothing will follow.
    text: text === '' && !stream && calls.length > 0 ? null : text,
    refusal: null,
    ...reasoningOf(blocks, model),
    calls,
    annotations: annotationsOf(blocks),
    finish: FINISH.get(stop) ?? (calls.length > 0 ? 'tool_calls' : 'stop'),
    usage: usageOf(usage),
  }
}

function reasoningOf(blocks: readonly Block[], model: string): Pick<Reading, 'reasoning' | 'details'> {
  const thoughts = blocks.flatMap(({ reasoning }) =>
    reasoning && Object.keys(reasoning).length > 0 ? [reasoning] : [],
  )
  const texts = thoughts.flatMap(({ text }) => text ?? [])
  const format = /claude/.test(model) ? 'anthropic-claude-v1' : 'unknown'
  return {
    reasoning: texts.length > 0 ? texts.join('\n\n') : null,
    details: thoughts.map(({ text, signature, redacted }, index) =>
      redacted === undefined
        ? { type: 'reasoning.text', format, index, text: text ?? '', ...(signature && { signature }) }
        : { type: 'reasoning.encrypted', format, index, data: redacted },
    ),
  }
}

function annotationsOf(blocks: readonly Block[]): object[] {
  let length = 0
  return blocks.flatMap(({ text = '', cited }) => {
    const start_index = length
    length += text.length
    return cited.map((one) => ({ type: 'url_citation', url_citation: { start_index, end_index: length, ...one } }))
  })
}

function usageOf(usage: Read['usage']): Record<string, number> {
  // Clients read the totals without asking whether they are there.
  if (!usage) return { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }
  const { inputTokens = 0, outputTokens = 0, cacheReadInputTokens = 0, cacheWriteInputTokens = 0 } = usage
  const prompt_tokens = inputTokens + cacheReadInputTokens + cacheWriteInputTokens
  return {
    prompt_tokens,
    completion_tokens: outputTokens,
    total_tokens: prompt_tokens + outputTokens,
    'prompt_tokens_details.cached_tokens': cacheReadInputTokens,
    'prompt_tokens_details.cache_write_tokens': cacheWriteInputTokens,
  }
}

type Told = Pick<Failure, 'status' | 'type' | 'code'>

const invalid: Told = { status: 400, type: 'invalid_request_error', code: null }
const ERRORS = new Map<string, Told>([
  ['ValidationException', invalid],
  ['ThrottlingException', { status: 429, type: 'rate_limit_error', code: undefined }],
  ['ModelStreamErrorException', { status: 502, type: 'server_error', code: 'upstream_error' }],
  ['ModelErrorException', { status: 502, type: 'server_error', code: 'upstream_error' }],
  ['InternalServerException', { status: 500, type: 'server_error', code: null }],
  ['ServiceUnavailableException', { status: 503, type: 'server_error', code: 'overloaded' }],
])

function failureOf({ name, status, message, text }: Refused, one: Case): Failure {
  const byStatus: Told = status < 500 ? { ...invalid, status } : { status: 502, type: 'server_error', code: undefined }
  const told = ERRORS.get(name) ?? byStatus
  return { ...told, status: one.stream && text !== '' ? undefined : told.status, message, text }
}

/** The ends of the messages, with their kinds. */
function messagesIn(bytes: Uint8Array): { readonly kind: string; readonly behind: number }[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const found = []
  for (let at = 0; at + 12 <= bytes.length; ) {
    const headers = Buffer.from(bytes.subarray(at + 12, at + 12 + view.getUint32(at + 4))).toString('latin1')
    const [, kind = ''] = /:(?:event|exception)-type...([A-Za-z]+)/s.exec(headers) ?? []
    at += view.getUint32(at)
    found.push({ kind, behind: at })
  }
  return found
}

const bedrock: Suite = {
  async read(one) {
    const theirs = await readByAws(one)
    return 'unread' in theirs ? theirs : expectedOf(theirs, one)
  },
  endOf({ bytes }) {
    const messages = messagesIn(bytes)
    const behind = (pattern: RegExp) => messages.find(({ kind }) => pattern.test(kind))?.behind
    const failed = behind(/Exception$/)
    if (failed !== undefined) return { behind: failed }
    const stop = behind(/^messageStop$/)
    // The counts come behind the end marker, or before it, or not at all.
    return stop === undefined ? undefined : { behind: Math.max(stop, behind(/^metadata$/) ?? stop), from: stop }
  },
}

replay('bedrock', bedrock)
