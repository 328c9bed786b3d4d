// The table: what a provider does with each field of a chat request. It is total, so that a forgotten field does not
// compile, and it is all there is: rewriting, validation, the loss header, strict mode and the compatibility pages
// are read off it.
import type { ChatFields } from '../../schemas/chat.ts'
import { type Code, GatewayError } from './error.ts'
import type { Kind, Ledger, LossKind } from './loss.ts'

/** One thing that may become of a value, and why: the words the client reads. */
export interface Note<K extends LossKind | 'rejected' = LossKind | 'rejected'> {
  readonly kind: K
  readonly reason: string
  /** The error of a rejection. */
  readonly code?: Code
}

export const clamped = (reason: string): Note<'clamped'> => ({ kind: 'clamped', reason })
export const emulated = (reason: string): Note<'emulated'> => ({ kind: 'emulated', reason })
export const dropped = (reason: string): Note<'dropped'> => ({ kind: 'dropped', reason })
export const rejected = (reason: string, code: Code = 'unsupported_value'): Note<'rejected'> => ({
  kind: 'rejected',
  reason,
  code,
})

/**
 * Tells a loss of the field at hand.
 * @param at `path` when it is only a part of the field (`messages[2].name`), `sent` what goes upstream instead.
 * @throws GatewayError 400 when the note rejects, or in strict mode.
 */
export type Lose = (note: Note, at?: { readonly path?: string; readonly sent?: unknown }) => undefined

/** How one field is written into a provider's body. */
export interface Row<Value, Body, Plan> {
  /** What happens to a value that meets none of `may`. */
  readonly kind: Kind
  /** Why, for every kind but `full` and `renamed`. */
  readonly reason?: string
  /** What some values, or some models, meet instead. */
  readonly may: readonly Note[]
  /** The upstream fields it writes. */
  readonly to: readonly (keyof Body & string)[]
  readonly write: (value: Value, plan: Plan, lose: Lose) => Partial<Body> | undefined
}

/** A row for every field there is: this is what makes silence impossible. */
export type FieldRows<All, Body, Plan> = {
  readonly [K in keyof All]-?: Row<NonNullable<All[K]>, Body, Plan>
}

/** The rows of a conversation. */
export type Fields<Body, Plan> = FieldRows<ChatFields, Body, Plan>

/** Rows for fields that OpenAI lacks and this provider has. */
export type Extensions<Body, Plan> = Readonly<Record<string, Row<NonNullable<unknown>, Body, Plan>>>

type KeysOf<Part> = Part extends unknown ? keyof Part : never

/**
 * A part of the body that has no field but `K`. What a function returns may have more than its type says, and so a
 * misspelt field would be sent without anybody noticing.
 */
type Only<K extends PropertyKey, Part> = Part &
  ([Exclude<KeysOf<Part>, K>] extends [never]
    ? unknown
    : { readonly 'not a field of this row': Exclude<KeysOf<Part>, K> })

/** The constructors of rows, bound to a provider's body and to its plan (what was decided about the whole request). */
export function rows<Body extends object, Plan>() {
  type Name = keyof Body & string
  type Any = Row<unknown, Body, Plan>
  const put = <K extends Name>(to: K, value: Body[K]): Partial<Body> => {
    const part: Partial<Body> = {}
    part[to] = value
    return part
  }

  return {
    /** Same name, same value. */
    full: <K extends Name>(to: K): Row<NonNullable<Body[K]>, Body, Plan> => ({
      kind: 'full',
      may: [],
      to: [to],
      write: (value) => put(to, value),
    }),
    /** Another name, same value. */
    rename: <K extends Name>(to: K): Row<NonNullable<Body[K]>, Body, Plan> => ({
      kind: 'renamed',
      may: [],
      to: [to],
      write: (value) => put(to, value),
    }),
    /** Plain code writes the named fields; `may` lists every loss it can tell. */
    map: <Value, K extends Name, Part extends Partial<Pick<Body, K>> | undefined>(
      to: K | readonly K[],
      write: (value: Value, plan: Plan, lose: Lose) => Only<K, Part>,
      may: readonly Note[] = [],
    ): Row<Value, Body, Plan> => ({
      kind: 'renamed',
      may,
      to: typeof to === 'string' ? [to] : to,
      // A subset of the body's fields is a part of the body; the compiler does not see it through the generic.
      write: (value, plan, lose) => write(value, plan, lose) as Partial<Body> | undefined,
    }),
    /** A number held within bounds. */
    clamp: <K extends Name>(
      to: K & (number extends Body[K] ? K : never),
      low: number,
      high: number,
      reason: string,
    ): Row<number, Body, Plan> => ({
      kind: 'full',
      may: [clamped(reason)],
      to: [to],
      write: (value, _plan, lose) => {
        const sent = Math.min(high, Math.max(low, value))
        if (sent !== value) lose(clamped(reason), { sent })
        // `to` was checked above to hold a number.
        return put(to, sent as Body[K])
      },
    }),
    /** Done by the gateway itself, in full. */
    here: (): Any => ({ kind: 'full', may: [], to: [], write: () => undefined }),
    /** Cannot change the answer. */
    inert: (reason: string): Any => ({ kind: 'inert', reason, may: [], to: [], write: () => undefined }),
    /** Has no effect upstream, and that is told. */
    drop: (reason: string): Any => always(dropped(reason)),
    /** Is done another way, by what `write` sends or by what the gateway does itself. */
    emulate: <Value = unknown, K extends Name = never, Part extends Partial<Pick<Body, K>> | undefined = undefined>(
      reason: string,
      to: readonly K[] = [],
      write?: (value: Value, plan: Plan) => Only<K, Part>,
    ): Row<Value, Body, Plan> => ({
      kind: 'emulated',
      reason,
      may: [emulated(reason)],
      to,
      write: (value, plan, lose) => {
        lose(emulated(reason))
        return write?.(value, plan) as Partial<Body> | undefined
      },
    }),
    /** Answers 400. */
    reject: (reason: string): Any => always(rejected(reason, 'unsupported_parameter')),
  }

  function always(note: Note): Any {
    return {
      kind: note.kind,
      reason: note.reason,
      may: [note],
      to: [],
      write: (_value, _plan, lose) => {
        lose(note)
        return undefined
      },
    }
  }
}

export const UNKNOWN = dropped('No such field upstream.')

/**
 * Writes the fields of a request into a provider's body, row by row, and tells the ledger of each loss.
 * @throws GatewayError 400 with `param` for a rejected field, or for the first loss in strict mode.
 */
export function write<All extends object, Body extends object, Plan>(
  table: { readonly fields: FieldRows<All, Body, Plan>; readonly extensions: Extensions<Body, Plan> },
  request: { readonly fields: All; readonly extras: Readonly<Record<string, unknown>> },
  plan: Plan,
  ledger: Ledger,
): Partial<Body> {
  const body: Partial<Body> = {}
  // Each row's value type is its own field's: the mapped type says so, but not for a name found at run time.
  const byName = table.fields as unknown as Readonly<Record<string, Row<unknown, Body, Plan>>>
  for (const [name, value] of Object.entries(request.fields)) {
    const part = byName[name]?.write(value, plan, teller(ledger, name))
    if (part) Object.assign(body, part)
  }
  for (const [name, value] of Object.entries(request.extras)) {
    if (value === null || value === undefined) continue
    const lose = teller(ledger, name)
    const row = Object.hasOwn(table.extensions, name) ? table.extensions[name] : undefined
    if (!row) lose(UNKNOWN)
    else Object.assign(body, row.write(value, plan, lose))
  }
  return body
}

/** The `Lose` of one field. */
export function teller(ledger: Pick<Ledger, 'add'>, field: string): Lose {
  return (note, at) => {
    const path = at?.path ?? field
    if (note.kind === 'rejected') throw new GatewayError(note.code ?? 'unsupported_value', note.reason, { param: path })
    ledger.add({ path, kind: note.kind, reason: note.reason, ...(at?.sent !== undefined && { sent: at.sent }) })
    return undefined
  }
}

/** What becomes of each key of one shape of object inside a field: `used` by the code beside it, or one of the rest. */
export type Keys<T> = { readonly [K in keyof T as string extends K ? never : K]-?: 'used' | 'inert' | Note }

/** Tells the losses of an object's own keys: those its table (a `Keys`) drops, and those no table names. */
export function audit(
  object: object,
  keys: Readonly<Record<string, 'used' | 'inert' | Note>>,
  path: string,
  lose: Lose,
): void {
  for (const [key, value] of Object.entries(object)) {
    if (value === null || value === undefined || (Array.isArray(value) && value.length === 0)) continue
    const use = (Object.hasOwn(keys, key) ? keys[key] : undefined) ?? UNKNOWN
    if (typeof use !== 'string') lose(use, { path: `${path}.${key}` })
  }
}
