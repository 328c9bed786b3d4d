// The Durable Object of one key, named by the key's id: it owns the record, and KV is its published copy. KV has no
// compare-and-set and its readers may be a minute behind, so every write comes through here, one after the other.
import { DurableObject } from 'cloudflare:workers'
import type { StoredBinding } from '../../schemas/binding.ts'
import { kvName } from './binding.ts'

/** Left behind by a deletion, so that nothing that was still under way brings the key back. */
interface Tombstone {
  readonly id: string
  /** RFC 3339, UTC. */
  readonly deleted_at: string
}

type Held = StoredBinding | Tombstone

/** Under which the object's storage holds what it holds. */
const HELD = 'record'
/** When to publish anew after KV refused, in milliseconds: it takes one write a second for a name. */
const FIRST_RETRY_MS = 2_000
const RETRY_MS = 10_000

export class KeyRecord extends DurableObject<Env> {
  /** The end of the queue: two writes to KV at once could arrive in either order. */
  #queue: Promise<boolean> = Promise.resolve(true)
  /** Counts what this object was given to keep since it woke, and how much of that KV has. */
  #kept = 0
  #published = -1

  /** The record; null if there is none or it was deleted. */
  read(): StoredBinding | null {
    const held = this.#held()
    return held && 'rev' in held ? held : null
  }

  /**
   * Takes a record and publishes it. KV refusing does not fail the write: it is published later.
   * @param record a first record has `rev` 1, and each later one the next number after what is held
   * @returns false if another write came first, or the key was deleted: read again, and try again
   */
  async write(record: StoredBinding): Promise<boolean> {
    const held = this.#held()
    const rev = held === undefined ? 0 : 'rev' in held ? held.rev : Number.NaN
    if (record.rev !== rev + 1) return false
    await this.#keep(record)
    return true
  }

  /** Deletes the key for good; false if there was none. */
  async remove(): Promise<boolean> {
    const record = this.read()
    if (!record) return false
    await this.#keep({ id: record.id, deleted_at: new Date().toISOString() })
    return true
  }

  override async alarm(): Promise<void> {
    if (!(await this.#publish())) await this.ctx.storage.setAlarm(Date.now() + RETRY_MS)
  }

  /** Stores, together with an alarm that publishes should this object die before it has. */
  async #keep(held: Held): Promise<void> {
    this.#kept++
    this.ctx.storage.kv.put(HELD, held)
    void this.ctx.storage.setAlarm(Date.now() + FIRST_RETRY_MS)
    await this.ctx.storage.sync()
    await this.#publish()
  }

  /** Brings KV to what is held when its turn has come. */
  #publish(): Promise<boolean> {
    // Also after a turn that failed, or none would ever come again.
    const turn = () => this.#push()
    this.#queue = this.#queue.then(turn, turn)
    return this.#queue
  }

  async #push(): Promise<boolean> {
    const held = this.#held()
    const kept = this.#kept
    // Writes that waited for their turn together are published by the first of them.
    if (!held || this.#published === kept) return true
    const done = 'rev' in held ? await this.#put(held) : await this.#withdraw(held)
    if (done) this.#published = kept
    // Something newer has an alarm of its own to keep.
    if (done && this.#kept === kept) await this.ctx.storage.deleteAlarm()
    return done
  }

  async #put(record: StoredBinding): Promise<boolean> {
    return succeeds('publish', record.id, () => this.env.KEYS.put(kvName(record.id), JSON.stringify(record)))
  }

  /** The limiter hears of it first: it is asked within seconds, where KV may take a minute. */
  async #withdraw({ id }: Tombstone): Promise<boolean> {
    const told = await succeeds('revoke', id, () => this.#revoke(id))
    const gone = await succeeds('withdraw', id, () => this.env.KEYS.delete(kvName(id)))
    const cleared = await succeeds('clear', id, () => this.#clear(id))
    return told && gone && cleared
  }

  async #revoke(id: string): Promise<void> {
    await this.env.LIMITER.getByName(`key:${id}`).revoke()
  }

  /** What was answered under the key goes with it. */
  async #clear(id: string): Promise<void> {
    await this.env.RESPONSES.getByName(id).clear()
  }

  #held(): Held | undefined {
    return this.ctx.storage.kv.get<Held>(HELD)
  }
}

async function succeeds(event: string, key: string, act: () => Promise<void>): Promise<boolean> {
  try {
    await act()
    return true
  } catch (error) {
    console.error({ event: `key-${event}-failed`, key, error: error instanceof Error ? error.message : 'unknown' })
    return false
  }
}
