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
  /** The other dialects that clients may speak, by name. */
  readonly dialects: Readonly<Record<string, CompatDialect>>
}

/** A dialect at a provider. Why a field fares as it does is told by its row in `dialects.json`, and by the chat fields it is written into. */
export interface CompatDialect {
  readonly relayed: boolean
  /** The kind that each field meets, by name. */
  readonly fields: Readonly<Record<string, string>>
}

/** A field of a dialect on its way into a chat request: `schemas/json/dialects.json` holds a list of them for each dialect. */
export interface CompatRow extends CompatField {
  /** The fields of the chat request, or of its extensions, that it is written into. */
  readonly to: readonly string[]
}
