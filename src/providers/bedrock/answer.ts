// Readers of an answer: of its stream, and of the whole.
import type { Delta } from '../../hub/delta.ts'
import { GatewayError } from '../../hub/error.ts'
import { jsonIn } from '../../hub/json.ts'
import type { Answer, AnswerReader } from '../../hub/provider.ts'
import { streamError } from './error.ts'
import { eventsOf } from './reply.ts'
import { type Asked, type State, start } from './state.ts'
import { finish, step } from './stream.ts'
import type { ConverseAnswer, ConverseEvent, Events } from './wire.ts'

/** The header that names an answer: its body does not. */
export const REQUEST_ID = 'x-amzn-requestid'

const EVENTS: Readonly<Record<keyof Events, true>> = {
  messageStart: true,
  contentBlockStart: true,
  contentBlockDelta: true,
  contentBlockStop: true,
  messageStop: true,
  metadata: true,
}

/** @param streams a stream was asked for; what comes instead, in one piece, says so itself. */
export function readerOf(asked: Asked, head: Headers, streams: boolean): AnswerReader {
  const state = start(head.get(REQUEST_ID) ?? '', asked)
  const json = head.get('content-type')?.startsWith('application/json') ?? !streams
  return {
    framing: json ? 'whole' : 'eventstream',
    read: ({ event, data }, open = false) => {
      if (state.done || state.failed) return []
      if (json) return readWhole(data, state, asked)
      if (open) state.torn = true
      else if (/^(?:exception|error):/.test(event)) return fail(state, streamError(event, data))
      else if (Object.hasOwn(EVENTS, event)) return readEvent(event, data, state, asked)
      return []
    },
    // The counts come behind the end marker, and may be missing.
    end: () => (state.stopped && !state.torn ? finish(state, asked) : []),
    get done() {
      return state.done
    },
    next: undefined,
  }
}

function fail(state: State, error: GatewayError): Delta[] {
  state.failed = true
  return [{ type: 'error', error }]
}

function readEvent(event: string, text: string, state: State, asked: Asked): Delta[] {
  const data = jsonIn(text)
  if (!isObject(data)) {
    // What could not be read may have been a part of the answer: without it the rest would look whole.
    return fail(state, new GatewayError('upstream_error', 'The provider sent an event that is not JSON.'))
  }
  // The name is one of the table's, and `step` reads no member of the data that may not be missing.
  return step(state, { name: event, data } as ConverseEvent, asked)
}

/** A stream that came in one piece: what is no JSON was cut off. */
function readWhole(text: string, state: State, asked: Asked): Delta[] {
  const value = jsonIn(text)
  if (value === undefined) return []
  if (!isAnswer(value)) return fail(state, streamError('', text))
  return [...eventsOf(value)].flatMap((event) => step(state, event, asked))
}

/** @throws GatewayError `upstream_error` when the body is no answer. */
export function answerOf(value: unknown, asked: Asked, head: Headers): Answer {
  if (!isAnswer(value)) throw new GatewayError('upstream_error', 'The provider sent an answer that is no message.')
  const state = start(head.get(REQUEST_ID) ?? '', asked)
  return { deltas: [...eventsOf(value)].flatMap((event) => step(state, event, asked)) }
}

function isAnswer(value: unknown): value is ConverseAnswer {
  const message = isObject(value) && isObject(value.output) ? value.output.message : undefined
  return isObject(message) && Array.isArray(message.content) && message.content.every(isObject)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
