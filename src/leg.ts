// One request on its way to one target: what can be refused before anything is sent, the sending, the answer.
import { bytesOf, type Streaming, streamed, whole } from './answers.ts'
import { numberIn } from './config.ts'
import type { AnswerContext, Dialect } from './hub/dialect.ts'
import { GatewayError } from './hub/error.ts'
import type { Ledger } from './hub/loss.ts'
import type { Call, Relayed, Translated } from './hub/provider.ts'
import type { ChatRequest } from './hub/request.ts'
import type { Usage } from './hub/usage.ts'
import type { AppContext } from './journey.ts'
import type { Reservation } from './limits/lease.ts'
import { complete } from './media/complete.ts'
import { relayedAnswer, relayedStream } from './relay.ts'
import { STREAM_HEADERS } from './response-headers.ts'
import type { Target, Traffic } from './target.ts'
import type { Outcome } from './wire/pump.ts'
import { spliceValue } from './wire/splice.ts'

/** What all targets of a request share. */
export interface Trip {
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

/** One request on its way to one target. */
export interface Leg extends Trip {
  readonly target: Target
  readonly ledger: Ledger
}

/** A request that is ready to be sent, and what it counts as. */
interface Prepared {
  readonly calls: number
  readonly go: () => Promise<Response>
}

/** Everything that can be refused before anything is sent or charged. */
export async function prepare(leg: Leg): Promise<Prepared> {
  const { chat } = leg.target.provider
  return 'relay' in chat ? relay(leg, chat) : call(leg, chat)
}

/** The provider speaks the dialect: the request changes only its model, the answer not at all. */
function relay(leg: Leg, { relay: { path } }: Relayed): Prepared {
  const { dialect, request, text, target, traffic } = leg
  const body = spliceValue(text, 'model', JSON.stringify(target.route.model))
  const go = async () => {
    const response = await target.send({ path, headers: {}, body, streams: request.fields.stream === true })
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
  const encoded = chat.encode(request, target.route.model, ledger, target.route.slot)
  const go = async () => {
    const around = { network: c.env.MEDIA ?? globalThis, own: new URL(c.req.url).hostname, signal: traffic.signal }
    const sent = await traffic.journey.time('upstream', complete(encoded, around))
    const answered = await Promise.all(Array.from({ length: calls }, () => target.answer(sent)))
    const goOn = (next: Call) => target.send(next)
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
  const { journey, gone } = leg.traffic
  journey.note({ status: 200 })
  journey.settle(gone.aborted ? 'client_gone' : outcome, { usage, error })
}

function contextOf({ request, report, ledger, traffic }: Leg): AnswerContext {
  const id = traffic.journey.id.replace(/^req_/, '')
  return { request, id, created: Math.floor(Date.now() / 1000), report: report ? ledger.losses : undefined }
}

function streaming(leg: Leg): Streaming {
  const { times, gone, drainMs, waitUntil } = leg.traffic
  return {
    signal: gone,
    drainMs,
    firstByteMs: times.firstByteMs,
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
