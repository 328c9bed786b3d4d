// An answer, event by event:
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStreamOutput.html
//
// Deterministic: `step` touches nothing but its state. A whole answer takes the same way (see reply.ts), so that a
// streamed and an unstreamed answer can only be the same.
import type { Delta, FinishReason } from '../../hub/delta.ts'
import { say } from '../anthropic/blocks.ts'
import { blockDelta, blockStart, blockStop } from './blocks.ts'
import type { Asked, State } from './state.ts'
import { usageOf } from './usage.ts'
import type { ConverseEvent } from './wire.ts'

/** The deltas of one event. Unknown events, blocks and deltas are passed over: new kinds appear. */
export function step(state: State, event: ConverseEvent, asked: Asked): Delta[] {
  if (state.done || state.failed) return []
  switch (event.name) {
    case 'messageStart':
      return begin(state, asked)
    case 'contentBlockStart':
      return [...begin(state, asked), ...blockStart(state, event.data.contentBlockIndex ?? 0, event.data.start, asked)]
    case 'contentBlockDelta':
      return [...begin(state, asked), ...blockDelta(state, event.data.contentBlockIndex ?? 0, event.data.delta, asked)]
    case 'contentBlockStop':
      return blockStop(state, event.data.contentBlockIndex ?? 0)
    case 'messageStop':
      state.stopped = true
      state.stop = event.data.stopReason ?? ''
      // Where the counts came first, nothing is left to come.
      return state.usage ? finish(state, asked) : []
    case 'metadata':
      state.usage = event.data.usage ?? state.usage ?? {}
      return state.stopped ? finish(state, asked) : []
    default:
      event satisfies never
      return []
  }
}

/** Some services leave the first event out. */
function begin(state: State, { model }: Asked): Delta[] {
  if (state.started) return []
  state.started = true
  return [{ type: 'start', id: state.id, model }]
}

/** The end of an answer whose `messageStop` was read. */
export function finish(state: State, asked: Asked): Delta[] {
  const out = begin(state, asked)
  state.done = true
  // An answer that ran into its limit may leave its last block open.
  for (const at of state.blocks.keys()) out.push(...blockStop(state, at))
  out.push(...say(state, state.voice.release()))
  if (state.usage) out.push({ type: 'usage', usage: usageOf(state.usage) })
  const stopped = state.stop === 'stop_sequence' && { stop: null }
  out.push({ type: 'finish', reason: finishReason(state), ...stopped })
  return out
}

const REASONS: Readonly<Record<string, FinishReason>> = {
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  guardrail_intervened: 'content_filter',
  content_filtered: 'content_filter',
}

/** The calls that the client sees decide, whatever the service calls its reason: one that carries JSON is none. */
function finishReason({ stop, tools }: State): FinishReason {
  const reason = Object.hasOwn(REASONS, stop) ? REASONS[stop] : undefined
  return reason ?? (tools > 0 ? 'tool_calls' : 'stop')
}
