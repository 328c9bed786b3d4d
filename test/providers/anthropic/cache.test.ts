// Cache points: where the client marks them, as many as there may be, in the order the service wants.
import { describe, expect, it } from 'vitest'
import { type Fields, send } from './accepted.ts'

const own = (ttl?: string) => ({ cache_control: { type: 'ephemeral', ...(ttl && { ttl }) } })
const openai = (ttl?: string) => ({ prompt_cache_breakpoint: { mode: 'explicit', ...(ttl && { ttl }) } })
const text = (value: string, more: Fields = {}) => ({ type: 'text', text: value, ...more })
const user = (...content: unknown[]) => ({ role: 'user', content })

/** The points of what is sent, as `where ttl`. */
function points(fields: Fields) {
  const { call, told } = send(fields)
  const found: string[] = []
  const visit = (value: unknown, path: string): void => {
    if (typeof value !== 'object' || value === null) return
    for (const [key, part] of Object.entries(value)) {
      if (key === 'cache_control') found.push(`${path} ${(part as { ttl?: string }).ttl ?? '5m'}`.trim())
      else visit(part, path === '' ? key : `${path}.${key}`)
    }
  }
  visit(JSON.parse(call.body), '')
  return { points: found.sort(), told }
}

it('none are added', () => {
  expect(points({ messages: [user(text('a'))] })).toEqual({ points: [], told: [] })
})

describe('a point', () => {
  it.each([
    ['of the service', own(), '5m', []],
    ['of 5 minutes', own('5m'), '5m', []],
    ['of an hour', own('1h'), '1h', []],
    ["in OpenAI's form", openai(), '5m', []],
    ['of half an hour', openai('30m'), '1h', ['messages[0].content[0].prompt_cache_breakpoint.ttl clamped → "1h"']],
    ['of half a day', openai('12h'), '1h', ['messages[0].content[0].prompt_cache_breakpoint.ttl clamped → "1h"']],
    ["of a day, in the service's form", own('24h'), '1h', ['messages[0].content[0].cache_control.ttl clamped → "1h"']],
  ])('%s', (_name, mark, ttl, told) => {
    expect(points({ messages: [user(text('a', mark), text('b'))] })).toEqual({
      points: [`messages.0.content.0 ${ttl}`],
      told,
    })
  })

  it('stands on parts, messages, instructions, tools and results', () => {
    const tools = [{ type: 'function', function: { name: 'f' }, ...own('1h') }]
    const messages = [
      { role: 'system', content: [text('S', openai())] },
      user(text('a')),
      { role: 'assistant', tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '' } }] },
      { role: 'tool', tool_call_id: 'c', content: [text('r', own()), text('s')] },
      { ...user(text('b')), ...own() },
    ]
    expect(points({ tools, messages })).toEqual({
      points: ['messages.2.content.0 5m', 'messages.2.content.1 5m', 'system.0 5m', 'tools.0 1h'],
      told: [],
    })
  })

  it('on text that says nothing is gone with it', () => {
    expect(points({ messages: [user(text('', own()), text('b'))] })).toEqual({ points: [], told: [] })
  })
})

describe('the whole prompt', () => {
  it.each([
    [{ cache_control: { type: 'ephemeral' } }, ['5m'], []],
    [{ cache_control: { type: 'ephemeral', ttl: '1h' } }, ['1h'], []],
    [{ prompt_cache_options: { mode: 'implicit' } }, ['5m'], []],
    [{ prompt_cache_options: { mode: 'implicit', ttl: '30m' } }, ['5m'], []],
    [{ prompt_cache_options: { mode: 'implicit', ttl: '12h' } }, ['1h'], ['prompt_cache_options.ttl clamped → "1h"']],
    [{ prompt_cache_options: { mode: 'explicit' } }, [], []],
    [{ prompt_cache_options: {} }, [], []],
    [{ prompt_cache_options: { mode: 'implicit' }, cache_control: { type: 'ephemeral', ttl: '1h' } }, ['1h'], []],
  ])('%j', (fields, found, told) => {
    expect(points(fields)).toEqual({ points: found, told })
  })
})

describe('of more than four', () => {
  const five = [user(...['a', 'b', 'c', 'd', 'e'].map((value) => text(value, own())))]

  it('the last four are kept', () => {
    expect(points({ messages: five })).toEqual({
      points: [1, 2, 3, 4].map((i) => `messages.0.content.${i} 5m`),
      told: ['messages[0].content[0].cache_control dropped'],
    })
  })

  it('one may be that of the whole prompt', () => {
    const tools = [{ type: 'function', function: { name: 'f' }, ...own() }]
    expect(points({ messages: five, tools, cache_control: { type: 'ephemeral' } })).toEqual({
      points: ['5m', ...[2, 3, 4].map((i) => `messages.0.content.${i} 5m`)],
      told: [
        'tools[0].cache_control',
        'messages[0].content[0].cache_control',
        'messages[0].content[1].cache_control',
      ].map((path) => `${path} dropped`),
    })
  })
})

describe('of different times', () => {
  it('those of an hour come first: what stands before one is kept as long', () => {
    expect(points({ messages: [user(text('a', openai()), text('b', own('1h')), text('c', own()))] })).toEqual({
      points: ['messages.0.content.0 1h', 'messages.0.content.1 1h', 'messages.0.content.2 5m'],
      told: ['messages[0].content[0].prompt_cache_breakpoint.ttl clamped → "1h"'],
    })
  })

  it('that of the whole prompt is the last', () => {
    expect(points({ messages: [user(text('a', own()))], cache_control: { type: 'ephemeral', ttl: '1h' } })).toEqual({
      points: ['1h', 'messages.0.content.0 1h'],
      told: ['messages[0].content[0].cache_control.ttl clamped → "1h"'],
    })
  })
})
