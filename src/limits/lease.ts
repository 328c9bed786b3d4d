// The isolate's side of a key's limits: what requests use is counted off leases that the key's limiter debited beforehand,
// so that most of them ask nobody. Requests that have to wait share one question, but never a promise: what belongs to one
// request dies with it, so each waits for a word of its own, and asks itself when none comes.

import { Account, type Flight } from './account.ts'
import type { Windows } from './meters.ts'
import { type Cost, dismiss, leave, type Place, WORD_MS, wordOrTime } from './queue.ts'
import { over, revoked, unchecked } from './refusal.ts'
import { keyLimiter, type LeaseAnswer, type LeaseAsk, type LimiterNamespace } from './rpc.ts'
import type { Limits, View } from './spans.ts'

/** How often a key is asked after, limits or not: that is how its revocation is learned. */
const ASK_EVERY_MS = 30_000
/** After so many times without a word a request goes by the key's mode. */
const ROUNDS = 4
/** For so long after a failure nobody waits for the limiter; longer where it has too much to do. */
const BROKEN_MS = 1000
const OVERLOADED_MS = 5000
/** How often a request that is under way looks whether its isolate has to renew what it holds. */
const BEAT_MS = 5000
/** What goes back waits this long for what else goes back. */
const TIDY_MS = 50
/** A timer may fire before the clock says so. */
const SLACK_MS = 20
const MAX_KEYS = 2000

export interface ReserveOptions {
  readonly limiter: LimiterNamespace
  readonly keyId: string
  readonly limits: Limits
  /** What becomes of requests while the limiter cannot be asked: `soft` lets them through and counts them later. */
  readonly mode: 'soft' | 'hard'
  readonly cost: Cost
  /** When what is limited ends, in epoch milliseconds; absent for what does not. */
  readonly endsAt?: number | undefined
  readonly waitUntil: (work: Promise<unknown>) => void
}

export interface Reservation {
  /**
   * Resolves when the request may go upstream. It may be left alone: it never causes an unhandled rejection.
   * @throws GatewayError 429 `rate_limit_requests` or `rate_limit_tokens` with `retryAfterMs`; 401 for a key that was
   *   revoked; 503 where the limiter cannot be asked and the key's mode is `hard`.
   */
  readonly granted: Promise<void>
  /** The key's own windows as they are known now. */
  windows(): Windows
  /**
   * Tells that the request is over, and what it used in tokens. Only the first time counts. One that still waits will
   * not be counted.
   */
  settle(tokens: number): void
}

/** The leases of one isolate. */
export class Leases {
  readonly #accounts = new Map<string, Account>()
  readonly #clock: () => number

  /** @param clock epoch milliseconds. */
  constructor(clock: () => number = () => Date.now()) {
    this.#clock = clock
  }

  /** Counts a request against its key's limits: at once where the leases have enough, else as soon as it is known. */
  reserve(options: ReserveOptions): Reservation {
    const account = this.#account(options.keyId)
    const place: Place = {
      cost: options.cost,
      word: undefined,
      wake: () => {},
      taken: undefined,
      over: false,
      seenAt: 0,
    }
    const granted = this.#grant(account, place, options)
    granted.catch(() => {})
    const stop = this.#beat(account, place, options)
    return {
      granted,
      windows: () => account.windows(this.#clock()),
      settle: (tokens) => {
        stop()
        if (account.queue.includes(place)) leave(account.queue, place, over())
        place.over = true
        account.settle(place, tokens, this.#clock())
        this.#tidy(account, options)
      },
    }
  }

  /** A limit as its limiter told of it, with what of it lies unused in this isolate. */
  left(keyId: string, { name, limit, left }: View): number {
    const unused = this.#accounts.get(keyId)?.unused(name, this.#clock()) ?? 0
    return Math.min(limit, Math.max(0, left + unused))
  }

  async #grant(account: Account, place: Place, options: ReserveOptions): Promise<void> {
    const now = this.#clock()
    if (account.revoked) throw revoked()
    account.obey(options.limits)
    if (!account.counts) {
      if (now - account.askedAt >= ASK_EVERY_MS && now >= account.brokenUntil) this.#ask(account, options)
      return
    }
    const never = account.tooLarge(place.cost)
    if (never !== undefined) throw never
    if (account.take(place, now)) {
      if (!isFlying(account.flight, now) && now >= account.brokenUntil && account.runsLow(now))
        this.#ask(account, options)
      return
    }
    const refusal = account.refusal(place.cost, now)
    if (refusal !== undefined) throw refusal
    if (now >= account.brokenUntil) await this.#wait(account, place, options)
    else this.#unanswered(account, place, options)
  }

  async #wait(account: Account, place: Place, options: ReserveOptions): Promise<void> {
    account.queue.push(place)
    let silent: Flight | undefined
    for (let round = 0; round < ROUNDS && place.word === undefined; round++) {
      // A flight that was silent for a whole round may have died with the request that started it.
      if (!isFlying(account.flight, this.#clock()) || account.flight === silent) this.#ask(account, options)
      silent = account.flight
      await wordOrTime(place)
    }
    if (place.word === undefined) {
      account.brokenUntil = this.#clock() + BROKEN_MS
      leave(account.queue, place, 'failed')
    }
    if (place.word === 'failed') this.#unanswered(account, place, options)
    else if (place.word !== 'granted') throw place.word
  }

  #unanswered(account: Account, place: Place, { mode }: ReserveOptions): void {
    if (mode === 'hard') throw unchecked(Math.max(1, account.brokenUntil - this.#clock()))
    if (!place.over) account.force(place, this.#clock())
  }

  #ask(account: Account, options: ReserveOptions): void {
    options.waitUntil(this.#fly(account, options))
  }

  /** One question to the limiter, and what follows from its answer, until the leases it brought are over. */
  async #fly(account: Account, { limiter, keyId, endsAt }: ReserveOptions): Promise<void> {
    const sentAt = this.#clock()
    const flight = { since: sentAt }
    account.flight = flight
    account.askedAt = sentAt
    const ask = { ...account.ask(sentAt), ...(endsAt !== undefined && { endsAt }) }
    let answer: LeaseAnswer | undefined
    let backOffMs = BROKEN_MS
    try {
      answer = await lease(limiter, keyId, ask, () => account.repeat(ask))
    } catch (error) {
      if (isMarked(error, 'overloaded')) backOffMs = OVERLOADED_MS
      console.warn({ event: 'limiter-failed', key: keyId, error: error instanceof Error ? error.message : 'unknown' })
    }
    const now = this.#clock()
    if (account.flight === flight) account.flight = undefined
    if (answer === undefined) {
      account.unheard(ask)
      account.askedAt = Number.NEGATIVE_INFINITY
      account.brokenUntil = now + backOffMs
      if (account.flight === undefined) dismiss(account.queue, 'failed')
      return
    }
    account.brokenUntil = Number.NEGATIVE_INFINITY
    if (answer.revoked) {
      account.revoked = true
      account.clear()
      return dismiss(account.queue, revoked())
    }
    account.add(answer, sentAt, now)
    account.serve(now)
    const restMs = Account.restMs(answer)
    if (restMs === 0) return
    // What is left when the leases end goes back: others may need it, and this isolate may never be asked again.
    await sleep(restMs + SLACK_MS)
    await this.#giveBack(account, limiter, keyId)
  }

  /** Sent once. If it is lost the units come back with the next window; sent twice they might be granted twice. */
  async #giveBack(account: Account, limiter: LimiterNamespace, keyId: string): Promise<void> {
    const back = account.returns(this.#clock())
    if (back === undefined) return
    await keyLimiter(limiter, keyId)
      .giveBack(back)
      .catch(() => {})
  }

  /** Sees to it that the limiter hears of what a request left behind, once for all that end together. */
  #tidy(account: Account, options: ReserveOptions): void {
    const now = this.#clock()
    const cares = () => account.owes || account.returning(this.#clock())
    if (!cares() || now < account.brokenUntil || now < account.tidiedAt + ROUNDS * WORD_MS) return
    const tidy = async () => {
      account.tidiedAt = now
      await sleep(TIDY_MS)
      while (isFlying(account.flight, this.#clock())) await sleep(TIDY_MS)
      account.tidiedAt = Number.NEGATIVE_INFINITY
      if (account.owes && this.#clock() >= account.brokenUntil) await this.#fly(account, options)
      else if (cares()) await this.#giveBack(account, options.limiter, options.keyId)
    }
    options.waitUntil(tidy())
  }

  /** While a request is under way its isolate renews what it holds. Each does so, because each may be the last. */
  #beat(account: Account, place: Place, options: ReserveOptions): () => void {
    if (!account.settles) return () => {}
    const timer = setInterval(() => {
      const now = this.#clock()
      place.seenAt = now
      if (account.isDue(now) && !isFlying(account.flight, now) && now >= account.brokenUntil)
        this.#ask(account, options)
    }, BEAT_MS)
    return () => clearInterval(timer)
  }

  #account(keyId: string): Account {
    const account = this.#accounts.get(keyId) ?? new Account()
    // A Map keeps the order of insertion: those in use go to the end, and the first is the one to forget.
    this.#accounts.delete(keyId)
    this.#accounts.set(keyId, account)
    for (const oldest of this.#accounts.keys()) {
      if (this.#accounts.size <= MAX_KEYS) break
      this.#accounts.delete(oldest)
    }
    return account
  }
}

/** The leases of this isolate. */
export const leases = new Leases()

/** Asks, and once more where the way there failed rather than the limiter. */
async function lease(
  limiter: LimiterNamespace,
  keyId: string,
  ask: LeaseAsk,
  again: () => LeaseAsk,
): Promise<LeaseAnswer> {
  try {
    return await keyLimiter(limiter, keyId).lease(ask)
  } catch (error) {
    if (!isMarked(error, 'retryable') || isMarked(error, 'overloaded')) throw error
    return keyLimiter(limiter, keyId).lease(again())
  }
}

/** What the platform says of a failed call: https://developers.cloudflare.com/durable-objects/best-practices/error-handling/ */
function isMarked(error: unknown, mark: 'retryable' | 'overloaded'): boolean {
  return error instanceof Error && Reflect.get(error, mark) === true
}

function isFlying(flight: Flight | undefined, now: number): boolean {
  return flight !== undefined && now - flight.since < ROUNDS * WORD_MS
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
