// An answer, event by event: https://docs.anthropic.com/en/docs/build-with-claude/streaming
//
// Deterministic: `step` touches nothing but its state. A whole answer takes the same way (see reply.ts), so that a
// streamed and an unstreamed answer can only be the same.
import type { Delta, FinishReason } from '../../hub/delta.ts'
import { dropped } from '../../hub/support.ts'
import { addUsage, type Usage } from '../../hub/usage.ts'
import { FORMAT } from './assistant.ts'
import { streamError } from './error.ts'
import type { Names } from './names.ts'
import { MAX_PAUSES, Transcript } from './pause.ts'
import { CUSTOM_INPUT } from './tools.ts'
import { mergeUsage, tierOf, usageOf } from './usage.ts'
import type { AnswerBlock, BlockDelta, Citation, MessagesEvent, MessagesUsage } from './wire.ts'

/** What the reader of an answer needs to know of its request. */
export interface Asked {
  readonly names: Names
  readonly custom: ReadonlySet<string>
  /** The tool that carries a JSON answer, as it was sent. */
  readonly jsonTool: string | undefined
  /** The model was only told to answer in JSON. */
  readonly bareJson: boolean
  /** The service may pause between its own tools, so that the answer is kept for going on. */
  readonly pausable: boolean
}

interface OpenBlock {
  readonly kind: 'text' | 'reasoning' | 'tool' | 'custom' | 'json' | 'other'
  /** The index among the calls, or among the blocks of reasoning. */
  readonly index: number
  /** What the start event brought, for a call whose input comes in no delta. */
  readonly input: string
  /** Text of arguments that must be whole before it can be said. */
  held: string
  spoke: boolean
  /** Where the block's text begins in the choice's text. */
  readonly from: number
  readonly citations: Citation[]
}

export interface State {
  started: boolean
  tools: number
  reasonings: number
  /** The length of all text so far. */
  length: number
  /** By the service's index, which counts blocks of every kind. */
  readonly blocks: Map<number, OpenBlock>
  usage: MessagesUsage
  stop: string | null
  refused: boolean
  explanation: string | undefined
  toldCitations: boolean
  container: unknown
  readonly transcript: Transcript | undefined
  /** How often the answer was gone on with, and what its parts before this one used. */
  readonly pauses: number
  readonly before: Usage | undefined
  /** `message_stop` was read: nothing less is the end. */
  done: boolean
  /** What ended is a part: the service waits to be asked for the rest. */
  paused: boolean
  failed: boolean
}

export function start(asked: Asked): State {
  return {
    started: false,
    tools: 0,
    reasonings: 0,
    length: 0,
    blocks: new Map(),
    usage: {},
    stop: null,
    refused: false,
    explanation: undefined,
    toldCitations: false,
    container: undefined,
    transcript: asked.pausable ? new Transcript([]) : undefined,
    pauses: 0,
    before: undefined,
    done: false,
    paused: false,
    failed: false,
  }
}

/** The state in which the next part of a paused answer begins. */
export function goOn(state: State): State {
  return {
    ...state,
    blocks: new Map(),
    usage: {},
    stop: null,
    transcript: new Transcript(state.transcript?.blocks ?? []),
    pauses: state.pauses + 1,
    before: usedSoFar(state),
    done: false,
    paused: false,
  }
}

function usedSoFar({ usage, before }: State): Usage {
  const used = usageOf(usage)
  return before ? addUsage(before, used) : used
}

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
      state.explanation = delta.stop_details?.explanation ?? state.explanation
      state.container = delta.container ?? state.container
      if (event.usage) state.usage = mergeUsage(state.usage, event.usage)
      return []
    }
    case 'message_stop':
      state.done = true
      state.paused = state.stop === 'pause_turn' && state.transcript !== undefined && state.pauses < MAX_PAUSES
      return state.paused ? [] : finish(state, asked)
    case 'ping':
      return [{ type: 'ping' }]
    case 'error':
      state.failed = true
      return [{ type: 'error', error: streamError(event.error) }]
    default:
      event satisfies never
      return []
  }
}

function messageStart(state: State, message: { id: string; model: string; usage?: MessagesUsage }): Delta[] {
  if (message.usage) state.usage = mergeUsage(state.usage, message.usage)
  // After a fallback inside the service, or a pause, a second start comes: the answer stays the one it was.
  if (state.started) return []
  state.started = true
  const tier = tierOf(state.usage)
  return [{ type: 'start', id: message.id, model: message.model, ...(tier !== undefined && { tier }) }]
}

function blockStart(state: State, at: number, block: AnswerBlock, asked: Asked): Delta[] {
  const open = (kind: OpenBlock['kind'], index: number, input = ''): OpenBlock => {
    const one = { kind, index, input, held: '', spoke: false, from: state.length, citations: [] }
    state.blocks.set(at, one)
    return one
  }
  switch (block.type) {
    case 'text': {
      const one = open('text', 0)
      one.citations.push(...(block.citations ?? []))
      return block.text ? say(state, block.text) : []
    }
    case 'thinking': {
      const { index } = open('reasoning', state.reasonings++)
      const out: Delta[] = []
      if (block.thinking) out.push({ type: 'reasoning', index, text: block.thinking, format: FORMAT })
      if (block.signature) out.push({ type: 'signature', index, signature: block.signature, format: FORMAT })
      return out
    }
    case 'redacted_thinking': {
      const { index } = open('reasoning', state.reasonings++)
      return [{ type: 'encrypted', index, data: block.data ?? '', format: FORMAT }]
    }
    case 'tool_use':
      return toolStart(state, block, open, asked)
    default:
      // The service's own tools and their results: the client cannot answer them.
      open('other', 0)
      return []
  }
}

function toolStart(
  state: State,
  block: AnswerBlock,
  open: (kind: OpenBlock['kind'], index: number, input: string) => OpenBlock,
  asked: Asked,
): Delta[] {
  const sent = block.name ?? ''
  const input = isEmpty(block.input) ? '' : JSON.stringify(block.input)
  if (sent === asked.jsonTool) {
    open('json', 0, input)
    return []
  }
  const name = asked.names.back(sent)
  const custom = asked.custom.has(name)
  const index = state.tools++
  open(custom ? 'custom' : 'tool', index, input)
  return [{ type: 'tool', index, id: block.id ?? '', name, custom }]
}

function isEmpty(input: unknown): boolean {
  return typeof input !== 'object' || input === null || Object.keys(input).length === 0
}

function blockDelta(state: State, at: number, delta: BlockDelta): Delta[] {
  const block = state.blocks.get(at)
  if (!block) return []
  switch (delta.type) {
    case 'text_delta':
      return block.kind === 'text' ? say(state, delta.text) : []
    case 'thinking_delta':
      return delta.thinking === '' || block.kind !== 'reasoning'
        ? []
        : [{ type: 'reasoning', index: block.index, text: delta.thinking, format: FORMAT }]
    case 'signature_delta':
      return block.kind === 'reasoning'
        ? [{ type: 'signature', index: block.index, signature: delta.signature, format: FORMAT }]
        : []
    case 'input_json_delta':
      return delta.partial_json === '' ? [] : argumentsDelta(state, block, delta.partial_json)
    case 'citations_delta':
      block.citations.push(delta.citation)
      return []
    default:
      delta satisfies never
      return []
  }
}

function argumentsDelta(state: State, block: OpenBlock, json: string): Delta[] {
  block.spoke = true
  switch (block.kind) {
    case 'tool':
      return [{ type: 'arguments', index: block.index, text: json }]
    case 'json':
      return say(state, json)
    case 'custom':
      block.held += json
      return []
    default:
      return []
  }
}

function blockStop(state: State, at: number): Delta[] {
  const block = state.blocks.get(at)
  if (!block) return []
  state.blocks.delete(at)
  switch (block.kind) {
    case 'text':
      return block.citations.flatMap((citation) => cite(state, block, citation))
    case 'tool':
      return block.spoke ? [] : [{ type: 'arguments', index: block.index, text: block.input || '{}' }]
    case 'json':
      return block.spoke ? [] : say(state, block.input || '{}')
    case 'custom':
      return [{ type: 'arguments', index: block.index, text: customInput(block.held || block.input) }]
    default:
      return []
  }
}

/** The one string of a custom tool; what is cut or of another shape is passed on as it came. */
function customInput(json: string): string {
  try {
    const value: unknown = JSON.parse(json)
    const input = typeof value === 'object' && value !== null ? Reflect.get(value, CUSTOM_INPUT) : undefined
    return typeof input === 'string' ? input : json
  } catch {
    return json
  }
}

function say(state: State, text: string): Delta[] {
  if (text === '') return []
  state.length += text.length
  return [{ type: 'text', text }]
}

const NO_PLACE = dropped('A citation of a document has no place in a chat answer.')

function cite(state: State, block: OpenBlock, { url, title }: Citation): Delta[] {
  if (url) return [{ type: 'citation', citation: { url, title: title ?? '', start: block.from, end: state.length } }]
  if (state.toldCitations) return []
  state.toldCitations = true
  const { kind, reason } = NO_PLACE
  return [{ type: 'loss', loss: { path: 'choices[0].message.annotations', kind, reason } }]
}

function finish(state: State, asked: Asked): Delta[] {
  // An answer that ran into its limit may leave its last block open.
  const out = [...state.blocks.keys()].flatMap((at) => blockStop(state, at))
  if (state.stop === 'refusal' && state.explanation && state.length === 0) {
    out.push({ type: 'refusal', text: state.explanation })
  }
  if (!state.started) out.push({ type: 'start', id: '', model: '' })
  out.push({ type: 'usage', usage: usedSoFar(state) })
  out.push({ type: 'finish', reason: finishReason(state, asked) })
  return out
}

const REASONS: Readonly<Record<string, FinishReason>> = {
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  refusal: 'content_filter',
}

function finishReason({ stop, tools }: State, { jsonTool }: Asked): FinishReason {
  const reason = REASONS[stop ?? '']
  if (reason) return reason
  if (tools > 0) return 'tool_calls'
  // The call that carries a JSON answer is none to the client.
  return stop === 'tool_use' && jsonTool === undefined ? 'tool_calls' : 'stop'
}
