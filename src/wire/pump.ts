// The one pump: bytes in, `feed`, bytes out, one write per network chunk. It knows nothing of what the bytes mean.
//
// It is a reader loop into an IdentityTransformStream because that is the form in which code after a disconnect is
// ours to run, and the cheapest one when each event is a network chunk of its own (docs/decisions/0003-one-pump.md).

/** What stands between the bytes of one upstream body and those of the answer. */
export interface Translator {
  /** The next bytes of the body, as they go out; empty when they make nothing yet. */
  feed(chunk: Uint8Array): Output
  /** The body has ended cleanly. */
  end(): Output
  /** All that was to come has come: what the body still holds is not waited for. */
  readonly done: boolean
  /** The answer has failed; what `feed` or `end` returned last says so, and nothing follows. */
  readonly failed: boolean
  /** Something of the answer was said, so that a failure after it is the answer's, however the body is cut. */
  readonly begun?: boolean
  /** The body to go on with, when what ended was only a part of the answer. */
  next?(): Promise<ReadableStream<Uint8Array>> | undefined
  /** What is said last, where that takes time to know. Asked for once, when all else has been said. Never rejects. */
  last?(): Promise<Output> | undefined
}

export type Output = string | Uint8Array

export interface Source {
  readonly body: ReadableStream<Uint8Array>
  readonly translator: Translator
}

/** How a stream ended. */
export type Outcome = 'complete' | 'failed' | 'client_gone'

export interface PumpOptions {
  /** Aborts when the client has left. */
  readonly signal: AbortSignal
  /**
   * The error event for a failure of the transport (`thrown`) rather than of the answer; undefined where there is no
   * place for one, and the body breaks off.
   */
  readonly fail: (thrown: unknown) => string | undefined
  /** A comment that keeps a silent connection open, sent after every `keepAliveMs` of silence; '' where there is none. */
  readonly keepAlive: string
  readonly keepAliveMs: number
  /** The head is held back until the first output, but no longer than this. */
  readonly holdMs: number
  /** How long the upstream's first byte may take, in milliseconds, if that is less. */
  readonly firstByteMs: number
  /** The longest silence of the upstream, in milliseconds. */
  readonly idleMs: number
  /**
   * For how long the upstream is read on when the client has left, in milliseconds, so that the translator sees how the
   * answer ends. 0: not at all.
   */
  readonly drainMs: number
  /** Called exactly once, whatever the ending. */
  readonly settle: (outcome: Outcome) => void
}

export interface Pumped {
  /** The answer's body. */
  readonly readable: ReadableStream<Uint8Array>
  /**
   * Resolves when the head may be sent: at the first output, or when waiting for it took too long. Rejects with what
   * was thrown, or with `HeldFailure`, when the answer failed before anything was sent.
   */
  readonly head: Promise<void>
  /** Resolves when everything is over. Give it to `waitUntil`: without that, a hang-up ends it in silence. */
  readonly finished: Promise<void>
}

/** The upstream said nothing for too long. */
export class IdleTimeout extends Error {
  override readonly name = 'IdleTimeout'
}

/** The answer failed before its head was sent, so that it can still become a response with a status of its own. */
export class HeldFailure extends Error {
  override readonly name = 'HeldFailure'
}

/** The answer's own failure: its error event is written already. */
class Failed extends Error {}

/** The client no longer takes bytes. */
class ClientGone extends Error {}

const encoder = new TextEncoder()

/** Pumps one or several upstream bodies into one answer. */
export function pump(sources: readonly Source[], options: PumpOptions): Pumped {
  const { readable, writable } = new IdentityTransformStream()
  const run = new Run(writable.getWriter(), options)
  return { readable, head: run.gate.head, finished: run.all(sources) }
}

/** A body that is read, since when it has been silent, and how long it may be. */
interface Waiting {
  since: number
  limitMs: number
}

class Run {
  readonly gate: Gate
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>
  readonly #options: PumpOptions
  readonly #firstByteMs: number
  readonly #readers = new Map<ReadableStreamDefaultReader<Uint8Array>, Waiting>()
  /** Nothing more is read. */
  #over = false
  /** The client has left: nothing more is written. */
  #gone = false
  #silent: IdleTimeout | undefined
  #writing = 0
  #lastWrite = Date.now()
  #timer: ReturnType<typeof setTimeout> | null = null

  constructor(writer: WritableStreamDefaultWriter<Uint8Array>, options: PumpOptions) {
    this.#writer = writer
    this.#options = options
    this.gate = new Gate(options.holdMs)
    this.#firstByteMs = Math.min(options.firstByteMs, options.idleMs)
  }

  /** Never rejects: every ending is settled, once. */
  async all(sources: readonly Source[]): Promise<void> {
    const { signal, keepAliveMs, settle } = this.#options
    const gone = () => this.#leave(signal.reason)
    signal.addEventListener('abort', gone, { once: true })
    this.#wake(Math.min(keepAliveMs, this.#firstByteMs))
    let outcome: Outcome = 'client_gone'
    try {
      if (signal.aborted) gone()
      await Promise.all(sources.map((source) => this.#one(source)))
      if (!this.#gone) {
        this.gate.open()
        await this.#writer.close().catch(() => {
          throw new ClientGone()
        })
        outcome = 'complete'
      }
    } catch (thrown) {
      outcome = await this.#broke(thrown)
    } finally {
      if (this.#timer !== null) clearTimeout(this.#timer)
      signal.removeEventListener('abort', gone)
      settle(outcome)
    }
  }

  async #one({ body, translator }: Source): Promise<void> {
    let rest: ReadableStream<Uint8Array> | undefined = body
    while (rest) {
      if (this.#over) {
        // It came too late for `#cancel`. Nobody reads it, so nobody may go on paying for it.
        rest.cancel().catch(() => undefined)
        return
      }
      const reader = rest.getReader()
      const waiting = { since: Date.now(), limitMs: this.#firstByteMs }
      this.#readers.set(reader, waiting)
      for (let ended = false; !ended && !translator.done; ) {
        const { done, value } = await reader.read()
        if (this.#silent) throw this.#silent
        if (this.#over) return
        const output = done ? translator.end() : translator.feed(value)
        if (translator.failed && !translator.begun && this.gate.fail(new HeldFailure())) throw new Failed()
        if (output.length > 0 && !this.#gone) await this.#write(output)
        if (translator.failed) throw new Failed()
        waiting.since = Date.now()
        waiting.limitMs = this.#options.idleMs
        ended = done
      }
      this.#readers.delete(reader)
      // What follows the end marker is not waited for. A body that has ended already says so; that is no news here.
      reader.cancel().catch(() => undefined)
      // Nothing more is asked for on behalf of a client that has left.
      rest = this.#over || this.#gone ? undefined : await translator.next?.()
    }
    const last = await translator.last?.()
    if (last !== undefined && last.length > 0 && !this.#gone) await this.#write(last)
  }

  /** A client that takes no more bytes has left. */
  async #write(output: Output): Promise<void> {
    this.gate.open()
    this.#writing++
    try {
      await this.#writer.write(typeof output === 'string' ? encoder.encode(output) : output)
    } catch {
      this.#leave(new ClientGone())
    } finally {
      this.#writing--
      this.#lastWrite = Date.now()
    }
  }

  /** One timer for the whole stream: a timer a chunk would cost more than the chunk. */
  #wake(inMs: number): void {
    this.#timer = setTimeout(() => this.#pulse(), inMs)
  }

  #pulse(): void {
    if (this.#over || this.#gone) return
    const now = Date.now()
    const { keepAliveMs, keepAlive } = this.#options
    let due = now + keepAliveMs
    // While a write waits for the client, it is not the upstream that is silent, and nothing is queued behind it.
    if (this.#writing === 0) {
      for (const { since, limitMs } of this.#readers.values()) {
        if (now - since >= limitMs) {
          this.#silent = new IdleTimeout()
          this.#cancel(this.#silent)
          return
        }
        due = Math.min(due, since + limitMs)
      }
      const silence = now - this.#lastWrite
      if (silence < keepAliveMs) due = Math.min(due, this.#lastWrite + keepAliveMs)
      else if (this.gate.opened && keepAlive !== '') void this.#write(keepAlive)
    }
    this.#wake(due - now)
  }

  #cancel(reason: unknown): void {
    for (const reader of this.#readers.keys()) reader.cancel(reason).catch(() => undefined)
  }

  /** The client has left. What is still read is read for its end, not for its words. */
  #leave(reason: unknown): void {
    if (this.#gone) return
    this.#gone = true
    this.#writer.abort(reason).catch(() => undefined)
    this.gate.fail(reason)
    const { drainMs } = this.#options
    if (this.#timer !== null) clearTimeout(this.#timer)
    if (drainMs > 0) this.#timer = setTimeout(() => this.#stop(reason), drainMs)
    else this.#stop(reason)
  }

  #stop(reason: unknown): void {
    this.#over = true
    this.#cancel(reason)
  }

  /** Says what broke, if there is still somebody to say it to. */
  async #broke(thrown: unknown): Promise<Outcome> {
    this.#stop(thrown)
    if (this.#gone || thrown instanceof ClientGone) return 'client_gone'
    if (this.gate.fail(thrown) || thrown instanceof Failed) {
      await this.#writer.close().catch(() => undefined)
      return 'failed'
    }
    const said = this.#options.fail(thrown)
    if (said === undefined) {
      await this.#writer.abort(thrown).catch(() => undefined)
      return 'failed'
    }
    try {
      await this.#writer.write(encoder.encode(said))
      await this.#writer.close()
    } catch {
      return 'client_gone'
    }
    return 'failed'
  }
}

/** Holds the response head back until there is something to say. */
class Gate {
  readonly head: Promise<void>
  opened = false
  #closed = false
  readonly #timer: ReturnType<typeof setTimeout>
  #resolve: () => void = () => undefined
  #reject: (reason: unknown) => void = () => undefined

  constructor(holdMs: number) {
    this.head = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    // Whoever pumps without waiting for the head still learns of a failure from `settle`.
    this.head.catch(() => undefined)
    this.#timer = setTimeout(() => this.open(), holdMs)
  }

  open(): void {
    if (this.opened || this.#closed) return
    this.opened = true
    clearTimeout(this.#timer)
    this.#resolve()
  }

  /** True when the head was still held back, so that `reason` became its failure. */
  fail(reason: unknown): boolean {
    if (this.opened || this.#closed) return false
    this.#closed = true
    clearTimeout(this.#timer)
    this.#reject(reason)
    return true
  }
}
