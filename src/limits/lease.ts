// The isolate's side of a key's limits: requests are counted off leases that the key's limiter debited beforehand, so
// that most of them ask nobody. Requests that have to wait share one question, but never a promise: what belongs to one
// request dies with it, so each waits for a word of its own, and asks itself when none comes.

import type { GatewayError } from '../hub/error.ts'
import { Balance } from './balance.ts'
import type { Windows } from './meters.ts'
import { exhausted, over, revoked, tooLarge, unchecked } from './refusal.ts'
import { keyLimiter, type LeaseAnswer, type LimiterNamespace } from './rpc.ts'
import { type Limits, windowsOf } from './window.ts'

/** How often a key is asked after, limits or not: that is how its revocation is learned. */
const ASK_EVERY_MS = 30_000
/** After so long without a word a request asks for itself; after so many times it goes by the key's mode. */
const WORD_MS = 500
const ROUNDS = 4
/** For so long after a failure nobody waits for the limiter. */
const BROKEN_MS = 1000
/** A timer may fire before the clock says so. */
const SLACK_MS = 20
const MAX_KEYS = 2000

export interface ReserveOptions {
  readonly limiter: LimiterNamespace
  readonly keyId: string
  readonly limits: Limits
  /** What becomes of requests while the limiter cannot be asked: `soft` lets them through and counts them later. */
  readonly mode: 'soft' | 'hard'
  /** How many requests this one counts as. */
  readonly requests: number
  readonly waitUntil: (work: Promise<unknown>) => void
}

export interface Reservation {
  /**
   * Resolves when the request may go upstream. It may be left alone: it never causes an unhandled rejection.
   * @throws GatewayError 429 `rate_limit_requests` with `retryAfterMs`; 401 for a key that was revoked; 503 where the
   *   limiter cannot be asked and the key's mode is `hard`.
   */
  readonly granted: Promise<void>
  /** The key's own windows as they are known now. */
  windows(): Windows
  /** Tells that the request is over, any number of times. One that still waits will not be counted. */
  settle(): void
}

/** A request that waits, and what it is told in the end. */
interface Place {
  readonly requests: number
  word: 'granted' | 'failed' | GatewayError | undefined
  wake: () => void
}

/** A question on its way to the limiter. */
interface Flight {
  readonly since: number
}

/** All that an isolate knows of one key. Values only; changed in place. */
interface Account {
  readonly holder: string
  readonly balance: Balance
  readonly queue: Place[]
  flight: Flight | undefined
  askedAt: number
  brokenUntil: number
  /** Let through without a lease, and not yet told to the limiter. */
  owed: number
  revoked: boolean
}

/** The leases of one isolate. */
export class Leases {
  readonly #accounts = new Map<string, Account>()
  readonly #clock: () => number

  /** @param clock epoch milliseconds. */
  constructor(clock: () => number = () => Date.now()) {
    this.#clock = clock
  }

  /** Counts a request against its key's windows: at once where the lease has units left, else as soon as it is known. */
  reserve(options: ReserveOptions): Reservation {
    const account = this.#account(options.keyId)
    const place: Place = { requests: options.requests, word: undefined, wake: () => {} }
    const granted = this.#grant(account, place, options)
    granted.catch(() => {})
    return {
      granted,
      windows: () => account.balance.windows(this.#clock()),
      settle: () => {
        if (account.queue.includes(place)) leave(account, place, over())
      },
    }
  }

  async #grant(account: Account, place: Place, options: ReserveOptions): Promise<void> {
    const { balance } = account
    const { limits, requests } = options
    const now = this.#clock()
    if (account.revoked) throw revoked()
    balance.obey(limits)
    const own = windowsOf('requests', limits)
    if (own.length === 0) {
      if (now - account.askedAt >= ASK_EVERY_MS && now >= account.brokenUntil) this.#ask(account, options)
      return
    }
    const small = own.find(([, limit]) => limit < requests)
    if (small !== undefined) throw tooLarge(...small, requests)
    if (balance.take(requests, now)) {
      if (!isFlying(account.flight, now) && balance.runsLow(now)) this.#ask(account, options)
      return
    }
    const window = balance.exhausted(requests, now)
    if (window !== undefined) throw exhausted(window, requests, now)
    if (now >= account.brokenUntil) await this.#wait(account, place, options)
    else unanswered(account, options)
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
      leave(account, place, 'failed')
    }
    if (place.word === 'failed') unanswered(account, options)
    else if (place.word !== 'granted') throw place.word
  }

  #ask(account: Account, options: ReserveOptions): void {
    options.waitUntil(this.#fly(account, options))
  }

  /** One question to the limiter, and what follows from its answer, until the lease it brought is over. */
  async #fly(account: Account, { limiter, keyId, limits }: ReserveOptions): Promise<void> {
    const { balance, holder, queue } = account
    const sentAt = this.#clock()
    const flight = { since: sentAt }
    account.flight = flight
    account.askedAt = sentAt
    const counts = windowsOf('requests', limits).length > 0
    const owed = counts ? account.owed : 0
    account.owed -= owed
    const need = queue.reduce((sum, place) => sum + place.requests, 0)
    const requests = counts ? balance.ask(need, owed, sentAt) : undefined
    let answer: LeaseAnswer | undefined
    try {
      answer = await keyLimiter(limiter, keyId).lease({ holder, limits, requests })
    } catch (error) {
      console.warn({ event: 'limiter-failed', key: keyId, error: error instanceof Error ? error.message : 'unknown' })
    }
    const now = this.#clock()
    if (account.flight === flight) account.flight = undefined
    if (answer === undefined) {
      account.owed += owed
      account.askedAt = Number.NEGATIVE_INFINITY
      account.brokenUntil = now + BROKEN_MS
      if (account.flight === undefined) dismiss(account, 'failed')
      return
    }
    account.brokenUntil = Number.NEGATIVE_INFINITY
    if (answer.revoked) {
      account.revoked = true
      balance.clear()
      return dismiss(account, revoked())
    }
    if (answer.requests === undefined) return
    balance.add(answer.requests, sentAt, now)
    serve(account, now)
    if (balance.units > 0) await this.#expire(account, limiter, keyId, answer.requests.forMs)
  }

  /** What is left when the lease ends goes back: others may need it, and this isolate may never be asked again. */
  async #expire({ balance, holder }: Account, limiter: LimiterNamespace, keyId: string, forMs: number): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, forMs + SLACK_MS))
    const back = balance.expire(this.#clock())
    // Sent once. If it is lost the units come back with the next window; sent twice they might be granted twice.
    if (back !== undefined)
      await keyLimiter(limiter, keyId)
        .giveBack({ holder, requests: back })
        .catch(() => {})
  }

  #account(keyId: string): Account {
    const account = this.#accounts.get(keyId) ?? newAccount()
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

function newAccount(): Account {
  return {
    holder: crypto.randomUUID(),
    balance: new Balance(),
    queue: [],
    flight: undefined,
    askedAt: Number.NEGATIVE_INFINITY,
    brokenUntil: Number.NEGATIVE_INFINITY,
    owed: 0,
    revoked: false,
  }
}

function isFlying(flight: Flight | undefined, now: number): boolean {
  return flight !== undefined && now - flight.since < ROUNDS * WORD_MS
}

/** Hands out what there is, first come, first served. One that must ask for more is woken without a word. */
function serve(account: Account, now: number): void {
  const { balance, queue } = account
  for (const place of [...queue]) {
    const window = balance.exhausted(place.requests, now)
    if (balance.take(place.requests, now)) leave(account, place, 'granted')
    else if (window !== undefined) leave(account, place, exhausted(window, place.requests, now))
    else {
      place.wake()
      return
    }
  }
}

function dismiss(account: Account, word: Place['word']): void {
  for (const place of [...account.queue]) leave(account, place, word)
}

function leave({ queue }: Account, place: Place, word: Place['word']): void {
  const at = queue.indexOf(place)
  if (at === -1) return
  queue.splice(at, 1)
  place.word = word
  place.wake()
}

async function wordOrTime(place: Place): Promise<void> {
  // Made here, in the request that waits; only its resolution comes from another.
  const { promise, resolve } = Promise.withResolvers<void>()
  place.wake = resolve
  const timer = setTimeout(resolve, WORD_MS)
  await promise
  clearTimeout(timer)
}

function unanswered(account: Account, { mode, requests }: ReserveOptions): void {
  if (mode === 'hard') throw unchecked(BROKEN_MS)
  account.owed += requests
}
