// What the tests of the pump share: an upstream that is told what to say, and a translator of single letters.
import { type Outcome, type Pumped, type PumpOptions, pump, type Source, type Translator } from '../../src/wire/pump.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder()

export const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))
export const textOf = (readable: ReadableStream<Uint8Array>) => new Response(readable).text()

/** Passes text on; `.` ends the answer, `!` fails it, `?` throws, `-` says nothing. */
export class Echo implements Translator {
  done = false
  failed = false

  feed(chunk: Uint8Array): string {
    const text = decoder.decode(chunk)
    if (text === '?') throw new RangeError('too large')
    this.done = text.endsWith('.')
    this.failed = text.endsWith('!')
    return text === '-' ? '' : text
  }

  end(): string {
    return '$'
  }
}

/** An echo that goes on with the bodies it is given, one after the other. */
export class Paused extends Echo {
  readonly #bodies: Promise<ReadableStream<Uint8Array>>[]

  constructor(...bodies: (ReadableStream<Uint8Array> | Promise<ReadableStream<Uint8Array>>)[]) {
    super()
    this.#bodies = bodies.map((body) => Promise.resolve(body))
  }

  next(): Promise<ReadableStream<Uint8Array>> | undefined {
    const body = this.#bodies.shift()
    if (body) this.done = false
    return body
  }
}

/** A body that says what it is told to, and knows whether it was cancelled. */
export class Upstream {
  readonly cancelled: unknown[] = []
  readonly body: ReadableStream<Uint8Array>
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined

  constructor() {
    const start = (controller: ReadableStreamDefaultController<Uint8Array>) => {
      this.#controller = controller
    }
    const cancel = (reason: unknown) => {
      this.cancelled.push(reason)
    }
    this.body = new ReadableStream<Uint8Array>({ start, cancel }, { highWaterMark: 0 })
  }

  say(...texts: string[]): this {
    // Whoever hung up hears nothing.
    if (this.cancelled.length === 0) for (const text of texts) this.#controller?.enqueue(encoder.encode(text))
    return this
  }

  close(): this {
    if (this.cancelled.length === 0) this.#controller?.close()
    return this
  }

  break(): this {
    this.#controller?.error(new Error('Network connection lost'))
    return this
  }
}

export interface Started extends Pumped {
  /** What was settled: one outcome, whatever happens. */
  readonly outcomes: Outcome[]
  /** What `fail` was asked to tell. */
  readonly failures: unknown[]
  readonly abort: AbortController
}

/** A pump with times so long that only those which a test sets count. */
export function start(sources: readonly Source[], options: Partial<PumpOptions> = {}): Started {
  const outcomes: Outcome[] = []
  const failures: unknown[] = []
  const abort = new AbortController()
  const pumped = pump(sources, {
    signal: abort.signal,
    fail: (thrown) => {
      failures.push(thrown)
      return '<failed>'
    },
    keepAlive: ':',
    keepAliveMs: 60_000,
    holdMs: 60_000,
    firstByteMs: 60_000,
    idleMs: 60_000,
    drainMs: 0,
    settle: (outcome) => outcomes.push(outcome),
    ...options,
  })
  return { ...pumped, outcomes, failures, abort }
}

export const source = (upstream: Upstream, translator: Translator = new Echo()): Source => ({
  body: upstream.body,
  translator,
})
