// Newline-delimited JSON: a value a line (https://github.com/ndjson/ndjson-spec).
import type { Frame, FrameReader } from './frames.ts'
import { MAX_EVENT } from './sse.ts'

/**
 * Reads lines from bytes that may be cut anywhere. Blank lines are none, and a carriage return before the line's end
 * is white space to JSON. Work is linear in size: of an open line only the new chunk is searched for its end.
 */
export class NdjsonReader implements FrameReader {
  readonly #decoder = new TextDecoder('utf-8')
  /** The line that is still open, as a rope. */
  #line = ''

  feed(chunk: Uint8Array): Frame[] {
    return this.#read(this.#decoder.decode(chunk, { stream: true }))
  }

  end(): Frame[] {
    const frames = this.#read(this.#decoder.decode())
    push(frames, this.#line)
    this.#line = ''
    return frames
  }

  #read(text: string): Frame[] {
    const frames: Frame[] = []
    let from = 0
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', from)) {
      push(frames, this.#line + text.slice(from, at))
      this.#line = ''
      from = at + 1
    }
    this.#line += text.slice(from)
    if (this.#line.length > MAX_EVENT) throw new RangeError('The line is larger than the gateway reads.')
    return frames
  }
}

function push(frames: Frame[], line: string): void {
  const data = line.trim()
  if (data !== '') frames.push({ event: '', data })
}
