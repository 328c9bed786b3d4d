// What a provider does beside conversations: one kind of request, one kind of answer.
import { spliceValue } from '../wire/splice.ts'
import type { Ledger } from './loss.ts'
import type { Account, Printed } from './provider.ts'
import type { TaskRequest, TaskTable } from './task.ts'

/** What is asked of a service, as its schema knows it. */
export interface ServiceRequest<In> extends TaskRequest<In> {
  /** The body as the client wrote it. */
  readonly text: string
}

/** Where it goes. */
export interface Destination {
  /** As the provider names it. */
  readonly model: string
  readonly account: Account
  /** Losses are told here. */
  readonly ledger: Ledger
}

export interface ServiceCall<Out> {
  /** Below the account's base URL. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string
  /** How many of it are sent side by side: one unless said. */
  readonly calls?: number
  /** The head of the answer comes before the rest is done. */
  readonly streams: boolean
  /**
   * Reads the answer, where it has another form than the client's; without it the bytes pass.
   * @throws GatewayError when it is none.
   */
  read?(bytes: Uint8Array, head: Headers): Out
}

export interface Service<In, Out> {
  readonly table: TaskTable<In>
  /** It speaks the client's own format: nothing changes but the model's name. */
  readonly relayed?: boolean
  /** @throws GatewayError 400 for what cannot be sent, or for the first loss in strict mode. */
  call(request: ServiceRequest<In>, to: Destination): ServiceCall<Out>
}

const FULL: Printed = { kind: 'full', may: [] }

/** A table in which everything arrives as it was sent. */
export function allFull<In>(names: readonly (keyof In & string)[]): TaskTable<In> {
  // A row for each of the names.
  const fields = Object.fromEntries(names.map((name) => [name, FULL])) as { readonly [K in keyof In]-?: Printed }
  return { fields, extensions: {} }
}

/** A service that speaks the client's own format: requests pass but for the model's name, answers byte for byte. */
export function relaying<In extends { readonly stream?: unknown }, Out>(
  path: string | ((model: string, account: Account) => string),
  names: readonly (keyof In & string)[],
): Service<In, Out> {
  return {
    relayed: true,
    table: allFull(names),
    call: ({ fields, text }, { model, account }) => ({
      path: typeof path === 'string' ? path : path(model, account),
      body: spliceValue(text, 'model', JSON.stringify(model)),
      streams: Boolean(fields.stream),
    }),
  }
}
