// A body that is one frame.
import type { Frame, FrameReader } from './frames.ts'
import { MAX_EVENT } from './sse.ts'

export class WholeReader implements FrameReader {
  readonly #decoder = new TextDecoder('utf-8')
  #text = ''

  feed(chunk: Uint8Array): Frame[] {
    this.#text += this.#decoder.decode(chunk, { stream: true })
    if (this.#text.length > MAX_EVENT) throw new RangeError('The answer is larger than the gateway reads.')
    return []
  }

  end(): Frame[] {
    const data = (this.#text + this.#decoder.decode()).trim()
    this.#text = ''
    return data === '' ? [] : [{ event: '', data }]
  }
}
