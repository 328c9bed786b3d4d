// What the official Cohere client reads from an answer, and what an OpenAI client is to have of it: a second, small
// statement of the mapping, which knows nothing of the first (src/providers/cohere).
import { CohereClientV2, CohereError } from 'cohere-ai'
import type { Unread } from './agreement.ts'
import type { Case } from './cases.ts'
import type { Failure, Outcome, Reading } from './reading.ts'

type Chat = Awaited<ReturnType<CohereClientV2['chat']>>
type Message = Chat['message']
type Event = Awaited<ReturnType<CohereClientV2['chatStream']>> extends AsyncIterable<infer One> ? One : never

const PARAMS = { model: 'any', messages: [{ role: 'user' as const, content: 'Hello' }] }

/** An answer, whole or folded from its events. */
interface Read {
  readonly id: string
  readonly finishReason: string
  readonly message: Message
  readonly usage: Chat['usage']
  readonly streamed: boolean
}

/** Gives a recorded answer to the client and takes what it makes of it. */
export async function readByCohere(one: Case): Promise<Outcome | Unread> {
  const { bytes, status, contentType, stream, model } = one
  const client = new CohereClientV2({
    token: 'none',
    maxRetries: 0,
    fetch: async () => new Response(bytes, { status, headers: { 'content-type': contentType } }),
  })
  try {
    if (!stream) {
      const { id, finishReason, message, usage } = await client.chat(PARAMS)
      return { said: readingOf({ id, finishReason, message, usage, streamed: false }, model) }
    }
    const events: Event[] = []
    for await (const event of await client.chatStream(PARAMS)) events.push(event)
    const read = folded(events)
    return 'unread' in read || 'failed' in read ? read : { said: readingOf(read, model) }
  } catch (thrown) {
    if (!(thrown instanceof CohereError)) return { unread: String(thrown) }
    return thrown.statusCode === undefined ? { unread: thrown.message } : { failed: failureOf(thrown) }
  }
}

/** The client does not fold its events: this is how its documentation tells to. */
function folded(events: readonly Event[]): Read | Unread | { failed: Failure } {
  const content: Record<string, string>[] = []
  const calls: { id: string; type: 'function'; function: { name: string; arguments: string } }[] = []
  const citations: NonNullable<Message['citations']> = []
  let toolPlan = ''
  let id = ''
  for (const event of events) {
    if (event.type === 'message-start') id = event.id ?? ''
    else if (event.type === 'content-start' || event.type === 'content-delta') {
      const { text, thinking } = event.delta?.message?.content ?? {}
      const at = event.index ?? 0
      content[at] ??= {}
      const item = content[at]
      if (thinking !== undefined) item.thinking = (item.thinking ?? '') + thinking
      if (text !== undefined) item.text = (item.text ?? '') + text
      item.type = item.thinking === undefined ? 'text' : 'thinking'
    } else if (event.type === 'tool-plan-delta') toolPlan += event.delta?.message?.toolPlan ?? ''
    else if (event.type === 'tool-call-start') {
      const call = event.delta?.message?.toolCalls
      const { name = '', arguments: json = '' } = call?.function ?? {}
      calls[event.index ?? 0] = { id: call?.id ?? '', type: 'function', function: { name, arguments: json } }
    } else if (event.type === 'tool-call-delta') {
      const call = calls[event.index ?? 0]
      if (call) call.function.arguments += event.delta?.message?.toolCalls?.function?.arguments ?? ''
    } else if (event.type === 'citation-start') {
      const cited = event.delta?.message?.citations
      if (cited) citations.push(cited)
    } else if (event.type === 'message-end') {
      const { finishReason = '', usage, error } = event.delta ?? {}
      if (error)
        return {
          failed: { ...server(502, 'upstream_error'), status: undefined, message: error, text: textOf(content) },
        }
      // The fold makes items of the shape that the client's types have.
      const message = { role: 'assistant', content, toolCalls: calls, toolPlan, citations } as unknown as Message
      return { id, finishReason, message, usage, streamed: true }
    }
  }
  return { unread: 'the stream has no end' }
}

function textOf(content: readonly { readonly text?: string }[]): string {
  return content.map(({ text = '' }) => text).join('')
}

function readingOf({ id, finishReason, message, usage, streamed }: Read, model: string): Reading {
  const items = message.content ?? []
  const text = textOf(items.map((item) => (item.type === 'text' ? item : {})))
  const calls = (message.toolCalls ?? []).map(({ id: callId = '', function: called }) => {
    const json = (called?.arguments ?? '').trim()
    const all = json === '' || json === 'null' ? '{}' : (called?.arguments ?? '')
    return { id: callId, name: called?.name ?? '', arguments: all }
  })
  return {
    id: `chatcmpl-${id}`,
    model,
    tier: null,
    // A stream begins with empty content before anybody knows that nothing will follow.
    text: text === '' && !streamed && calls.length > 0 ? null : text,
    refusal: null,
    ...reasoningOf(message),
    calls,
    annotations: annotationsOf(message),
    finish: finishOf(finishReason, calls.length),
    usage: usageOf(usage),
    logprobs: [],
    images: [],
    extra: [null, ...calls.map(() => null)],
  }
}

function reasoningOf({ content, toolPlan }: Message): Pick<Reading, 'reasoning' | 'details'> {
  const thoughts = (content ?? []).flatMap((item) => (item.type === 'thinking' && item.thinking ? [item.thinking] : []))
  const all = [
    ...thoughts.map((text) => ({ format: 'cohere-thinking-v2', text })),
    ...(toolPlan ? [{ format: 'cohere-plan-v2', text: toolPlan }] : []),
  ]
  return {
    reasoning: all.length > 0 ? all.map(({ text }) => text).join('\n\n') : null,
    details: all.map((one, index) => ({ type: 'reasoning.text', index, ...one })),
  }
}

/** Offsets count characters of the one text that a citation is of. */
function annotationsOf({ citations, content }: Message): object[] {
  return (citations ?? []).flatMap(({ start = 0, end = 0, sources, type }) => {
    if (type === 'PLAN' || type === 'THINKING_CONTENT') return []
    const text = [...textOf((content ?? []).map((item) => (item.type === 'text' ? item : {})))]
    const at = (count: number) => text.slice(0, count).join('').length
    return (sources ?? []).flatMap((source) => {
      const { url, title } = (source.type === 'document' ? source.document : source.toolOutput) ?? {}
      if (typeof url !== 'string') return []
      return [
        { type: 'url_citation', url_citation: { start_index: at(start), end_index: at(end), url, title: title ?? '' } },
      ]
    })
  })
}

function finishOf(reason: string, calls: number): string {
  if (reason === 'MAX_TOKENS') return 'length'
  return calls > 0 ? 'tool_calls' : 'stop'
}

function usageOf(usage: Chat['usage']): Record<string, number> {
  const { tokens, billedUnits, cachedTokens } = usage ?? {}
  const prompt_tokens = Math.round(tokens?.inputTokens ?? billedUnits?.inputTokens ?? 0)
  const completion_tokens = Math.round(tokens?.outputTokens ?? billedUnits?.outputTokens ?? 0)
  return {
    prompt_tokens,
    completion_tokens,
    total_tokens: prompt_tokens + completion_tokens,
    ...(cachedTokens !== undefined && { 'prompt_tokens_details.cached_tokens': cachedTokens }),
  }
}

type Told = Pick<Failure, 'type' | 'code'> & { readonly status: number }

const invalid = (status: number, code: Told['code']): Told => ({ status, type: 'invalid_request_error', code })
const server = (status: number, code: Told['code']): Told => ({ status, type: 'server_error', code })

const ERRORS = new Map<number, Told>([
  [400, invalid(400, undefined)],
  [401, invalid(401, 'invalid_api_key')],
  [402, { status: 429, type: 'insufficient_quota', code: 'insufficient_quota' }],
  [403, invalid(403, 'insufficient_permissions')],
  [404, invalid(404, undefined)],
  [422, invalid(400, null)],
  [500, server(500, null)],
  [503, server(503, 'overloaded')],
  [504, server(504, 'timeout')],
])

function failureOf({ statusCode = 500, body }: CohereError): Failure {
  const said: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, 'message') : undefined
  const monthly = statusCode === 429 && /month/i.test(String(said))
  const limited = monthly
    ? { status: 429, type: 'insufficient_quota', code: 'insufficient_quota' }
    : { status: 429, type: /calls/i.test(String(said)) ? 'requests' : 'rate_limit_error', code: 'rate_limit_exceeded' }
  const told = statusCode === 429 ? limited : (ERRORS.get(statusCode) ?? server(502, undefined))
  // What is said of the operator's credential, and what is no message at all, is said in our own words.
  const ours = told.status === 401 || told.status === 403 || typeof said !== 'string'
  return { ...told, message: ours ? undefined : said, text: '' }
}
