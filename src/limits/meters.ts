// Windows as providers report them. A provider gives a table of header names; what comes out is the same for all of
// them, in epoch milliseconds of our own clock.

import { parseDate, parseDuration, parseEpoch, parseHttpDate, parseSeconds } from './duration.ts'

export type Unit = 'requests' | 'tokens' | 'input_tokens' | 'output_tokens'

/** What is known of one window. Nothing in it is guessed: what was not said is absent. */
export interface Reading {
  readonly limit?: number
  readonly remaining?: number
  /** When the window is full again, in epoch milliseconds. */
  readonly resetAt?: number
}

/** At most one window a unit: the one that binds first. */
export type Windows = { readonly [unit in Unit]?: Reading }

export interface Meter {
  readonly unit: Unit
  /** The headers' names in lower case, with `*` for each of `limit`, `remaining` and `reset`. */
  readonly header: string
  /** The name of the reset's header where it does not follow the pattern. */
  readonly reset?: string
  /** Units come back one by one: the reset is when all of them are there again, and the next one is there long before. */
  readonly refills?: true
}

/** In order of preference within a unit: the minute's window before the day's. */
export type Meters = readonly Meter[]

/** The names OpenAI gave its headers, which most services have taken over. */
export const standardMeters = [
  { unit: 'requests', header: 'x-ratelimit-*-requests' },
  { unit: 'tokens', header: 'x-ratelimit-*-tokens' },
] as const satisfies Meters

/** The same, of windows that fill up unit by unit. */
export const refillingMeters: Meters = standardMeters.map((meter) => ({ ...meter, refills: true }))

/** The windows of a table that fill up unit by unit. */
export function refillsOf(meters: Meters): Unit[] {
  return meters.flatMap(({ unit, refills }) => (refills ? [unit] : []))
}

const INTEGER = /^(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?$/

/**
 * The windows that an answer's headers tell of. Where a unit has several, the first in the table that is there, unless
 * one has nothing remaining: that one binds. Values that do not parse, and -1, count as absent.
 * @param now epoch milliseconds. Resets written as moments are corrected by the answer's own `date`.
 */
export function readWindows(meters: Meters, headers: Headers, now: number): Windows {
  const windows: { [unit in Unit]?: Reading } = {}
  for (const meter of meters) {
    const reading = read(meter, headers, now)
    if (reading === undefined) continue
    const known = windows[meter.unit]
    if (known === undefined || outbids(reading, known)) windows[meter.unit] = reading
  }
  return windows
}

/** Of two windows of one unit the one that stops the next request first; the longer one if both do at once. */
export function tighter(a: Reading | undefined, b: Reading | undefined): Reading | undefined {
  if (a === undefined || b === undefined) return a ?? b
  const [left, right] = [a.remaining ?? Number.POSITIVE_INFINITY, b.remaining ?? Number.POSITIVE_INFINITY]
  if (left !== right) return left < right ? a : b
  return (b.resetAt ?? 0) > (a.resetAt ?? 0) ? b : a
}

/** The sender's own time, from its `date` header, or ours if it has none; in epoch milliseconds. */
export function senderTime(headers: Headers, now: number): number {
  return parseHttpDate(headers.get('date')) ?? now
}

function read(meter: Meter, headers: Headers, now: number): Reading | undefined {
  const limit = integer(headers.get(meter.header.replace('*', 'limit')))
  const remaining = integer(headers.get(meter.header.replace('*', 'remaining')))
  const resetAt = resetOf(meter, headers, now)
  // A reset of its own tells of a window by itself; one whose name windows may share does not.
  if (limit === undefined && remaining === undefined && (resetAt === undefined || meter.reset)) return undefined
  return {
    ...(limit === undefined ? {} : { limit }),
    ...(remaining === undefined ? {} : { remaining }),
    ...(resetAt === undefined ? {} : { resetAt }),
  }
}

function resetOf(meter: Meter, headers: Headers, now: number): number | undefined {
  const text = headers.get(meter.reset ?? meter.header.replace('*', 'reset'))?.trim()
  if (!text) return undefined
  const inMs = durationIn(text, senderTime(headers, now))
  return inMs === undefined ? undefined : Math.ceil(now + inMs)
}

/**
 * A reset in any form that services write: a duration (`6m0s`), a number of seconds, a moment as a number since 1970
 * (which no number of seconds reaches) or as a date. Durations mean the same on every clock, moments are the sender's.
 */
function durationIn(text: string, sent: number): number | undefined {
  const at = parseEpoch(text) ?? parseDate(text)
  return at === undefined ? (parseDuration(text) ?? parseSeconds(text)) : Math.max(0, at - sent)
}

function integer(text: string | null): number | undefined {
  if (text === null || !INTEGER.test(text.trim())) return undefined
  return Math.floor(Number(text.replaceAll(',', '')))
}

/** Whether a window further down the table takes the place of one above it. */
function outbids(reading: Reading, known: Reading): boolean {
  if (reading.remaining !== 0) return false
  return known.remaining !== 0 || (reading.resetAt ?? 0) > (known.resetAt ?? 0)
}
