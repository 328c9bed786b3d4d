// An answer, event by event: https://docs.cohere.com/v2/docs/streaming
//
// Deterministic: `step` touches nothing but its state. A whole answer takes the same way (see reply.ts), so that a
// streamed and an unstreamed answer can only be the same.
import type { Delta, FinishReason } from '../../hub/delta.ts'
import { at } from '../../hub/json.ts'
import { clamped } from '../../hub/support.ts'
import { callEnd, callGrows, callStart, textOf } from './calls.ts'
import { citationDeltas } from './citations.ts'
import { brokenOff } from './error.ts'
import { logprobDeltas } from './logprobs.ts'
import { PLANNED, THOUGHT } from './reasoning.ts'
import type { Asked, State } from './state.ts'
import { usageOf } from './usage.ts'

/** The place of the plan among the blocks of reasoning: content counts from 0. */
const PLAN = -1

/** The deltas of one event. Unknown events are passed over: new kinds appear. */
export function step(state: State, event: unknown, asked: Asked): Delta[] {
  if (state.done || state.failed) return []
  const given = at(event, 'index')
  const place = typeof given === 'number' ? given : 0
  const message = at(at(event, 'delta'), 'message')
  switch (at(event, 'type')) {
    case 'content-start':
    case 'content-delta':
      return [...contentDelta(state, place, at(message, 'content')), ...logprobDeltas(state, at(event, 'logprobs'))]
    case 'message-start':
      return begin(state, textOf(at(event, 'id')), asked)
    case 'tool-plan-delta':
      return reason(state, PLAN, textOf(at(message, 'tool_plan')), PLANNED)
    case 'tool-call-start':
      return callStart(state, place, oneOf(at(message, 'tool_calls')), asked)
    case 'tool-call-delta':
      return callGrows(state, place, at(oneOf(at(message, 'tool_calls')), 'function'))
    case 'tool-call-end':
      return callEnd(state, place)
    case 'citation-start':
      state.citations.push(oneOf(at(message, 'citations')))
      return []
    case 'message-end':
      return finish(state, event, asked)
    default:
      return []
  }
}

/** An object, as the service writes it; some who stand in for it write a list of one. */
function oneOf(value: unknown): unknown {
  return Array.isArray(value) ? value[0] : value
}

function begin(state: State, id: string, { model }: Asked): Delta[] {
  if (state.started) return []
  state.started = true
  return [{ type: 'start', id, model }]
}

/** What is thought and what is said differ by their key, whatever the block was opened as. */
function contentDelta(state: State, place: number, content: unknown): Delta[] {
  const text = textOf(at(content, 'text'))
  return [
    ...reason(state, place, textOf(at(content, 'thinking')), THOUGHT),
    ...(text ? written(state, place, text) : []),
  ]
}

function written(state: State, place: number, text: string): Delta[] {
  const said = state.texts.get(place)
  if (said) said.text += text
  else state.texts.set(place, { from: state.length, text })
  state.length += text.length
  return [{ type: 'text', text }]
}

function reason(state: State, place: number, text: string, format: string): Delta[] {
  if (text === '') return []
  const index = state.reasonings.get(place) ?? state.reasonings.size
  state.reasonings.set(place, index)
  return [{ type: 'reasoning', index, text, format }]
}

const BROKEN_OFF = clamped('The service broke the answer off, and says no more of it.')

/** The one event that ends an answer, well or not. */
function finish(state: State, event: unknown, asked: Asked): Delta[] {
  const delta = at(event, 'delta')
  const said = textOf(at(delta, 'finish_reason')).toUpperCase()
  const error = textOf(at(delta, 'error'))
  const broken = /^(?:ERROR(?:_LIMIT)?|TIMEOUT)$/.test(said)
  const out = begin(state, textOf(at(event, 'id')), asked)
  if (error || (broken && state.length === 0 && state.tools === 0)) {
    state.failed = true
    return [{ type: 'error', error: brokenOff(said, error) }]
  }
  state.done = true
  // An answer that ran into its limit may leave its last call open.
  for (const place of [...state.calls.keys()]) out.push(...callEnd(state, place))
  out.push(...citationDeltas(state, asked))
  const usage = usageOf(at(delta, 'usage'))
  if (usage) out.push({ type: 'usage', usage })
  const reason = reasonOf(said, state.tools)
  if (broken) {
    out.push({ type: 'loss', loss: { path: 'choices[0].finish_reason', ...BROKEN_OFF, sent: reason } })
  }
  out.push({ type: 'finish', reason, ...(said === 'STOP_SEQUENCE' && { stop: null }) })
  return out
}

/** The calls that the client sees decide, but where the answer was cut. */
function reasonOf(said: string, tools: number): FinishReason {
  if (said === 'MAX_TOKENS') return 'length'
  if (said === 'ERROR_TOXIC') return 'content_filter'
  return tools > 0 ? 'tool_calls' : 'stop'
}
