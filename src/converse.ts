// Conversations: a dialect's request on its way to a provider that speaks it, or another language.
import { bytesOf, streamed, whole } from './answers.ts'
import { readBytes, release } from './body.ts'
import { numberIn } from './config.ts'
import { missing } from './endpoints/missing.ts'
import type { AnswerContext, Dialect, Keep } from './hub/dialect.ts'
import { asGatewayError, GatewayError } from './hub/error.ts'
import { decode, LARGE } from './hub/large-json.ts'
import { Ledger } from './hub/loss.ts'
import type { Call, ChatProvider, Needs } from './hub/provider.ts'
import type { ChatRequest } from './hub/request.ts'
import type { Binding } from './keys/binding.ts'
import { routes } from './keys/route.ts'
import { parseBytes } from './large-body.ts'
import { type Asking, type Endpoint, type Errand, type Leg, type Prepared, settle, streamingOf } from './leg.ts'
import { answersIn, inputTokens, mostOutput, type Size } from './limits/estimate.ts'
import { complete } from './media/complete.ts'
import { type Remember, relayedAnswer, relayedStream } from './relay.ts'
import { askUsage } from './relay-usage.ts'
import { STREAM_HEADERS } from './response-headers.ts'
import { providerOf } from './translate.ts'
import { spliceBytes, spliceValue } from './wire/splice.ts'
import { piecesUpload, type Upload } from './wire/upload.ts'

/** What a client said, in its dialect. */
export interface Said {
  readonly dialect: Dialect
  readonly request: ChatRequest
  readonly body: unknown
  /** The body as the client wrote it, where somebody may get it as it is. */
  readonly bytes: Uint8Array | undefined
  /** Of a dialect whose answers can be asked for again. */
  readonly keeping?: Keeping
}

/** How answers are kept, and what that asks of a target. */
export interface Keeping {
  /**
   * @param relays the target speaks the dialect itself.
   * @throws GatewayError 400 for a target that cannot go on with what was kept.
   */
  check(leg: Leg, relays: boolean): void
  /** Keeps a translated answer; undefined where it is not to be kept. */
  keep(leg: Leg): Keep | undefined
  /** Remembers who keeps a relayed one. */
  remember(leg: Leg): Remember | undefined
}

/** The endpoint of a dialect. */
export function converse(dialect: Dialect): Endpoint {
  return async (asking) => {
    const { bytes, body } = await bodyOf(asking) //         400 413
    const request = dialect.read(body) //                   400
    return errandOf({ dialect, request, body, bytes }, asking.binding)
  }
}

/**
 * What is asked, as the client wrote it and as it is parsed.
 * @throws GatewayError 400 413
 */
export async function bodyOf({ c, request }: Asking): Promise<{ readonly bytes: Uint8Array; readonly body: unknown }> {
  const bytes = await readBytes(request, numberIn(c.env.MAX_BODY_BYTES, 33_554_432))
  return { bytes, body: parseBytes(bytes) }
}

/** A conversation on its way to any target. A large body is held no longer than somebody may get it as it is. */
export function errandOf(said: Said & { readonly bytes: Uint8Array }, binding: Binding): Errand {
  const { dialect, bytes } = said
  const { fields, origin } = said.request
  const kept = bytes.length < LARGE || mayRelay(dialect, binding, fields.model)
  if (!kept) release(bytes)
  return {
    model: fields.model,
    streams: fields.stream === true,
    tier: /^(?:auto|default)$/.test(fields.service_tier ?? 'auto') ? undefined : (fields.service_tier ?? undefined),
    pathOf: origin?.pathOf,
    knows: (field) => origin?.knows(field) ?? Object.hasOwn(fields, field),
    prepare: (leg) => prepare(leg, kept ? said : { ...said, bytes: undefined }),
  }
}

function mayRelay({ name }: Dialect, binding: Binding, model: string): boolean {
  return routes(binding, model).some((route) => providerOf(route).relays?.(name, route.model, route.slot) !== undefined)
}

/** The body as the client wrote it, but for the name of the model. */
function named(bytes: Uint8Array, model: string): string | Upload {
  const value = JSON.stringify(model)
  if (bytes.length < LARGE) return spliceValue(decode(bytes), 'model', value)
  return piecesUpload('application/json', spliceBytes(bytes, 'model', value))
}

function prepare(leg: Leg, said: Said): Prepared {
  const { provider, route } = leg.target
  const path = provider.relays?.(said.dialect.name, route.model, route.slot)
  said.keeping?.check(leg, path !== undefined)
  return path === undefined ? translated(leg, said) : relayed(leg, said, path)
}

/** The provider speaks the dialect: the request changes only its model, the answer not at all. */
function relayed(leg: Leg, said: Said, path: string): Prepared {
  const { dialect, request, bytes, keeping } = said
  if (!bytes) throw new TypeError('The body is gone.')
  const { target, traffic } = leg
  const { model } = target.route
  // A stream tells its usage only if it is asked to. Where tokens are limited it has to.
  const asking = traffic.metered ? askUsage(dialect.name, decode(bytes), request) : undefined
  const sent = {
    path,
    headers: passed(dialect, traffic.client),
    body:
      asking === undefined
        ? relayedBody(leg, request, (model) => named(bytes, model))
        : spliceValue(asking, 'model', JSON.stringify(model)),
    streams: request.fields.stream === true,
  }
  const go = async () => {
    const response = await target.send(sent)
    const context = contextOf(leg, request)
    const remember = keeping?.remember(leg)
    if (request.fields.stream) {
      const relaying = { asked: asking !== undefined, remember }
      return stream(await relayedStream(response, dialect, context, streamingOf(leg), relaying))
    }
    const bytes = await bytesOf(response, traffic.times.idleMs)
    const answer = relayedAnswer(bytes, dialect.tap(request), context.report)
    if (answer.id !== undefined) await remember?.(answer.id)
    settle(leg, 'complete', answer.usage, answer)
    return new Response(answer.body, { headers: { 'content-type': 'application/json' } })
  }
  return { calls: 1, size: sizeOf(leg, said, 1, 1), sends: [sent], go }
}

/** The client's body, but for the model's name, and for what the provider cannot take. */
export function relayedBody<B>(
  { target, ledger }: Leg,
  { origin }: ChatRequest,
  named: (model: string) => B,
): B | string {
  const anew = origin?.relayed?.()
  for (const loss of anew?.losses ?? []) ledger.tell(loss)
  const { model } = target.route
  return anew ? spliceValue(anew.text, 'model', JSON.stringify(model)) : named(model)
}

/** What of a client's headers goes with a request that is relayed. */
export function passed({ passes = [] }: Dialect, client: Headers): Record<string, string> {
  return Object.fromEntries(passes.flatMap((name) => [[name, client.get(name)] as const].filter(isSaid)))
}

function isSaid(header: readonly [string, string | null]): header is readonly [string, string] {
  return header[1] !== null
}

/** The provider speaks a language of its own. */
function translated(leg: Leg, said: Said): Prepared {
  const { dialect, request: read, keeping } = said
  const { c, target, traffic, ledger } = leg
  const { chat } = target.provider
  if (!chat) throw missing(target, 'conversations')
  const request = read.origin?.translate?.(chat) ?? read
  for (const loss of request.origin?.losses ?? []) ledger.tell(loss)
  // Each of several is made one choice of. One alone is sent as often as it wants choices, where a call gives only one.
  const times = request.several ? 1 : callsOf(request, chat, c.env)
  const encoded = spelled(request, () => encode(leg, chat, request))
  const each = <T>(calls: readonly T[]) => Array.from({ length: times }, () => calls).flat()
  const go = async () => {
    const around = { network: c.env.MEDIA ?? globalThis, own: new URL(c.req.url).hostname, signal: traffic.signal }
    const ready = await traffic.journey.time('upstream', Promise.all(encoded.map((call) => complete(call, around))))
    const answered = await Promise.all(each(ready).map((call) => target.answer(call)))
    const goOn = (next: Call) => target.send(next)
    const keep = keeping?.keep(leg)
    const context = { ...contextOf(leg, request), ...(keep && { keep }) }
    if (request.fields.stream) return stream(await streamed(answered, dialect, context, goOn, streamingOf(leg)))
    const answer = await whole(answered, dialect, context, goOn, traffic.times.idleMs)
    settle(leg, 'complete', answer.usage, answer)
    return Response.json(answer.body)
  }
  const sends = each(encoded).map((call) => ({ ...call, ...(call.needs && { fetches: addresses(call.needs) }) }))
  const size = sizeOf(leg, said, times, sends.length)
  return { calls: sends.length, size, sends, go: () => spelled(request, go) }
}

/** @param times how often its input is sent. */
function sizeOf({ traffic }: Leg, { body }: Said, times: number, calls: number): Size | undefined {
  if (!traffic.metered || typeof body !== 'object' || body === null) return undefined
  return { input: times * inputTokens(body), answers: Math.max(calls, answersIn(body)), most: mostOutput(body) }
}

/** The calls of a request, one for each that it stands for. What they lose, all of them lose: it is told once. */
function encode({ c, target, ledger }: Leg, chat: ChatProvider, request: ChatRequest): readonly Call[] {
  const { route } = target
  const { several = [request] } = request
  const most = mostChoices(c.env)
  if (request.several && several.length > most) {
    const message = `The request asks for ${several.length} answers at once, of ${most} at most.`
    throw new GatewayError('array_above_max_length', message, { param: 'messages' })
  }
  return several.map((one, i) => chat.encode(one, route.model, i === 0 ? ledger : new Ledger(false), route.slot))
}

function addresses({ urls }: Needs): string[] {
  return urls.map(({ url }) => url)
}

/** What fails names the fields as the client does. */
function spelled<T>({ origin }: ChatRequest, work: () => T): T {
  if (!origin) return work()
  const fail = (thrown: unknown): never => {
    const error = asGatewayError(thrown)
    const { param } = error.details
    throw param ? error.with({ param: origin.pathOf(param) }) : error
  }
  try {
    const result = work()
    return result instanceof Promise ? (result.catch(fail) as T) : result
  } catch (thrown) {
    return fail(thrown)
  }
}

function contextOf({ report, ledger, traffic }: Leg, request: ChatRequest): AnswerContext {
  const id = traffic.journey.id.replace(/^req_/, '')
  return { request, id, created: seconds(), now: seconds, report: report ? ledger.losses : undefined }
}

const seconds = () => Math.floor(Date.now() / 1000)

function stream(body: ReadableStream<Uint8Array>): Response {
  return new Response(body, { headers: STREAM_HEADERS })
}

/**
 * How many calls a request takes: one a choice, where the provider gives only one.
 * @throws GatewayError 400 for more than `MAX_CHOICES`.
 */
function callsOf({ fields }: ChatRequest, { table }: ChatProvider, env: Env): number {
  if (table.fields.n.kind !== 'emulated') return 1
  const count = fields.n ?? 1
  const most = mostChoices(env)
  if (count <= most) return count
  const message = `Invalid 'n': integer above maximum value. Expected a value <= ${most}, but got ${count} instead.`
  throw new GatewayError('integer_above_max_value', message, { param: 'n' })
}

function mostChoices(env: Env): number {
  return numberIn(env.MAX_CHOICES, 8)
}
