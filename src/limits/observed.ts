// What several isolates saw of a provider's windows, made one, pure: (state, event, now) in, state out. The same function
// runs in the isolates, over what they saw themselves and what the limiter answers.

import { type Reading, tighter, type Unit, type Windows } from './meters.ts'

export interface Sighting {
  readonly reading: Reading
  /** When the answer came that told of it, in epoch milliseconds. */
  readonly at: number
  /**
   * When the request was sent, where that is known. Providers count a request when it comes, and a long answer's head
   * may be minutes late, so that what was sent later knows more.
   */
  readonly sentAt?: number
}
/** What is known of each unit's window of one credential and model family. */
export type Sightings = { readonly [unit in Unit]?: Sighting }

/** Two resets this close are of one window: moments carry a second's rounding, durations the answer's way. */
const SAME_MS = 1000
/** A window without a reset is of no use after a minute; one whose reset is past lingers for the answer it came with. */
const UNTIMED_MS = 60_000
const LINGER_MS = 2000

/** Less than this part left, and every isolate should know. */
const TIGHT = 0.3

/** The windows of one answer, as they were seen at a time in epoch milliseconds, on a request that was sent at another. */
export function seenAt(windows: Windows, at: number, sentAt = at): Sightings {
  return Object.fromEntries(entries(windows).map(([unit, reading]) => [unit, { reading, at, sentAt }] as const))
}

/** What is known, unit by unit. */
export function sightings(seen: Sightings): [Unit, Required<Sighting>][] {
  return entries(seen).map(([unit, sighting]) => [unit, { ...sighting, sentAt: orderOf(sighting) }])
}

/** A window of nothing is not spent: it says that the plan lacks the model. */
export function isSpent({ limit, remaining }: Reading): boolean {
  return remaining === 0 && limit !== 0
}

/**
 * Takes in what was seen, here or elsewhere. Within one window nothing is ever given back, so the least remaining is
 * true whichever answer was seen first; of different windows the one is true whose request was sent later, and one that
 * was sent before changes nothing, however late its answer comes.
 */
export function fuse(state: Sightings, seen: Sightings, now: number): Sightings {
  const next: { [unit in Unit]?: Sighting } = { ...state }
  for (const [unit, { reading, at, sentAt }] of sightings(seen)) {
    // What an isolate saw whose clock is ahead must not outlast what all others see.
    const sighting = { reading, at: Math.min(at, now), sentAt: Math.min(sentAt, now) }
    if (isOver(sighting, now)) continue
    const known = state[unit]
    next[unit] = known === undefined || isOver(known, now) ? sighting : merge(known, sighting)
  }
  return next
}

/** The windows that still say something. */
export function current(state: Sightings, now: number): Windows {
  return Object.fromEntries(
    entries(state).flatMap(([unit, seen]) => (isOver(seen, now) ? [] : [[unit, seen.reading] as const])),
  )
}

/** Whether a window is so far used up that isolates must not each go by what they saw alone. */
export function isTight(windows: Windows): boolean {
  return Object.values(windows).some(
    ({ limit = 0, remaining }) => remaining !== undefined && (remaining === 0 || remaining < limit * TIGHT),
  )
}

function merge(known: Sighting, seen: Sighting): Sighting {
  const apart = orderOf(seen) - orderOf(known)
  // Of requests that were sent together, the one that was counted last says so by what it left.
  const seenLast = apart === 0 ? tighter(seen.reading, known.reading) === seen.reading : apart > 0
  const [older, newer] = seenLast ? [known, seen] : [seen, known]
  if (!sameWindow(known.reading, seen.reading)) return newer
  const remaining = least(known.reading.remaining, seen.reading.remaining)
  const reading = { ...older.reading, ...newer.reading, ...(remaining === undefined ? {} : { remaining }) }
  return { ...newer, reading }
}

function orderOf({ at, sentAt = at }: Sighting): number {
  return sentAt
}

/** Without a reset nothing tells windows apart, and a remaining that rose may be true. */
function sameWindow(a: Reading, b: Reading): boolean {
  return a.resetAt !== undefined && b.resetAt !== undefined && Math.abs(a.resetAt - b.resetAt) <= SAME_MS
}

function isOver({ reading, at }: Sighting, now: number): boolean {
  return reading.resetAt === undefined ? now >= at + UNTIMED_MS : now >= Math.max(reading.resetAt, at + LINGER_MS)
}

function least(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b)
}

function entries<T>(map: { readonly [unit in Unit]?: T }): [Unit, T][] {
  return Object.entries(map) as [Unit, T][]
}
