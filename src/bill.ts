// What one request is charged against its key's limits, over all its targets, and what it turns out to have used.
import type { AppContext } from './journey.ts'
import type { Binding } from './keys/binding.ts'
import { reserved, type Size, used } from './limits/estimate.ts'
import { leases, type Reservation, type ReserveOptions } from './limits/lease.ts'
import { tighter } from './limits/meters.ts'
import type { Cost } from './limits/queue.ts'

export class Bill {
  readonly #c: AppContext
  readonly #binding: Binding
  #requests = 0
  #tokens = 0
  /** The largest input that was charged: of an answer without usage that is what came before it. */
  #input = 0

  constructor(c: AppContext, binding: Binding) {
    this.#c = c
    this.#binding = binding
  }

  /**
   * Charges a target. One that takes more than those before it is charged the rest.
   * @param calls how many requests it counts as.
   */
  charge(calls: number, size: Size = { input: 0, answers: 0, most: 0 }): Reservation {
    const limits = { ...this.#binding.limits, ...this.#binding.token?.budget }
    const journey = this.#c.get('journey')
    const first = this.#requests === 0
    // Whatever a request takes, it is not sent where nothing is left.
    const tokens = Math.max(1, reserved(size, limits))
    const cost = { requests: Math.max(0, calls - this.#requests), tokens: Math.max(0, tokens - this.#tokens) }
    this.#requests = Math.max(this.#requests, calls)
    this.#tokens = Math.max(this.#tokens, tokens)
    this.#input = Math.max(this.#input, size.input)
    const reservation = this.#reserve(cost)
    // What was used is settled with the first charge; what others reserved comes back whole.
    journey.atEnd((end) =>
      reservation.settle(first ? used({ ...end, sent: journey.attempts > 0 }, { input: this.#input }) : 0),
    )
    return reservation
  }

  /** A token has a budget of its own, and uses its key's. The key is not charged for what the token may not. */
  #reserve(cost: Cost): Reservation {
    const { id, limits, token } = this.#binding
    const own = () => this.#of({ keyId: id, limits, cost })
    if (!token || Object.keys(token.budget).length === 0) return own()
    const lent = this.#of({ keyId: token.id, limits: token.budget, endsAt: token.expiresAt, cost })
    let key: Reservation | undefined
    let settled: number | undefined
    const charge = async () => {
      await lent.granted
      // It may have been over while it waited.
      if (settled !== undefined) return
      key = own()
      await key.granted
    }
    const granted = charge()
    granted.catch(() => undefined)
    return {
      granted,
      windows: () => {
        const [outer, inner] = [key?.windows() ?? {}, lent.windows()]
        const [requests, tokens] = [tighter(outer.requests, inner.requests), tighter(outer.tokens, inner.tokens)]
        return { ...(requests && { requests }), ...(tokens && { tokens }) }
      },
      settle: (used) => {
        settled ??= used
        lent.settle(used)
        key?.settle(used)
      },
    }
  }

  #of(what: Pick<ReserveOptions, 'keyId' | 'limits' | 'cost' | 'endsAt'>): Reservation {
    const { env, executionCtx } = this.#c
    const waitUntil = (work: Promise<unknown>) => executionCtx.waitUntil(work)
    return leases.reserve({ ...what, limiter: env.LIMITER, mode: this.#binding.limitsMode, waitUntil })
  }
}
