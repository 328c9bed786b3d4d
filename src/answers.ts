// From a provider's responses to the client's: streamed or whole, from one call or from several side by side.
import { type Delta, lengthOf } from './hub/delta.ts'
import type { AnswerContext, Dialect } from './hub/dialect.ts'
import { asGatewayError, GatewayError } from './hub/error.ts'
import type { AnswerReader, Call } from './hub/provider.ts'
import { collect, emptyReply } from './hub/reply.ts'
import { addUsage, type Usage } from './hub/usage.ts'
import { lateness, timesOf } from './timeouts.ts'
import { Joint, stamp, Transcoder, truncated } from './transcode.ts'
import { type Frame, type FrameReader, frameReader } from './wire/frames.ts'
import { Pieces } from './wire/pieces.ts'
import { HeldFailure, IdleTimeout, type Outcome, pump, type Source } from './wire/pump.ts'
import { sseComment } from './wire/sse.ts'

/** A call and the provider's answer to it, whose head is a good one. */
export interface Answered {
  readonly call: Call
  readonly response: Response
}

/** Sends the call that goes on with a paused answer. */
export type Send = (call: Call) => Promise<Response>

export interface StreamEnd {
  readonly outcome: Outcome
  readonly usage: Usage | undefined
  readonly error: GatewayError | undefined
  /** How much of the answer came that the usage does not count, in UTF-16 units of text. */
  readonly uncounted: number
}

export interface Streaming {
  /** Aborts when the client leaves. */
  readonly signal: AbortSignal
  /** For how long the answer is read on without it, in milliseconds, to learn what was used. */
  readonly drainMs: number
  /** How long the provider's first byte may take, in milliseconds. */
  readonly firstByteMs: number
  /** The longest silence of the provider, in milliseconds. */
  readonly idleMs: number
  readonly waitUntil: (work: Promise<unknown>) => void
  /** It is a file, in which nothing can be said: no comment, no error, and no head before its first byte. */
  readonly bytes?: boolean
  /** Called once, however the stream ends. One that fails before its head is sent has not begun: it throws instead. */
  readonly settle: (end: StreamEnd) => void
}

const HOLD_MS = 10_000
const KEEP_ALIVE_MS = 15_000
/** The longest that a timer runs. */
const NEVER_MS = 2_147_483_647
const KEEP_ALIVE = sseComment('keep-alive')

/**
 * The body of a streamed answer, once it has begun.
 * @throws GatewayError when it failed before it began.
 */
export async function streamed(
  answered: readonly Answered[],
  dialect: Dialect,
  context: AnswerContext,
  send: Send,
  streaming: Streaming,
): Promise<ReadableStream<Uint8Array>> {
  const joint = new Joint(dialect.renderer(context), answered.length)
  const goOn = async (paused: AnswerReader) => {
    if (!paused.next) throw truncated()
    const response = await send(paused.next)
    return { body: bodyOf(response), reader: paused.next.reader(response.headers) }
  }
  const sources = answered.map(({ call, response }, i) => ({
    body: bodyOf(response),
    translator: new Transcoder(joint, call.reader(response.headers), i, answered.length, goOn),
  }))
  return flow(sources, streaming, {
    fail: (error) => joint.renderer.fail(error),
    usage: () => joint.usage,
    error: () => joint.error,
    uncounted: () => joint.uncounted,
  })
}

/** What a stream's translators know when it has ended. */
export interface Told {
  readonly fail: (error: GatewayError) => string
  readonly usage: () => Usage | undefined
  readonly error: () => GatewayError | undefined
  readonly uncounted: () => number
}

/** Pumps the sources, and hands the body over as soon as there is something to say. */
export async function flow(
  sources: readonly Source[],
  { signal, drainMs, firstByteMs, idleMs, waitUntil, bytes = false, settle }: Streaming,
  told: Told,
): Promise<ReadableStream<Uint8Array>> {
  let broken: GatewayError | undefined
  let begun = false
  const pumped = pump(sources, {
    signal,
    keepAlive: bytes ? '' : KEEP_ALIVE,
    keepAliveMs: KEEP_ALIVE_MS,
    holdMs: bytes ? NEVER_MS : HOLD_MS,
    drainMs,
    firstByteMs,
    idleMs,
    fail: (thrown) => {
      broken = transportError(thrown)
      return bytes ? undefined : told.fail(broken)
    },
    settle: (outcome) => {
      const error = told.error() ?? broken
      if (begun || outcome !== 'failed') settle({ outcome, usage: told.usage(), error, uncounted: told.uncounted() })
    },
  })
  const noteBegin = () => {
    begun = true
  }
  pumped.head.then(noteBegin, () => undefined)
  waitUntil(pumped.finished)
  try {
    await pumped.head
  } catch (thrown) {
    // Nobody waits for an answer any more that is still read on for its usage.
    if (signal.aborted) await pumped.finished
    throw (thrown instanceof HeldFailure ? told.error() : undefined) ?? transportError(thrown)
  }
  return pumped.readable
}

/** A whole answer in the dialect's form, and what it used. */
export async function whole(
  answered: readonly Answered[],
  dialect: Dialect,
  context: AnswerContext,
  send: Send,
  idleMs = timesOf({}).idleMs,
): Promise<{ body: unknown } & Pick<StreamEnd, 'usage' | 'uncounted'>> {
  const all = await Promise.all(answered.map(({ call, response }) => deltasOf(call, response, send, idleMs)))
  const reply = emptyReply()
  let usage: Usage | undefined
  let uncounted = 0
  all.forEach((deltas, i) => {
    collect(all.length > 1 ? deltas.map((delta) => stamp(delta, i)) : deltas, reply)
    if (reply.usage) usage = usage ? addUsage(usage, reply.usage) : reply.usage
    else for (const delta of deltas) uncounted += lengthOf(delta)
    reply.usage = undefined
  })
  reply.usage = usage
  return { body: await dialect.reply(reply, context), usage, uncounted }
}

/** The deltas of one call's answer, and of the calls that go on with it. */
async function deltasOf(first: Call, response: Response, send: Send, idleMs: number): Promise<Delta[]> {
  const deltas: Delta[] = []
  let call: Call | undefined = first
  let answer = response
  while (call) {
    const part: { deltas: readonly Delta[]; next?: Call | undefined } = call.streams
      ? await gathered(call, answer, idleMs)
      : call.answer(parse(await textOf(answer, idleMs)), answer.headers)
    deltas.push(...part.deltas)
    call = part.next
    if (call) answer = await send(call)
  }
  return deltas
}

interface Gathered {
  readonly deltas: Delta[]
  readonly next: Call | undefined
}

/** A stream read to its end, for a client that asked for none. */
async function gathered(call: Call, response: Response, idleMs: number): Promise<Gathered> {
  const reader = call.reader(response.headers)
  const frames = frameReader(reader.framing)
  const deltas: Delta[] = []
  await readBody(response, idleMs, (chunk) => {
    for (const frame of frames.feed(chunk)) deltas.push(...reader.read(frame))
    return !reader.done
  })
  for (const frame of left(frames)) deltas.push(...reader.read(frame, true))
  if (!reader.done) deltas.push(...(reader.end?.() ?? []))
  const failed = deltas.find((delta) => delta.type === 'error')
  if (failed) throw failed.error
  if (!reader.done) throw truncated()
  return { deltas, next: reader.next }
}

/** What a body ends with. @throws GatewayError 502 when it is damaged. */
function left(frames: FrameReader): Frame[] {
  try {
    return frames.end()
  } catch (thrown) {
    throw transportError(thrown)
  }
}

/** More than this, and a whole answer would take the isolate's memory. */
const MAX_ANSWER = 48 * 1024 * 1024

/** @throws GatewayError 502 when the body breaks off, 504 when it stalls. */
export async function bytesOf(response: Response, idleMs: number): Promise<Uint8Array> {
  const pieces = new Pieces()
  let size = 0
  await readBody(response, idleMs, (chunk) => {
    size += chunk.byteLength
    if (size > MAX_ANSWER) throw new GatewayError('upstream_error', 'The answer is larger than the gateway reads.')
    pieces.push(chunk)
    return true
  })
  return pieces.take()
}

/** @throws GatewayError as `bytesOf`. */
export async function textOf(response: Response, idleMs: number): Promise<string> {
  return new TextDecoder().decode(await bytesOf(response, idleMs))
}

/**
 * Hands a body over chunk by chunk, until its end or until `take` wants no more. One timer watches all of it: a timer
 * and a race for each chunk cost more than the chunk.
 */
async function readBody(response: Response, idleMs: number, take: (chunk: Uint8Array) => boolean): Promise<void> {
  const reader = bodyOf(response).getReader()
  let since = Date.now()
  let silent: IdleTimeout | undefined
  let timer = setTimeout(function watch() {
    const left = since + idleMs - Date.now()
    if (left > 0) {
      timer = setTimeout(watch, left)
      return
    }
    silent = new IdleTimeout()
    reader.cancel(silent).catch(() => undefined)
  }, idleMs)
  let ended = false
  try {
    while (!ended) {
      const { done, value } = await reader.read()
      if (silent) throw silent
      since = Date.now()
      ended = done
      if (value && !take(value)) break
    }
  } catch (thrown) {
    throw transportError(silent ?? thrown)
  } finally {
    clearTimeout(timer)
    if (!ended) reader.cancel().catch(() => undefined)
  }
}

function bodyOf(response: Response): ReadableStream<Uint8Array> {
  if (!response.body) throw new GatewayError('upstream_error', 'The provider sent an answer without a body.')
  return response.body
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new GatewayError('upstream_error', 'The provider sent an answer that is not JSON.', { cause })
  }
}

/** What broke on the way, as the client is told. */
function transportError(thrown: unknown): GatewayError {
  const known = thrown instanceof GatewayError ? thrown : lateness(thrown)
  if (known) return known
  if (thrown instanceof RangeError) return new GatewayError('upstream_error', thrown.message)
  // Errors of the runtime's streams are plain Errors; a mistake of ours is a TypeError and the like.
  if (thrown instanceof TypeError || thrown instanceof ReferenceError) return asGatewayError(thrown)
  return truncated()
}
