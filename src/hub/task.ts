// A task: what is asked of a model that answers no conversation (embeddings, a ranking, a moderation), and how a provider
// does it. Its request is the endpoint's own, its answer is made of the parts that the provider's calls bring.
import type * as z from 'zod/mini'
import { GatewayError } from './error.ts'
import { jsonIn } from './json.ts'
import type { Ledger, Loss } from './loss.ts'
import type { Account, Call, Printed } from './provider.ts'
import type { Usage } from './usage.ts'
import { validate } from './validate.ts'

export interface TaskRequest<Fields> {
  /** The fields that have a name in the schema, without nulls. */
  readonly fields: Fields
  /** What the client sent beside them. */
  readonly extras: Readonly<Record<string, unknown>>
}

/** One call of those that a task takes. */
export interface TaskCall<Part> extends Pick<Call, 'path' | 'headers' | 'body'> {
  /** The client's field for one that the provider names in its own spelling. */
  paramOf(path: string): string | undefined
  /**
   * Reads an answer.
   * @throws GatewayError 502 for what is none, and the service's own failure where it comes with a good status.
   */
  read(text: string, head: Headers): Part
}

/** What every part tells. */
export interface PartTold {
  /** What the provider says it used. */
  readonly model?: string | undefined
  readonly usage?: Usage | undefined
  /** What of the answer has no place in the client's form. */
  readonly losses?: readonly Loss[]
}

/** How a provider does a task in a language of its own. */
export interface TranslatedTask<Fields, Part> {
  readonly table: TaskTable<Fields>
  /**
   * The calls whose parts, in this order, are the answer.
   * @param model as the provider names it.
   * @throws GatewayError 400 for what cannot be sent, or for the first loss in strict mode; 404 for a model that has
   *   nothing of the kind.
   */
  encode(request: TaskRequest<Fields>, model: string, ledger: Ledger, account: Account): readonly TaskCall<Part>[]
}

/** A provider that speaks the endpoint's own form: requests change only their model, answers not at all. */
export interface RelayedTask {
  /** Below the base URL. */
  relays(model: string, account: Account): string
}

export type Task<Fields, Part extends PartTold> = TranslatedTask<Fields, Part> | RelayedTask

/** The table as the pages that are derived from it read it. */
export interface TaskTable<Fields> {
  readonly fields: { readonly [K in keyof Fields]-?: Printed }
  readonly extensions: Readonly<Record<string, Printed>>
}

/**
 * Reads a parsed JSON body by a schema.
 * @throws GatewayError 400 with OpenAI's code and `param`.
 */
export function taskRequest<Fields>(schema: z.ZodMiniObject, body: unknown): TaskRequest<Fields> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new GatewayError('invalid_type', 'Invalid type for the body: expected an object.')
  }
  const fields: Record<string, unknown> = {}
  const extras: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(validate(schema, body))) {
    if (!Object.hasOwn(schema.def.shape, name)) extras[name] = value
    else if (value !== null && value !== undefined) fields[name] = value
  }
  // Every name was checked against the schema, and only optional ones were left out.
  return { fields: fields as Fields, extras }
}

/** @throws GatewayError 502 for a text that is no JSON. */
export function jsonBody(text: string): unknown {
  const value = jsonIn(text)
  if (value === undefined) throw new GatewayError('upstream_error', 'The provider sent an answer that is not JSON.')
  return value
}

/** The failure of an answer that is JSON and not what was asked for. */
export function unlike(what: string): GatewayError {
  return new GatewayError('upstream_error', `The provider sent an answer that holds no ${what}.`)
}

/** What one call takes. */
export interface Load {
  /** Of items. */
  readonly most: number
  /** Of characters in all its texts together; at least one goes in any case. */
  readonly characters?: number
}

export interface Batch<T> {
  /** The place of its first item among all. */
  readonly from: number
  readonly items: readonly T[]
}

/** Items in their order, as many at once as one call takes. */
export function batches<T>(items: readonly T[], { most, characters = Number.POSITIVE_INFINITY }: Load): Batch<T>[] {
  const out: { from: number; items: T[]; size: number }[] = []
  for (const [from, item] of items.entries()) {
    const length = typeof item === 'string' ? item.length : 0
    const last = out.at(-1)
    if (last && last.items.length < most && last.size + length <= characters) {
      last.items.push(item)
      last.size += length
    } else out.push({ from, items: [item], size: length })
  }
  return out
}
