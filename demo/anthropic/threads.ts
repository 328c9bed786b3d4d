// Conversations that the service holds for a while, so that a request need say only what is new.
// https://platform.claude.com/docs/en/build-with-claude/message-threads

import { Refusal } from './refusal.ts'
import type { Answer } from './reply.ts'
import { wholeMessage } from './stream.ts'
import type { MessagesBody } from './wire.ts'

/** What is said once, at the beginning. */
type Kept = Pick<MessagesBody, 'system' | 'tools' | 'messages'>

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export class Threads {
  readonly #kept = new Map<string, Kept>()

  /** The request as it would be without a thread, but for `thread` itself. */
  whole(body: unknown): unknown {
    if (!isObject(body) || !isObject(body.thread) || body.thread.type !== 'continue') return body
    const kept = this.#kept.get(String(body.thread.previous_message_id))
    if (!kept) throw new Refusal('The thread was not found.', 'Message threads, replay', 404, 'thread_not_found')
    const messages = Array.isArray(body.messages) ? body.messages : []
    return { ...body, ...kept, messages: [...kept.messages, ...messages] }
  }

  /** Keeps an answered request whose sender asked for it. */
  keep(body: MessagesBody, answer: Answer): void {
    if (!body.thread) return
    const { system, tools, messages } = body
    const { content } = wholeMessage(answer) as { content: MessagesBody['messages'][number]['content'] }
    this.#kept.set(answer.id, {
      ...(system && { system }),
      ...(tools && { tools }),
      messages: [...messages, { role: 'assistant', content }],
    })
  }
}
