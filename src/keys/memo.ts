// What an isolate remembers of its reads. It holds values, never promises: a promise belongs to the request that made
// it, and dies with it.

interface MemoOptions {
  /** How long a value counts as fresh, in milliseconds. */
  readonly hitMs?: number
  /** How long "there is none" counts as fresh, in milliseconds. */
  readonly missMs?: number
  /** How long after its read a value may stand in while the store cannot be read, in milliseconds. */
  readonly staleMs?: number
  readonly max?: number
}

interface Entry<T> {
  /** null: there is none. */
  readonly value: T | null
  readonly readAt: number
  readonly freshUntil: number
}

/** A bounded map whose entries age. Times are epoch milliseconds, and always the caller's. */
export class Memo<T> {
  readonly #entries = new Map<string, Entry<T>>()
  readonly #options: Required<MemoOptions>

  constructor({ hitMs = 30_000, missMs = 5_000, staleMs = 600_000, max = 2_000 }: MemoOptions = {}) {
    this.#options = { hitMs, missMs, staleMs, max }
  }

  get size(): number {
    return this.#entries.size
  }

  /** The value if it is fresh; null if there freshly was none; undefined if the store must be asked. */
  fresh(id: string, now: number): T | null | undefined {
    const entry = this.#entries.get(id)
    return entry && now < entry.freshUntil ? entry.value : undefined
  }

  /**
   * The last value read, for when the store cannot be read. It counts as fresh again for as long as a miss would, so
   * that not every request waits for a store that is down.
   */
  lastKnown(id: string, now: number): T | undefined {
    const entry = this.#entries.get(id)
    if (!entry || entry.value === null || now - entry.readAt > this.#options.staleMs) return undefined
    this.#entries.set(id, { ...entry, freshUntil: now + this.#options.missMs })
    return entry.value
  }

  /** Remembers what a read gave. */
  set(id: string, value: T | null, now: number): void {
    const { hitMs, missMs, max } = this.#options
    // Taken out first: a Map keeps the order of insertion, and the first is the one that goes.
    this.#entries.delete(id)
    this.#entries.set(id, { value, readAt: now, freshUntil: now + (value === null ? missMs : hitMs) })
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= max) break
      this.#entries.delete(oldest)
    }
  }

  /** Forgets one entry, after a write of this isolate's own. */
  forget(id: string): void {
    this.#entries.delete(id)
  }
}
