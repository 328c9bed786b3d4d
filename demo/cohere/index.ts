// Cohere's chat endpoint in miniature. https://docs.cohere.com/v2/reference/chat
import { hash } from 'node:crypto'
import { Attempts } from '../attempts.ts'
import { Directives } from '../directives.ts'
import type { Exchange } from '../exchange.ts'
import { misbehave, playBody, playStream } from '../play.ts'
import type { Service } from '../service.ts'
import { answer } from './answer.ts'
import { embed, rerank } from './embed.ts'
import { Refusal } from './refusal.ts'
import { checkChat, MODELS } from './rules.ts'
import { frame, frames, LAST, wholeAnswer } from './stream.ts'
import { lastUserText } from './wire.ts'

const PREFIX = '/cohere'

/** Failures that are nobody's fault. */
const FAILURES: Readonly<Record<number, string>> = {
  402: 'Please add or update your payment method.',
  403: 'forbidden',
  429: 'You are using a Trial key, which is limited to 20 API calls / minute.',
  498: 'invalid token',
  500: 'internal server error',
  503: 'service unavailable',
}

const baseHeaders = ({ sequence }: Exchange) => ({ 'x-debug-trace-id': hash('md5', `cohere/${sequence}`) })
/** Only keys for trial are told of their calls. */
const LIMITS = { 'x-endpoint-monthly-call-limit': '1000', 'x-trial-endpoint-call-limit': '20' }

function checkKey({ request: { headers } }: Exchange): void {
  const key = headers.authorization?.match(/^Bearer (.+)$/i)?.[1]
  if (!key) throw new Refusal('no api key supplied', 401)
  if (/invalid/.test(key)) throw new Refusal('invalid api token', 401)
}

/** `GET /v1/models`, with its paging: a token is the place where the next page begins. */
function listModels({ request: { query } }: Exchange): Record<string, unknown> {
  const size = Number(query.get('page_size') ?? 20)
  if (!Number.isInteger(size) || size < 1 || size > 1000) throw new Refusal('page_size must be between 1 and 1000')
  const from = Number(query.get('page_token') || 0)
  const models = MODELS.slice(from, from + size).map(({ name, sees }) => ({
    name,
    endpoints: ['chat'],
    finetuned: false,
    context_length: 128_000,
    features: sees ? ['vision'] : null,
  }))
  return { models, ...(from + size < MODELS.length && { next_page_token: String(from + size) }) }
}

/** A chat endpoint with a count of calls and a memory for attempts of its own. */
export function cohere(): Service {
  const attempts = new Attempts()

  /** Failures that a directive asks for. True: answered. */
  async function fail(exchange: Exchange, directives: Directives): Promise<boolean> {
    const overloaded = directives.has('overloaded') || directives.has('overloaded-first')
    const flaky = attempts.fails(exchange, directives)
    const status = directives.status?.status ?? (overloaded ? 503 : flaky ? 500 : undefined)
    if (status === undefined) return misbehave(exchange, directives)
    throw new Refusal(FAILURES[status] ?? `The demo was asked for a ${status}.`, status)
  }

  async function chat(exchange: Exchange): Promise<void> {
    const body = checkChat(exchange.request.body)
    const directives = new Directives(lastUserText(body), body.model)
    // A stream can say 200 and fail all the same; an answer in one piece cannot.
    const late = directives.has('overloaded-first') && body.stream === true
    if (!late && (await fail(exchange, directives))) return
    const headers = { ...baseHeaders(exchange), ...LIMITS, 'x-trial-endpoint-call-remaining': '19' }
    const said = answer(body, directives, exchange.sequence)
    if (!body.stream) return playBody(exchange, directives, wholeAnswer(said), headers)
    const error = frame({ type: 'message-end', delta: { finish_reason: 'ERROR', error: 'generation failed' } })
    exchange.head(200, { 'content-type': 'text/event-stream', ...headers })
    return playStream(exchange, directives, late ? [error] : frames(said), { error, last: LAST })
  }

  async function route(exchange: Exchange): Promise<void> {
    checkKey(exchange)
    const { method, path } = exchange.request
    if (path === `${PREFIX}/v1/models` && method === 'GET') {
      return exchange.json(200, listModels(exchange), baseHeaders(exchange))
    }
    const endpoint = /^\/cohere\/v2\/(chat|embed|rerank)$/.exec(path)?.[1]
    if (endpoint === undefined) throw new Refusal('not found', 404)
    if (method !== 'POST') throw new Refusal('method not allowed', 405)
    if (endpoint === 'chat') return chat(exchange)
    const answer = (endpoint === 'embed' ? embed : rerank)(exchange.request.body, exchange.sequence)
    const directives = new Directives(exchange.raw.toString(), '')
    if (await fail(exchange, directives)) return
    return playBody(exchange, directives, answer, baseHeaders(exchange))
  }

  return {
    provider: 'cohere',
    prefix: PREFIX,
    base: PREFIX,
    async answer(exchange) {
      try {
        await route(exchange)
      } catch (thrown) {
        if (!(thrown instanceof Refusal)) throw thrown
        exchange.json(thrown.status, thrown.body, baseHeaders(exchange))
      }
    },
  }
}
