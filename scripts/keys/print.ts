// Keys as text for people.
import { columns, labelled, plain } from '../terminal.ts'

type Json = Readonly<Record<string, unknown>>

/** One key, a line for each thing it is bound to. */
export function details(record: Json): string {
  const rows = Object.entries(record).flatMap(([name, value]): [string, string][] =>
    isObject(value) && name !== 'ring'
      ? Object.entries(value).map(([inner, one]) => [`${name}.${inner}`, wordOf(one)])
      : [[name, wordOf(value)]],
  )
  return labelled(rows.map(([name, text]) => [plain(name), text]))
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
  return columns(
    COLUMNS.map(([title]) => title),
    keys.map((key) => COLUMNS.map(([, cell]) => cut(cell(key)))),
  )
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
