// What becomes of a dialect's field at a provider: its own table's row, and the provider's rows of the fields of the hub
// that it is written into.
import type { CompatRow } from '../schemas/compat.ts'
import type { DialectTable } from '../src/hub/dialect.ts'
import { KINDS, type Kind } from '../src/hub/loss.ts'
import type { ChatTable } from '../src/hub/provider.ts'

/** The kind of each field, by name. Of one that has several parts it is that of the first, which all have. */
export function composed(table: DialectTable, chat: ChatTable): Record<string, Kind> {
  return Object.fromEntries(
    sorted(table).map(
      ([
        field,
        {
          kind,
          to: [first],
        },
      ]) => [field, first === undefined ? kind : worse(kind, kindAt(chat, first))],
    ),
  )
}

/** The further parts of fields that have no effect, by the names of the hub's fields that they are written into. */
export function lostParts(table: DialectTable, chat: ChatTable): Record<string, readonly string[]> {
  const parts = sorted(table).map(([field, { to }]): [string, string[]] => [
    field,
    to.slice(1).filter((name) => worse(kindAt(chat, name), 'dropped') === kindAt(chat, name)),
  ])
  return Object.fromEntries(parts.filter(([, lost]) => lost.length > 0))
}

/** A field that the hub only passes on does not exist where no row names it. */
function kindAt({ fields, extensions, adopted }: ChatTable, name: string): Kind {
  const rows: Readonly<Record<string, { readonly kind: Kind } | undefined>> = { ...fields, ...extensions, ...adopted }
  return rows[name]?.kind ?? 'dropped'
}

function worse(a: Kind, b: Kind): Kind {
  return KINDS.indexOf(a) > KINDS.indexOf(b) ? a : b
}

/** A dialect's table as data: what each field is written into, and what may be lost on that way, whoever answers. */
export function rowsOf(table: DialectTable): CompatRow[] {
  return sorted(table).map(([field, { kind, reason, may, to }]) => ({
    field,
    to,
    kind,
    ...(reason !== undefined && { reason }),
    sometimes: may.filter((note) => note.reason !== reason).map(({ kind, reason }) => ({ kind, reason })),
  }))
}

function sorted<T>(table: Readonly<Record<string, T>>): [string, T][] {
  return Object.entries(table).sort(([a], [b]) => (a < b ? -1 : 1))
}
