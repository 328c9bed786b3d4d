// How fast an isolate spends units, measured from lease to lease.

import { LEASE_MS } from './window.ts'

/** A pace is not measured over less. */
const LEAST_MS = 1000

export class Pace {
  #spent = 0
  #since: number | undefined

  spend(units: number): void {
    this.#spent += units
  }

  /** Units came back that were not needed after all. */
  save(units: number): void {
    this.#spent = Math.max(0, this.#spent - units)
  }

  /** What a lease's time took of late; undefined the first time. What is measured is forgotten. */
  measure(now: number): number | undefined {
    const since = this.#since
    if (since === undefined) {
      this.#since = now
      return undefined
    }
    const pace = Math.ceil((this.#spent / Math.max(LEAST_MS, now - since)) * LEASE_MS)
    if (now - since >= LEAST_MS) {
      this.#spent = 0
      this.#since = now
    }
    return pace
  }
}
