// The journey of one request, from the client's words to the provider's and back. Read this page first.
import { bytesOf, type Streaming, streamed, whole } from './answers.ts'
import { readText } from './body.ts'
import { numberIn } from './config.ts'
import type { AnswerContext, Dialect } from './hub/dialect.ts'
import { asGatewayError, GatewayError, scrub } from './hub/error.ts'
import { parseJson } from './hub/json.ts'
import { Ledger, type Loss } from './hub/loss.ts'
import type { Provider, Relayed, Translated } from './hub/provider.ts'
import type { ChatRequest } from './hub/request.ts'
import type { Usage } from './hub/usage.ts'
import type { AppContext, Journey } from './journey.ts'
import { authenticate, checkOrigin } from './keys/authenticate.ts'
import { type Route, routes } from './keys/route.ts'
import { limitHeaders } from './limits/headers.ts'
import { leases, type Reservation } from './limits/lease.ts'
import type { Windows } from './limits/meters.ts'
import { providers } from './providers/index.ts'
import { relayedAnswer, relayedStream } from './relay.ts'
import { wishesOf } from './request-headers.ts'
import { routeHeaders, STREAM_HEADERS } from './response-headers.ts'
import { Target, type Traffic } from './target.ts'
import { deadline, timesOf } from './timeouts.ts'
import type { Outcome } from './wire/pump.ts'
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
  const text = await readText(raw, numberIn(c.env.MAX_BODY_BYTES, 33_554_432)) // 400 413
  const request = dialect.read(parseJson(text)) //                         400
  const choices = routes(binding, request.fields.model) //                 404
  const lease = (requests: number) => {
    const { id: keyId, limits, limitsMode: mode } = binding
    const reservation = leases.reserve({ limiter: c.env.LIMITER, keyId, limits, mode, requests, waitUntil })
    journey.atEnd(() => reservation.settle())
    return reservation
  }
  const traffic: Traffic = {
    journey,
    limiter: c.env.LIMITER,
    client: raw.headers,
    signal: untilTooLate(raw.signal, journey, binding.timeouts.total_ms),
    times: timesOf(binding.timeouts),
    waitUntil,
  }
  const strict = wishes.strict || binding.strict
  return firstOf(choices, strict, { c, dialect, request, text, traffic, lease, report: wishes.report })
}

/** What all targets of a request share. */
interface Trip {
  readonly c: AppContext
  readonly dialect: Dialect
  readonly request: ChatRequest
  /** The body as the client wrote it. */
  readonly text: string
  readonly traffic: Traffic
  /** Counts so many requests against the key's limits. */
  readonly lease: (requests: number) => Reservation
  readonly report: boolean
}

/** The answer of the first target that has one. Each is encoded from the client's own request. */
async function firstOf(choices: readonly Route[], strict: boolean, trip: Trip): Promise<Response> {
  const { journey, signal } = trip.traffic
  let failure: GatewayError | undefined
  let counted = 0
  let own: Windows = {}
  for (const [i, route] of choices.entries()) {
    const before = journey.headers
    journey.headers = {}
    let skipped = false
    let over = false
    const target = new Target(route, providerOf(route), trip.traffic)
    const ledger = new Ledger(strict)
    const leg: Leg = { ...trip, target, ledger }
    try {
      journey.note({ route: scrub(route.name) })
      const { calls, go } = await journey.time('translate', prepare(leg)) //   400
      journey.note({ losses: lossesIn(trip.request, ledger.losses) })
      // A target that takes more calls than those before it is charged the rest.
      const reservation = trip.lease(Math.max(0, calls - counted))
      counted = Math.max(counted, calls)
      try {
        await journey.time('limit', reservation.granted) //                    401 429 503
      } catch (refusal) {
        // The key's own limits are the same for every target.
        over = true
        throw refusal
      } finally {
        own = reservation.windows()
      }
      return await go() //                                                     the provider's own, 502 504
    } catch (thrown) {
      const error = asGatewayError(thrown)
      target.abandon()
      // A target that would lose something is skipped, which says nothing of those that were called.
      skipped = strict && isLoss(error)
      if (!skipped) failure = error
      over ||= signal.aborted || !(skipped || mayFallBack(error)) || i === choices.length - 1
      if (over) throw failure ?? error
    } finally {
      Object.assign(journey.headers, {
        ...limitHeaders(own, target.windows(), Date.now()),
        ...routeHeaders(route.name, ledger.losses),
      })
      if (skipped && failure) journey.headers = before
    }
  }
  throw new GatewayError('server_error', 'No target is left.')
}

/** One request on its way to one target. */
interface Leg extends Trip {
  readonly target: Target
  readonly ledger: Ledger
}

/** A request that is ready to be sent, and what it counts as. */
interface Prepared {
  readonly calls: number
  readonly go: () => Promise<Response>
}

/** Everything that can be refused before anything is sent or charged. */
async function prepare(leg: Leg): Promise<Prepared> {
  const { chat } = leg.target.provider
  return 'relay' in chat ? relay(leg, chat) : call(leg, chat)
}

/** The provider speaks the dialect: the request changes only its model, the answer not at all. */
function relay(leg: Leg, { relay: { path } }: Relayed): Prepared {
  const { dialect, request, text, target, traffic } = leg
  const body = spliceValue(text, 'model', JSON.stringify(target.route.model))
  const go = async () => {
    const response = await target.send({ path, headers: {}, body })
    const context = contextOf(leg)
    if (request.fields.stream) return stream(await relayedStream(response, dialect, context, streaming(leg)))
    const bytes = await bytesOf(response, traffic.times.idleMs)
    const answer = relayedAnswer(bytes, dialect.tap(request), context.report)
    settle(leg, 'complete', answer.usage)
    return new Response(answer.body, { headers: { 'content-type': 'application/json' } })
  }
  return { calls: 1, go }
}

/** The provider speaks a language of its own. */
function call(leg: Leg, chat: Translated): Prepared {
  const { c, dialect, request, target, traffic, ledger } = leg
  const calls = callsOf(request, chat, c.env)
  const sent = chat.encode(request, target.route.model, ledger)
  const go = async () => {
    const answered = await Promise.all(Array.from({ length: calls }, () => target.answer(sent)))
    const goOn = (next: typeof sent) => target.send(next)
    const context = contextOf(leg)
    if (request.fields.stream) return stream(await streamed(answered, dialect, context, goOn, streaming(leg)))
    const { body, usage } = await whole(answered, dialect, context, goOn, traffic.times.idleMs)
    settle(leg, 'complete', usage)
    return Response.json(body)
  }
  return { calls, go }
}

/** The end of a request whose head went out, or was about to. */
function settle(leg: Leg, outcome: Outcome, usage: Usage | undefined, error?: GatewayError): void {
  const { journey } = leg.traffic
  journey.note({ status: 200 })
  journey.settle(outcome, { usage, error })
}

function contextOf({ request, report, ledger }: Leg): AnswerContext {
  return { request, created: Math.floor(Date.now() / 1000), report: report ? ledger.losses : undefined }
}

function streaming(leg: Leg): Streaming {
  const { times, waitUntil } = leg.traffic
  return {
    signal: leg.c.req.raw.signal,
    idleMs: times.idleMs,
    waitUntil,
    settle: ({ outcome, usage, error }) => settle(leg, outcome, usage, error),
  }
}

function stream(body: ReadableStream<Uint8Array>): Response {
  return new Response(body, { headers: STREAM_HEADERS })
}

/**
 * How many calls a request takes: one a choice, where the provider gives only one.
 * @throws GatewayError 400 for more than `MAX_CHOICES`.
 */
function callsOf({ fields }: ChatRequest, { table }: Translated, env: Env): number {
  if (table.fields.n.kind !== 'emulated') return 1
  const count = fields.n ?? 1
  const most = numberIn(env.MAX_CHOICES, 8)
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
