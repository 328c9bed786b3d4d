// The Messages API of the demo: it takes what the real one takes, refuses what the real one refuses, and answers from the
// request itself. https://docs.claude.com/en/api/messages
import { Attempts } from '../attempts.ts'
import { Directives } from '../directives.ts'
import type { Exchange } from '../exchange.ts'
import { Meter } from '../meter.ts'
import { misbehave, playBody, playStream } from '../play.ts'
import type { Service } from '../service.ts'
import { tokensOf } from '../tokens.ts'
import { answer } from './answer.ts'
import { checkCount, checkMessages } from './check.ts'
import { checkContentType, checkHead, limitHeaders } from './head.ts'
import { describeModel, findModel, MODELS } from './models.ts'
import { envelope, Refusal } from './refusal.ts'
import { idOf } from './reply.ts'
import type { Checked } from './rules/rule.ts'
import type { Context } from './shape.ts'
import { lastUserText } from './speech.ts'
import { frame, frames, LAST, wholeMessage } from './stream.ts'
import { Threads } from './threads.ts'
import { PromptCache } from './usage.ts'

const MAX_BODY = 32 * 1024 * 1024
const ORGANIZATION = '00000000-0000-4000-8000-000000000000'

const LISTED = MODELS.filter(({ lifecycle }) => lifecycle !== 'retired')

const requestId = ({ sequence }: Exchange): string => idOf('req_01', 'request', sequence)

const baseHeaders = (exchange: Exchange) => ({
  'request-id': requestId(exchange),
  'anthropic-organization-id': ORGANIZATION,
})

function sendError(exchange: Exchange, status: number, message: string, headers: Record<string, string> = {}): void {
  exchange.json(status, envelope(status, message, requestId(exchange)), { ...baseHeaders(exchange), ...headers })
}

/** The texts of failures that are nobody's fault. */
const FAILURES: Readonly<Record<number, string>> = {
  402: 'Your credit balance is too low to access the Anthropic API.',
  403: 'Your API key does not have permission to use the specified resource.',
  413: 'Request exceeds the maximum size',
  429: "This request would exceed your organization's rate limit. Please try again later.",
  500: 'Internal server error',
  504: 'Request timed out',
  529: 'Overloaded',
}

/** `GET /v1/models`, with its paging. */
function listModels({ request }: Exchange): Record<string, unknown> {
  const limit = Number(request.query.get('limit') ?? 20)
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000) {
    throw new Refusal('limit: Input should be between 1 and 1000', 'Models, limit')
  }
  const place = (name: string) => LISTED.findIndex(({ id }) => id === request.query.get(name))
  const before = place('before_id')
  const from = before > 0 ? Math.max(0, before - limit) : place('after_id') + 1
  const to = before > 0 ? before : from + limit
  const data = LISTED.slice(from, to)
  return {
    data: data.map(describeModel),
    has_more: before > 0 ? from > 0 : to < LISTED.length,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
  }
}

function showModel(name: string): Record<string, unknown> {
  const model = findModel(name)
  if (!model) throw new Refusal(`model: ${name}`, 'Errors, 404', 404)
  return describeModel(model)
}

function bodyOf(exchange: Exchange): unknown {
  checkContentType(exchange.request)
  if (exchange.raw.length > MAX_BODY) throw new Refusal('Request exceeds the maximum size', 'Limits, request body', 413)
  const { body } = exchange.request
  if (typeof body !== 'object') throw new Refusal('The request body is not valid JSON', 'Errors, 400')
  return body
}

/** A Messages API with a memory of its own for caches, limits and attempts. */
export function anthropic(): Service {
  const cache = new PromptCache()
  const meter = new Meter()
  const attempts = new Attempts()
  const threads = new Threads()

  /** Failures that a directive asks for. True: answered. */
  async function fail(exchange: Exchange, directives: Directives): Promise<boolean> {
    const asked = directives.status
    const overloaded = directives.has('overloaded') || directives.has('overloaded-first')
    const status = asked?.status ?? (overloaded ? 529 : attempts.fails(exchange, directives) ? 500 : undefined)
    if (status === undefined) return misbehave(exchange, directives)
    if (status !== 429) sendError(exchange, status, FAILURES[status] ?? `The demo was asked for a ${status}.`)
    else {
      const seconds = asked?.detail ?? 1
      const limits = limitHeaders(meter.exhausted(seconds))
      sendError(exchange, status, FAILURES[status] ?? '', { ...limits, 'retry-after': String(seconds) })
    }
    return true
  }

  async function streamAnswer(exchange: Exchange, request: Checked, directives: Directives): Promise<void> {
    const message = answer(request, directives, exchange.sequence, cache.charge(request.body))
    threads.keep(request.body, message)
    const { usage } = message
    const headers = {
      ...baseHeaders(exchange),
      ...limitHeaders(meter.take(usage.input_tokens, usage.output_tokens)),
    }
    if (!request.body.stream) return playBody(exchange, directives, wholeMessage(message), headers)
    const error = frame({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } })
    exchange.head(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache', ...headers })
    const all = directives.has('overloaded-first') ? [error] : frames(message)
    return playStream(exchange, directives, all, { error, last: LAST })
  }

  async function messages(exchange: Exchange, context: Context): Promise<void> {
    const request = checkMessages(threads.whole(bodyOf(exchange)), context)
    const directives = new Directives(lastUserText(request.body), request.body.model)
    // A stream can say 200 and fail all the same; an answer in one piece cannot.
    const late = directives.has('overloaded-first') && request.body.stream === true
    if (late || !(await fail(exchange, directives))) await streamAnswer(exchange, request, directives)
  }

  function count(exchange: Exchange, context: Context): void {
    const { body } = checkCount(bodyOf(exchange), context)
    const input_tokens = tokensOf([body.tools, body.system, body.messages])
    exchange.json(200, { input_tokens }, { ...baseHeaders(exchange), ...limitHeaders(meter.take(0, 0)) })
  }

  async function route(exchange: Exchange): Promise<void> {
    const { method, path } = exchange.request
    const context = checkHead(exchange.request)
    const model = path.match(/^\/v1\/models\/([^/]+)$/)?.[1]
    if (model !== undefined || path === '/v1/models') {
      if (method !== 'GET') throw new Refusal('Method Not Allowed', 'Errors', 405)
      return exchange.json(200, model === undefined ? listModels(exchange) : showModel(model), baseHeaders(exchange))
    }
    if (path !== '/v1/messages' && path !== '/v1/messages/count_tokens')
      throw new Refusal('Not found', 'Errors, 404', 404)
    if (method !== 'POST') throw new Refusal('Method Not Allowed', 'Errors', 405)
    return path === '/v1/messages' ? messages(exchange, context) : count(exchange, context)
  }

  return {
    provider: 'anthropic',
    prefix: '/',
    base: '',
    async answer(exchange) {
      try {
        await route(exchange)
      } catch (thrown) {
        if (!(thrown instanceof Refusal)) throw thrown
        const { status, message, errorCode, cites } = thrown
        const body = envelope(status, message, requestId(exchange), errorCode)
        exchange.json(status, body, { ...baseHeaders(exchange), 'demo-cites': cites })
      }
    },
  }
}
