// One table out of several: the model decides which of them a request meets.
import type { ChatTable } from '../../hub/provider.ts'

type Row = ChatTable['extensions'][string]

/** What may become of each field in any of the tables, which name the same ones. */
export function either<Fields extends Readonly<Record<string, Row>>>(...tables: readonly Fields[]) {
  const names = new Set(tables.flatMap((rows) => Object.keys(rows)))
  const rows = [...names].map((name) => [name, joined(tables.flatMap((table) => table[name] ?? []))])
  // A row for each of the names that the tables have.
  return Object.fromEntries(rows) as { readonly [K in keyof Fields]: Row }
}

/** What is the same everywhere; else what happens somewhere. */
function joined(rows: readonly Row[]): Row {
  const [first] = rows
  const may = [...new Map(rows.flatMap((row) => row.may).map((note) => [note.reason, note])).values()]
  const same = first && rows.every(({ kind, reason }) => kind === first.kind && reason === first.reason)
  return same ? { ...first, may } : { kind: 'renamed', may }
}
