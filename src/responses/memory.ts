// What one request has to do with responses that are kept: those that it goes on with, and its own.
import type { Item } from '../../schemas/responses.ts'
import { numberIn } from '../config.ts'
import { placeOf } from '../dialects/responses/object.ts'
import { itemsOf, namesAnother, type Past, type Said, withIds } from '../dialects/responses/request.ts'
import type { Keep } from '../hub/dialect.ts'
import { GatewayError } from '../hub/error.ts'
import type { Binding } from '../keys/binding.ts'
import type { Leg } from '../leg.ts'
import type { Remember } from '../relay.ts'
import { recordOf, type Shelf, type Shelved } from './shelf.ts'

const NOT_HERE = 'The key says that no responses are stored.'
const FAILED = 'The response could not be stored, so that its id cannot be used again.'
const DAY_MS = 86_400_000

/** What is known of the past of a request. */
export interface Recalled extends Past {
  /** The slot that keeps the response to go on with, where that is not the gateway. */
  readonly slot: string | undefined
}

const NOTHING: Recalled = { items: [], named: new Map(), slot: undefined }

/**
 * What a request names of earlier responses.
 * @throws GatewayError 400 `previous_response_not_found`, 503.
 */
export async function recall(shelf: Shelf, said: Said): Promise<Recalled> {
  const previous = said.previous_response_id ?? undefined
  const ids = namedIn(said)
  if (previous === undefined && ids.length === 0) return NOTHING
  const places = ids.map((id) => ({ id, place: placeOf(id) }))
  const owners = [...new Set(places.flatMap(({ place }) => place?.response ?? []))]
  if (previous === undefined && owners.length === 0) return NOTHING
  const { chain, found, missing } = await shelf.find(previous, owners)
  const last = chain.at(-1)
  if (previous !== undefined && (!last || last.id !== previous || (missing !== undefined && !last.slot))) {
    const message = `Previous response with id '${previous.slice(0, 100)}' not found.`
    throw new GatewayError('previous_response_not_found', message, { param: 'previous_response_id' })
  }
  const all = new Map([...found, ...chain.map((one) => [one.id, one] as const)])
  const named = places.flatMap(({ id, place }) => {
    const item = place && itemAt(all.get(place.response), place)
    return item ? [[id, item] as const] : []
  })
  return {
    items:
      last?.slot === undefined ? chain.flatMap(({ record }) => [...(record?.input ?? []), ...outputOf(record)]) : [],
    named: new Map(named),
    slot: last?.slot,
  }
}

/** Items that stand for others. */
function namedIn({ input }: Said): string[] {
  if (!Array.isArray(input)) return []
  return input.flatMap((item) => (namesAnother(item) && 'id' in item && item.id ? [String(item.id)] : []))
}

function itemAt(
  shelved: Shelved | undefined,
  { input, place }: NonNullable<ReturnType<typeof placeOf>>,
): Item | undefined {
  const record = shelved?.record
  return record && (input ? record.input : outputOf(record))[place]
}

/** The output of a record is one of ours: items as a request may have them. */
export function outputOf(record: Shelved['record']): readonly Item[] {
  const output: unknown = record?.response.output
  return Array.isArray(output) ? output : []
}

/** What a request's answer is kept by, and what its past asks of a target. */
export class Memory {
  readonly #shelf: Shelf
  readonly #said: Said
  readonly #past: Recalled
  /** How long responses are kept, in milliseconds; 0: not at all. */
  readonly #keepMs: number

  constructor(shelf: Shelf, said: Said, past: Recalled, { storeResponses }: Binding, days: string | undefined) {
    this.#shelf = shelf
    this.#said = said
    this.#past = past
    this.#keepMs = storeResponses === false ? 0 : numberIn(days, 30) * DAY_MS
  }

  /** The client wants its response kept, and it may be. */
  get stores(): boolean {
    return this.#said.store !== false && this.#keepMs > 0
  }

  /**
   * What a target loses, or cannot do.
   * @param relays it speaks the dialect itself.
   * @throws GatewayError 400 where another slot keeps the response to go on with.
   */
  check({ target, ledger }: Leg, relays: boolean): void {
    const { slot } = this.#past
    if (slot !== undefined && (!relays || slot !== target.route.slot.name)) {
      const message = `The previous response is kept by the provider of slot '${slot}': go on with a model of that slot.`
      throw new GatewayError('unsupported_value', message, { param: 'previous_response_id', elsewhere: true })
    }
    if (this.#said.store === true && !this.stores) ledger.tell({ path: 'store', kind: 'dropped', reason: NOT_HERE })
  }

  /** Keeps an answer of ours. */
  keep({ ledger }: Leg): Keep | undefined {
    if (!this.stores) return undefined
    return async (kept) => {
      const id = String(kept.response.id)
      const input = withIds(itemsOf(this.#said, this.#past), id)
      const previous = this.#said.previous_response_id ?? undefined
      const stored = await this.#shelf.put(recordOf(input, kept), id, Date.now() + this.#keepMs, previous)
      // The answer is there: even a strict client gets it.
      if (!stored) ledger.losses.push({ path: 'store', kind: 'dropped', reason: FAILED })
      return stored
    }
  }

  /** Remembers who keeps an answer that is relayed. */
  remember({ target, ledger }: Leg): Remember | undefined {
    if (!this.stores) return undefined
    return async (id) => {
      const known = await this.#shelf.remember(id, target.route.slot.name, Date.now() + this.#keepMs)
      if (!known) ledger.losses.push({ path: 'store', kind: 'dropped', reason: FAILED })
    }
  }
}
