// What a client has in hand when an answer is over: the common form in which two clients' readings are compared.

export interface Reading {
  readonly id: string
  readonly model: string
  readonly tier: string | null
  readonly text: string | null
  readonly refusal: string | null
  readonly reasoning: string | null
  /** Items of `reasoning_details`, each whole. */
  readonly details: readonly object[]
  readonly calls: readonly { readonly id: string; readonly name: string; readonly arguments: string }[]
  readonly annotations: readonly object[]
  readonly finish: string
  readonly usage: Readonly<Record<string, number>>
  /** Entries of `logprobs.content`, each whole; undefined where nobody compares them. */
  readonly logprobs?: readonly object[]
  /** Addresses of images. */
  readonly images?: readonly string[]
  /** `extra_content` of the message, and of each call; null for one without. */
  readonly extra?: readonly (object | null)[]
}

/** A failure as it is told, and the text that came before it. */
export interface Failure {
  /** Undefined where the head was sent before. */
  readonly status: number | undefined
  /** Undefined where more than one will do. */
  readonly type: string | undefined
  /** Undefined where more than one will do. */
  readonly code: string | null | undefined
  /** Undefined where it has other words than the provider's. */
  readonly message: string | undefined
  readonly text: string
}

export type Outcome = { readonly said: Reading } | { readonly failed: Failure }

export interface Difference {
  readonly field: string
  readonly expected: unknown
  readonly actual: unknown
}

/** The fields in which two outcomes differ. */
export function differences(expected: Outcome, actual: Outcome): Difference[] {
  if ('said' in expected && 'said' in actual) return compare({ ...expected.said }, { ...actual.said })
  if ('failed' in expected && 'failed' in actual) return compare({ ...expected.failed }, { ...actual.failed })
  return [{ field: 'outcome', expected, actual }]
}

function compare(expected: Record<string, unknown>, actual: Record<string, unknown>): Difference[] {
  return Object.keys(expected)
    .filter((field) => expected[field] !== undefined && canonical(expected[field]) !== canonical(actual[field]))
    .map((field) => ({ field, expected: expected[field], actual: actual[field] }))
}

/** JSON in which the order of keys says nothing. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, one: unknown) =>
    typeof one === 'object' && one !== null && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  )
}

/** The same with arguments in one form of JSON. Those that are none stay as they are. */
export function withParsedCalls(outcome: Outcome): Outcome {
  if (!('said' in outcome)) return outcome
  const calls = outcome.said.calls.map((call) => ({ ...call, arguments: canonicalText(call.arguments) }))
  return { said: { ...outcome.said, calls } }
}

/** What a streamed and an unstreamed answer share: the stream begins with empty content where the other has none. */
export function alike(outcome: Outcome): Outcome {
  const one = withParsedCalls(outcome)
  return 'said' in one ? { said: { ...one.said, text: one.said.text ?? '' } } : one
}

function canonicalText(json: string): string {
  try {
    return canonical(JSON.parse(json))
  } catch {
    return json
  }
}
