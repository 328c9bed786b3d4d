// One request's side of a credential and family of models. The limiter is told rarely while there is plenty, at once when
// something changes, and asked before a request is sent where only it can know.

import { type AdmitEvent, type Book, hear, outlook, type Use, type Verdict } from './admission.ts'
import { alive, failure, OPENS_AT } from './breaker.ts'
import type { Unit, Windows } from './meters.ts'
import { current, isTight, seenAt } from './observed.ts'
import { credentialLimiter, type LimiterNamespace, type LimiterStub } from './rpc.ts'
import type { Flight, Sight } from './sight.ts'
import { blockOf, type Standing, UNKNOWN } from './standing.ts'

/** How long to keep what was seen to oneself: as a rule, when little is left, when the provider refused or failed. */
const AMPLE_MS = 4000
const TIGHT_MS = 2000
const REFUSED_MS = 1000
const FAILED_MS = 1000
/** After so long without a word from the provider or the limiter the limiter is asked for what others know. */
const COLD_MS = 60_000
/** How long a request waits for that, in a key's `soft` mode and in `hard`; and near the edge, where a miss costs more. */
const COLD_WAIT_MS = { soft: 25, hard: 2000 }
const EDGE_WAIT_MS = { soft: 250, hard: 2000 }
/** For so long an account that has nothing left to spend is not the first choice. */
const QUOTA_MS = 30_000

export type Mode = 'soft' | 'hard'

export interface ObserverOptions {
  readonly limiter: LimiterNamespace
  /** A hash of the credential; never the credential. */
  readonly credentialId: string
  /** The models that the provider counts together. */
  readonly family: string
  /** One of them, as it was named. */
  readonly model?: string
  /** Windows of the provider that fill up slowly. */
  readonly refills?: readonly Unit[]
  /** The key's: for how long to wait for the limiter. */
  readonly mode: Mode
  readonly waitUntil: (work: Promise<unknown>) => void
}

/** An answer, as far as it tells of limits. */
interface Answered {
  readonly status: number
  /** When the request was sent, in epoch milliseconds. */
  readonly sentAt: number
  /** For how long a refusal asks to be left alone, if it does. */
  readonly retryAfterMs?: number | undefined
}

/** One request's view of a credential and family. */
export class Observer {
  readonly #sight: Sight
  readonly #clock: () => number
  readonly #options: ObserverOptions
  #claim: Flight | undefined

  constructor(sight: Sight, clock: () => number, options: ObserverOptions) {
    this.#sight = sight
    this.#clock = clock
    this.#options = options
  }

  /** The provider's windows, as far as any isolate saw them. */
  windows(): Windows {
    return current(this.#sight.standing.seen, this.#clock())
  }

  /**
   * Whether so many calls may be sent. Decided here and now while there is plenty; near the edge, and where nothing is
   * known, with the limiter, as long as that does not take too long.
   * @param last no other target is left.
   */
  async admit(requests: number, last: boolean): Promise<Verdict> {
    const { refills = [], mode } = this.#options
    const sight = this.#sight
    this.release()
    const event: AdmitEvent = { need: sight.use(requests), refills, last }
    let cold = this.#clock() - sight.heardAt >= COLD_MS
    for (;;) {
      const now = this.#clock()
      const seen = outlook(sight.standing, sight.debits(), event, now)
      if (seen === 'go' && !cold) this.#claimed(event.need)
      if (seen !== 'ask' && (seen !== 'go' || !cold)) return seen
      const patience = (seen === 'ask' ? EDGE_WAIT_MS : COLD_WAIT_MS)[mode]
      if (seen === 'ask' || now - sight.askedAt >= patience) return this.#ask(event, patience)
      await this.#othersAnswer(patience)
      cold = false
    }
  }

  /** A call leaves. @returns when, and what to do when its head has come, or will not. */
  depart(): { readonly sentAt: number; readonly land: () => void } {
    const { flights } = this.#sight
    const flight: Flight = { use: this.#sight.use(1), at: this.#clock() }
    flights.add(flight)
    const claim = this.#claim
    if (claim) {
      claim.use = this.#sight.use(claim.use.requests - 1)
      if (claim.use.requests <= 0) this.release()
    }
    return { sentAt: flight.at, land: () => void flights.delete(flight) }
  }

  /** What was admitted and has not left will not. */
  release(): void {
    if (this.#claim) this.#sight.flights.delete(this.#claim)
    this.#claim = undefined
  }

  /** Takes in the windows of an answer. Nothing waits for it, and it never throws. */
  observe(windows: Windows, { status, sentAt, retryAfterMs }: Answered): void {
    const now = this.#clock()
    const before = blockOf(this.#sight.standing, now)
    this.#sight.take(
      {
        seen: seenAt(windows, now, sentAt),
        ...(status === 429 && retryAfterMs !== undefined && { pause: { sentAt, until: now + retryAfterMs } }),
        ...(status < 300 && { goodAt: sentAt }),
      },
      now,
    )
    this.#sight.heardAt = now
    const news = (before === undefined) !== (blockOf(this.#sight.standing, now) === undefined)
    if (Object.keys(windows).length === 0 && !news) return
    const every = news ? 0 : status === 429 ? REFUSED_MS : isTight(windows) ? TIGHT_MS : AMPLE_MS
    if (now - this.#sight.toldAt >= every) this.#options.waitUntil(this.#tell())
  }

  /** The target gave a sign of life: an answer's first byte, or a refusal of what was asked. */
  lives(): void {
    const now = this.#clock()
    const { standing, outcomes } = this.#sight
    const told = (standing.breaker?.failures ?? 0) > outcomes.failures
    this.#sight.happened(alive(now), now)
    // Who heard of failures must hear that they are over.
    if (told) this.#options.waitUntil(this.#tell())
  }

  /**
   * The target failed before its first byte.
   * @param quota it has nothing left to spend: known at once, and over as soon as somebody pays.
   */
  failed(sentAt: number, { coolMs = 0, quota = false } = {}): void {
    const [weight, cool] = quota ? [OPENS_AT, QUOTA_MS] : [1, coolMs]
    const now = this.#clock()
    const before = this.#sight.standing.breaker?.openUntil
    this.#sight.happened(failure(now, sentAt, { weight, coolMs: cool }), now)
    const opened = this.#sight.standing.breaker?.openUntil !== before
    this.#options.waitUntil(opened ? this.#tell() : this.#tellLater())
  }

  /** What a request took. */
  used(input: number, output: number): void {
    this.#sight.used(input, output)
  }

  /** Asks for what all isolates know, and how the target stands by that. @throws when the limiter cannot be asked. */
  async look(): Promise<Standing> {
    const { standing = UNKNOWN } = await this.#limiter().snapshot({ limits: {} })
    this.#sight.take(standing, this.#clock())
    const { breaker = this.#sight.standing.breaker } = standing
    return { ...this.#sight.standing, ...(breaker && { breaker }) }
  }

  /** How the target stands, by what is known here. */
  get standing(): Standing {
    return this.#sight.standing
  }

  /** What is about to be sent counts as if it had been. */
  #claimed(use: Use): void {
    this.#claim = { use, at: this.#clock() }
    this.#sight.flights.add(this.#claim)
  }

  /** The limiter's word, or, if that does not come in time, what it would say if it knew only what is known here. */
  async #ask(event: AdmitEvent, patienceMs: number): Promise<Verdict> {
    const sight = this.#sight
    sight.askedAt = this.#clock()
    const holding = this.#sight.holding()
    this.#claimed(event.need)
    const asked = this.#tell(holding, event)
    this.#options.waitUntil(asked)
    let verdict = await within(patienceMs, asked)
    if (verdict === undefined) {
      const own: Book = { standing: sight.standing, debits: {} }
      const [{ standing }, word = 'go'] = hear(own, { ...UNKNOWN, holding, admit: event }, this.#clock())
      sight.standing = standing
      verdict = word
    }
    if (verdict !== 'go') this.release()
    return verdict
  }

  /** Another request of this isolate has asked. A promise of it would die with it, so this one waits for a word. */
  async #othersAnswer(patienceMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#sight.waiting.add(resolve)
    await within(patienceMs, promise)
    this.#sight.waiting.delete(resolve)
  }

  /** Most failures are over with the next answer, and nobody else has to know of them. */
  async #tellLater(): Promise<void> {
    const at = this.#clock()
    await new Promise((resolve) => setTimeout(resolve, FAILED_MS))
    const { failures, aliveAt } = this.#sight.outcomes
    if (failures > 0 && aliveAt < at) await this.#tell()
  }

  async #tell(holding = this.#sight.holding(), event?: AdmitEvent): Promise<Verdict | undefined> {
    const sight = this.#sight
    const { breaker: _own, ...standing } = sight.standing
    const telling = { ...standing, outcomes: sight.tell(this.#clock()), holding, admit: event }
    try {
      const { verdict, ...heard } = await this.#limiter().observe(telling)
      sight.hear(heard, holding, this.#clock())
      return verdict
    } catch {
      // Told with the next answer. Until then this isolate goes by what it saw itself.
      return undefined
    } finally {
      for (const wake of sight.waiting) wake()
    }
  }

  #limiter(): LimiterStub {
    const { limiter, credentialId, family } = this.#options
    return credentialLimiter(limiter, credentialId, family)
  }
}

/** What comes in time, or undefined. */
async function within<T>(ms: number, work: Promise<T>): Promise<T | undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>()
  const timer = setTimeout(resolve, ms)
  try {
    return await Promise.race([work, promise])
  } finally {
    clearTimeout(timer)
  }
}
