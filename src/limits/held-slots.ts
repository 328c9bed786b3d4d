// The slots that one isolate holds of one key, and those of them that are in use. Changed in place, like a balance.

import { SLOTS_MS, type SlotGrant, type SlotsKept, type SlotTerms, shortOf } from './slots.ts'
import { LEASE_MS } from './window.ts'

/** For how long it is believed that none is left: others end at any time. */
const BELIEVED_MS = 500
/** Slots that none were given of are not asked for again before this, unless somebody waits. */
const REFUSED_MS = 1000
/** What is in use is asked for anew this long before it would be needed: a failure can be made good in time. */
const RENEWED_MS = SLOTS_MS / 3

export interface Crowded {
  readonly limit: number
  readonly used: number
}

export class HeldSlots {
  #limit: number | undefined
  #held = 0
  #busy = 0
  /** The most that were in use since the last question; undefined before the first one. */
  #peak: number | undefined
  #until = Number.NEGATIVE_INFINITY
  #said = 0
  #askedAt = Number.NEGATIVE_INFINITY
  #answer: SlotGrant | undefined
  #answeredAt = Number.NEGATIVE_INFINITY

  get limit(): number | undefined {
    return this.#limit
  }

  get idle(): number {
    return Math.max(0, this.#held - this.#busy)
  }

  /** What the limiter counts as in use, and nobody uses. */
  unused(now: number): number {
    return now < this.#until ? this.idle : 0
  }

  /** Under a limit that has changed only what is in use stays. */
  obey(limit: number | undefined): void {
    if (limit === this.#limit) return
    this.#limit = limit
    this.#held = Math.min(this.#held, this.#busy)
    this.#answer = undefined
  }

  has(n: number, now: number): boolean {
    return n === 0 || (this.#busy + n <= this.#held && now < this.#until)
  }

  /** Uses slots, whether they are held or not: that is for whoever asks to find out. */
  take(n: number): void {
    this.#busy += n
    if (this.#peak !== undefined) this.#peak = Math.max(this.#peak, this.#busy)
  }

  release(n: number): void {
    this.#busy -= n
  }

  /** What is asked for at `now`. What is not kept must not be used from here on. */
  ask(need: number, now: number): SlotTerms {
    const enough = this.#peak === undefined ? undefined : Math.ceil(1.25 * Math.max(this.#peak, this.#busy + need)) + 1
    const spare = now < this.#until ? Math.min(this.#held, enough ?? 0) : 0
    this.#peak = this.#busy
    this.#askedAt = now
    const word = this.#word(Math.max(this.#busy, spare))
    return { ...word, need, want: enough && Math.max(0, enough - word.keep) }
  }

  /** The same question once more, because nobody knows whether the first one came. */
  repeat(terms: SlotTerms): SlotTerms {
    return { ...terms, ...this.#word(Math.max(this.#busy, terms.keep)) }
  }

  /** Adds what was granted, if it is the answer to the last word: others count from slots that are no longer there. */
  add(grant: SlotGrant, sentAt: number, now: number): void {
    if (grant.said !== this.#said) return
    this.#held += grant.units
    this.#until = sentAt + grant.forMs
    this.#answer = grant
    this.#answeredAt = now
  }

  clear(): void {
    this.#held = 0
  }

  /** Whether to ask for more in the background, so that no request has to wait for it. */
  runsLow(now: number): boolean {
    if (this.#limit === undefined) return false
    if (now >= this.#askedAt + (2 / 3) * LEASE_MS) return true
    if (this.#answer?.units === 0 && now < this.#answeredAt + REFUSED_MS) return false
    return this.#held - this.#busy < this.#held / 8
  }

  /** What is in use must be asked for, or the limiter will take its holder for dead. */
  isDue(now: number): boolean {
    return this.#limit !== undefined && this.#busy > 0 && now >= this.#until - SLOTS_MS + RENEWED_MS
  }

  /** Others may need what nobody uses here: at once where little is left, else when it was not used for a lease's time. */
  isSpare(now: number): boolean {
    if (this.idle === 0 || this.#limit === undefined || now >= this.#until) return false
    const { left = 0, alone = false } = this.#answer ?? {}
    return left < shortOf(this.#limit, alone) || now >= this.#askedAt + LEASE_MS
  }

  /** Gives up what is not in use. */
  returns(): SlotsKept {
    this.#answeredAt = Number.NEGATIVE_INFINITY
    return this.#word(Math.min(this.#held, this.#busy))
  }

  /** Why there are not n slots, if that was said a moment ago. */
  crowded(n: number, now: number): Crowded | undefined {
    if (n === 0 || this.#answer === undefined || now >= this.#answeredAt + BELIEVED_MS) return undefined
    const { limit, left } = this.#answer
    const free = left + this.idle
    return free >= n ? undefined : { limit, used: limit - free }
  }

  #word(keep: number): SlotsKept {
    this.#held = keep
    return { said: ++this.#said, keep }
  }
}
