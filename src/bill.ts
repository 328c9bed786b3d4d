// What one request is charged against its key's limits, over all its targets, and what it turns out to have used.
import type { AppContext } from './journey.ts'
import type { Binding } from './keys/binding.ts'
import { reserved, type Size, used } from './limits/estimate.ts'
import { leases, type Reservation } from './limits/lease.ts'

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
    const { id: keyId, limits, limitsMode: mode } = this.#binding
    const { env, executionCtx } = this.#c
    const journey = this.#c.get('journey')
    const first = this.#requests === 0
    // Whatever a request takes, it is not sent where nothing is left.
    const tokens = Math.max(1, reserved(size, limits))
    const cost = { requests: Math.max(0, calls - this.#requests), tokens: Math.max(0, tokens - this.#tokens) }
    this.#requests = Math.max(this.#requests, calls)
    this.#tokens = Math.max(this.#tokens, tokens)
    this.#input = Math.max(this.#input, size.input)
    const waitUntil = (work: Promise<unknown>) => executionCtx.waitUntil(work)
    const reservation = leases.reserve({ limiter: env.LIMITER, keyId, limits, mode, cost, waitUntil })
    // What was used is settled with the first charge; what others reserved comes back whole.
    journey.atEnd((end) =>
      reservation.settle(first ? used({ ...end, sent: journey.attempts > 0 }, { input: this.#input }) : 0),
    )
    return reservation
  }
}
