// The responses of one key, as the gateway asks for them and puts them there.
import type { Kept } from '../hub/dialect.ts'
import { GatewayError } from '../hub/error.ts'
import { openRing } from '../keys/ring.ts'
import { opened, type Record, sealed } from './record.ts'
import type { LoadAnswer, StoredResponse, StoreNamespace } from './rpc.ts'

/** How long the store may take. What it has not done by then is not done. */
const PATIENCE_MS = 10_000
/** A conversation that is longer would not fit into an isolate's memory, let alone a model's. */
const MOST_BYTES = 48 * 1024 * 1024

/** A response that is kept here, or whose slot is. */
export interface Shelved {
  readonly id: string
  readonly previous?: string
  /** The slot of the provider that keeps it. */
  readonly slot?: string
  readonly record?: Record
}

/** What was asked for: the conversation, oldest first, and what else is there. */
interface Found {
  readonly chain: readonly Shelved[]
  readonly found: ReadonlyMap<string, Shelved>
  /** A response that the conversation goes back to, and that is not there. */
  readonly missing: string | undefined
}

interface Keys {
  readonly RESPONSES: StoreNamespace
  readonly SEAL_KEYS: string
}

export class Shelf {
  readonly #env: Keys
  readonly #key: string

  /** @param key the key's id. */
  constructor(env: Keys, key: string) {
    this.#env = env
    this.#key = key
  }

  /** Keeps a response. Never rejects: false where it is not kept. */
  async put(record: Record, id: string, expires: number, previous: string | undefined): Promise<boolean> {
    return this.#settled(async () => {
      const pieces = await sealed(await openRing(this.#env.SEAL_KEYS), this.#key, id, record)
      if (!pieces) return false
      await this.#store.keep({ id, expires, pieces, ...(previous !== undefined && { previous }) })
      return true
    })
  }

  /** Remembers the slot whose provider keeps a response. Never rejects: false where that fails. */
  async remember(id: string, slot: string, expires: number): Promise<boolean> {
    return this.#settled(async () => {
      await this.#store.keep({ id, expires, slot })
      return true
    })
  }

  /** @throws GatewayError 503 when the store cannot be asked, 400 for a conversation that is too long. */
  async find(chain: string | undefined, ids: readonly string[]): Promise<Found> {
    const earlier: StoredResponse[] = []
    const found: StoredResponse[] = []
    let missing = chain
    let wanted = ids
    let size = 0
    for (;;) {
      const answer = await this.#load(missing, wanted)
      earlier.push(...answer.chain)
      found.push(...answer.found)
      missing = answer.more
      wanted = wanted.filter((id) => !answer.found.some((one) => one.id === id))
      for (const { sealed: bytes } of [...answer.chain, ...answer.found]) size += bytes?.byteLength ?? 0
      if (size > MOST_BYTES) {
        const message = 'The conversation is longer than the gateway reads.'
        throw new GatewayError('context_length_exceeded', message, { param: 'previous_response_id' })
      }
      const goesOn = answer.chain.length > 0 && missing !== undefined
      const left = wanted.length > 0 && (answer.chain.length > 0 || answer.found.length > 0)
      if (!goesOn && !left) break
    }
    const [chained, others] = [await this.#all(earlier), await this.#all(found)]
    // What cannot be opened is as good as gone.
    const broken = earlier.find(({ id, slot }) => !slot && !chained.some((one) => one.id === id && one.record))
    return {
      chain: chained.reverse(),
      found: new Map(others.map((one) => [one.id, one])),
      missing: broken?.id ?? missing,
    }
  }

  /** One response; undefined where there is none. @throws GatewayError 503 */
  async get(id: string): Promise<Shelved | undefined> {
    return (await this.find(undefined, [id])).found.get(id)
  }

  /** @throws GatewayError 503 */
  async remove(id: string): Promise<void> {
    await this.#asked(() => this.#store.remove({ id }))
  }

  get #store() {
    return this.#env.RESPONSES.getByName(this.#key)
  }

  async #all(stored: readonly StoredResponse[]): Promise<Shelved[]> {
    const ring = await openRing(this.#env.SEAL_KEYS)
    const all = stored.map(async ({ id, previous, slot, sealed: bytes }): Promise<Shelved | undefined> => {
      const record = bytes && (await opened(ring, this.#key, id, bytes))
      if (!record && slot === undefined) return undefined
      return {
        id,
        ...(previous !== undefined && { previous }),
        ...(slot !== undefined && { slot }),
        ...(record && { record }),
      }
    })
    return (await Promise.all(all)).filter((one) => one !== undefined)
  }

  async #load(chain: string | undefined, ids: readonly string[]): Promise<LoadAnswer> {
    return this.#asked(() => this.#store.load({ ids, ...(chain !== undefined && { chain }) }))
  }

  async #asked<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await inTime(ask())
    } catch (cause) {
      throw new GatewayError('unavailable', 'Stored responses cannot be reached at the moment.', {
        retryAfterMs: 1000,
        cause,
      })
    }
  }

  async #settled(work: () => Promise<boolean>): Promise<boolean> {
    try {
      return await inTime(work())
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'unknown'
      console.error({ event: 'response-not-kept', key: this.#key, error: reason })
      return false
    }
  }
}

function inTime<T>(work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error('The store took too long.')), PATIENCE_MS)
  return Promise.race([work, promise]).finally(() => clearTimeout(timer))
}

/** The record of an answer. */
export function recordOf(input: Record['input'], { response, cuts }: Kept): Record {
  return { v: 1, input, response, ...(cuts && { cuts }) }
}
