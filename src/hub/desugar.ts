// From a dialect's own fields into the hub's: the table of a dialect is one of rows as a provider's is, total over the
// fields of its request, and writes fields of a chat request. So two tables compose: what becomes of a field at a
// provider is what becomes of those that it is written into.
import type { Loss } from './loss.ts'
import type { ChatFields } from './request.ts'
import { type Lose, type Row, teller } from './support.ts'

/** A row for every field of a dialect's request. `Hub` is a chat request, and what providers know beside it. */
export type DialectFields<Own, Hub extends Partial<ChatFields>, Plan> = {
  readonly [K in keyof Own]-?: Row<NonNullable<Own[K]>, Hub, Plan>
}

/** Losses on the way into the hub. Whatever the request, they are told where it is translated, and only there. */
export class Desugaring {
  readonly losses: Loss[] = []

  add(loss: Loss): void {
    this.losses.push(loss)
  }

  /** @throws GatewayError 400 when the note rejects. */
  lose(field: string): Lose {
    return teller(this, field)
  }
}

/**
 * Writes the fields of a dialect's request into the hub's, row by row. Those that no row names are told as dropped by
 * `unknown`.
 * @throws GatewayError 400 with the field's own spelling as `param`.
 */
export function desugar<Hub extends Partial<ChatFields>, Plan>(
  table: Readonly<Record<string, Row<never, Hub, Plan>>>,
  body: Readonly<Record<string, unknown>>,
  plan: Plan,
  told: Desugaring,
  unknown: (field: string, lose: Lose) => void,
): Partial<Hub> {
  const out: Partial<Hub> = {}
  for (const [name, value] of Object.entries(body)) {
    if (value === null || value === undefined) continue
    const lose = told.lose(name)
    // Each row's value type is its own field's, which the schema has checked.
    const row = Object.hasOwn(table, name) ? (table[name] as Row<unknown, Hub, Plan>) : undefined
    if (row) Object.assign(out, row.write(value, plan, lose))
    else unknown(name, lose)
  }
  return out
}
