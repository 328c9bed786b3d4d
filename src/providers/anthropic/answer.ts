// Readers of an answer: of its stream, and of the whole.
import type { Delta } from '../../hub/delta.ts'
import { GatewayError } from '../../hub/error.ts'
import type { Answer, AnswerReader, Call } from '../../hub/provider.ts'
import { unfenced } from './format.ts'
import { eventsOf } from './reply.ts'
import { type Asked, type State, step } from './stream.ts'
import type { MessagesAnswer, MessagesEvent } from './wire.ts'

/** @param next the call that goes on with a paused answer. */
export function readerOf(state: State, asked: Asked, next: (state: State) => Call | undefined): AnswerReader {
  return {
    framing: 'sse',
    read: (frame) => {
      const event = eventOf(frame)
      return event ? step(state, event, asked) : []
    },
    get done() {
      return state.done
    },
    get next() {
      return next(state)
    },
  }
}

/**
 * What is no JSON object with a type does not come from the service. It is passed over like an unknown event; a stream
 * that held nothing else has no end marker.
 */
function eventOf(frame: string): MessagesEvent | undefined {
  try {
    const value: unknown = JSON.parse(frame)
    // The switch in `step` passes over every type it does not know.
    return typeof value === 'object' && value !== null && 'type' in value ? (value as MessagesEvent) : undefined
  } catch {
    return undefined
  }
}

/** @throws GatewayError `upstream_error` when the body is no message. */
export function answerOf(value: unknown, state: State, asked: Asked, next: (state: State) => Call | undefined): Answer {
  if (!isAnswer(value)) throw new GatewayError('upstream_error', 'The provider sent an answer that is no message.')
  const deltas: Delta[] = []
  for (const event of eventsOf(value)) deltas.push(...step(state, event, asked))
  const more = next(state)
  return { deltas: asked.bareJson ? bareJson(deltas) : deltas, ...(more && { next: more }) }
}

function isAnswer(value: unknown): value is MessagesAnswer {
  return typeof value === 'object' && value !== null && 'content' in value && Array.isArray(value.content)
}

/** A model that was only told to answer in JSON likes to wrap it. */
function bareJson(deltas: readonly Delta[]): Delta[] {
  const text = deltas.reduce((all, delta) => (delta.type === 'text' ? all + delta.text : all), '')
  const first = deltas.findIndex((delta) => delta.type === 'text')
  return deltas.flatMap((delta, i): Delta[] => {
    if (delta.type !== 'text') return [delta]
    return i === first ? [{ ...delta, text: unfenced(text) }] : []
  })
}
