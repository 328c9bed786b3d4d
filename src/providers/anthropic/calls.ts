// The calls of the history and their results: each result has its call, and each call its result.
// https://docs.anthropic.com/en/docs/agents-and-tools/tool-use/implement-tool-use
import type { FunctionMessage, ToolMessage } from '../../../schemas/chat.ts'
import { GatewayError } from '../../hub/error.ts'
import { cacheControlOf } from './cache.ts'
import { blocksOf, type Making } from './content.ts'
import type { ToolResultBlock } from './wire.ts'

interface Pending {
  readonly clientId: string
  readonly sentId: string
  readonly name: string
  readonly legacy: boolean
  result: ToolResultBlock | undefined
}

export class Calls {
  readonly #making: Making
  readonly #ids = new Set<string>()
  /** The calls of the last assistant message that asked for any, in its order. */
  #pending: Pending[] = []

  constructor(making: Making) {
    this.#making = making
  }

  /** A new call's id as it is sent: within the rules, and never twice. */
  open(clientId: string | undefined, name: string, legacy: boolean): string {
    const base = (clientId ?? '').replace(/[^a-zA-Z0-9_-]/g, '_') || `call_fn_${this.#ids.size}`
    let sentId = base
    for (let n = 2; this.#ids.has(sentId); n++) sentId = `${base}_${n}`
    this.#ids.add(sentId)
    this.#pending.push({ clientId: clientId ?? sentId, sentId, name, legacy, result: undefined })
    return sentId
  }

  /** @throws GatewayError 400 in OpenAI's words when no open call waits for this result. */
  answer(message: ToolMessage | FunctionMessage, path: string): void {
    const call = this.#pending.find((one) => !one.result && answers(message, one))
    if (!call) {
      const asks = message.role === 'tool' ? 'tool_calls' : 'function_call'
      throw unmatched(`messages with role '${message.role}' must be a response to a preceding message with '${asks}'.`)
    }
    call.result = this.#result(call.sentId, message, path)
  }

  /**
   * The results of all open calls, in the order of the calls.
   * @throws GatewayError 400 in OpenAI's words when one is missing.
   */
  settle(): ToolResultBlock[] {
    const missing = this.#pending.filter((call) => !call.result)
    if (missing.length > 0) {
      throw unmatched(
        `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: ${missing.map(({ clientId }) => clientId).join(', ')}`,
      )
    }
    return this.#pending.splice(0).flatMap(({ result }) => result ?? [])
  }

  #result(sentId: string, message: ToolMessage | FunctionMessage, path: string): ToolResultBlock {
    const { lose, origins } = this.#making
    const block: ToolResultBlock = { type: 'tool_result', tool_use_id: sentId }
    origins.set(block, path)
    if (typeof message.content === 'string') {
      if (message.content.trim() !== '') block.content = message.content
    } else {
      const parts = blocksOf(message.content, path, this.#making)
      // A point inside the result is one at its end: the order in which the service counts nested ones is not told.
      for (const part of parts) {
        if (part.cache_control) block.cache_control = part.cache_control
        delete part.cache_control
      }
      if (parts.length > 0) block.content = parts
    }
    if (message.role === 'tool') {
      if (message.is_error) block.is_error = true
      Object.assign(block, cacheControlOf(message, path, lose, origins))
    }
    return block
  }
}

function answers(message: ToolMessage | FunctionMessage, call: Pending): boolean {
  return message.role === 'tool'
    ? !call.legacy && call.clientId === message.tool_call_id
    : call.legacy && call.name === message.name
}

function unmatched(message: string): GatewayError {
  return new GatewayError('invalid_request', message, { param: 'messages' })
}
