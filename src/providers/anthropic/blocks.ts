// The blocks of an answer, as they open, grow and close.

import { inputIn } from '../../hub/definitions.ts'
import type { Delta, Citation as Source } from '../../hub/delta.ts'
import { dropped } from '../../hub/support.ts'
import { FORMAT } from './assistant.ts'
import type { Asked, OpenBlock, State } from './state.ts'
import type { Voice } from './voice.ts'
import type { AnswerBlock, BlockDelta, Citation } from './wire.ts'

/** A block begins; what it brings along is said at once. */
export function blockStart(state: State, at: number, block: AnswerBlock, asked: Asked): Delta[] {
  const open = (kind: OpenBlock['kind'], index: number, input = ''): OpenBlock => {
    const one = { kind, index, input, held: '', spoke: false, from: state.length, citations: [] }
    state.blocks.set(at, one)
    return one
  }
  switch (block.type) {
    case 'text': {
      const one = open('text', 0)
      one.citations.push(...(block.citations ?? []))
      return block.text ? say(state, state.voice.say(block.text)) : []
    }
    case 'thinking': {
      const { index } = open('reasoning', state.reasonings++)
      const { thinking: text, signature } = block
      return [...(text ? [reasoning(index, text)] : []), ...(signature ? [signed(index, signature)] : [])]
    }
    case 'redacted_thinking': {
      const { index } = open('reasoning', state.reasonings++)
      return [{ type: 'encrypted', index, data: block.data ?? '', format: FORMAT }]
    }
    case 'tool_use': {
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
      // What was held back in the hope of an answer in JSON is what the model says before it calls.
      return [...say(state, state.voice.release()), { type: 'tool', index, id: block.id ?? '', name, custom }]
    }
    default:
      // The service's own tools and their results: the client cannot answer them.
      open('other', 0)
      return []
  }
}

function reasoning(index: number, text: string): Delta {
  return { type: 'reasoning', index, text, format: FORMAT }
}

function signed(index: number, signature: string): Delta {
  return { type: 'signature', index, signature, format: FORMAT }
}

function isEmpty(input: unknown): boolean {
  return typeof input !== 'object' || input === null || Object.keys(input).length === 0
}

/** A block grows. What comes for a block of another kind is passed over, as all that is unknown. */
export function blockDelta(state: State, at: number, delta: BlockDelta): Delta[] {
  const block = state.blocks.get(at)
  if (!block) return []
  switch (delta.type) {
    case 'text_delta':
      return block.kind === 'text' ? say(state, state.voice.say(delta.text ?? '')) : []
    case 'thinking_delta':
      return block.kind === 'reasoning' && delta.thinking ? [reasoning(block.index, delta.thinking)] : []
    case 'signature_delta':
      return block.kind === 'reasoning' && delta.signature ? [signed(block.index, delta.signature)] : []
    case 'input_json_delta':
      return delta.partial_json ? argumentsDelta(state, block, delta.partial_json) : []
    case 'citations_delta':
      if (delta.citation) block.citations.push(delta.citation)
      return []
    default:
      delta satisfies never
      return []
  }
}

/** What is known of an answer while it is said. */
export interface Saying {
  length: number
  readonly voice: Voice
  toldCitations: boolean
}

/** A call that is open, or what carries an answer in JSON. */
type Calling = Pick<OpenBlock, 'index' | 'held' | 'spoke'> & { readonly kind: string }

/** The next piece of a call's arguments. */
export function argumentsDelta(state: Saying, block: Calling, json: string): Delta[] {
  block.spoke = true
  switch (block.kind) {
    case 'tool':
      return [{ type: 'arguments', index: block.index, text: json }]
    case 'json':
      return answerJson(state, json)
    case 'custom':
      block.held += json
      return []
    default:
      return []
  }
}

/** A block ends; what had to be whole is said. */
export function blockStop(state: State, at: number): Delta[] {
  const block = state.blocks.get(at)
  if (!block) return []
  state.blocks.delete(at)
  switch (block.kind) {
    case 'text':
      return block.citations.flatMap((citation) => cite(state, block, citation))
    case 'tool':
      return block.spoke ? [] : [{ type: 'arguments', index: block.index, text: block.input || '{}' }]
    case 'json':
      return block.spoke ? [] : answerJson(state, block.input || '{}')
    case 'custom':
      return [{ type: 'arguments', index: block.index, text: inputIn(block.held || block.input) }]
    default:
      return []
  }
}

/** The input of the tool that carries the answer is the answer. */
export function answerJson(state: Saying, json: string): Delta[] {
  state.voice.hush?.()
  return say(state, json)
}

export function say(state: Saying, text: string): Delta[] {
  if (text === '') return []
  state.length += text.length
  return [{ type: 'text', text }]
}

const NO_PLACE = dropped('A citation of a document has no place in a chat answer.')

function cite(state: State, { from }: OpenBlock, { url, title }: Citation): Delta[] {
  return cited(state, { url: url ?? '', title: title ?? '', start: from, end: state.length })
}

/** A source; one without an address is told once, because it has no place. */
export function cited(state: Saying, citation: Source): Delta[] {
  if (citation.url) return [{ type: 'citation', citation }]
  if (state.toldCitations) return []
  state.toldCitations = true
  const { kind, reason } = NO_PLACE
  return [{ type: 'loss', loss: { path: 'choices[0].message.annotations', kind, reason } }]
}
