// All that an isolate knows of one key's limits: what it holds of each, and who waits. Values only, changed in place:
// what belongs to one request dies with it.

import type { GatewayError } from '../hub/error.ts'
import { Balance } from './balance.ts'
import { UNITS } from './counted.ts'
import { HeldSlots } from './held-slots.ts'
import type { Windows } from './meters.ts'
import { type Cost, leave, type Place, type Taken } from './queue.ts'
import { crowded, exhausted, tooLarge } from './refusal.ts'
import type { GiveBackAsk, LeaseAnswer, LeaseAsk } from './rpc.ts'
import { type LimitName, type Limits, SPANS } from './spans.ts'
import { LEASE_MS } from './window.ts'

/** Tokens that are under way are asked after this often, or the limiter would no longer know whose they are. */
const AWAITED_MS = 30_000

/** A request that gave no sign of life for so long was taken away by the runtime, which runs nothing at its end. */
const LOST_MS = 30_000

/** A question on its way to the limiter. */
export interface Flight {
  readonly since: number
}

export class Account {
  readonly holder = crypto.randomUUID()
  readonly #balances = { requests: new Balance('requests'), tokens: new Balance('tokens') }
  readonly #slots = new HeldSlots()
  readonly queue: Place[] = []
  /** Requests under way that are to be settled. */
  readonly #running = new Set<Place>()
  limits: Limits = {}
  flight: Flight | undefined
  /** Somebody sees to what goes back, since then. */
  tidiedAt = Number.NEGATIVE_INFINITY
  askedAt = Number.NEGATIVE_INFINITY
  brokenUntil = Number.NEGATIVE_INFINITY
  revoked = false

  /** Under limits that have changed nothing leased before may be used. */
  obey(limits: Limits): void {
    if (limits === this.limits) return
    this.limits = limits
    for (const unit of UNITS) this.#balances[unit].obey(limits)
    this.#slots.obey(limits.concurrent_requests)
  }

  /** Whether the key has any limit that is counted here. */
  get counts(): boolean {
    return this.#slots.limit !== undefined || UNITS.some((unit) => this.#balances[unit].counts)
  }

  /** Whether what is taken now will have to be settled. */
  get settles(): boolean {
    return this.#slots.limit !== undefined || this.#balances.tokens.counts
  }

  /** 429 for a request that counts for more than a limit ever allows. */
  tooLarge(cost: Cost): GatewayError | undefined {
    for (const unit of UNITS) {
      const small = this.#balances[unit].tooSmall(cost[unit])
      if (small !== undefined) return tooLarge(...small, cost[unit])
    }
    const { limit } = this.#slots
    return limit !== undefined && limit < cost.requests
      ? tooLarge('concurrent_requests', limit, cost.requests)
      : undefined
  }

  /** Takes all that a request costs, or nothing. */
  take(place: Place, now: number): boolean {
    const cost = this.#counted(place.cost)
    const { requests, tokens } = this.#balances
    if (!requests.has(cost.requests, now) || !tokens.has(cost.tokens, now) || !this.#slots.has(cost.slots, now))
      return false
    requests.take(cost.requests)
    this.#begin(place, { slots: cost.slots, tokens: cost.tokens, from: tokens.reserve(cost.tokens) }, now)
    return true
  }

  /** Lets a request through that the limiter could not be asked for. Its tokens are counted when they are known. */
  force(place: Place, now: number): void {
    const { requests, slots } = this.#counted(place.cost)
    this.#balances.requests.owe(requests)
    this.#begin(place, { slots, tokens: 0, from: {} }, now)
  }

  #begin(place: Place, taken: Taken, now: number): void {
    this.#slots.take(taken.slots)
    place.taken = taken
    place.seenAt = now
    if (this.settles) this.#running.add(place)
  }

  /** The request is over, and this is what it used. */
  settle(place: Place, tokens: number, now: number): void {
    const { taken } = place
    if (taken === undefined) return
    place.taken = undefined
    this.#running.delete(place)
    this.#slots.release(taken.slots)
    const balance = this.#balances.tokens
    if (balance.counts || taken.tokens > 0) balance.settle(taken.tokens, tokens, taken.from, now)
  }

  /** Hands out what there is, first come, first served. One that must ask for more is woken without a word. */
  serve(now: number): void {
    for (const place of [...this.queue]) {
      const taken = this.take(place, now)
      const word = taken ? 'granted' : this.refusal(place.cost, now)
      if (word === undefined) {
        place.wake()
        return
      }
      leave(this.queue, place, word)
    }
  }

  /** Why a request cannot be served, if that was said a moment ago: the last of its limits to allow it again. */
  refusal(cost: Cost, now: number): GatewayError | undefined {
    const counted = this.#counted(cost)
    const [first, second] = UNITS.flatMap((unit) => {
      const window = this.#balances[unit].exhausted(counted[unit], now)
      return window === undefined ? [] : [{ window, requested: counted[unit] }]
    })
    const last = first && second && second.window.resetAt > first.window.resetAt ? second : first
    if (last !== undefined) return exhausted(last.window, last.requested, now)
    const full = this.#slots.crowded(counted.slots, now)
    return full && crowded(full, counted.slots)
  }

  /** Whether to ask in the background, so that no request has to wait for it. */
  runsLow(now: number): boolean {
    return this.#slots.runsLow(now) || UNITS.some((unit) => this.#balances[unit].runsLow(now))
  }

  /** Whether the limiter would otherwise take what is under way for lost. */
  isDue(now: number): boolean {
    return this.#slots.isDue(now) || (this.#balances.tokens.awaits && now >= this.askedAt + AWAITED_MS)
  }

  /** Use that the limiter should hear of though nobody asks for more. */
  get owes(): boolean {
    return this.#balances.tokens.owed > 0
  }

  /** The question to the limiter, for everybody who waits. */
  ask(now: number): LeaseAsk {
    for (const place of this.#running)
      if (now - place.seenAt > LOST_MS) this.settle(place, place.taken?.tokens ?? 0, now)
    const costs = this.queue.map(({ cost }) => this.#counted(cost))
    const need = (what: 'requests' | 'tokens' | 'slots') => costs.reduce((sum, cost) => sum + cost[what], 0)
    const { requests, tokens } = this.#balances
    return {
      holder: this.holder,
      limits: this.limits,
      requests: requests.counts ? requests.ask(need('requests'), now) : undefined,
      tokens: tokens.counts ? tokens.ask(need('tokens'), now) : undefined,
      slots: this.#slots.limit === undefined ? undefined : this.#slots.ask(need('slots'), now),
    }
  }

  /** The question once more. What goes back may have arrived: sent twice it could be granted twice. */
  repeat(ask: LeaseAsk): LeaseAsk {
    const { requests, tokens, slots } = ask
    return {
      ...ask,
      requests: requests && { ...requests, backs: undefined },
      tokens: tokens && { ...tokens, backs: undefined },
      slots: slots && this.#slots.repeat(slots),
    }
  }

  /** It was not heard, as far as anybody knows. */
  unheard(ask: LeaseAsk): void {
    for (const unit of UNITS) this.#balances[unit].owe(ask[unit]?.owed ?? 0)
  }

  add(answer: LeaseAnswer, sentAt: number, now: number): void {
    for (const unit of UNITS) {
      const grant = answer[unit]
      if (grant !== undefined) this.#balances[unit].add(grant, sentAt, now)
    }
    if (answer.slots !== undefined) this.#slots.add(answer.slots, sentAt, now)
  }

  /** How long what was granted may lie here unused. */
  static restMs({ requests, tokens, slots }: LeaseAnswer): number {
    return Math.max(requests?.forMs ?? 0, tokens?.forMs ?? 0, slots === undefined ? 0 : LEASE_MS)
  }

  /** Something waits to go back to the limiter. */
  returning(now: number): boolean {
    return this.#slots.isSpare(now) || UNITS.some((unit) => this.#balances[unit].returning)
  }

  /** What goes back to the limiter, once. */
  returns(now: number): GiveBackAsk | undefined {
    const requests = this.#balances.requests.returns(now)
    const tokens = this.#balances.tokens.returns(now)
    // While a question is under way its answer counts from the slots that it told of.
    const slots = this.flight === undefined && this.#slots.isSpare(now) ? this.#slots.returns() : undefined
    if (requests === undefined && tokens === undefined && slots === undefined) return undefined
    return { holder: this.holder, requests, tokens, slots }
  }

  clear(): void {
    for (const unit of UNITS) this.#balances[unit].clear()
    this.#slots.clear()
  }

  /** How much of a limit lies here unused, which the limiter counts as used. */
  unused(name: LimitName, now: number): number {
    return name === 'concurrent_requests' ? this.#slots.unused(now) : this.#balances[SPANS[name].unit].unused(now)
  }

  windows(now: number): Windows {
    return { ...this.#balances.requests.windows(now), ...this.#balances.tokens.windows(now) }
  }

  /** A cost as far as the key has limits on it. */
  #counted({ requests, tokens }: Cost): Cost & { readonly slots: number } {
    return {
      requests: this.#balances.requests.counts ? requests : 0,
      tokens: this.#balances.tokens.counts ? tokens : 0,
      slots: this.#slots.limit === undefined ? 0 : requests,
    }
  }
}
