// The chat endpoint of the demo in OpenAI's own format. https://platform.openai.com/docs/api-reference/chat
import { hash } from 'node:crypto'
import { Attempts } from '../attempts.ts'
import { Directives } from '../directives.ts'
import type { Exchange } from '../exchange.ts'
import { type Levels, Meter } from '../meter.ts'
import { misbehave, playBody, playStream } from '../play.ts'
import type { Service } from '../service.ts'
import { complete, lastUserText } from './answer.ts'
import { embed, moderate } from './embed.ts'
import { Refusal } from './refusal.ts'
import { checkChat, findModel, MODELS } from './rules.ts'
import { frames, LAST, wholeCompletion } from './stream.ts'

const PREFIX = '/openai/v1'
const CREATED = 1_790_000_000

const baseHeaders = ({ sequence }: Exchange) => ({
  'x-request-id': `req_${hash('md5', `openai/${sequence}`)}`,
  'openai-version': '2020-10-01',
  'openai-organization': 'dragoman-demo',
  'openai-processing-ms': '12',
})

/** A Go duration, as far as seconds go. */
const duration = (ms: number): string =>
  ms >= 60_000 ? `${Math.floor(ms / 60_000)}m${(ms % 60_000) / 1000}s` : `${ms / 1000}s`

const limitHeaders = ({ requests, input }: Levels) => ({
  'x-ratelimit-limit-requests': String(requests.limit),
  'x-ratelimit-remaining-requests': String(requests.remaining),
  'x-ratelimit-reset-requests': duration(requests.resetMs),
  'x-ratelimit-limit-tokens': String(input.limit),
  'x-ratelimit-remaining-tokens': String(input.remaining),
  'x-ratelimit-reset-tokens': duration(input.resetMs),
})

/** Failures that are nobody's fault: what is said with a status. */
const FAILURES: Readonly<Record<number, readonly [type: string, code: string | null, message: string]>> = {
  401: ['invalid_request_error', 'invalid_api_key', 'Incorrect API key provided.'],
  402: ['insufficient_quota', 'insufficient_quota', 'You exceeded your current quota.'],
  403: ['invalid_request_error', 'insufficient_permissions', 'You have insufficient permissions for this operation.'],
  429: ['requests', 'rate_limit_exceeded', 'Rate limit reached for requests per min (RPM).'],
  500: ['server_error', null, 'The server had an error while processing your request.'],
  503: ['server_error', null, 'The engine is currently overloaded, please try again later.'],
}

function failure(status: number): Refusal {
  const fallback = ['server_error', null, `The demo was asked for a ${status}.`] as const
  const [type, code, message] = FAILURES[status] ?? fallback
  return new Refusal(message, code, null, status, type)
}

function checkHead({ request: { headers, method, path } }: Exchange): void {
  const key = headers.authorization?.match(/^Bearer (.+)$/)?.[1]
  if (!key) {
    const text =
      "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY)."
    throw new Refusal(text, null, null, 401)
  }
  if (/invalid/.test(key)) throw new Refusal('Incorrect API key provided.', 'invalid_api_key', null, 401)
  if (method === 'POST' && !/^application\/json\b/i.test(headers['content-type'] ?? '')) {
    throw new Refusal(`Unsupported content type: '${headers['content-type']}'.`, 'unsupported_content_type', null)
  }
  const known =
    path === `${PREFIX}/models` ||
    path.startsWith(`${PREFIX}/models/`) ||
    ['chat/completions', 'embeddings', 'moderations'].some((name) => path === `${PREFIX}/${name}`)
  if (!known) throw new Refusal(`Invalid URL (${method} ${path})`, 'unknown_url', null, 404)
}

const describe = (id: string) => ({ id, object: 'model', created: CREATED, owned_by: 'system' })

function modelsAnswer(path: string): Record<string, unknown> {
  const name = path.slice(`${PREFIX}/models`.length + 1)
  if (name === '') return { object: 'list', data: MODELS.map(({ id }) => describe(id)) }
  if (findModel(name)) return describe(name)
  throw new Refusal(`The model '${name}' does not exist`, 'model_not_found', 'model', 404)
}

/** A chat endpoint with limits and a memory for attempts of its own. */
export function openai(): Service {
  const meter = new Meter()
  const attempts = new Attempts()

  /** Failures that a directive asks for. True: answered. */
  async function fail(exchange: Exchange, directives: Directives): Promise<boolean> {
    const asked = directives.status
    const overloaded = directives.has('overloaded') || directives.has('overloaded-first')
    const status = asked?.status ?? (overloaded ? 503 : attempts.fails(exchange, directives) ? 500 : undefined)
    if (status === undefined) return misbehave(exchange, directives)
    const seconds = asked?.detail ?? 1
    const hint = {
      ...limitHeaders(meter.exhausted(seconds)),
      'retry-after': String(seconds),
      'retry-after-ms': String(seconds * 1000),
    }
    exchange.json(status, failure(status).body, { ...baseHeaders(exchange), ...(status === 429 ? hint : {}) })
    return true
  }

  async function chat(exchange: Exchange): Promise<void> {
    const parsed = exchange.request.body
    if (typeof parsed !== 'object') {
      throw new Refusal(
        'We could not parse the JSON body of your request. (HINT: This likely means your HTTP library is not used correctly.)',
        null,
      )
    }
    const { body, model } = checkChat(parsed)
    const directives = new Directives(lastUserText(body), body.model)
    const late = directives.has('overloaded-first') && body.stream === true
    if (!late && (await fail(exchange, directives))) return
    const completion = complete(body, model, directives, exchange.sequence)
    const { prompt_tokens: input, completion_tokens: output } = completion.usage
    const headers = { ...baseHeaders(exchange), ...limitHeaders(meter.take(input, output)) }
    if (!body.stream) return playBody(exchange, directives, wholeCompletion(completion, body), headers)
    const error = `data: ${JSON.stringify(failure(503).body)}\n\n`
    exchange.head(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache', ...headers })
    return playStream(exchange, directives, late ? [error] : frames(completion, body), { error, last: LAST })
  }

  /** What is no conversation: embeddings, or moderations. */
  async function task(exchange: Exchange, embeds: boolean): Promise<void> {
    const { body } = exchange.request
    const answer = embeds ? embed(body) : moderate(body, exchange.sequence)
    const directives = new Directives(exchange.raw.toString(), '')
    if (await fail(exchange, directives)) return
    return playBody(exchange, directives, answer, baseHeaders(exchange))
  }

  async function route(exchange: Exchange): Promise<void> {
    checkHead(exchange)
    const { method, path } = exchange.request
    const wanted = path.startsWith(`${PREFIX}/models`) ? 'GET' : 'POST'
    if (method !== wanted) {
      throw new Refusal(`Not allowed to ${method} on ${path}`, 'method_not_supported', null, 405)
    }
    if (wanted === 'GET') return exchange.json(200, modelsAnswer(path), baseHeaders(exchange))
    return path.endsWith('/chat/completions') ? chat(exchange) : task(exchange, path.endsWith('/embeddings'))
  }

  return {
    provider: 'openai',
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
