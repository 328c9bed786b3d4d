// A response as it is kept: what was asked and answered, sealed for its key and its id, in pieces that a row can hold.
import type { Item } from '../../schemas/responses.ts'
import type { Ring } from '../keys/ring.ts'
import { openBytes, sealBytes } from '../keys/seal.ts'

/** What is known of a response of ours. */
export interface Record {
  readonly v: 1
  /** The items that were sent with it, not those of the responses before it. Each has an id. */
  readonly input: readonly Item[]
  /** With all that its client does not get to see of it. */
  readonly response: Readonly<globalThis.Record<string, unknown>>
  readonly cuts?: readonly number[]
}

/** Larger ones are not kept: they would not fit into one call of the runtime's. */
const MOST_BYTES = 24 * 1024 * 1024
/** A row may have 2 MB. */
const PIECE = 1024 * 1024

/** What stands before the sealed bytes: the form, the ring's version, salt and nonce. */
const FORM = 1
const HEAD = 1 + 4 + 16 + 12

/** The record in sealed pieces; undefined where it is too large. */
export async function sealed(
  ring: Ring,
  key: string,
  id: string,
  record: Record,
): Promise<Uint8Array<ArrayBuffer>[] | undefined> {
  const bytes = new TextEncoder().encode(JSON.stringify(record))
  if (bytes.byteLength > MOST_BYTES) return undefined
  const { ring: version, salt, iv, ct } = await sealBytes(ring, 'response', bytes, [key, id])
  const all = new Uint8Array(HEAD + ct.byteLength)
  all[0] = FORM
  new DataView(all.buffer).setUint32(1, version)
  all.set(salt, 5)
  all.set(iv, 21)
  all.set(ct, HEAD)
  return Array.from({ length: Math.ceil(all.byteLength / PIECE) }, (_, i) => all.slice(i * PIECE, (i + 1) * PIECE))
}

/** Opens a record; undefined where it cannot be: the ring has lost its version, or it is not what was sealed. */
export async function opened(
  ring: Ring,
  key: string,
  id: string,
  all: Uint8Array<ArrayBuffer>,
): Promise<Record | undefined> {
  if (all[0] !== FORM || all.byteLength < HEAD) return undefined
  const version = new DataView(all.buffer, all.byteOffset).getUint32(1)
  const keys = ring.versions.find((one) => one.version === version)
  if (!keys) return undefined
  try {
    const parts = { salt: all.slice(5, 21), iv: all.slice(21, HEAD), ct: all.slice(HEAD) }
    return JSON.parse(new TextDecoder().decode(await openBytes(keys, 'response', parts, [key, id])))
  } catch {
    return undefined
  }
}
