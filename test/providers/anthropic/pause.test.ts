// The service pauses between its own tools, and goes on when it is sent what it said so far.
import { describe, expect, it } from 'vitest'
import type { Delta } from '../../../src/hub/delta.ts'
import type { Call } from '../../../src/hub/provider.ts'
import { collect } from '../../../src/hub/reply.ts'
import { NO_HEADERS } from '../../account.ts'
import { accepted, type Fields, send } from './accepted.ts'
import { events, type Message, message, readAll } from './wire.ts'

const search = (id: string) => [
  { type: 'server_tool_use', id: `srvtoolu_${id}`, name: 'web_search', input: { query: id } },
  { type: 'web_search_tool_result', tool_use_id: `srvtoolu_${id}`, content: [] },
]
const text = (value: string, more: Fields = {}) => ({ type: 'text', text: value, ...more })
const paused = (content: Fields[]): Message => ({
  content,
  stop_reason: 'pause_turn',
  usage: { input_tokens: 10, output_tokens: 5, cache_read_input_tokens: 1 },
})
const cite = { type: 'web_search_result_location', url: 'https://a', title: 'A', cited_text: 'x', encrypted_index: 'y' }
const use = (id: string) => ({ type: 'tool_use', id, name: 'find', input: { a: 1 } })

const PARTS: readonly Message[] = [
  paused([{ type: 'thinking', thinking: 'Hm.', signature: 'EqQB' }, text('First. '), ...search('a')]),
  paused([text(''), text('Then. ', { citations: [cite] }), ...search('b')]),
  {
    content: [{ type: 'thinking', thinking: 'So.', signature: 'EqQC' }, text('Done.'), use('t1')],
    stop_reason: 'tool_use',
    usage: { input_tokens: 20, output_tokens: 7 },
  },
]

/** Plays the parts to a call, whole or streamed, and gathers what is sent and what is said. */
function play(first: Call, parts: readonly Message[], streamed: boolean): { sent: Fields[]; deltas: Delta[] } {
  const sent: Fields[] = []
  const deltas: Delta[] = []
  let call: Call | undefined = first
  for (const part of parts) {
    if (!call) break
    sent.push({ ...accepted(call) })
    const said: { deltas: readonly Delta[]; next?: Call | undefined } = streamed
      ? readAll(call, events(part))
      : call.answer(message(part), NO_HEADERS)
    deltas.push(...said.deltas)
    call = said.next
  }
  return { sent, deltas }
}

describe.each([
  ['streamed', true],
  ['whole', false],
])('%s', (_name, streamed) => {
  it('is one answer: text, indices and usage go on', () => {
    const { call } = send({ model: 'claude-opus-4-8', web_search_options: {} })
    const { sent, deltas } = play(call, PARTS, streamed)
    expect(sent).toHaveLength(3)
    expect(sent[2]?.messages).toEqual([
      { role: 'user', content: [text('Hello')] },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'Hm.', signature: 'EqQB' },
          text('First. '),
          ...search('a'),
          text('Then. ', { citations: [cite] }),
          ...search('b'),
        ],
      },
    ])
    const reply = collect(deltas)
    expect(deltas.filter(({ type }) => type === 'start' || type === 'finish')).toHaveLength(2)
    expect(reply.usage).toEqual({
      ...{ prompt_tokens: 42, completion_tokens: 17, total_tokens: 59 },
      prompt_tokens_details: { cached_tokens: 2, cache_write_tokens: 0 },
    })
    expect(reply.choices[0]).toMatchObject({
      finish: 'tool_calls',
      citations: [{ url: 'https://a', start: 7, end: 13 }],
      blocks: [
        { type: 'reasoning', index: 0, text: 'Hm.' },
        { type: 'text', text: 'First. Then. ' },
        { type: 'reasoning', index: 1, text: 'So.' },
        { type: 'text', text: 'Done.' },
        { type: 'tool', index: 0, id: 't1' },
      ],
    })
  })

  it('is gone on with five times, and then is what it is', () => {
    const { call } = send({ model: 'claude-opus-4-8', web_search_options: {} })
    const { sent, deltas } = play(
      call,
      Array.from({ length: 9 }, (_, i) => paused(search(`p${i}`))),
      streamed,
    )
    expect(sent).toHaveLength(6)
    expect(collect(deltas).choices[0]?.finish).toBe('stop')
    expect(collect(deltas).usage?.completion_tokens).toBe(30)
  })

  it('goes on in the container it was in', () => {
    const container = { id: 'container_1', expires_at: '2026-11-20T12:00:00Z' }
    const part = { ...paused(search('a')), more: { container } }
    const tools = [{ type: 'code_execution_20250825', name: 'code_execution' }]
    const fresh = play(send({ model: 'claude-opus-4-8', tools }).call, [part, part], streamed)
    expect(fresh.sent[1]?.container).toBe('container_1')
    const skilled = send({
      model: 'claude-opus-4-8',
      tools,
      container: { skills: [{ type: 'anthropic', skill_id: 'xlsx' }] },
    })
    expect(play(skilled.call, [part, part], streamed).sent[1]?.container).toEqual({
      id: 'container_1',
      skills: [{ type: 'anthropic', skill_id: 'xlsx' }],
    })
  })

  it('is the end where the service has no tools of its own', () => {
    const { call } = send({ tools: [{ type: 'function', function: { name: 'find' } }] })
    const { sent, deltas } = play(call, [paused([text('Hi.')]), paused([text('Hi.')])], streamed)
    expect(sent).toHaveLength(1)
    expect(collect(deltas).choices[0]?.finish).toBe('stop')
  })
})

it('every reader of a call begins anew', () => {
  const { call } = send({ web_search_options: {} })
  const first = collect(readAll(call, events({ content: [text('Hi.')] })).deltas)
  expect(collect(readAll(call, events({ content: [text('Hi.')] })).deltas)).toEqual(first)
})
