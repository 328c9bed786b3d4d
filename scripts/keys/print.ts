// Keys as text for people. What comes from a gateway may hold anything, so that nothing of it reaches the terminal as a
// command.
import { styleText } from 'node:util'

type Json = Readonly<Record<string, unknown>>

/** Text without control characters, and without those that change the order of what is read. */
export function plain(text: string): string {
  return text.replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '\u{fffd}')
}

/** Dim, where somebody looks at it: not in a pipe, and not with NO_COLOR. */
const label = (text: string) => styleText('dim', text)

/** One key, a line for each thing it is bound to. */
export function details(record: Json): string {
  const rows = Object.entries(record).flatMap(([name, value]): [string, string][] =>
    isObject(value) && name !== 'ring'
      ? Object.entries(value).map(([inner, one]) => [`${name}.${inner}`, wordOf(one)])
      : [[name, wordOf(value)]],
  )
  const width = Math.max(...rows.map(([name]) => plain(name).length)) + 2
  return rows.map(([name, text]) => label(plain(name).padEnd(width)) + text).join('\n')
}

const COLUMNS: readonly (readonly [title: string, cell: (key: Json) => string])[] = [
  ['ID', ({ id }) => wordOf(id)],
  ['NAME', ({ name }) => (name === null ? '-' : wordOf(name))],
  ['STATUS', ({ status }) => wordOf(status)],
  ['SLOTS', ({ providers }) => (isObject(providers) ? plain(Object.keys(providers).join(', ')) : '-')],
  ['EXPIRES', ({ expires_at }) => dayOf(expires_at)],
  ['CREATED', ({ created_at }) => dayOf(created_at)],
  ['RING', (key) => ringOf(key).join(', ') || '-'],
]
/** No cell takes more than its share of a line. */
const MAX_CELL = 40

/** Keys, one a line. */
export function table(keys: readonly Json[]): string {
  const rows = keys.map((key) => COLUMNS.map(([, cell]) => cut(cell(key))))
  const all = [COLUMNS.map(([title]) => title), ...rows]
  const widths = COLUMNS.map((_, i) => Math.max(...all.map((row) => row[i]?.length ?? 0)))
  const lines = all.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  return lines.map((line, i) => (i === 0 ? label(line) : line)).join('\n')
}

/** The versions of SEAL_KEYS that a key needs. */
export function ringOf({ ring }: Json): number[] {
  if (!isObject(ring)) return []
  const versions = [ring.key, ring.credentials].flat().filter((version) => typeof version === 'number')
  return [...new Set(versions)].sort((a, b) => a - b)
}

function wordOf(value: unknown): string {
  if (typeof value === 'string') return plain(value)
  if (Array.isArray(value)) return value.map(wordOf).join(', ')
  if (!isObject(value)) return String(value)
  return Object.entries(value)
    .map(([name, inner]) => `${plain(name)}=${wordOf(inner)}`)
    .join(' ')
}

function dayOf(value: unknown): string {
  return typeof value === 'string' ? plain(value).slice(0, 10) : '-'
}

function cut(text: string): string {
  return text.length > MAX_CELL ? `${text.slice(0, MAX_CELL - 1)}…` : text
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
