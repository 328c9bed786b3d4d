// How a credential stands with its provider, for one family of models, pure: the windows that its answers told of, the
// time for which it asked to be left alone, and whether it works at all. One function makes several isolates' views one.

import type { Breaker } from './breaker.ts'
import type { Reading, Unit } from './meters.ts'
import { fuse, isSpent, type Sighting, type Sightings, sightings } from './observed.ts'

/** Times are epoch milliseconds. */
export interface Standing {
  readonly seen: Sightings
  /** What the last refusal asked for that asked for a time. */
  readonly pause?: Pause
  /** When the last request was sent that was answered well. */
  readonly goodAt?: number
  /** When a request was last let through although something held it back. */
  readonly probedAt?: number
  readonly breaker?: Breaker
}
export const UNKNOWN: Standing = { seen: {} }

type Seen = readonly [Unit, Required<Sighting>]

export interface Pause {
  /** When the request was sent that was refused. */
  readonly sentAt: number
  readonly until: number
}

/** What holds requests back, and until when. */
export interface Block {
  /** The window that is spent, where it is known which. */
  readonly unit?: Unit
  readonly reading?: Reading
  /** When the request was sent whose answer told of it. */
  readonly since: number
  readonly until: number
}

/** A request that was sent so much later than another was not on its way together with it. */
const APART_MS = 1000
/** Nothing is believed for longer than this without being tried: limits are raised, accounts are topped up. */
const BELIEVED_MS = 60_000
/** Where units come back one by one: not more often than this, and not before so much of all tokens is there again. */
const SOONEST_MS = 1000
const TOKENS_PART = 20

/** Takes in what was seen elsewhere, all but the breaker, which is a count and not a view. */
export function fuseStanding(state: Standing, seen: Standing, now: number): Standing {
  const { breaker } = state
  const pause = laterPause(state.pause, seen.pause)
  const [goodAt, probedAt] = [latest(state.goodAt, seen.goodAt, now), latest(state.probedAt, seen.probedAt, now)]
  return {
    seen: fuse(state.seen, seen.seen, now),
    ...(pause && { pause }),
    ...(goodAt !== undefined && { goodAt }),
    ...(probedAt !== undefined && { probedAt }),
    ...(breaker && { breaker }),
  }
}

/**
 * The windows that still count, and the wait that does. A window that is spent does not, once a request was answered
 * well that was sent later, nor where the provider asked for a wait afterwards: of one that fills up slowly, the reset is
 * when it is full.
 */
export function validIn({ seen, pause, goodAt = 0 }: Standing): { windows: Seen[]; pause: Pause | undefined } {
  const holds = (since: number) => goodAt <= since + APART_MS
  const asked = pause && holds(pause.sentAt) ? pause : undefined
  const windows = sightings(seen).filter(
    ([, { reading, sentAt }]) => !isSpent(reading) || (holds(sentAt) && (asked === undefined || sentAt > asked.sentAt)),
  )
  return { windows, pause: asked }
}

/** What holds a request back at present, of what the provider said; the last to end, if there is more than one thing. */
export function blockOf(standing: Standing, now: number): Block | undefined {
  const { windows, pause } = validIn(standing)
  let block: Block | undefined
  if (pause && pause.until > now) {
    block = { ...emptyIn(standing.seen, pause.sentAt), since: pause.sentAt, until: pause.until }
  }
  for (const [unit, { reading, sentAt }] of windows) {
    const { resetAt } = reading
    if (!isSpent(reading) || resetAt === undefined || resetAt <= now) continue
    if (block === undefined || resetAt > block.until) block = { unit, reading, since: sentAt, until: resetAt }
  }
  return block
}

/** Whether one request should be let through to see whether the block still holds. */
export function mayProbe({ unit, reading, since, until }: Block, probedAt = 0, refills: readonly Unit[], now: number) {
  const step = unit === 'requests' ? reading?.limit : TOKENS_PART
  const slow = unit !== undefined && step !== undefined && refills.includes(unit)
  const every = slow ? Math.max(SOONEST_MS, (until - since) / step) : BELIEVED_MS
  return now >= Math.max(since, probedAt) + Math.min(BELIEVED_MS, every)
}

/** The window that a refusal was about. */
function emptyIn(seen: Sightings, since: number): Pick<Block, 'unit' | 'reading'> {
  for (const [unit, { reading, sentAt }] of sightings(seen))
    if (sentAt >= since && isSpent(reading)) return { unit, reading }
  return {}
}

function laterPause(a: Pause | undefined, b: Pause | undefined): Pause | undefined {
  if (a === undefined || b === undefined) return a ?? b
  if (a.sentAt !== b.sentAt) return a.sentAt > b.sentAt ? a : b
  return a.until > b.until ? a : b
}

/** What an isolate saw whose clock is ahead must not outlast what all others see. */
function latest(a: number | undefined, b: number | undefined, now: number): number | undefined {
  if (a === undefined && b === undefined) return undefined
  return Math.max(a ?? 0, Math.min(b ?? 0, now))
}
