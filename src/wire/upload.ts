// A request's body that goes out piece by piece, as fast as it is taken and never whole.

/** The pieces, one after the other. Called once for each time that the body is sent. */
type Open = () => AsyncIterable<Uint8Array> | Iterable<Uint8Array>

/** A body on its way. */
export interface Flowing {
  readonly readable: ReadableStream<Uint8Array>
  /** Resolves when all of it was taken, or nothing more of it will be. */
  readonly over: Promise<void>
}

export class Upload {
  /** In bytes, where it is known before. */
  readonly length: number | undefined
  /** It can be sent again: its pieces are kept. */
  readonly again: boolean
  /** The media type, with its parameters. */
  readonly type: string
  /** What its pieces threw: the reason of whatever became of the request. */
  failure: unknown
  /** Some of it has been asked for: what cannot be sent again is gone. */
  begun = false
  readonly #open: Open

  constructor(type: string, open: Open, { length, again }: { length?: number | undefined; again: boolean }) {
    this.type = type
    this.#open = open
    this.length = length
    this.again = again
  }

  /**
   * Begins to send.
   * @param stallMs how long one piece may wait until it is taken, in milliseconds.
   */
  flow(stallMs: number): Flowing {
    this.begun = true
    const { readable, writable } =
      this.length === undefined ? new IdentityTransformStream() : new FixedLengthStream(this.length)
    return { readable, over: this.#send(writable.getWriter(), stallMs) }
  }

  /** Never rejects: whoever takes the body learns of it by its end, or by its breaking off. */
  async #send(writer: WritableStreamDefaultWriter<Uint8Array>, stallMs: number): Promise<void> {
    let stalled: ReturnType<typeof setTimeout> | null = null
    try {
      for await (const piece of this.#pieces()) {
        stalled = setTimeout(() => writer.abort(new Error('The body was not taken.')).catch(() => undefined), stallMs)
        await writer.write(piece)
        clearTimeout(stalled)
      }
      await writer.close()
    } catch (thrown) {
      await writer.abort(thrown).catch(() => undefined)
    } finally {
      if (stalled !== null) clearTimeout(stalled)
    }
  }

  async *#pieces(): AsyncGenerator<Uint8Array> {
    try {
      yield* this.#open()
    } catch (thrown) {
      this.failure = thrown
      throw thrown
    }
  }
}
