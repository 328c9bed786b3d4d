// Whether a target is worth trying, pure: (state, event, now) in, state out. It opens on failures in a row, lets one
// request through when it has cooled down, and closes on any sign of life. The same functions run in the isolates, over
// what they saw themselves, and in the limiter, over what all of them tell.

/** So many failures in a row open it. */
export const OPENS_AT = 5
/** A failure is not one of a row when the one before is longer ago. */
const MEMORY_MS = 60_000
/** How long it stays open: the first time, and at most. Each time is twice the one before. */
const COOL_MS = 5000
const LONGEST_MS = 60_000
/** For so long nobody else tries, while one does; if nothing is heard of it, another may. */
const PROBE_MS = 30_000

/** All times are epoch milliseconds. */
export interface Breaker {
  /** Failures in a row, and when the last of them came. */
  readonly failures: number
  readonly failedAt: number
  /** The last sign of life. */
  readonly aliveAt: number
  /** How often in a row it has opened. */
  readonly trips: number
  /** It is open until then, and half open afterwards; absent while it is closed. */
  readonly openUntil?: number
  /** When a request was let through a half-open one, whose end is not known yet. */
  readonly probedAt?: number
}

export const CLOSED: Breaker = { failures: 0, failedAt: 0, aliveAt: 0, trips: 0 }

/** What was seen of a target: first a sign of life, if there was one, and then failures, if there were any. */
export interface Outcomes {
  readonly aliveAt: number
  readonly failures: number
  readonly failedAt: number
  /** When the request was sent that failed last. */
  readonly sentAt: number
  /** For how long the provider asked to be left alone. */
  readonly coolMs: number
}

export const NO_OUTCOMES: Outcomes = { aliveAt: 0, failures: 0, failedAt: 0, sentAt: 0, coolMs: 0 }

/** A sign of life, after whatever was seen before. */
export function alive(at: number): Outcomes {
  return { ...NO_OUTCOMES, aliveAt: at }
}

/** @param weight how many failures it counts as. */
export function failure(at: number, sentAt: number, { weight = 1, coolMs = 0 } = {}): Outcomes {
  return { aliveAt: 0, failures: weight, failedAt: at, sentAt, coolMs }
}

/** What was seen, and what was seen after it. */
export function and(before: Outcomes, after: Outcomes): Outcomes {
  if (after.aliveAt > 0) return after
  return { ...after, aliveAt: before.aliveAt, failures: before.failures + after.failures }
}

/** Takes in what was seen, here or elsewhere. */
export function learn(state: Breaker, seen: Outcomes, now: number): Breaker {
  // An isolate whose clock is ahead must not silence all others.
  const [aliveAt, failedAt] = [Math.min(seen.aliveAt, now), Math.min(seen.failedAt, now)]
  const lives = aliveAt > 0 && aliveAt >= state.failedAt
  const heard = lives ? { ...CLOSED, aliveAt: Math.max(aliveAt, state.aliveAt) } : state
  // What failed before the target was seen alive says nothing of it any more.
  if (seen.failures === 0 || failedAt < heard.aliveAt) return heard
  const before = failedAt - heard.failedAt > MEMORY_MS ? 0 : heard.failures
  const next = { ...heard, failures: before + seen.failures, failedAt: Math.max(failedAt, heard.failedAt) }
  const { openUntil, probedAt } = heard
  // While it is open, what was sent before tells nothing new; only the probe does.
  if (openUntil !== undefined && (probedAt === undefined || seen.sentAt < probedAt)) return next
  return next.failures < OPENS_AT && openUntil === undefined ? next : opened(next, seen.coolMs, now)
}

/** Lets one request through a half-open breaker. False: it is not half open, or another is on its way. */
export function probe(state: Breaker, now: number): [Breaker, boolean] {
  if (phaseOf(state, now) !== 'half_open') return [state, false]
  return [{ ...state, openUntil: now + PROBE_MS, probedAt: now }, true]
}

export type Phase = 'closed' | 'open' | 'half_open'

export function phaseOf({ openUntil }: Breaker, now: number): Phase {
  if (openUntil === undefined) return 'closed'
  return now < openUntil ? 'open' : 'half_open'
}

function opened({ probedAt: _over, ...state }: Breaker, coolMs: number, now: number): Breaker {
  const wait = Math.min(LONGEST_MS, Math.max(coolMs, COOL_MS * 2 ** state.trips))
  return { ...state, trips: state.trips + 1, openUntil: now + wait }
}
