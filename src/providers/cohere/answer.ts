// Readers of an answer: of its stream, and of the whole.
import type { Delta } from '../../hub/delta.ts'
import { GatewayError } from '../../hub/error.ts'
import { at, jsonIn } from '../../hub/json.ts'
import type { AnswerReader } from '../../hub/provider.ts'
import { streamError } from './error.ts'
import { eventsOf } from './reply.ts'
import { type Asked, type State, start } from './state.ts'
import { step } from './stream.ts'

/** @param head the response's: what was asked for as a stream may be answered in one piece. */
export function readerOf(asked: Asked, head: Headers): AnswerReader {
  const state = start()
  const framing = /^application\/json\b/i.test(head.get('content-type') ?? '') ? 'whole' : 'sse'
  return {
    framing,
    read: ({ data }, open = false) => {
      // Some ends of the service add OpenAI's end of a stream to their own.
      if (state.done || state.failed || data === '' || data === '[DONE]') return []
      const event = jsonIn(data)
      if (event !== undefined) return framing === 'sse' ? eventDeltas(state, event, asked) : said(state, event, asked)
      if (open) return []
      // What could not be read may have been a part of the answer: without it the rest would look whole.
      return fail(state, new GatewayError('upstream_error', 'The provider sent an event that is not JSON.'))
    },
    get done() {
      return state.done
    },
    next: undefined,
  }
}

/** A failure that has no type, only a message, is told in the form of a refusal. */
function eventDeltas(state: State, event: unknown, asked: Asked): Delta[] {
  const error = at(event, 'type') === undefined ? streamError(event) : undefined
  return error ? fail(state, error) : step(state, event, asked)
}

function said(state: State, answer: unknown, asked: Asked): Delta[] {
  if (!isAnswer(answer)) {
    return fail(state, streamError(answer) ?? new GatewayError('upstream_error', NO_MESSAGE))
  }
  return [...eventsOf(answer)].flatMap((event) => step(state, event, asked))
}

function fail(state: State, error: GatewayError): Delta[] {
  state.failed = true
  return [{ type: 'error', error }]
}

const NO_MESSAGE = 'The provider sent an answer that is no message.'

/** @throws GatewayError `upstream_error` when the body is no message. */
export function answerOf(value: unknown, asked: Asked): Delta[] {
  if (!isAnswer(value)) throw streamError(value) ?? new GatewayError('upstream_error', NO_MESSAGE)
  return said(start(), value, asked)
}

function isAnswer(value: unknown): boolean {
  const message = at(value, 'message')
  return typeof message === 'object' && message !== null && !Array.isArray(message)
}
