// Watches a Messages stream that passes untouched: usage, and whether it is whole.
import type { Tap } from '../../hub/dialect.ts'
import { GatewayError, scrub } from '../../hub/error.ts'
import { at, isObject, jsonIn } from '../../hub/json.ts'
import type { Loss } from '../../hub/loss.ts'
import { CODE_BY_TYPE } from '../../hub/messages-error.ts'
import { type MessagesUsage, mergeUsage, usageOf } from '../../hub/messages-usage.ts'
import { withReport } from '../../hub/report.ts'
import type { Usage } from '../../hub/usage.ts'

/** Most events are pieces of the answer, and say nothing of what is watched for. */
const PIECE = /^\{\s*"type"\s*:\s*"content_block_(?:delta|start|stop)"/

/** What an event has around its text. */
const ENVELOPE = '{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":""}}'.length

export class MessagesTap implements Tap {
  #usage: MessagesUsage | undefined
  whole = false
  /** The pieces are counted by the length of their events: to read them only for that would cost more than it tells. */
  uncounted = 0
  error: GatewayError | undefined

  get usage(): Usage | undefined {
    return this.#usage && usageOf(this.#usage)
  }

  see(data: string): void {
    if (PIECE.test(data)) {
      this.uncounted += Math.max(0, data.length - ENVELOPE)
      return
    }
    const event = jsonIn(data)
    switch (at(event, 'type')) {
      case 'message_start':
        this.#count(at(at(event, 'message'), 'usage'))
        return
      case 'message':
      case 'message_delta':
        this.#count(at(event, 'usage'))
        this.uncounted = 0
        return
      case 'message_stop':
        this.whole = true
        return
      case 'error':
        this.error ??= errorIn(at(event, 'error'))
    }
  }

  closes(data: string): boolean {
    return data.includes('message_stop') && at(jsonIn(data), 'type') === 'message_stop'
  }

  carries(data: string): boolean {
    return data.includes('message_delta') && at(jsonIn(data), 'type') === 'message_delta'
  }

  withReport(text: string, report: readonly Loss[]): string {
    return withReport(text, report)
  }

  #count(usage: unknown): void {
    if (isObject(usage)) this.#usage = mergeUsage(this.#usage ?? {}, usage)
  }
}

function errorIn(error: unknown): GatewayError {
  const [type, message] = [at(error, 'type'), at(error, 'message')]
  const code = typeof type === 'string' && Object.hasOwn(CODE_BY_TYPE, type) ? CODE_BY_TYPE[type] : undefined
  const words = typeof message === 'string' ? scrub(message) : 'The provider reported an error.'
  return new GatewayError(code ?? 'upstream_error', words)
}
