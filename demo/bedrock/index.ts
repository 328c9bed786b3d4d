// Amazon Bedrock's Converse in miniature, in its binary stream and with its signatures.
// https://docs.aws.amazon.com/bedrock/latest/userguide/conversation-inference.html
import { hash } from 'node:crypto'
import { Attempts } from '../attempts.ts'
import { Directives } from '../directives.ts'
import type { Exchange } from '../exchange.ts'
import { misbehave, playBody, playStream } from '../play.ts'
import type { Service } from '../service.ts'
import { tokensOf } from '../tokens.ts'
import { answer } from './answer.ts'
import { invoke } from './invoke.ts'
import { checkKey } from './key.ts'
import { MODELS } from './models.ts'
import { Refusal } from './refusal.ts'
import { checkConverse } from './rules.ts'
import { damaged, exception, frames, LAST, wholeAnswer } from './stream.ts'
import { lastUserText } from './wire.ts'

const PREFIX = '/bedrock'

/** Failures that are nobody's fault, as the service names them. */
const FAILURES: Readonly<Record<number, readonly [string, string]>> = {
  403: ['AccessDeniedException', "You don't have access to the model with the specified model ID."],
  404: ['ResourceNotFoundException', 'Could not resolve the foundation model from the provided model identifier.'],
  408: ['ModelTimeoutException', 'The model took too long.'],
  424: ['ModelErrorException', 'The model failed.'],
  429: ['ThrottlingException', 'Too many requests, please wait before trying again.'],
  500: ['InternalServerException', 'The system encountered an unexpected error.'],
  503: ['ServiceUnavailableException', 'Bedrock is unable to process your request.'],
}

const requestId = ({ sequence }: Exchange): string =>
  hash('md5', `bedrock/${sequence}`).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')

const modelList = {
  modelSummaries: MODELS.map(({ id }) => ({
    modelId: id,
    modelName: id,
    providerName: id.split('.')[0],
    inputModalities: ['TEXT'],
    outputModalities: ['TEXT'],
    responseStreamingSupported: true,
    inferenceTypesSupported: ['ON_DEMAND'],
    modelLifecycle: { status: 'ACTIVE' },
  })),
}

/** A runtime with a memory for attempts of its own. */
export function bedrock(): Service {
  const attempts = new Attempts()

  /** Failures that a directive asks for. True: answered. */
  async function fail(exchange: Exchange, directives: Directives): Promise<boolean> {
    const overloaded = directives.has('overloaded') || directives.has('overloaded-first')
    const flaky = attempts.fails(exchange, directives)
    const status = directives.status?.status ?? (overloaded ? 503 : flaky ? 500 : undefined)
    if (status === undefined) return misbehave(exchange, directives)
    const [type, message] = FAILURES[status] ?? ['ValidationException', `The demo was asked for a ${status}.`]
    throw new Refusal(message, type, status)
  }

  async function converse(exchange: Exchange, id: string, stream: boolean): Promise<void> {
    const request = checkConverse(exchange.request.body, id, stream)
    const directives = new Directives(lastUserText(request.body), id)
    // A stream can say 200 and fail all the same; an answer in one piece cannot.
    const late = directives.has('overloaded-first') && stream
    if (!late && (await fail(exchange, directives))) return
    const headers = { 'x-amzn-requestid': requestId(exchange) }
    const said = answer(request, directives, exchange.sequence)
    if (!stream) return playBody(exchange, directives, wholeAnswer(said), headers)
    const error = exception('serviceUnavailableException', 'Bedrock is unable to process your request.')
    exchange.head(200, { 'content-type': 'application/vnd.amazon.eventstream', ...headers })
    const all = late ? [error] : frames(said, directives.has('unknown'))
    return playStream(exchange, directives, all, { error, last: LAST, garbage: damaged() })
  }

  /** How long a prompt is: only what is part of it may stand there. */
  function count({ request: { body } }: Exchange, id: string): Record<string, unknown> {
    const { converse: asked, ...others }: Record<string, unknown> = Object(Object(body).input)
    if (Object.keys(others).length > 0) throw new Refusal('Malformed input.', 'ValidationException', 400)
    return { inputTokens: tokensOf(checkConverse(asked, id, false).body) }
  }

  async function route(exchange: Exchange): Promise<void> {
    const { method, path } = exchange.request
    checkKey(exchange, Date.now())
    if (path === `${PREFIX}/foundation-models` && method === 'GET') {
      return exchange.json(200, modelList, { 'x-amzn-requestid': requestId(exchange) })
    }
    const [, invoked] = /^\/bedrock\/model\/([^/]+)\/invoke$/.exec(path) ?? []
    if (invoked !== undefined && method === 'POST') {
      const { text, body, headers } = invoke(decodeURIComponent(invoked), exchange.request.body)
      const directives = new Directives(text, '')
      if (await fail(exchange, directives)) return
      return playBody(exchange, directives, body, { 'x-amzn-requestid': requestId(exchange), ...headers })
    }
    const [, counted] = /^\/bedrock\/model\/([^/]+)\/count-tokens$/.exec(path) ?? []
    if (counted !== undefined && method === 'POST')
      return exchange.json(200, count(exchange, decodeURIComponent(counted)), {
        'x-amzn-requestid': requestId(exchange),
      })
    const [, id, stream] = /^\/bedrock\/model\/([^/]+)\/converse(-stream)?$/.exec(path) ?? []
    if (id === undefined)
      throw new Refusal('The requested operation is not recognized.', 'UnknownOperationException', 404)
    if (method !== 'POST') throw new Refusal('Method not allowed.', 'UnknownOperationException', 405)
    return converse(exchange, decodeURIComponent(id), stream !== undefined)
  }

  return {
    provider: 'bedrock',
    prefix: `${PREFIX}/`,
    base: PREFIX,
    async answer(exchange) {
      try {
        await route(exchange)
      } catch (thrown) {
        if (!(thrown instanceof Refusal)) throw thrown
        thrown.send(exchange, { 'x-amzn-requestid': requestId(exchange) })
      }
    },
  }
}
