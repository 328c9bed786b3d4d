// Readers of an answer: of its stream, and of the whole.

import type { Delta } from '../../hub/delta.ts'
import { GatewayError } from '../../hub/error.ts'
import { jsonIn } from '../../hub/json.ts'
import type { Answer, AnswerReader, Call } from '../../hub/provider.ts'
import { eventsOf } from './reply.ts'
import type { Asked, State } from './state.ts'
import { step } from './stream.ts'
import type { MessagesAnswer, MessagesEvent } from './wire.ts'

/** @param next the call that goes on with a paused answer. */
export function readerOf(state: State, asked: Asked, next: (state: State) => Call | undefined): AnswerReader {
  return {
    framing: asked.framing,
    read: ({ data }, open = false) => {
      if (state.done || state.failed || data === '') return []
      const value = jsonIn(data)
      if (value === undefined) {
        if (open) return []
        // What could not be read may have been a part of the answer: without it the rest would look whole.
        state.failed = true
        return [
          { type: 'error', error: new GatewayError('upstream_error', 'The provider sent an event that is not JSON.') },
        ]
      }
      if (isEvent(value)) return step(state, value, asked)
      const failed = failureIn(value)
      if (failed === undefined) return []
      state.failed = true
      return [{ type: 'error', error: asked.failure(failed) }]
    },
    get done() {
      return state.done
    },
    get next() {
      return next(state)
    },
  }
}

/** The part of each event without which it says nothing. */
const PARTS: Readonly<Record<string, string>> = {
  message_start: 'message',
  content_block_start: 'content_block',
  content_block_delta: 'delta',
  message_delta: 'delta',
}

/** A platform's own error has no type, and may come as a list of one. */
function failureIn(value: unknown): unknown {
  const first: unknown = Array.isArray(value) ? value[0] : value
  return isObject(first) && first.type === undefined && isObject(first.error) ? first : undefined
}

/** An object of the shape of an event, known or not: the switch in `step` passes over every type it does not know. */
function isEvent(value: unknown): value is MessagesEvent {
  if (!isObject(value) || typeof value.type !== 'string') return false
  const part = Object.hasOwn(PARTS, value.type) ? PARTS[value.type] : undefined
  return part === undefined || isObject(value[part])
}

/** @throws GatewayError `upstream_error` when the body is no message. */
export function answerOf(value: unknown, state: State, asked: Asked, next: (state: State) => Call | undefined): Answer {
  if (!isAnswer(value)) throw new GatewayError('upstream_error', 'The provider sent an answer that is no message.')
  const deltas: Delta[] = []
  for (const event of eventsOf(value)) deltas.push(...step(state, event, asked))
  const more = next(state)
  return { deltas, ...(more && { next: more }) }
}

function isAnswer(value: unknown): value is MessagesAnswer {
  return isObject(value) && Array.isArray(value.content) && value.content.every(isObject)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
