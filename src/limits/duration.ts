// Durations and moments as rate-limit headers write them: Go's form (https://pkg.go.dev/time#ParseDuration), plain
// numbers, RFC 3339 and HTTP dates. Everything inside is milliseconds; everything going out is Go's form.

const MS_PER = {
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1000,
  ms: 1,
  us: 1e-3,
  // Micro sign and Greek mu; the Â is what is left of either where UTF-8 was read as Latin-1.
  µs: 1e-3,
  μs: 1e-3,
  Âµs: 1e-3,
  ns: 1e-6,
} as const

const PART = /(\d+(?:\.\d*)?|\.\d+)(ms|us|Âµs|µs|μs|ns|d|h|m|s)/y
const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)$/
const RFC_3339 = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/i
const HTTP_DATE = /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/

/** Larger numbers of seconds are moments: seconds since 1970, or from the second bound on milliseconds. */
const EPOCH_SECONDS = 1e9
const EPOCH_MS = 1e11

/**
 * A duration in Go's form: `12ms`, `1s`, `59.7s`, `6m0s`, `1h0m0s`. It is rounded up to whole milliseconds before it is
 * split, so that 59.9996 s is `1m0s` and never `60s`, and nobody who waits that long comes too early.
 */
export function formatDuration(ms: number): string {
  const whole = Math.max(0, Math.ceil(ms))
  if (whole === 0) return '0s'
  if (whole < 1000) return `${whole}ms`
  const hours = Math.floor(whole / 3_600_000)
  const minutes = Math.floor(whole / 60_000) % 60
  const seconds = `${(whole % 60_000) / 1000}s`
  if (hours > 0) return `${hours}h${minutes}m${seconds}`
  return minutes > 0 ? `${minutes}m${seconds}` : seconds
}

/** A duration in Go's form, `d` for days included (`2m59.56s`, `370ms`, `34.400s`), in milliseconds; negative is 0. */
export function parseDuration(text: string): number | undefined {
  const negative = text.startsWith('-')
  let at = negative || text.startsWith('+') ? 1 : 0
  if (at === text.length) return undefined
  let total = 0
  while (at < text.length) {
    PART.lastIndex = at
    const part = PART.exec(text)
    if (part === null) return undefined
    total += Number(part[1]) * MS_PER[part[2] as keyof typeof MS_PER]
    at = PART.lastIndex
  }
  // To whole nanoseconds: 0.07 s is 70 ms, not 70.00000000000001, which would round up to 71.
  return negative ? 0 : Math.round(total * 1e6) / 1e6
}

/** A plain number of seconds, in milliseconds; negative is 0. */
export function parseSeconds(text: string): number | undefined {
  // The exponent scales in decimal, exactly, where a multiplication would not.
  return NUMBER.test(text) ? Math.max(0, Number(`${text}e3`)) : undefined
}

/** A moment as a number, seconds or milliseconds since 1970 by its size, in epoch milliseconds. */
export function parseEpoch(text: string): number | undefined {
  if (!NUMBER.test(text)) return undefined
  const value = Number(text)
  if (value > EPOCH_MS) return Math.ceil(value)
  return value > EPOCH_SECONDS ? Math.ceil(Number(`${text}e3`)) : undefined
}

/** An RFC 3339 date and time, in epoch milliseconds. */
export function parseDate(text: string): number | undefined {
  return RFC_3339.test(text) ? moment(text.toUpperCase().replace(' ', 'T')) : undefined
}

/** An HTTP date (RFC 9110 §5.6.7, the form in use), in epoch milliseconds. */
export function parseHttpDate(text: string | null): number | undefined {
  return text !== null && HTTP_DATE.test(text) ? moment(text) : undefined
}

function moment(text: string): number | undefined {
  const at = Date.parse(text)
  return Number.isNaN(at) ? undefined : at
}
