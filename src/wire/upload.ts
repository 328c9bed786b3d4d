// A request's body that goes out piece by piece, as fast as it is taken and never whole.

/**
 * The pieces, one after the other: each has been taken before the next is asked for. Called once for each time that the
 * body is sent.
 */
type Open = () => AsyncIterable<Uint8Array> | Iterable<Uint8Array>

/** In bytes. */
const PIECE = 256 * 1024

/** A body on its way. */
interface Flowing {
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

  /** None of them is so large that a copy of it would matter. */
  async *#pieces(): AsyncGenerator<Uint8Array> {
    try {
      for await (const piece of this.#open()) {
        for (let at = 0; at < piece.length; at += PIECE) yield piece.subarray(at, at + PIECE)
      }
    } catch (thrown) {
      this.failure = thrown
      throw thrown
    }
  }
}

/** A body that is there in pieces. */
export function piecesUpload(type: string, pieces: readonly Uint8Array[]): Upload {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0)
  return new Upload(type, () => pieces, { length, again: true })
}

/** How much of a text becomes bytes at once, in UTF-16 units. */
const SLICE = 64 * 1024

/** A long text, of which never all is bytes. */
export function textUpload(type: string, text: string): Upload {
  let length = 0
  for (const { byteLength } of encoded(text)) length += byteLength
  return new Upload(type, () => encoded(text), { length, again: true })
}

const encoder = new TextEncoder()

/** All pieces are in one place: each is there until the next is asked for. */
function* encoded(text: string): Generator<Uint8Array, undefined> {
  const place = new Uint8Array(SLICE * 3)
  for (const slice of slices(text)) yield place.subarray(0, encoder.encodeInto(slice, place).written)
}

/** No slice ends within a surrogate pair. */
function* slices(text: string): Generator<string, undefined> {
  for (let at = 0; at < text.length; ) {
    const high = text.charCodeAt(at + SLICE - 1) >> 10 === 0xd800 >> 10
    const end = at + SLICE - (high ? 1 : 0)
    yield text.slice(at, end)
    at = end
  }
}
