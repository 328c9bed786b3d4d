// Deltas as events on the wire: https://docs.anthropic.com/en/docs/build-with-claude/streaming
import type { Delta } from '../../hub/delta.ts'
import type { AnswerContext, Renderer } from '../../hub/dialect.ts'
import type { GatewayError } from '../../hub/error.ts'
import { sseComment } from '../../wire/sse.ts'
import { Answer } from './answer.ts'
import { errorOf } from './error.ts'
import type { MessagesEvent } from './events.ts'

export class MessagesRenderer implements Renderer {
  readonly #answer: Answer

  constructor(context: AnswerContext) {
    this.#answer = new Answer(context)
  }

  render(deltas: readonly Delta[]): string {
    let out = ''
    for (const delta of deltas) {
      if (delta.type === 'error') return out + this.fail(delta.error)
      // A sign of life is a comment: an event would tell clients that wait for the answer that there is one.
      out += delta.type === 'ping' ? sseComment('ping') : said(this.#answer.take(delta))
    }
    return out
  }

  end(): string {
    return said(this.#answer.end())
  }

  fail(error: GatewayError): string {
    return event('error', errorOf(error))
  }
}

function said(events: readonly MessagesEvent[]): string {
  let out = ''
  for (const one of events) out += event(one.type, one)
  return out
}

function event(name: string, data: object): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`
}
