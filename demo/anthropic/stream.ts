// An answer as the events it is streamed in. Cites: Streaming.
// https://docs.claude.com/en/docs/build-with-claude/streaming
import { pieces } from '../tokens.ts'
import type { Answer, AnswerBlock } from './reply.ts'

type Event = { readonly type: string; readonly [field: string]: unknown }

/** One event on the wire. */
export const frame = (event: Event): string => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`

/** What `json` and `spent` are to us nobody else sees. */
function shown({ json: _json, spent: _spent, ...block }: AnswerBlock): AnswerBlock {
  return block
}

/** A message as it is answered at once. */
export function wholeMessage(answer: Answer): Record<string, unknown> {
  return { ...head(answer), content: answer.content.map(shown), ...tail(answer), usage: answer.usage }
}

const head = ({ id, model }: Answer) => ({ id, type: 'message', role: 'assistant', model, container: null })
const tail = ({ stop_reason, stop_sequence, stop_details }: Answer) => ({ stop_reason, stop_sequence, stop_details })

/** A block without what its deltas bring. */
function opening(block: AnswerBlock): Record<string, unknown> {
  const seen = shown(block)
  switch (block.type) {
    case 'text':
      return { type: 'text', text: '' }
    case 'thinking':
      return { type: 'thinking', thinking: '', signature: '' }
    case 'tool_use':
    case 'server_tool_use':
      return { ...seen, input: {} }
    case 'compaction':
    case 'demo_novelty':
      return { type: block.type }
    default:
      return seen
  }
}

function deltas(block: AnswerBlock): readonly Event[] {
  switch (block.type) {
    case 'text': {
      const citations = Array.isArray(block.citations) ? block.citations : []
      return [
        ...pieces(block.text ?? '').map((text) => ({ type: 'text_delta', text })),
        ...citations.map((citation: unknown) => ({ type: 'citations_delta', citation })),
      ]
    }
    case 'thinking':
      return [
        ...pieces(block.thinking ?? '').map((thinking) => ({ type: 'thinking_delta', thinking })),
        { type: 'signature_delta', signature: block.signature },
      ]
    case 'tool_use':
    case 'server_tool_use':
      // The first fragment is always empty; of a call without arguments it is the only one.
      return ['', ...(block.json?.match(/.{1,9}/gsu) ?? [])].map((partial_json) => ({
        type: 'input_json_delta',
        partial_json,
      }))
    case 'compaction':
      return [{ type: 'compaction_delta', content: null }]
    case 'demo_novelty':
      return [{ type: 'novelty_delta', novelty: block.novelty }]
    default:
      return []
  }
}

/** How many frames of a stream mark its end. */
export const LAST = 2

/** The frames of an answer, in order. */
export function frames(answer: Answer): readonly string[] {
  const { output_tokens, output_tokens_details, server_tool_use, ...input } = answer.usage
  const start = (model: string): Event => ({
    type: 'message_start',
    message: {
      ...head({ ...answer, model }),
      content: [],
      stop_reason: null,
      stop_sequence: null,
      stop_details: null,
      usage: { ...input, output_tokens: 1 },
    },
  })
  const events: Event[] = [start(answer.model)]
  for (const [index, block] of answer.content.entries()) {
    events.push({ type: 'content_block_start', index, content_block: opening(block) })
    if (index === 0) events.push({ type: 'ping' })
    for (const delta of deltas(block)) events.push({ type: 'content_block_delta', index, delta })
    events.push({ type: 'content_block_stop', index })
    if (block.type === 'fallback') events.push(start('claude-opus-4-8'))
    if (block.type === 'demo_novelty') events.push({ type: 'novelty', novelty: 'Nobody knows this event.' })
  }
  if (answer.content.length === 0) events.push({ type: 'ping' })
  const { input_tokens, cache_read_input_tokens, cache_creation_input_tokens } = input
  const usage = {
    input_tokens,
    cache_creation_input_tokens,
    cache_read_input_tokens,
    output_tokens,
    output_tokens_details,
    server_tool_use,
  }
  events.push({ type: 'message_delta', delta: { ...tail(answer), container: null }, usage })
  events.push({ type: 'message_stop' })
  return events.map(frame)
}
