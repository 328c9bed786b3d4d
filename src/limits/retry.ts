// When a refused request may be tried again, from whatever the refusal says of it: headers, the fields of its body, the
// words of its message, a window that is empty. Nothing said is nothing known: no hint is made up.

import { parseDuration, parseHttpDate, parseSeconds } from './duration.ts'
import { senderTime, type Windows } from './meters.ts'

/** What is believed at most: a day. */
const CAP_MS = 86_400_000
/** Enough for any error body; a longer one is no error body. */
const SEARCHED = 16_384

const MILLISECONDS = ['retry-after-ms', 'x-ms-retry-after-ms']
const SECONDS = ['retry-after', 'x-retry-after', 'msh-cooldown-seconds', 'x-ratelimit-timeremaining']

const IN_UNITS = /(?:try again|retry)(?: after| in)\s+((?:\d+(?:\.\d+)?(?:h|ms|m|s))+)/i
const IN_WORDS = /(?:retry|try again) (?:after|in) (\d+) (milli)?seconds?/i

/**
 * When a refused request may be tried again, in milliseconds from now and at most 24 h, or undefined if nothing says.
 * The first that exists of: headers in milliseconds, headers in seconds or as a date, the body's fields, its text, the
 * reset of a window with nothing remaining.
 * @param bodyText the body of the refusal, JSON or not.
 * @param now epoch milliseconds.
 * @param windows what `readWindows` found in the same headers.
 */
export function retryHint(headers: Headers, bodyText: string, now: number, windows: Windows = {}): number | undefined {
  const text = bodyText.slice(0, SEARCHED)
  const ms = fromHeaders(headers, now) ?? fromFields(text) ?? fromWords(text) ?? fromWindows(windows, now)
  return ms === undefined ? undefined : Math.min(CAP_MS, Math.ceil(ms))
}

function fromHeaders(headers: Headers, now: number): number | undefined {
  for (const name of MILLISECONDS) {
    const seconds = parseSeconds(headers.get(name)?.trim() ?? '')
    if (seconds !== undefined) return seconds / 1000
  }
  for (const name of SECONDS) {
    const text = headers.get(name)?.trim() ?? ''
    const ms = parseSeconds(text) ?? parseDuration(text)
    if (ms !== undefined) return ms
    const at = parseHttpDate(text)
    if (at !== undefined) return Math.max(0, at - senderTime(headers, now))
  }
  return undefined
}

/** `retry_after` in seconds, at the top or in `error`, or google.rpc.RetryInfo among the `details`. */
function fromFields(text: string): number | undefined {
  const body = jsonIn(text)
  const error = record(body?.error)
  for (const holder of [error, body]) {
    const seconds = holder?.retry_after
    const ms = typeof seconds === 'number' || typeof seconds === 'string' ? parseSeconds(String(seconds)) : undefined
    if (ms !== undefined) return ms
  }
  const details = error?.details
  for (const detail of Array.isArray(details) ? details : []) {
    const delay = record(detail)?.retryDelay
    const ms = typeof delay === 'string' ? parseDuration(delay) : undefined
    if (ms !== undefined) return ms
  }
  return undefined
}

function fromWords(text: string): number | undefined {
  const units = IN_UNITS.exec(text)?.[1]
  if (units !== undefined) return parseDuration(units.toLowerCase())
  const words = IN_WORDS.exec(text)
  return words === null ? undefined : Number(words[1]) * (words[2] === undefined ? 1000 : 1)
}

/** Several may be empty: only after the last of them does a new attempt succeed. */
function fromWindows(windows: Windows, now: number): number | undefined {
  const resets = Object.values(windows).flatMap(({ remaining, resetAt }) =>
    remaining === 0 && resetAt !== undefined ? [resetAt] : [],
  )
  return resets.length === 0 ? undefined : Math.max(0, Math.max(...resets) - now)
}

/** A body as JSON, out of the array of one that some services wrap it in; undefined if it is none. */
export function jsonIn(text: string): Record<string, unknown> | undefined {
  try {
    const body: unknown = JSON.parse(text)
    return record(Array.isArray(body) ? body[0] : body)
  } catch {
    return undefined
  }
}

function record(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
}
