// What a provider does beside conversations: one kind of request, one kind of answer.
import type { Ledger } from './loss.ts'
import type { Account } from './provider.ts'
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

/** A request without the values that say nothing: each of them is OpenAI's own default. */
export function leaveOut<In>(
  { fields, extras }: TaskRequest<In>,
  defaults: { readonly [K in keyof In]?: (value: NonNullable<In[K]>) => boolean },
): TaskRequest<In> {
  const tests = Object.entries(defaults) as [keyof In, (value: unknown) => boolean][]
  const left = { ...fields }
  for (const [name, test] of tests) if (left[name] !== undefined && test(left[name])) delete left[name]
  return { fields: left, extras }
}
