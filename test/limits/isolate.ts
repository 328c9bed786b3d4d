// One isolate's leases, on fake timers.
import { vi } from 'vitest'
import type { GatewayError } from '../../src/hub/error.ts'
import { Leases, type Reservation, type ReserveOptions } from '../../src/limits/lease.ts'
import type { Limits } from '../../src/limits/spans.ts'
import type { Network } from './network.ts'

/** An isolate that sends requests with one key. */
export class Isolate {
  readonly leases: Leases
  readonly network: Network
  background: Promise<unknown>[] = []

  constructor(network: Network, clock?: () => number) {
    this.network = network
    this.leases = new Leases(clock)
  }

  reserve(limits: Limits, options: Partial<ReserveOptions> = {}): Reservation {
    return this.leases.reserve({
      limiter: this.network,
      keyId: 'key_1',
      limits,
      mode: 'soft',
      cost: { requests: 1, tokens: 0 },
      waitUntil: (work) => this.background.push(work),
      ...options,
    })
  }

  /** What becomes of a request, once it is known. */
  async send(limits: Limits, options: Partial<ReserveOptions> = {}): Promise<'granted' | GatewayError> {
    let outcome: 'granted' | GatewayError | undefined
    this.reserve(limits, options).granted.then(
      () => {
        outcome = 'granted'
      },
      (error) => {
        outcome = error
      },
    )
    for (let ms = 0; ms < 10_000 && outcome === undefined; ms++) await vi.advanceTimersByTimeAsync(1)
    if (outcome === undefined) throw new Error('Nothing came of it.')
    return outcome
  }

  async burst(count: number, limits: Limits): Promise<('granted' | GatewayError)[]> {
    const sent = Array.from({ length: count }, () => this.send(limits))
    await vi.advanceTimersByTimeAsync(50)
    return Promise.all(sent)
  }
}

export const refused = (outcome: 'granted' | GatewayError) => {
  if (outcome === 'granted') throw new Error('It was granted.')
  return outcome
}
export const granted = (outcomes: readonly unknown[]) => outcomes.filter((outcome) => outcome === 'granted').length
