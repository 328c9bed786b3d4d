// A streamed body as frames: whatever a service puts around the parts of an answer.
import { EventStreamReader } from './eventstream.ts'
import { NdjsonReader } from './ndjson.ts'
import { SseReader } from './sse.ts'
import { WholeReader } from './whole.ts'

/**
 * How a body is cut into frames: server-sent events, with bare JSON between them or not, a JSON value a line, or all of
 * it as one frame, for what should have been a stream and is none.
 */
export type Framing = 'sse' | 'sse+json' | 'ndjson' | 'eventstream' | 'whole'

export interface Frame {
  /** What kind of frame it is, where the framing says so; '' where it does not. */
  readonly event: string
  readonly data: string
}

/** Cuts bytes into frames, wherever the network cut them. */
export interface FrameReader {
  /** @throws RangeError for a frame that is too large to be read, or damaged. */
  feed(chunk: Uint8Array): Frame[]
  /** The frame that the body ended in the middle of, as far as it makes sense to read it. */
  end(): Frame[]
}

const READERS: Readonly<Record<Framing, () => FrameReader>> = {
  sse: () => new SseReader(),
  'sse+json': () => new SseReader(true),
  ndjson: () => new NdjsonReader(),
  eventstream: () => new EventStreamReader(),
  whole: () => new WholeReader(),
}

export function frameReader(framing: Framing): FrameReader {
  return READERS[framing]()
}
