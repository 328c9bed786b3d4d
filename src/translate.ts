// The journey of one request, from the client's words to the provider's and back. Read this page first.
import { bytesOf, type Streaming, streamed, whole } from './answers.ts'
import { readText } from './body.ts'
import type { AnswerContext, Dialect } from './hub/dialect.ts'
import { asGatewayError, GatewayError, scrub } from './hub/error.ts'
import { parseJson } from './hub/json.ts'
import { Ledger, type Loss } from './hub/loss.ts'
import type { Provider, Relayed, Translated } from './hub/provider.ts'
import type { ChatRequest } from './hub/request.ts'
import type { AppContext, Journey } from './journey.ts'
import { authenticate, checkOrigin } from './keys/authenticate.ts'
import { type Route, routes } from './keys/route.ts'
import { limitHeaders } from './limits/headers.ts'
import { leases } from './limits/lease.ts'
import { providers } from './providers/index.ts'
import { relayedAnswer, relayedStream } from './relay.ts'
import { wishesOf } from './request-headers.ts'
import { routeHeaders, STREAM_HEADERS } from './response-headers.ts'
import { Target, type Traffic } from './target.ts'
import { deadline, timesOf } from './timeouts.ts'
import { spliceValue } from './wire/splice.ts'

/** Answers one request of a dialect. */
export async function translate(c: AppContext, dialect: Dialect): Promise<Response> {
  const journey = c.get('journey')
  const { raw } = c.req
  const waitUntil = (work: Promise<unknown>) => c.executionCtx.waitUntil(work)

  waitUntil(journey.over)

  const binding = await journey.time('auth', authenticate(raw, c.env)) //  401 503
  journey.note({ key_id: binding.id })
  checkOrigin(binding, raw) //                                             403
  const wishes = wishesOf(raw.headers) //                                  400
  const text = await readText(raw, Number(c.env.MAX_BODY_BYTES)) //        400 413
  const request = dialect.read(parseJson(text)) //                         400
  const choices = routes(binding, request.fields.model) //                 404
  const lease = leases.reserve({
    limiter: c.env.LIMITER,
    keyId: binding.id,
    limits: binding.limits,
    mode: binding.limitsMode,
    requests: callsOf(request, providerOf(choices[0]), c.env), //          400
    waitUntil,
  })
  journey.atEnd(() => lease.settle())
  let ownRefusal: unknown
  lease.granted.catch((refusal: unknown) => {
    ownRefusal = refusal
  })
  const traffic: Traffic = {
    journey,
    limiter: c.env.LIMITER,
    client: raw.headers,
    signal: untilTooLate(raw.signal, journey, binding.timeouts.total_ms),
    times: timesOf(binding.timeouts),
    waitUntil,
  }
  const strict = wishes.strict || binding.strict
  let failure: GatewayError | undefined

  for (const [i, route] of choices.entries()) {
    const before = journey.headers
    journey.headers = {}
    let skipped = false
    const target = new Target(route, providerOf(route), traffic)
    const ledger = new Ledger(strict)
    try {
      const trip: Trip = { c, dialect, request, text, target, ledger, traffic, report: wishes.report }
      const go = await journey.time('translate', prepare(trip)) //         400
      await journey.time('limit', lease.granted) //                        429 503
      return await go() //                                                 the provider's own, 502 504
    } catch (thrown) {
      const error = asGatewayError(thrown)
      target.abandon()
      // A target that would lose something is skipped, which says nothing of those that were called.
      skipped = strict && isLoss(error)
      if (!skipped) failure = error
      // The key's own limits and the time that is left are the same for every target.
      const final = error === ownRefusal || traffic.signal.aborted || !(skipped || mayFallBack(error))
      if (final || i === choices.length - 1) throw failure ?? error
    } finally {
      Object.assign(journey.headers, {
        ...limitHeaders(lease.windows(), target.windows(), Date.now()),
        ...routeHeaders(route.name, ledger.losses),
      })
      if (skipped && failure) journey.headers = before
      else journey.note({ route: scrub(route.name), losses: lossesIn(request, ledger.losses) })
    }
  }
  throw new GatewayError('server_error', 'No target is left.')
}

/** One request on its way to one target. */
interface Trip {
  readonly c: AppContext
  readonly dialect: Dialect
  readonly request: ChatRequest
  /** The body as the client wrote it. */
  readonly text: string
  readonly target: Target
  readonly ledger: Ledger
  readonly traffic: Traffic
  readonly report: boolean
}

/** Everything that can be refused before anything is sent, and then the sending of it. */
async function prepare(trip: Trip): Promise<() => Promise<Response>> {
  const { chat } = trip.target.provider
  return 'relay' in chat ? relay(trip, chat) : call(trip, chat)
}

/** The provider speaks the dialect: the request changes only its model, the answer not at all. */
function relay(trip: Trip, { relay: { path } }: Relayed): () => Promise<Response> {
  const { dialect, request, text, target, traffic } = trip
  const body = spliceValue(text, 'model', JSON.stringify(target.route.model))
  return async () => {
    const response = await target.send({ path, headers: {}, body })
    const context = contextOf(trip)
    if (!request.fields.stream) {
      const bytes = await bytesOf(response, traffic.times.idleMs)
      const answer = relayedAnswer(bytes, dialect.tap(request), context.report)
      traffic.journey.settle('complete', { usage: answer.usage })
      return new Response(answer.body, { headers: { 'content-type': 'application/json' } })
    }
    return stream(await relayedStream(response, dialect, context, streaming(trip)))
  }
}

/** The provider speaks a language of its own. */
function call(trip: Trip, chat: Translated): () => Promise<Response> {
  const { c, dialect, request, target, traffic, ledger } = trip
  const count = callsOf(request, target.provider, c.env)
  const sent = chat.encode(request, target.route.model, ledger)
  return async () => {
    const answered = await Promise.all(Array.from({ length: count }, () => target.answer(sent)))
    const goOn = (next: typeof sent) => target.send(next)
    const context = contextOf(trip)
    if (request.fields.stream) return stream(await streamed(answered, dialect, context, goOn, streaming(trip)))
    const { body, usage } = await whole(answered, dialect, context, goOn, traffic.times.idleMs)
    traffic.journey.settle('complete', { usage })
    return Response.json(body)
  }
}

function contextOf({ request, report, ledger }: Trip): AnswerContext {
  return { request, created: Math.floor(Date.now() / 1000), report: report ? ledger.losses : undefined }
}

function streaming({ c, traffic: { journey, times, waitUntil } }: Trip): Streaming {
  return {
    signal: c.req.raw.signal,
    idleMs: times.idleMs,
    waitUntil,
    settle: ({ outcome, usage, error }) => journey.settle(outcome, { usage, error }),
  }
}

function stream(body: ReadableStream<Uint8Array>): Response {
  return new Response(body, { headers: STREAM_HEADERS })
}

/**
 * How many calls a request takes: one a choice, where the provider gives only one.
 * @throws GatewayError 400 for more than `MAX_CHOICES`.
 */
function callsOf({ fields }: ChatRequest, { chat }: Provider, env: Env): number {
  if (chat.table.fields.n.kind !== 'emulated') return 1
  const count = fields.n ?? 1
  const most = Number(env.MAX_CHOICES)
  if (count <= most) return count
  const message = `Invalid 'n': integer above maximum value. Expected a value <= ${most}, but got ${count} instead.`
  throw new GatewayError('integer_above_max_value', message, { param: 'n' })
}

function providerOf({ slot }: Route): Provider {
  const provider = providers.get(slot.provider)
  if (!provider) throw new GatewayError('not_configured', `The provider of slot '${slot.name}' is not known here.`)
  return provider
}

/** Whether another target may do what this one did not. */
function mayFallBack({ status }: GatewayError): boolean {
  return status === 408 || status === 409 || status === 429 || status >= 500
}

/** What strict mode makes of a loss. */
function isLoss({ code }: GatewayError): boolean {
  return code === 'unsupported_parameter' || code === 'unsupported_value'
}

/** The losses as the log may have them: the names of fields that OpenAI does not know are the client's own words. */
function lossesIn({ fields }: ChatRequest, losses: readonly Loss[]): string[] {
  return losses.map(({ path, kind }) => {
    const field = /^\w*/.exec(path)?.[0] ?? ''
    return `${Object.hasOwn(fields, field) ? field : '?'} ${kind}`
  })
}

/** The client's signal, and the end of the time that the key gives to a request. */
function untilTooLate(signal: AbortSignal, journey: Journey, totalMs: number | undefined): AbortSignal {
  if (totalMs === undefined) return signal
  const total = deadline(totalMs, 'The answer took longer than the key allows.')
  journey.atEnd(total.clear)
  return AbortSignal.any([signal, total.signal])
}
