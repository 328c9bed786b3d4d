// What a client speaks: how its requests are read and how answers are said in its form.
import type { Delta } from './delta.ts'
import type { GatewayError } from './error.ts'
import type { Loss } from './loss.ts'
import type { Reply } from './reply.ts'
import type { ChatRequest } from './request.ts'
import type { Row } from './support.ts'
import type { Usage } from './usage.ts'

/** What an answer needs to know of its request. */
export interface AnswerContext {
  readonly request: ChatRequest
  /** What the answer is called when the provider gives it no name. */
  readonly id?: string
  /** Unix seconds. */
  readonly created: number
  /** The losses of the request, when the client asked for a report. */
  readonly report: readonly Loss[] | undefined
}

/** Says deltas in the dialect's streaming form. */
export interface Renderer {
  /** The bytes of these deltas, as text; '' when they say nothing here. An `error` delta ends the answer. */
  render(deltas: readonly Delta[]): string
  /** What follows the last delta of a whole answer. */
  end(): string
  /** The event that tells a failure; nothing follows it. */
  fail(error: GatewayError): string
}

/** Watches an answer that passes in this dialect's own wire, without changing a byte of it. */
export interface Tap {
  /** @param data one event's data. */
  see(data: string): void
  /** This event says that the answer is over. */
  closes(data: string): boolean
  /** Everything that makes an answer whole has been seen. */
  readonly whole: boolean
  /** The answer told its own failure. */
  readonly error: GatewayError | undefined
  readonly usage: Usage | undefined
  /** How much of the answer has been seen that the usage does not count, in UTF-16 units of text. */
  readonly uncounted: number
  /** This event could carry the report. */
  carries(data: string): boolean
  /** A JSON object's text, with whatever stands around it, and the report as the object's last member. */
  withReport(text: string, report: readonly Loss[]): string
}

/** The dialects there are. A provider that speaks one of them itself answers in its wire: bytes pass. */
export type Wire = 'chat' | 'completions' | 'responses' | 'messages'

/** A dialect's table as the pages that are derived from it read it: `to` names fields of the hub. */
export type DialectTable = Readonly<
  Record<string, Pick<Row<never, object, never>, 'kind' | 'reason' | 'may'> & { readonly to: readonly string[] }>
>

export interface Dialect {
  readonly name: Wire
  /** What becomes of each field of its requests on the way into the hub; absent where the dialect is the hub's own. */
  readonly table?: DialectTable
  /**
   * The request as the hub has it; what is not of the hub's own dialect says in its `origin` how it came.
   * @throws GatewayError 400 with `param`.
   */
  read(body: unknown): ChatRequest
  /** A whole answer, as a JSON value. */
  reply(reply: Reply, context: AnswerContext): unknown
  renderer(context: AnswerContext): Renderer
  /** The body of an error. @param id of the request. */
  error(error: GatewayError, id?: string): unknown
  /** Headers of its requests that a provider gets that speaks it: what the body means depends on them. */
  readonly passes?: readonly string[]
  /** The status of an error, where it is not OpenAI's. */
  status?(error: GatewayError): number
  tap(request: ChatRequest): Tap
}
