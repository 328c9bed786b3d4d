// Between the bytes of a provider's stream and those of the client's: frames, deltas, the dialect's chunks.
import { type Delta, lengthOf } from './hub/delta.ts'
import type { Renderer } from './hub/dialect.ts'
import { GatewayError } from './hub/error.ts'
import type { AnswerReader } from './hub/provider.ts'
import { addUsage, type Usage } from './hub/usage.ts'
import { type FrameReader, frameReader } from './wire/frames.ts'
import type { Translator } from './wire/pump.ts'

/** What the calls of one answer share: they are one stream to the client. */
export class Joint {
  readonly renderer: Renderer
  /** Calls that have not ended yet. */
  open: number
  readonly #usages: (Usage | undefined)[] = []
  readonly #lengths: number[]
  error: GatewayError | undefined
  /** Something was said that belongs to the answer. */
  begun = false
  #last = false

  constructor(renderer: Renderer, calls: number) {
    this.renderer = renderer
    this.open = calls
    this.#lengths = Array<number>(calls).fill(0)
  }

  see(call: number, usage: Usage): void {
    this.#usages[call] = usage
    this.#lengths[call] = 0
  }

  hear(call: number, length: number): void {
    this.#lengths[call] = (this.#lengths[call] ?? 0) + length
  }

  /** How much was said that the usage does not count, in UTF-16 units of text. */
  get uncounted(): number {
    return this.#lengths.reduce((all, length) => all + length, 0)
  }

  /** What is said when all calls have ended: by the one that ended last. */
  last(): Promise<string> | undefined {
    const last = this.#last ? undefined : this.renderer.last?.()
    this.#last = true
    return last
  }

  /** What all calls used, as far as they have told. */
  get usage(): Usage | undefined {
    return this.#usages.reduce((all, usage) => (all && usage ? addUsage(all, usage) : (all ?? usage)), undefined)
  }
}

/** Opens the stream of a call that goes on with a paused answer. */
type GoOn = (reader: AnswerReader) => Promise<{ body: ReadableStream<Uint8Array>; reader: AnswerReader }>

/** One call's stream as a part of the answer. */
export class Transcoder implements Translator {
  readonly #joint: Joint
  readonly #call: number
  readonly #stamped: boolean
  readonly #goOn: GoOn
  #reader: AnswerReader
  #frames: FrameReader
  #closed = false
  failed = false

  /** @param call the index of this call's choice; `calls` how many there are. */
  constructor(joint: Joint, reader: AnswerReader, call: number, calls: number, goOn: GoOn) {
    this.#joint = joint
    this.#reader = reader
    this.#frames = frameReader(reader.framing)
    this.#call = call
    this.#stamped = calls > 1
    this.#goOn = goOn
  }

  get done(): boolean {
    return this.#reader.done
  }

  get begun(): boolean {
    return this.#joint.begun
  }

  feed(chunk: Uint8Array): string {
    let out = ''
    for (const frame of this.#frames.feed(chunk)) out += this.#render(this.#reader.read(frame))
    return this.#reader.done ? out + this.#close() : out
  }

  end(): string {
    let out = ''
    for (const frame of this.#frames.end()) out += this.#render(this.#reader.read(frame, true))
    if (!this.#reader.done && !this.failed) out += this.#render(this.#reader.end?.() ?? [])
    if (this.#reader.done || this.failed) return out + this.#close()
    return out + this.#render([{ type: 'error', error: truncated() }])
  }

  last(): Promise<string> | undefined {
    return this.#closed && this.#joint.open === 0 ? this.#joint.last() : undefined
  }

  next(): Promise<ReadableStream<Uint8Array>> | undefined {
    return this.#reader.next && this.#open(this.#reader)
  }

  async #open(paused: AnswerReader): Promise<ReadableStream<Uint8Array>> {
    const { body, reader } = await this.#goOn(paused)
    this.#reader = reader
    this.#frames = frameReader(reader.framing)
    return body
  }

  #close(): string {
    if (this.#closed || this.failed || this.#reader.next) return ''
    this.#closed = true
    this.#joint.open--
    if (this.#joint.open > 0) return ''
    const { usage, renderer } = this.#joint
    return (usage ? renderer.render([{ type: 'usage', usage }]) : '') + renderer.end()
  }

  #render(deltas: readonly Delta[]): string {
    if (deltas.length === 0 || this.failed) return ''
    const said: Delta[] = []
    for (const delta of deltas) {
      if (delta.type === 'usage') {
        this.#joint.see(this.#call, delta.usage)
        continue
      }
      // A sign of life before the answer has begun is no reason to send its head.
      if (delta.type === 'ping' && !this.#joint.begun) continue
      this.#joint.begun ||= delta.type !== 'ping' && delta.type !== 'loss' && delta.type !== 'error'
      this.#joint.hear(this.#call, lengthOf(delta))
      said.push(this.#stamped ? stamp(delta, this.#call) : delta)
      if (delta.type === 'error') {
        this.failed = true
        this.#joint.error = delta.error
        break
      }
    }
    return this.#joint.renderer.render(said)
  }
}

/** An answer that ended without the provider's own end marker, whatever it had said before. */
export function truncated(): GatewayError {
  return new GatewayError('upstream_truncated', 'The provider ended the answer before it was whole.')
}

/** The delta as one of another choice: it came from a call of its own. */
export function stamp(delta: Delta, choice: number): Delta {
  switch (delta.type) {
    case 'usage':
    case 'loss':
    case 'ping':
    case 'error':
      return delta
    default:
      return { ...delta, choice }
  }
}
