// Readers of an answer: of its stream, and of the whole.

import type { Delta } from '../../hub/delta.ts'
import { GatewayError } from '../../hub/error.ts'
import { jsonIn } from '../../hub/json.ts'
import type { AnswerReader } from '../../hub/provider.ts'
import type { Sources } from './sources.ts'
import { type Asked, start } from './state.ts'
import { fail, finish, step } from './step.ts'

/** @param head the response's headers: what should be a stream may be one JSON value. */
export function readerOf(asked: Asked, head: Headers, sources: Sources): AnswerReader {
  const state = start(sources)
  let torn = false
  const whole = /\bjson\b/i.test(head.get('content-type') ?? '')
  return {
    framing: whole ? 'whole' : 'sse',
    read: ({ data }, open = false) => {
      if (state.done || state.failed) return []
      if (data.trim() === '[DONE]') return finish(state, asked, asked.rules.endsUnsaid ?? false)
      const value = jsonIn(data)
      if (value !== undefined) return step(state, value, asked)
      torn = open
      if (open || data === '') return []
      // What could not be read may have been a part of the answer: without it the rest would look whole.
      return fail(state, new GatewayError('upstream_error', 'The provider sent an event that is not JSON.'))
    },
    // A body that ends within an event has no clean end, whatever had been said.
    end: () => (torn ? [] : finish(state, asked, whole)),
    get done() {
      return state.done
    },
    next: undefined,
  }
}

/** @throws GatewayError the service's own failure, or `upstream_error` when the body is no answer. */
export function answerOf(value: unknown, asked: Asked, sources: Sources): Delta[] {
  const state = start(sources)
  return [...step(state, value, asked), ...finish(state, asked, true)]
}
