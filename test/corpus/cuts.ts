// Ways of cutting a body into the pieces that a network makes of it.

/** Streams up to this size are cut at every byte. */
export const SMALL = 8 * 1024

/** A new one each run, so that runs add up; `CORPUS_SEED` repeats one that failed. */
export const SEED = Number(process.env.CORPUS_SEED ?? Date.now() % 1_000_000)

export type Random = () => number

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
export function randomOf(seed: number): Random {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** The body in two, at every place. */
export function* everySplit(bytes: Uint8Array): Generator<Uint8Array[]> {
  for (let at = 1; at < bytes.length; at++) yield [bytes.subarray(0, at), bytes.subarray(at)]
}

export function byteByByte(bytes: Uint8Array): Uint8Array[] {
  return Array.from(bytes, (_byte, at) => bytes.subarray(at, at + 1))
}

/** The body at `count` random cuttings, each in 2 to 20 pieces. */
export function* randomCuttings(bytes: Uint8Array, count: number, random: Random): Generator<Uint8Array[]> {
  for (let i = 0; i < count; i++) {
    const cuts = Array.from({ length: 1 + Math.floor(random() * 19) }, () => Math.floor(random() * bytes.length))
    cuts.sort((a, b) => a - b)
    yield [...cuts, bytes.length].map((end, n) => bytes.subarray(n === 0 ? 0 : cuts[n - 1], end))
  }
}

/** The place behind each frame of a stream: an event, a line, or a message of a binary stream. */
export function frameEnds({ bytes, contentType }: { bytes: Uint8Array; contentType: string }): number[] {
  if (contentType.includes('vnd.amazon.eventstream')) return messageEnds(bytes)
  // One character a byte, so that places in the text are places in the body.
  const text = Buffer.from(bytes).toString('latin1')
  const between = contentType.includes('event-stream') ? /\r\n\r\n|\n\n|\r\r/g : /\n/g
  return [...text.matchAll(between)].map((match) => match.index + match[0].length)
}

/** Each message begins with its length, 4 bytes. */
function messageEnds(bytes: Uint8Array): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const ends: number[] = []
  for (let at = 0; at + 4 <= bytes.length; ) {
    at += Math.max(16, view.getUint32(at))
    ends.push(Math.min(at, bytes.length))
  }
  return ends
}
