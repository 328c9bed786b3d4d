// Readers of an answer: of its stream, and of the whole.

import type { Delta } from '../../hub/delta.ts'
import { GatewayError } from '../../hub/error.ts'
import { jsonIn } from '../../hub/json.ts'
import type { Answer, AnswerReader } from '../../hub/provider.ts'
import { finish, isWhole } from './finish.ts'
import { chunksOf } from './shape.ts'
import { type Asked, start } from './state.ts'
import { step } from './stream.ts'

/**
 * Reads a stream, also one that is a JSON array because `alt=sse` got lost on the way. Its end is the clean end of the
 * body, once every candidate has a reason: no event says so.
 */
export function readerOf(asked: Asked, head: Headers): AnswerReader {
  const state = start()
  return {
    framing: /\bjson\b/i.test(head.get('content-type') ?? '') ? 'whole' : 'sse+json',
    read: ({ data }, open = false) => {
      if (state.failed || data === '[DONE]') return []
      const value = jsonIn(data)
      if (value === undefined) {
        state.torn = open
        // What could not be read may have been a part of the answer: without it the rest would look whole.
        if (open) return []
        state.failed = true
        return [
          { type: 'error', error: new GatewayError('upstream_error', 'The provider sent an event that is not JSON.') },
        ]
      }
      return chunksOf(value).flatMap((chunk) => step(state, chunk, asked))
    },
    end: () => (state.failed || state.torn || !isWhole(state) ? [] : finish(state, asked)),
    get done() {
      return state.done
    },
    next: undefined,
  }
}

/** @throws GatewayError `upstream_error` when the body is no answer. */
export function answerOf(value: unknown, asked: Asked): Answer {
  const state = start()
  const deltas: Delta[] = chunksOf(value).flatMap((chunk) => step(state, chunk, asked))
  if (state.candidates.size === 0 && state.blocked === undefined && !state.failed) {
    throw new GatewayError('upstream_error', 'The provider sent an answer without candidates.')
  }
  return { deltas: state.failed ? deltas : [...deltas, ...finish(state, asked)] }
}
