// What each provider does with each field, as data: `schemas/json/compat.json`, and the pages in docs/compat.

export interface CompatOutcome {
  /** `full`, `renamed`, `inert`, `clamped`, `emulated`, `dropped` or `rejected`. */
  readonly kind: string
  /** The words a client reads; absent for what arrives as it was sent. */
  readonly reason?: string
}

export interface CompatField extends CompatOutcome {
  readonly field: string
  /** What some values, or some models, meet instead. */
  readonly sometimes: readonly CompatOutcome[]
}

export interface CompatProvider {
  readonly provider: string
  /** Requests pass as they are, but for the model's name. */
  readonly relayed: boolean
  readonly fields: readonly CompatField[]
}
