// An answer, event by event: https://docs.anthropic.com/en/docs/build-with-claude/streaming
//
// Deterministic: `step` touches nothing but its state. A whole answer takes the same way (see reply.ts), so that a
// streamed and an unstreamed answer can only be the same.
import type { Delta, FinishReason } from '../../hub/delta.ts'
import { type MessagesUsage, mergeUsage, tierOf } from '../../hub/messages-usage.ts'
import { blockDelta, blockStart, blockStop, say } from './blocks.ts'
import { streamError } from './error.ts'
import { MAX_PAUSES } from './pause.ts'
import { type Asked, type State, usedSoFar } from './state.ts'
import type { MessagesEvent } from './wire.ts'

/** The deltas of one event. Unknown events, blocks and deltas are passed over: new kinds appear. */
export function step(state: State, event: MessagesEvent, asked: Asked): Delta[] {
  if (state.done || state.failed) return []
  state.transcript?.see(event)
  switch (event.type) {
    case 'content_block_delta':
      return blockDelta(state, event.index, event.delta)
    case 'content_block_start':
      return blockStart(state, event.index, event.content_block, asked)
    case 'content_block_stop':
      return blockStop(state, event.index)
    case 'message_start':
      return messageStart(state, event.message)
    case 'message_delta': {
      const { delta } = event
      state.stop = delta.stop_reason ?? state.stop
      state.sequence = delta.stop_sequence ?? state.sequence
      state.explanation = delta.stop_details?.explanation ?? state.explanation
      state.container = delta.container ?? state.container
      if (event.usage) state.usage = mergeUsage(state.usage, event.usage)
      return []
    }
    case 'message_stop':
      state.done = true
      state.paused = state.stop === 'pause_turn' && state.transcript !== undefined && state.pauses < MAX_PAUSES
      return state.paused ? [] : finish(state)
    case 'ping':
      return [{ type: 'ping' }]
    case 'error':
      state.failed = true
      return [{ type: 'error', error: streamError(event) }]
    default:
      event satisfies never
      return []
  }
}

interface Head {
  readonly id?: string
  readonly model?: string
  readonly usage?: MessagesUsage | null
}

function messageStart(state: State, { id = '', model = '', usage }: Head): Delta[] {
  if (usage) state.usage = mergeUsage(state.usage, usage)
  // After a fallback inside the service, or a pause, a second start comes: the answer stays the one it was.
  if (state.started) return []
  state.started = true
  const tier = tierOf(state.usage)
  return [{ type: 'start', id, model, ...(tier !== undefined && { tier }) }]
}

function finish(state: State): Delta[] {
  const out: Delta[] = state.started ? [] : messageStart(state, {})
  // An answer that ran into its limit may leave its last block open.
  for (const at of state.blocks.keys()) out.push(...blockStop(state, at))
  out.push(...say(state, state.voice.release()))
  if (state.stop === 'refusal' && state.explanation && state.length === 0) {
    out.push({ type: 'refusal', text: state.explanation })
  }
  out.push({ type: 'usage', usage: usedSoFar(state) })
  const { stop, sequence } = state
  out.push({ type: 'finish', reason: finishReason(state), ...(stop === 'stop_sequence' && { stop: sequence }) })
  return out
}

const REASONS: Readonly<Record<string, FinishReason>> = {
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  refusal: 'content_filter',
}

/** The calls that the client sees decide, whatever the service calls its reason: one that carries JSON is none. */
function finishReason({ stop, tools }: State): FinishReason {
  return REASONS[stop ?? ''] ?? (tools > 0 ? 'tool_calls' : 'stop')
}
