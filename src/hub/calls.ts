// The calls of a history and their results: each result has its call, and each call its result. OpenAI refuses a history
// in which they do not match, in these words.
import type { FunctionMessage, ToolMessage } from '../../schemas/chat.ts'
import { GatewayError } from './error.ts'

interface Pending<Result> {
  readonly clientId: string
  readonly sentId: string
  readonly name: string
  readonly legacy: boolean
  result: Result | undefined
}

/** Makes a service's id of a client's (undefined: it has none). What it makes may be taken already. */
export type IdRule = (clientId: string | undefined, count: number) => string

/** The rule of services that take `[a-zA-Z0-9_-]+`. */
export const plainId: IdRule = (clientId, count) =>
  (clientId ?? '').replace(/[^a-zA-Z0-9_-]/g, '_') || `call_fn_${count}`

/** `Result` is what a provider makes of a tool's message. */
export class Calls<Result> {
  readonly #idRule: IdRule
  readonly #ids = new Set<string>()
  /** The calls of the last assistant message that asked for any, in its order. */
  #pending: Pending<Result>[] = []

  constructor(idRule: IdRule = plainId) {
    this.#idRule = idRule
  }

  /** A new call's id as it is sent: within the rules, and never twice. */
  open(clientId: string | undefined, name: string, legacy: boolean): string {
    const base = this.#idRule(clientId, this.#ids.size)
    let sentId = base
    for (let n = 2; this.#ids.has(sentId); n++) sentId = this.#idRule(`${base}_${n}`, this.#ids.size)
    this.#ids.add(sentId)
    this.#pending.push({ clientId: clientId ?? sentId, sentId, name, legacy, result: undefined })
    return sentId
  }

  /** @throws GatewayError 400 in OpenAI's words when no open call waits for this result. */
  answer(message: ToolMessage | FunctionMessage, make: (sentId: string, name: string) => Result): void {
    const call = this.#pending.find((one) => one.result === undefined && answers(message, one))
    if (!call) {
      const asks = message.role === 'tool' ? 'tool_calls' : 'function_call'
      throw unmatched(`messages with role '${message.role}' must be a response to a preceding message with '${asks}'.`)
    }
    call.result = make(call.sentId, call.name)
  }

  /**
   * The results of all open calls, in the order of the calls.
   * @throws GatewayError 400 in OpenAI's words when one is missing.
   */
  settle(): Result[] {
    const missing = this.#pending.filter((call) => call.result === undefined)
    if (missing.length > 0) {
      throw unmatched(
        `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: ${missing.map(({ clientId }) => clientId).join(', ')}`,
      )
    }
    return this.#pending.splice(0).flatMap(({ result }) => (result === undefined ? [] : [result]))
  }
}

function answers(message: ToolMessage | FunctionMessage, call: Pending<unknown>): boolean {
  return message.role === 'tool'
    ? !call.legacy && call.clientId === message.tool_call_id
    : call.legacy && call.name === message.name
}

function unmatched(message: string): GatewayError {
  return new GatewayError('invalid_request', message, { param: 'messages' })
}
