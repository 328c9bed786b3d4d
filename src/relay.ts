// An answer in the client's own wire: its bytes pass, and are watched.
import { flow, type Streaming } from './answers.ts'
import type { AnswerContext, Dialect, Tap } from './hub/dialect.ts'
import { GatewayError } from './hub/error.ts'
import { jsonIn } from './hub/json.ts'
import type { Loss } from './hub/loss.ts'
import { EditingTranslator } from './relay-edits.ts'
import { truncated } from './transcode.ts'
import { Pieces } from './wire/pieces.ts'
import type { Translator } from './wire/pump.ts'
import { SseBoundary, SseReader } from './wire/sse.ts'

const encoder = new TextEncoder()

/** Remembers what the provider calls an answer. Never rejects. */
export type Remember = (id: string) => Promise<unknown>

/**
 * Passes whole events only. What of an event has come is kept until the rest has, so that an answer that is torn there
 * can still be told of by an event of our own. Nothing passes before the first event that has data: a page of HTML is
 * no answer, and a comment no reason to send the head.
 */
export class RelayTranslator implements Translator {
  readonly done = false
  readonly #tap: Tap
  readonly #fail: (error: GatewayError) => string
  readonly #boundary = new SseBoundary()
  readonly #events = new SseReader()
  readonly #held = new Pieces()
  begun = false
  failed = false
  error: GatewayError | undefined
  readonly #remember: Remember | undefined
  /** Resolves when the answer's name is remembered. */
  #remembered: Promise<unknown> | undefined
  /** The end of the answer, which waits for that: a name that is told is one that can be asked for. */
  readonly #closing = new Pieces()
  #closes = false

  constructor(tap: Tap, fail: (error: GatewayError) => string, remember?: Remember) {
    this.#tap = tap
    this.#fail = fail
    this.#remember = remember
  }

  feed(chunk: Uint8Array): Uint8Array {
    const out = new Pieces()
    let from = 0
    for (const end of this.#boundary.ends(chunk)) {
      const part = chunk.subarray(from, end)
      from = end
      this.#held.push(part)
      for (const { data } of this.#events.feed(part)) {
        if (!this.#see(data)) return this.#torn(out)
      }
      if (this.begun || this.failed) (this.#closes && !this.failed ? this.#closing : out).push(this.#held.take())
      // What a service says after its own error is cut off, however it came.
      if (this.failed) return out.take()
    }
    const rest = chunk.subarray(from)
    this.#held.push(rest)
    this.#events.feed(rest)
    return out.take()
  }

  end(): Uint8Array {
    const { begun } = this
    let cut = false
    for (const { data } of this.#events.end()) {
      // The body ended within an event: that is no clean end, whatever had been said before.
      cut = !this.#tap.closes(data) && jsonIn(data) === undefined
      if (cut || !this.#see(data)) break
    }
    this.error ??= this.#tap.left?.()
    this.failed ||= this.error !== undefined
    if (!cut && (this.#tap.whole || this.failed)) {
      if (!this.#closes) return this.#held.take()
      this.#closing.push(this.#held.take())
      return new Uint8Array()
    }
    // The event that was torn does not pass.
    this.begun = begun
    return this.#torn(new Pieces())
  }

  /** The end of the answer is still to be said. */
  get waits(): boolean {
    return this.#closes
  }

  last(): Promise<Uint8Array> | undefined {
    return this.#closes ? this.#remembered?.then(() => this.#closing.take()) : undefined
  }

  /** False for an end that comes before the answer is whole: it must not pass, or a torn answer would look like one. */
  #see(data: string): boolean {
    this.#tap.see(data)
    if (this.#tap.id !== undefined) this.#remembered ??= this.#remember?.(this.#tap.id)
    if (this.#tap.error) {
      this.failed = true
      this.error = this.#tap.error
      return true
    }
    const closes = this.#tap.closes(data)
    if (closes && !this.#tap.whole) return false
    this.#closes ||= closes && this.#remembered !== undefined
    this.begun = true
    return true
  }

  #torn(out: Pieces): Uint8Array {
    this.failed = true
    this.error = truncated()
    out.push(encoder.encode(this.#tap.fail?.(this.error) ?? this.#fail(this.error)))
    return out.take()
  }
}

interface Relaying {
  /** Usage was asked for on nobody's behalf, and is taken out again. */
  readonly asked?: boolean
  readonly remember?: Remember | undefined
}

/**
 * The body of a relayed stream, once it has begun.
 * @throws GatewayError when it failed before it began.
 */
export function relayedStream(
  response: Response,
  dialect: Dialect,
  { request, created, report }: AnswerContext,
  streaming: Streaming,
  { asked = false, remember }: Relaying = {},
): Promise<ReadableStream<Uint8Array>> {
  const tap = dialect.tap(request)
  const renderer = dialect.renderer({ request, created, report: undefined })
  const relay = new RelayTranslator(tap, (error) => renderer.fail(error), remember)
  const edited = report || asked ? new EditingTranslator(relay, tap, { report, quiet: asked }) : undefined
  if (!response.body) throw truncated()
  return flow([{ body: response.body, translator: edited ?? relay }], streaming, {
    fail: (error) => (edited?.left() ?? '') + (tap.fail?.(error) ?? renderer.fail(error)),
    usage: () => tap.usage,
    error: () => relay.error,
    uncounted: () => tap.uncounted,
  })
}

/**
 * A relayed answer that is not streamed.
 * @throws GatewayError 502 when it is no JSON, and the service's own error when it is one in spite of its status.
 */
export function relayedAnswer(bytes: Uint8Array, tap: Tap, report: readonly Loss[] | undefined): RelayedAnswer {
  const text = new TextDecoder().decode(bytes)
  try {
    JSON.parse(text)
  } catch (cause) {
    throw new GatewayError('upstream_error', 'The provider sent an answer that is not JSON.', { cause })
  }
  tap.see(text.trim())
  if (tap.error) throw tap.error
  const { usage, uncounted, id } = tap
  return { body: report ? tap.withReport(text, report) : bytes, usage, uncounted, id }
}

interface RelayedAnswer extends Pick<Tap, 'usage' | 'uncounted'> {
  readonly body: string | Uint8Array
  readonly id: string | undefined
}
