// All that an isolate knows of a credential and family of models: what was seen, by itself and by others, what it has not
// told yet, and what it has on its way. Values only, changed in place: promises would die with the request that made them.

import { type Debit, type Holding, isUncounted, NOTHING, sum, type Use } from './admission.ts'
import { and, CLOSED, learn, NO_OUTCOMES, type Outcomes } from './breaker.ts'
import { sightings } from './observed.ts'
import { fuseStanding, type Standing, UNKNOWN } from './standing.ts'

/** Of the tokens a request took, so much is news. */
const NEWS = 1 / 8

/** A call on its way, or several that are about to be sent. */
export interface Flight {
  use: Use
  readonly at: number
}

/** Times are epoch milliseconds of this isolate. */
export class Sight {
  standing: Standing = UNKNOWN
  /** What the limiter was not told yet. */
  outcomes: Outcomes = NO_OUTCOMES
  readonly flights = new Set<Flight>()
  /** Wakes requests that wait for what another has asked. */
  readonly waiting = new Set<() => void>()
  /** One of the family's models, as it was named. */
  model: string | undefined
  toldAt = Number.NEGATIVE_INFINITY
  askedAt = Number.NEGATIVE_INFINITY
  heardAt = Number.NEGATIVE_INFINITY
  /** Names this isolate, at random. */
  readonly #holder = crypto.randomUUID()
  #turns = 0
  /** Tokens that a request took of late. */
  #mean = { input: 0, output: 0 }

  /** Takes in what was seen of windows. */
  take(seen: Standing, now: number): void {
    this.standing = fuseStanding(this.standing, seen, now)
  }

  /** Takes in how a request went. */
  happened(seen: Outcomes, now: number): void {
    this.heardAt = now
    this.outcomes = and(this.outcomes, seen)
    const { breaker = CLOSED } = this.standing
    this.standing = { ...this.standing, breaker: learn(breaker, seen, now) }
  }

  /** What was not told yet, as it is being told. */
  tell(now: number): Outcomes {
    const { outcomes } = this
    this.outcomes = NO_OUTCOMES
    // Who knows nothing yet has only asked.
    if (Object.keys(this.standing.seen).length > 0) this.toldAt = now
    return outcomes
  }

  /** Takes in the limiter's answer to a telling. */
  hear({ breaker, ...seen }: Standing, { turn }: Holding, now: number): void {
    this.take(seen, now)
    this.heardAt = now
    // Answers can overtake each other, and an older one knows less of failures.
    if (breaker && turn === this.#turns) {
      this.standing = { ...this.standing, breaker: learn(breaker, this.outcomes, now) }
    }
  }

  /** What so many requests take, as far as anybody knows. */
  use(requests: number): Use {
    const { input, output } = this.#mean
    return { requests, input: input * requests, output: output * requests }
  }

  /** What a request took. */
  used(input: number, output: number): void {
    const mean = this.#mean
    const first = mean.input + mean.output === 0
    const next = (old: number, now: number) => (first ? now : old + (now - old) * NEWS)
    this.#mean = { input: next(mean.input, input), output: next(mean.output, output) }
  }

  debits(): Debit[] {
    return [...this.flights].map(({ use, at }) => ({ ...use, at }))
  }

  /** What is on its way and not yet in what the provider told last. */
  holding(): Holding {
    const newest = Math.max(0, ...sightings(this.standing.seen).map(([, { sentAt }]) => sentAt))
    const holds = this.debits().reduce((all: Use, one) => (isUncounted(one, newest) ? sum(all, one) : all), NOTHING)
    return { holder: this.#holder, turn: ++this.#turns, holds }
  }
}
