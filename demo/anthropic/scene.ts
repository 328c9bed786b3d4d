// Answers that only a directive brings about. Cites: Response, stop_reason; Streaming, edge cases.
import type { Directives } from '../directives.ts'
import { type AnswerBlock, idOf, type Turn } from './reply.ts'
import type { Checked } from './rules/rule.ts'
import { blocksOf } from './wire.ts'

const FOUND = {
  type: 'web_search_result',
  url: 'https://example.com/dragoman',
  title: 'Dragoman',
  encrypted_content: 'ZGVtbw==',
  page_age: null,
}
const QUOTE = 'A dragoman was an interpreter at a border.'

const search = (sequence: number, turn = 0): AnswerBlock => {
  const input = { query: 'dragoman' }
  const id = idOf('srvtoolu_01', 'search', sequence, turn)
  return {
    type: 'server_tool_use',
    id,
    name: 'web_search',
    input,
    caller: { type: 'direct' },
    json: JSON.stringify(input),
  }
}

const result = (id: unknown): AnswerBlock => ({ type: 'web_search_tool_result', tool_use_id: id, content: [FOUND] })

/** Text with what it rests on. */
const cited: readonly AnswerBlock[] = [
  { type: 'text', text: 'I looked it up. ' },
  {
    type: 'text',
    text: QUOTE,
    citations: [
      {
        type: 'web_search_result_location',
        url: FOUND.url,
        title: FOUND.title,
        encrypted_index: 'ZGVtbw==',
        cited_text: QUOTE,
      },
    ],
  },
]

/** A server tool that has not come back yet. */
export const pausedCall = (sequence: number, turn = 0): Turn => ({
  content: [{ type: 'text', text: turn === 0 ? 'Searching.' : 'Still searching.' }, search(sequence, turn)],
  stop_reason: 'pause_turn',
})

/** What follows a pause: another one while there are any left, then the result. */
export function continuation({ body }: Checked, directives: Directives, sequence: number): Turn {
  const blocks = blocksOf(body.messages.at(-1)?.content)
  const calls = blocks.filter(({ type }) => type === 'server_tool_use')
  const open = blocks.at(-1)?.type === 'server_tool_use' ? blocks.at(-1) : undefined
  const found = open ? [result(open.id)] : []
  if (calls.length < directives.number('pause', 1)) {
    const again = pausedCall(sequence, calls.length)
    return { ...again, content: [...found, ...again.content] }
  }
  return { content: [...found, ...cited], stop_reason: 'end_turn' }
}

const REFUSED = {
  type: 'refusal',
  category: 'general_harms',
  explanation: 'The demo was asked to refuse.',
}

/** The answer of a directive, or nothing where the request itself decides. */
export function scene(directives: Directives, sequence: number): Turn | undefined {
  if (directives.has('refusal')) {
    const late = directives.value('refusal') === 'late'
    const content = late ? [{ type: 'text', text: 'Well, first of all' }] : []
    return { content, stop_reason: 'refusal', stop_details: REFUSED }
  }
  if (directives.has('empty')) return { content: [], stop_reason: 'end_turn' }
  if (directives.has('window')) {
    return { content: [{ type: 'text', text: 'There is no more room' }], stop_reason: 'model_context_window_exceeded' }
  }
  if (directives.has('cite')) {
    const call = search(sequence)
    return { content: [call, result(call.id), ...cited], stop_reason: 'end_turn' }
  }
  return undefined
}

/** Blocks that some directives put before everything else. */
export function prologue(directives: Directives, model: string): readonly AnswerBlock[] {
  return [
    ...(directives.has('compaction') ? [{ type: 'compaction', content: null }] : []),
    ...(directives.has('fallback') ? [{ type: 'fallback', from: { model }, to: { model: 'claude-opus-4-8' } }] : []),
    ...(directives.has('unknown') ? [{ type: 'demo_novelty', novelty: 'Nobody knows this block.' }] : []),
  ]
}
