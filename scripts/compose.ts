// What becomes of a dialect's field at a provider: its own table's row, and the provider's rows of the fields of the hub
// that it is written into.
import type { CompatRow } from '../schemas/compat.ts'
import type { DialectTable } from '../src/hub/dialect.ts'
import { KINDS, type Kind } from '../src/hub/loss.ts'
import type { ChatTable } from '../src/hub/provider.ts'

/** The kind of each field, by name: the worst of what becomes of its parts. */
export function composed(table: DialectTable, { fields, extensions }: ChatTable): Record<string, Kind> {
  const provider: Readonly<Record<string, { readonly kind: Kind } | undefined>> = { ...fields, ...extensions }
  return Object.fromEntries(
    sorted(table).map(([field, { kind, to }]) => {
      // A field that the hub only passes on does not exist where no row names it.
      const kinds = [kind, ...to.map((name) => provider[name]?.kind ?? 'dropped')]
      return [field, kinds.reduce(worse)]
    }),
  )
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
