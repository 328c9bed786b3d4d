// The compatibility tables as data (`/compat.json`: schemas/compat.ts), and what a filter leaves of them.

export const KINDS = ['full', 'renamed', 'inert', 'clamped', 'emulated', 'dropped', 'rejected'] as const
export type Kind = (typeof KINDS)[number]

/** What stands for a kind where there is room for one sign. */
export const SIGNS: Readonly<Record<Kind, string>> = {
  full: '=',
  renamed: '→',
  inert: '·',
  clamped: '≤',
  emulated: '≈',
  dropped: '×',
  rejected: '!',
}

export const MEANINGS: Readonly<Record<Kind, string>> = {
  full: 'arrives as it was sent',
  renamed: 'arrives under another name',
  inert: 'cannot change the answer',
  clamped: 'is sent with another value',
  emulated: 'is done another way',
  dropped: 'has no effect',
  rejected: 'is refused with 400',
}

interface Outcome {
  readonly kind: string
  readonly reason?: string
}
interface Row extends Outcome {
  readonly field: string
  readonly sometimes: readonly Outcome[]
}
interface Provider {
  readonly provider: string
  readonly relayed: boolean
  readonly fields: readonly Row[]
  readonly dialects: Readonly<
    Record<string, { readonly relayed: boolean; readonly fields: Readonly<Record<string, string>> }>
  >
}

/** What `/compat.json` holds. */
export interface Compat {
  readonly providers: readonly Provider[]
  readonly dialects: Readonly<Record<string, readonly (Row & { readonly to: readonly string[] })[]>>
}

/** What becomes of a field at a provider. */
export interface Cell {
  readonly kind: Kind
  /** Why, and what else may come of it, a sentence each. */
  readonly reasons: readonly string[]
  /** Some values, or some models, meet something else. */
  readonly sometimes: readonly Kind[]
}

export interface Table {
  readonly fields: readonly string[]
  readonly providers: readonly string[]
  /** Undefined where the provider's table does not have the field. */
  at(field: string, provider: string): Cell | undefined
}

const kindOf = (name: string): Kind => KINDS.find((one) => one === name) ?? 'dropped'
const said = ({ kind, reason }: Outcome) => `Sometimes ${kind}: ${reason ?? MEANINGS[kindOf(kind)]}`

/** The table of a dialect. */
export function tableOf({ providers, dialects }: Compat, dialect: string): Table {
  const own = dialects[dialect]
  const cells = new Map<string, Cell>()
  for (const provider of providers) {
    const rows = new Map(provider.fields.map((row) => [row.field, row]))
    if (!own)
      for (const row of provider.fields) cells.set(`${row.field} ${provider.provider}`, chatCell(row, provider.relayed))
    for (const row of own ?? []) {
      const { fields, relayed } = provider.dialects[dialect] ?? { fields: {}, relayed: false }
      const kind = fields[row.field]
      if (kind !== undefined)
        cells.set(`${row.field} ${provider.provider}`, composed(row, kindOf(kind), relayed ? undefined : rows))
    }
  }
  const fields = own?.map(({ field }) => field) ?? [
    ...new Set(providers.flatMap((one) => one.fields.map(({ field }) => field))),
  ]
  // What only some have is named after what all have.
  const everywhere = (field: string) => providers.every(({ provider }) => cells.has(`${field} ${provider}`))
  const sorted = [...fields].sort()
  return {
    fields: [...sorted.filter(everywhere), ...sorted.filter((field) => !everywhere(field))],
    providers: providers.map(({ provider }) => provider),
    at: (field, provider) => cells.get(`${field} ${provider}`),
  }
}

const RELAYED = 'The provider speaks the dialect itself: the request passes as it is.'

function chatCell({ kind, reason, sometimes }: Row, relayed: boolean): Cell {
  const reasons = [...(relayed ? [RELAYED] : []), ...(reason ? [reason] : []), ...sometimes.map(said)]
  return { kind: kindOf(kind), reasons, sometimes: sometimes.map((one) => kindOf(one.kind)) }
}

/** A field of a dialect on its way through the chat request. @param rows the provider's, by chat field; absent: relayed. */
function composed(
  row: Row & { readonly to: readonly string[] },
  kind: Kind,
  rows: ReadonlyMap<string, Row> | undefined,
): Cell {
  if (!rows) return { kind, reasons: [RELAYED], sometimes: [] }
  const targets = row.to.flatMap((field) => rows.get(field) ?? [])
  const reasons = [
    ...(row.to.length > 0 ? [`Written into ${row.to.join(', ')}.`] : []),
    ...(row.reason ? [row.reason] : []),
    ...row.sometimes.map(said),
    ...targets.flatMap(({ field, reason, sometimes }) => [
      ...(reason ? [`${field}: ${reason}`] : []),
      ...sometimes.map((one) => `${field}: ${said(one)}`),
    ]),
  ]
  const others = [...row.sometimes, ...targets.flatMap(({ sometimes }) => sometimes)].map((one) => kindOf(one.kind))
  return { kind, reasons: [...new Set(reasons)], sometimes: others }
}

export interface Filter {
  /** In the field's or the provider's name, or in a reason; '' is all. */
  readonly text: string
  /** '' is all. */
  readonly provider: string
  /** Empty is all. */
  readonly kinds: ReadonlySet<Kind>
}

export interface Filtered {
  readonly fields: readonly string[]
  readonly providers: readonly string[]
  matches(field: string, provider: string): boolean
}

/** What of a table a filter shows: fields and providers with a cell that matches. */
export function filtered(table: Table, { text, provider: only, kinds }: Filter): Filtered {
  const words = text.trim().toLowerCase()
  const matching = new Set<string>()
  for (const field of table.fields) {
    for (const provider of table.providers) {
      const cell = table.at(field, provider)
      if (!cell || (only !== '' && provider !== only)) continue
      if (kinds.size > 0 && ![cell.kind, ...cell.sometimes].some((kind) => kinds.has(kind))) continue
      if (words === '' || [field, provider, ...cell.reasons].some((one) => one.toLowerCase().includes(words))) {
        matching.add(`${field} ${provider}`)
      }
    }
  }
  const matches = (field: string, provider: string) => matching.has(`${field} ${provider}`)
  return {
    fields: table.fields.filter((field) => table.providers.some((provider) => matches(field, provider))),
    providers: table.providers.filter((provider) => table.fields.some((field) => matches(field, provider))),
    matches,
  }
}
