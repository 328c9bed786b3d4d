// The blocks of an answer, as they open, grow and close. A block of text or of reasoning begins with its first delta.

import { inputIn } from '../../hub/definitions.ts'
import type { Delta } from '../../hub/delta.ts'
import { isBase64 } from '../../hub/media.ts'
import { answerJson, argumentsDelta, cited, say } from '../anthropic/blocks.ts'
import type { Asked, OpenBlock, State } from './state.ts'
import type { BlockDelta, Citation, Events } from './wire.ts'

function open(state: State, at: number, kind: OpenBlock['kind'], index = 0): OpenBlock {
  const from = state.length
  const one = { kind, index, reasoning: undefined, held: '', format: '', spoke: false, from, to: from, citations: [] }
  state.blocks.set(at, one)
  return one
}

export function blockStart(
  state: State,
  at: number,
  start: Events['contentBlockStart']['start'],
  asked: Asked,
): Delta[] {
  if (start?.toolResult) open(state, at, 'other')
  if (start?.image) open(state, at, 'image').format = start.image.format ?? ''
  const tool = start?.toolUse
  if (!tool) return []
  // The service's own tools and their results: the client cannot answer them.
  if (tool.type === 'server_tool_use') {
    open(state, at, 'other')
    return []
  }
  const sent = tool.name ?? ''
  if (sent === asked.jsonTool) {
    open(state, at, 'json')
    return []
  }
  const name = asked.names.back(sent)
  const custom = asked.custom.has(name)
  const index = state.tools++
  open(state, at, custom ? 'custom' : 'tool', index)
  // What was held back in the hope of an answer in JSON is what the model says before it calls.
  return [...say(state, state.voice.release()), { type: 'tool', index, id: tool.toolUseId ?? '', name, custom }]
}

/** A block grows. What comes for a block of another kind is passed over, as all that is unknown. */
export function blockDelta(state: State, at: number, delta: BlockDelta | undefined, asked: Asked): Delta[] {
  const block = state.blocks.get(at) ?? open(state, at, 'plain')
  const { text, toolUse, reasoningContent: thought, citation, image } = delta ?? {}
  if (block.kind === 'image') block.held = joined(block.held, image?.source?.bytes)
  if (block.kind !== 'plain') return toolUse?.input ? argumentsDelta(state, block, toolUse.input) : []
  if (citation) block.citations.push(citation)
  const out = text ? say(state, state.voice.say(text)) : []
  if (text) block.to = state.length
  if (!thought) return out
  block.reasoning ??= state.reasonings++
  const said = { index: block.reasoning, format: asked.thinks }
  if (thought.text) out.push({ type: 'reasoning', text: thought.text, ...said })
  if (thought.signature) out.push({ type: 'signature', signature: thought.signature, ...said })
  if (thought.redactedContent) out.push({ type: 'encrypted', data: thought.redactedContent, ...said })
  return out
}

/** The base64 of bytes that came in two pieces; what is no base64 is left out. */
function joined(before: string, piece = ''): string {
  if (before === '') return isBase64(piece) ? piece : ''
  try {
    return btoa(atob(before) + atob(piece))
  } catch {
    return before
  }
}

/** A block ends; what had to be whole is said. */
export function blockStop(state: State, at: number): Delta[] {
  const block = state.blocks.get(at)
  if (!block) return []
  state.blocks.delete(at)
  switch (block.kind) {
    case 'plain':
      return block.citations.flatMap((citation) => cite(state, block, citation))
    case 'tool':
      return block.spoke ? [] : [{ type: 'arguments', index: block.index, text: '{}' }]
    case 'json':
      return block.spoke ? [] : answerJson(state, '{}')
    case 'custom':
      return [{ type: 'arguments', index: block.index, text: inputIn(block.held) }]
    case 'image':
      return block.held === '' ? [] : [{ type: 'image', url: `data:image/${block.format};base64,${block.held}` }]
    default:
      return []
  }
}

function cite(state: State, { from, to }: OpenBlock, { location, title }: Citation): Delta[] {
  return cited(state, { url: location?.web?.url ?? '', title: title ?? '', start: from, end: to })
}
