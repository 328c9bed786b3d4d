// The limits that a key can have, by the names that a binding gives them.

import type { Unit } from './meters.ts'

/** What windows count of a key's own. */
export type OwnUnit = Extract<Unit, 'requests' | 'tokens'>

interface Span {
  readonly unit: OwnUnit
  readonly lengthMs: number
  /** When a window begins that is first used at `now`. */
  readonly begins: (now: number) => number
  /** As OpenAI's messages name it. */
  readonly words: string
  /** It comes once, and whatever it is counted for is over before it ends. */
  readonly once?: true
}

const minute = { lengthMs: 60_000, begins: (now: number) => now }
const day = { lengthMs: 86_400_000, begins: (now: number) => now - (now % 86_400_000) }

/** Longer than any token lives. */
const once = { lengthMs: 7_200_000, begins: (now: number) => now, once: true } as const

/**
 * The windows a key can have, and a token that it lends. A minute begins with its first use, a day at midnight UTC.
 */
export const SPANS = {
  requests_per_minute: { unit: 'requests', ...minute, words: 'requests per min (RPM)' },
  requests_per_day: { unit: 'requests', ...day, words: 'requests per day (RPD)' },
  tokens_per_minute: { unit: 'tokens', ...minute, words: 'tokens per min (TPM)' },
  tokens_per_day: { unit: 'tokens', ...day, words: 'tokens per day (TPD)' },
  token_requests: { unit: 'requests', ...once, words: 'requests of its token' },
  token_tokens: { unit: 'tokens', ...once, words: 'tokens of its token' },
} as const satisfies Record<string, Span>

export type WindowName = keyof typeof SPANS
export type LimitName = WindowName | 'concurrent_requests'
/** A key's limits, by name. */
export type Limits = { readonly [name in LimitName]?: number | undefined }

/** A limit as it stands, as an isolate is told of it. */
export interface View {
  readonly name: LimitName
  readonly limit: number
  /** What can still be leased. */
  readonly left: number
  /** When the window began, in epoch milliseconds of the limiter; absent while it has not. */
  readonly startedAt?: number
  readonly endsInMs?: number
  /** Used past the limit, which the next window begins with. */
  readonly over?: number
}

/** The windows of a key that count a unit, with their limits. */
export function windowsOf(unit: OwnUnit, limits: Limits): [WindowName, number][] {
  return (Object.keys(SPANS) as WindowName[]).flatMap((name) => {
    const limit = limits[name]
    return SPANS[name].unit === unit && limit !== undefined ? [[name, limit]] : []
  })
}
