// The outputs of calls, by their call: each call has one, and each output its call. OpenAI refuses a conversation in which
// they do not match, in these words.
import { GatewayError } from '../../hub/error.ts'
import type { Placed, ToolOutput } from './items.ts'

interface Output {
  readonly path: string
  readonly output: ToolOutput
}

export class Outputs {
  readonly #byCall = new Map<string, Output[]>()

  /** @throws GatewayError 400 where a call has no output, or an output no call. */
  constructor(items: readonly Placed[]) {
    const open = new Map<string, number>()
    const add = (id: string, count: number) => open.set(id, (open.get(id) ?? 0) + count)
    for (const { item, path } of items) {
      if (!('call_id' in item) || typeof item.call_id !== 'string') continue
      const { call_id: id } = item
      if (item.type === 'function_call' || item.type === 'custom_tool_call') add(id, 1)
      if (item.type !== 'function_call_output' && item.type !== 'custom_tool_call_output') continue
      if (!open.has(id)) throw unmatched(`No tool call found for function call output with call_id ${shown(id)}.`)
      add(id, -1)
      const known = this.#byCall.get(id) ?? []
      this.#byCall.set(id, [...known, { path, output: item.output }])
    }
    for (const [id, count] of open) {
      if (count > 0) throw unmatched(`No tool output found for function call ${shown(id)}.`)
      if (count < 0) throw unmatched(`More than one tool output found for function call ${shown(id)}.`)
    }
  }

  /** The next output of a call. */
  take(id: string): Output {
    const next = this.#byCall.get(id)?.shift()
    if (!next) throw unmatched(`No tool output found for function call ${shown(id)}.`)
    return next
  }
}

function shown(id: string): string {
  return id.slice(0, 100)
}

function unmatched(message: string): GatewayError {
  return new GatewayError('invalid_request', message, { param: 'input' })
}
