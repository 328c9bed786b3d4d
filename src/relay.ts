// An answer in the client's own wire: its bytes pass, and are watched.
import { flow, type Streaming } from './answers.ts'
import type { AnswerContext, Dialect, Tap } from './hub/dialect.ts'
import { GatewayError } from './hub/error.ts'
import { jsonIn } from './hub/json.ts'
import type { Loss } from './hub/loss.ts'
import type { Usage } from './hub/usage.ts'
import { truncated } from './transcode.ts'
import { Pieces } from './wire/pieces.ts'
import type { Translator } from './wire/pump.ts'
import { SseBoundary, SseReader } from './wire/sse.ts'

const encoder = new TextEncoder()

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

  constructor(tap: Tap, fail: (error: GatewayError) => string) {
    this.#tap = tap
    this.#fail = fail
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
      if (this.begun || this.failed) out.push(this.#held.take())
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
    if (!cut && (this.#tap.whole || this.failed)) return this.#held.take()
    // The event that was torn does not pass.
    this.begun = begun
    return this.#torn(new Pieces())
  }

  /** False for an end that comes before the answer is whole: it must not pass, or a torn answer would look like one. */
  #see(data: string): boolean {
    this.#tap.see(data)
    if (this.#tap.error) {
      this.failed = true
      this.error = this.#tap.error
      return true
    }
    if (this.#tap.closes(data) && !this.#tap.whole) return false
    this.begun = true
    return true
  }

  #torn(out: Pieces): Uint8Array {
    this.failed = true
    this.error = truncated()
    out.push(encoder.encode(this.#fail(this.error)))
    return out.take()
  }
}

/**
 * The same with a report, which the last event that has a choice or usage carries. Only the end shows which one that
 * is, so that one event is kept back.
 */
export class ReportingTranslator implements Translator {
  readonly done = false
  readonly #inner: RelayTranslator
  readonly #tap: Tap
  readonly #report: readonly Loss[]
  readonly #boundary = new SseBoundary()
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true, fatal: false })
  #rest = ''
  /** The event that may be the one, and what followed it. */
  #held = ''
  #after = ''

  constructor(inner: RelayTranslator, tap: Tap, report: readonly Loss[]) {
    this.#inner = inner
    this.#tap = tap
    this.#report = report
  }

  get failed(): boolean {
    return this.#inner.failed
  }

  get begun(): boolean {
    return this.#inner.begun
  }

  get error(): GatewayError | undefined {
    return this.#inner.error
  }

  feed(chunk: Uint8Array): string {
    const out = this.#pass(this.#inner.feed(chunk))
    return this.#inner.failed ? out + this.#release(false) + this.#rest : out
  }

  end(): string {
    const out = this.#pass(this.#inner.end())
    return out + this.#release(!this.#inner.failed) + this.#rest
  }

  /** What was kept back of a stream that breaks off: whole events, which the service did say. */
  left(): string {
    return this.#release(false)
  }

  /** Events come whole from the relay, but for the last one of a body that has no final line end. */
  #pass(bytes: Uint8Array): string {
    let out = ''
    let from = 0
    for (const end of this.#boundary.ends(bytes)) {
      out += this.#event(this.#rest + this.#decoder.decode(bytes.subarray(from, end)))
      this.#rest = ''
      from = end
    }
    this.#rest += this.#decoder.decode(bytes.subarray(from))
    return out
  }

  #event(raw: string): string {
    const [event] = new SseReader().feed(encoder.encode(raw))
    if (event && this.#tap.carries(event.data)) {
      const before = this.#release(false)
      this.#held = raw
      return before
    }
    if (this.#held === '') return raw
    this.#after += raw
    return ''
  }

  #release(last: boolean): string {
    const held = last && this.#held ? this.#tap.withReport(this.#held, this.#report) : this.#held
    const out = held + this.#after
    this.#held = ''
    this.#after = ''
    return out
  }
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
): Promise<ReadableStream<Uint8Array>> {
  const tap = dialect.tap(request)
  const renderer = dialect.renderer({ request, created, report: undefined })
  const relay = new RelayTranslator(tap, (error) => renderer.fail(error))
  const reporting = report ? new ReportingTranslator(relay, tap, report) : undefined
  if (!response.body) throw truncated()
  return flow([{ body: response.body, translator: reporting ?? relay }], streaming, {
    fail: (error) => (reporting?.left() ?? '') + renderer.fail(error),
    usage: () => tap.usage,
    error: () => relay.error,
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
  return { body: report ? tap.withReport(text, report) : bytes, usage: tap.usage }
}

interface RelayedAnswer {
  readonly body: string | Uint8Array
  readonly usage: Usage | undefined
}
