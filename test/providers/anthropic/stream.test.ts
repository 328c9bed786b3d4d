// What a stream says, event by event: each thing as it comes, and nothing that nobody knows.
import { expect, it } from 'vitest'
import type { Delta } from '../../../src/hub/delta.ts'
import { NO_HEADERS } from '../../account.ts'
import { type Fields, send } from './accepted.ts'
import { type Event, events, message, readAll } from './wire.ts'

const { call } = send({ tools: [{ type: 'custom', custom: { name: 'sql' } }] })
const text = (value: string) => ({ type: 'text', text: value })
const use = (id: string, name: string, input: Fields = {}) => ({ type: 'tool_use', id, name, input })

const read = (...all: Event[]) => readAll(call, all)
const [start, ...rest] = events({ content: [text('Hi.')] }) as [Event, ...Event[]]
const kinds = (deltas: readonly Delta[]) => deltas.map(({ type }) => type)

it('says each thing as it comes', () => {
  const content = [
    { type: 'thinking', thinking: 'Two', signature: 'EqQB' },
    text('Hi.'),
    use('t1', 'a', { b: 1 }),
    use('t2', 'c'),
  ]
  expect(kinds(read(...events({ content, stop_reason: 'tool_use' })).deltas)).toEqual([
    ...['start', 'reasoning', 'reasoning', 'signature', 'text', 'text'],
    ...['tool', 'arguments', 'arguments', 'tool', 'arguments', 'usage', 'finish'],
  ])
})

it('starts once, though the service falls back on the way', () => {
  const second = {
    type: 'message_start',
    message: message({ content: [], usage: { input_tokens: 20 }, more: { id: 'msg_2' } }),
  }
  const { deltas } = read(start, second, ...rest)
  expect(deltas.filter(({ type }) => type === 'start')).toMatchObject([{ id: 'msg_1' }])
})

it('takes the newest count of each kind', () => {
  const usage = (one: Fields) => ({ type: 'message_delta', delta: {}, usage: one })
  const { deltas } = read(
    start,
    usage({ output_tokens: 5 }),
    usage({ output_tokens: 9, input_tokens: null }),
    usage({ cache_read_input_tokens: 3 }),
    { type: 'message_stop' },
  )
  expect(deltas.find(({ type }) => type === 'usage')).toMatchObject({
    usage: { prompt_tokens: 15, completion_tokens: 9, prompt_tokens_details: { cached_tokens: 3 } },
  })
})

it('passes over all that nobody knows', () => {
  const noise: Event[] = [
    { type: 'ping' },
    { type: 'novelty', data: 1 },
    { type: 'content_block_start', index: 7 },
    { type: 'content_block_start', index: 7, content_block: { type: 'novelty' } },
    { type: 'content_block_delta', index: 7, delta: { type: 'text_delta', text: 'lost' } },
    { type: 'content_block_delta', index: 7, delta: { type: 'novelty_delta' } },
    { type: 'content_block_delta', index: 99, delta: { type: 'text_delta', text: 'lost' } },
    { type: 'content_block_delta', index: 0 },
    { type: 'content_block_stop', index: 99 },
    { type: 'message_delta' },
    { type: 'message_start' },
  ]
  expect(kinds(read(start, ...noise, ...rest).deltas)).toEqual(['start', 'ping', 'text', 'text', 'usage', 'finish'])
  const reader = call.reader(NO_HEADERS)
  for (const data of ['', 'null', '7', '[]', '{}', '{"type":7}']) expect(reader.read({ event: '', data })).toEqual([])
})

it('that cannot be read has failed, unless it is torn there', () => {
  expect(call.reader(NO_HEADERS).read({ event: '', data: '{"type":"conte' }, true)).toEqual([])
  const reader = call.reader(NO_HEADERS)
  expect(reader.read({ event: '', data: '{"type":"conte' })).toMatchObject([
    { type: 'error', error: { code: 'upstream_error' } },
  ])
  expect(reader.read({ event: '', data: JSON.stringify(start) })).toEqual([])
})

it('that ends in the middle of a block ends the block', () => {
  const open = { type: 'content_block_start', index: 0, content_block: use('t1', 'a') }
  const { deltas } = read(
    start,
    open,
    { type: 'message_delta', delta: { stop_reason: 'max_tokens' } },
    { type: 'message_stop' },
  )
  expect(kinds(deltas)).toEqual(['start', 'tool', 'arguments', 'usage', 'finish'])
})

it('passes on what was cut of a custom call', () => {
  const open = { type: 'content_block_start', index: 0, content_block: use('t1', 'sql') }
  const delta = {
    type: 'content_block_delta',
    index: 0,
    delta: { type: 'input_json_delta', partial_json: '{"input":"sel' },
  }
  const { deltas } = read(start, open, delta, { type: 'content_block_stop', index: 0 })
  expect(deltas.at(-1)).toEqual({ type: 'arguments', index: 0, text: '{"input":"sel' })
})

it('says a whole call that comes at its start', () => {
  const whole = { type: 'content_block_start', index: 0, content_block: use('t1', 'a', { b: 1 }) }
  const { deltas } = read(start, whole, { type: 'content_block_stop', index: 0 })
  expect(deltas.at(-1)).toEqual({ type: 'arguments', index: 0, text: '{"b":1}' })
})

it('is over with message_stop, and with nothing less', () => {
  const all = events({ content: [text('Hi.')] })
  expect(read(...all.slice(0, -1)).done).toBe(false)
  const { done, deltas } = read(...all, ...rest)
  expect(done).toBe(true)
  expect(kinds(deltas)).toEqual(['start', 'text', 'text', 'usage', 'finish'])
})

it('that lacks its start begins all the same', () => {
  expect(kinds(read({ type: 'message_stop' }).deltas)).toEqual(['start', 'usage', 'finish'])
})

it('that fails says so, and nothing more', () => {
  const failure = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }
  for (const before of [[], [start, ...rest.slice(0, 2)]]) {
    const { deltas, done } = read(...before, failure, ...rest)
    const last = deltas.at(-1)
    expect(last?.type === 'error' && last.error).toMatchObject({
      code: 'overloaded',
      status: 503,
      message: 'Overloaded',
    })
    expect(done).toBe(false)
  }
})
