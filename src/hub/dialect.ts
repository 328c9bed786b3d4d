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
  /** The time in Unix seconds, for what tells when it ended. */
  readonly now?: () => number
  /** Keeps the answer, so that it can be asked for again. Absent: it is not to be kept. */
  readonly keep?: Keep
}

/** An answer as it is kept. */
export interface Kept {
  readonly response: Readonly<Record<string, unknown>>
  /** Of a streamed one: how long each of its deltas was, in UTF-16 units. */
  readonly cuts: readonly number[] | undefined
}

/** Never rejects. False: the answer could not be kept, which is told. */
export type Keep = (answer: Kept) => Promise<boolean>

/** Says deltas in the dialect's streaming form. */
export interface Renderer {
  /** The bytes of these deltas, as text; '' when they say nothing here. An `error` delta ends the answer. */
  render(deltas: readonly Delta[]): string
  /** What follows the last delta of a whole answer. */
  end(): string
  /** What follows that only shows when the answer has been kept, where it is. */
  last?(): Promise<string> | undefined
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
  /** What was told of a failure when the body ended, where more was to come of it. */
  left?(): GatewayError | undefined
  readonly usage: Usage | undefined
  /** How much of the answer has been seen that the usage does not count, in UTF-16 units of text. */
  readonly uncounted: number
  /** The events that tell a failure, where they go on with what has passed; undefined where nothing has. */
  fail?(error: GatewayError): string | undefined
  /** What the provider calls an answer that it keeps. */
  readonly id?: string | undefined
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
  /** A whole answer, as a JSON value, or the promise of one. */
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
