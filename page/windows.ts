// Rate-limit windows as gauges show them: from an answer's headers, and from `GET /v1/limits` (schemas/limits.ts).
import { at, isObject, listAt, textAt } from './dialects/dialect.ts'

export interface Gauge {
  readonly label: string
  readonly limit: number
  readonly remaining: number
  /** Epoch milliseconds at which it is whole again; undefined where nobody said. */
  readonly wholeAt: number | undefined
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Go's durations, as OpenAI writes them: `6m0s`, `120ms`. In milliseconds. */
export function durationOf(text: string): number | undefined {
  const parts = [...text.matchAll(/([\d.]+)(ms|[smhd])/g)]
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text) return undefined
  return parts.reduce((sum, [, count, unit = '']) => sum + Number(count) * (UNITS[unit] ?? 0), 0)
}

/** The windows that bind first. @param now epoch milliseconds */
export function fromHeaders(headers: Headers, now: number): Gauge[] {
  return ['requests', 'tokens'].flatMap((unit): Gauge[] => {
    const told = (name: string) => headers.get(`x-ratelimit-${name}-${unit}`)
    const [limit, remaining, reset] = [told('limit'), told('remaining'), told('reset')]
    if (limit === null || remaining === null) return []
    const inMs = reset === null ? undefined : durationOf(reset)
    const wholeAt = inMs === undefined ? undefined : now + inMs
    return [{ label: `First to bind: ${unit}`, limit: Number(limit), remaining: Number(remaining), wholeAt }]
  })
}

/** What is known of the key and its accounts. @param body the answer of `GET /v1/limits` */
export function fromLimits(body: unknown): Gauge[] {
  const own = listAt(body, 'key', 'limits').flatMap((one) => gauge(`Key: ${words(textAt(one, 'name'))}`, one))
  const accounts = listAt(body, 'providers').flatMap((account) => {
    const family = textAt(account, 'family')
    const name = [textAt(account, 'slot'), family].filter(Boolean).join(' · ')
    return listAt(account, 'windows').flatMap((one) => gauge(`${name}: ${words(textAt(one, 'unit'))}`, one))
  })
  return [...own, ...accounts]
}

/** Accounts that are not asked at present, in words. */
export function troubles(body: unknown): string[] {
  return listAt(body, 'providers').flatMap((account) => {
    const slot = textAt(account, 'slot') ?? ''
    const until = textAt(account, 'blocked_until')
    const state = textAt(account, 'breaker', 'state')
    const failures = Number(at(account, 'breaker', 'failures') ?? 0)
    return [
      ...(until ? [`${slot} is not asked until ${new Date(until).toLocaleTimeString()}: it said so.`] : []),
      ...(state && state !== 'closed'
        ? [`${slot} failed ${failures} times in a row: it is tried after all others.`]
        : []),
    ]
  })
}

function gauge(label: string, one: unknown): Gauge[] {
  const [limit, remaining] = [at(one, 'limit'), at(one, 'remaining')]
  if (!isObject(one) || typeof limit !== 'number' || typeof remaining !== 'number') return []
  const reset = textAt(one, 'reset_at')
  return [{ label, limit, remaining, wholeAt: reset === undefined ? undefined : Date.parse(reset) }]
}

const words = (name = '') => name.replaceAll('_', ' ')

/** What a gauge shows at a time: once its window is over, it is whole. */
export function seenAt(
  { limit, remaining, wholeAt }: Gauge,
  now: number,
): { readonly left: number; readonly text: string } {
  const over = wholeAt !== undefined && wholeAt <= now
  const left = over ? limit : remaining
  const text = `${left.toLocaleString('en')} of ${limit.toLocaleString('en')}`
  if (wholeAt === undefined || over || left >= limit) return { left, text }
  return { left, text: `${text}, whole in ${inWords(wholeAt - now)}` }
}

function inWords(ms: number): string {
  const seconds = Math.ceil(ms / 1000)
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`
}
