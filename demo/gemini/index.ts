// The Gemini API of the demo: it takes what the real one takes, refuses what the real one refuses, and answers from the
// request itself. https://ai.google.dev/api
import { Attempts } from '../attempts.ts'
import { Directives } from '../directives.ts'
import type { Exchange } from '../exchange.ts'
import { misbehave, playBody, playStream } from '../play.ts'
import type { Service } from '../service.ts'
import { tokensOf } from '../tokens.ts'
import { answer, lastUserText } from './answer.ts'
import { type Checked, checkRequest } from './check.ts'
import { embed } from './embed.ts'
import { describeModel, findModel, MODELS } from './models.ts'
import { ratings } from './ratings.ts'
import { envelope, quota, Refusal } from './refusal.ts'
import { frame, frames, LAST, wholeAnswer } from './stream.ts'

/** Keys of which the demo says that nobody knows them. */
const UNKNOWN_KEY = /invalid/

/** The texts of failures that are nobody's fault. */
const FAILURES: Readonly<Record<number, string>> = {
  403: 'Permission denied.',
  429: 'You exceeded your current quota, please check your plan and billing details.',
  500: 'An internal error has occurred. Please retry or report in https://developers.generativeai.google/guide/troubleshooting',
  503: 'The model is overloaded. Please try again later.',
  504: 'Deadline expired before operation could complete.',
}

function checkKey({ request }: Exchange): void {
  const key = request.headers['x-goog-api-key'] ?? request.query.get('key')
  if (!key) throw new Refusal("Method doesn't allow unregistered callers (callers without established identity).", 403)
  if (!UNKNOWN_KEY.test(key)) return
  const info = {
    '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
    reason: 'API_KEY_INVALID',
    domain: 'googleapis.com',
  }
  throw new Refusal('API key not valid. Please pass a valid API key.', 400, [info])
}

/** `GET /v1beta/models`, with its paging: the token is the place to go on at. */
function listModels({ request }: Exchange): Record<string, unknown> {
  const size = Number(request.query.get('pageSize') ?? 50)
  const from = Number(request.query.get('pageToken') ?? 0)
  if (!Number.isInteger(size) || size < 1 || !Number.isInteger(from)) throw new Refusal('Invalid page size or token.')
  const to = from + Math.min(size, 1000)
  return {
    models: MODELS.slice(from, to).map(describeModel),
    ...(to < MODELS.length && { nextPageToken: String(to) }),
  }
}

function showModel(name: string): Record<string, unknown> {
  const model = findModel(name)
  if (!model) throw new Refusal(`Model is not found: models/${name} for api version v1beta`, 404)
  return describeModel(model)
}

function bodyOf({ request: { body } }: Exchange): unknown {
  if (typeof body === 'object') return body
  throw new Refusal('Invalid JSON payload received. Unexpected token.')
}

/** A Gemini API with a memory of its own for attempts. */
export function gemini(): Service {
  const attempts = new Attempts()

  /** Failures that a directive asks for. True: answered. */
  async function fail(exchange: Exchange, directives: Directives): Promise<boolean> {
    const asked = directives.status
    const overloaded = directives.has('overloaded') || directives.has('overloaded-first')
    const status = asked?.status ?? (overloaded ? 503 : attempts.fails(exchange, directives) ? 500 : undefined)
    if (status === undefined) return misbehave(exchange, directives)
    const details = status === 429 ? quota(asked?.detail ?? 1) : []
    exchange.json(status, envelope(status, FAILURES[status] ?? `The demo was asked for a ${status}.`, details))
    return true
  }

  async function generate(exchange: Exchange, name: string, streams: boolean): Promise<void> {
    const request: Checked = checkRequest(name, bodyOf(exchange))
    const directives = new Directives(lastUserText(request.body), request.model.id)
    // A stream can say 200 and fail all the same; an answer in one piece cannot.
    const late = directives.has('overloaded-first') && streams
    if (!late && (await fail(exchange, directives))) return
    const blocked = ratings(request.body, directives)
    if (blocked) return playBody(exchange, directives, blocked, {})
    const made = answer(request, directives, exchange.sequence)
    if (!streams) return playBody(exchange, directives, wholeAnswer(made), {})
    const sse = exchange.request.query.get('alt') === 'sse'
    // In mid-stream an error is bare JSON, over several lines.
    const error = `${JSON.stringify(envelope(503, FAILURES[503] ?? ''), null, 2)}\n`
    exchange.head(200, { 'content-type': sse ? 'text/event-stream' : 'application/json; charset=UTF-8' })
    const all = late ? [error] : frames(made)
    const shown = sse || late ? all : asArray(all)
    return playStream(exchange, directives, shown, {
      error,
      last: LAST,
      garbage: frame({}).replace('{}', '{"candidates":'),
    })
  }

  /** `:countTokens`, of a whole request; it names the model a second time. */
  function count({ request: { body } }: Exchange, name: string): Record<string, unknown> {
    const asked: unknown =
      typeof body === 'object' && body !== null ? Reflect.get(body, 'generateContentRequest') : body
    const { model, ...request }: Record<string, unknown> = Object(asked)
    if (model !== `models/${name}`) throw new Refusal(`* CountTokensRequest.generate_content_request.model: ${model}`)
    return { totalTokens: tokensOf(checkRequest(name, request).body) }
  }

  async function route(exchange: Exchange): Promise<void> {
    const { method, path } = exchange.request
    checkKey(exchange)
    const [, name, verb] = /^\/v1beta\/models\/([^/:]+)(?::(\w+))?$/.exec(path) ?? []
    if (method === 'GET' && path === '/v1beta/models') return exchange.json(200, listModels(exchange))
    if (method === 'GET' && name !== undefined && verb === undefined) return exchange.json(200, showModel(name))
    if (method === 'POST' && name !== undefined && (verb === 'generateContent' || verb === 'streamGenerateContent')) {
      return generate(exchange, decodeURIComponent(name), verb === 'streamGenerateContent')
    }
    if (method === 'POST' && name !== undefined && verb === 'batchEmbedContents') {
      const { text, answer } = embed(decodeURIComponent(name), bodyOf(exchange))
      const directives = new Directives(text, name)
      if (await fail(exchange, directives)) return
      return playBody(exchange, directives, answer, {})
    }
    if (method === 'POST' && name !== undefined && verb === 'countTokens')
      return exchange.json(200, count(exchange, decodeURIComponent(name)))
    throw new Refusal('Not found.', 404)
  }

  return {
    provider: 'gemini',
    prefix: '/v1beta/',
    base: '',
    async answer(exchange) {
      try {
        await route(exchange)
      } catch (thrown) {
        if (!(thrown instanceof Refusal)) throw thrown
        exchange.json(thrown.status, envelope(thrown.status, thrown.message, thrown.details))
      }
    },
  }
}

/** Without `alt=sse` the stream is one JSON array. */
function asArray(all: readonly string[]): readonly string[] {
  const values = all.map((one) => one.slice('data: '.length).trim())
  return values.map((value, i) => `${i === 0 ? '[' : ',\r\n'}${value}${i === values.length - 1 ? '\n]' : ''}`)
}
