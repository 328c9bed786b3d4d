// Calls and results of the history: whatever a model wrote, and each result with its call.
import { describe, expect, it } from 'vitest'
import { type Fields, hello, refusal, send } from './accepted.ts'

const call = (id: unknown, args: unknown = '{}', name = 'find') => ({
  id,
  type: 'function',
  function: { name, arguments: args },
})
const asks = (...calls: unknown[]) => ({ role: 'assistant', content: null, tool_calls: calls })
const tool = (id: string, content: unknown = 'r', more: Fields = {}) => ({
  role: 'tool',
  tool_call_id: id,
  content,
  ...more,
})
const user = (content: unknown) => ({ role: 'user', content })

/** The calls and the results of one loop. */
function loop(calls: unknown[], results: unknown[], fields: Fields = {}) {
  const { body, told } = send({ messages: [hello, asks(...calls), ...results], ...fields })
  return { calls: body.messages[1]?.content, results: body.messages[2]?.content, told }
}

describe('arguments', () => {
  it.each([
    ['{"q":"cat"}', { q: 'cat' }, false],
    ['', {}, false],
    [' \n', {}, false],
    [null, {}, false],
    [undefined, {}, false],
    ['[1,2]', { value: [1, 2] }, true],
    ['"x"', { value: 'x' }, true],
    ['7', { value: 7 }, true],
    ['null', { value: null }, true],
    ['{"q":"ca', { _raw: '{"q":"ca' }, true],
    ["{'q':'cat'}", { _raw: "{'q':'cat'}" }, true],
    ['['.repeat(100) + ']'.repeat(100), { _raw: '['.repeat(100) + ']'.repeat(100) }, true],
  ])('%j', (args, input, told) => {
    const { calls, told: losses } = loop([call('c1', args)], [tool('c1')])
    expect(calls).toEqual([{ type: 'tool_use', id: 'c1', name: 'find', input }])
    expect(losses).toEqual(told ? ['messages[1].tool_calls[0].function.arguments emulated'] : [])
  })

  it('of a custom tool are its one string, whatever it holds', () => {
    const custom = { id: 'c1', type: 'custom', custom: { name: 'sql', input: 'select "1"' } }
    const { calls, told } = loop([custom], [tool('c1')])
    expect(calls).toEqual([{ type: 'tool_use', id: 'c1', name: 'sql', input: { input: 'select "1"' } }])
    expect(told).toEqual([])
  })
})

describe('ids', () => {
  it('are made legal and stay apart, with their results', () => {
    const ids = ['call.1', 'call:1', 'call_1', 'Zoë']
    const { calls, results } = loop(
      ids.map((id) => call(id)),
      ids.map((id) => tool(id, `for ${id}`)),
    )
    expect(calls).toMatchObject([{ id: 'call_1' }, { id: 'call_1_2' }, { id: 'call_1_3' }, { id: 'Zo_' }])
    expect(results).toMatchObject([
      { tool_use_id: 'call_1', content: 'for call.1' },
      { tool_use_id: 'call_1_2', content: 'for call:1' },
      { tool_use_id: 'call_1_3', content: 'for call_1' },
      { tool_use_id: 'Zo_', content: 'for Zoë' },
    ])
  })

  it('that come again in a later turn are new', () => {
    const messages = [hello, asks(call('0')), tool('0', 'a'), asks(call('0')), tool('0', 'b'), user('c')]
    const { body } = send({ messages })
    expect(body.messages[3]?.content).toMatchObject([{ id: '0_2' }])
    expect(body.messages[4]?.content).toMatchObject([{ tool_use_id: '0_2', content: 'b' }, { text: 'c' }])
  })

  it('that are missing are made', () => {
    const { calls } = loop([call('')], [tool('')])
    expect(calls).toMatchObject([{ id: 'call_fn_0' }])
  })
})

describe('what an assistant says and calls', () => {
  it('is text first, then calls', () => {
    const { body } = send({ messages: [hello, { ...asks(call('c1')), content: 'Looking.' }, tool('c1')] })
    expect(body.messages[1]?.content).toMatchObject([{ type: 'text', text: 'Looking.' }, { type: 'tool_use' }])
  })

  it('in two messages is one turn, with its calls last', () => {
    const { body } = send({
      messages: [hello, { role: 'assistant', content: 'a' }, { ...asks(call('c1')), content: 'b' }, tool('c1')],
    })
    expect(body.messages[1]?.content).toMatchObject([{ text: 'a' }, { text: 'b' }, { type: 'tool_use' }])
  })

  it('may name tools that are not there any more', () => {
    const { calls, told } = loop([call('c1', '{}', 'gone.tool')], [tool('c1')])
    expect(calls).toMatchObject([{ name: 'gone_tool' }])
    expect(told).toEqual([])
  })
})

describe('results', () => {
  it('stand first in one user turn, in the order of the calls, before what the user says', () => {
    const three = [call('a'), call('b'), call('c')]
    const { results } = loop(three, [tool('c', '3'), tool('a', '1'), tool('b', '2'), user('Go on.'), user('Now.')])
    expect(results).toEqual([
      { type: 'tool_result', tool_use_id: 'a', content: '1' },
      { type: 'tool_result', tool_use_id: 'b', content: '2' },
      { type: 'tool_result', tool_use_id: 'c', content: '3' },
      { type: 'text', text: 'Go on.' },
      { type: 'text', text: 'Now.' },
    ])
  })

  it('are text, parts, images, or nothing', () => {
    const image = { type: 'image_url', image_url: { url: 'https://example.com/a.png' } }
    const content = (value: unknown) => {
      const { results } = loop([call('a')], [tool('a', value)])
      return Array.isArray(results) ? results[0]?.content : undefined
    }
    expect(content('{"x":1}')).toBe('{"x":1}')
    expect(content([{ type: 'text', text: 'a' }])).toEqual([{ type: 'text', text: 'a' }])
    expect(content([{ type: 'text', text: '' }, image])).toEqual([
      { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
    ])
    for (const nothing of ['', ' ', null, [], [{ type: 'text', text: '' }]]) expect(content(nothing)).toBeUndefined()
  })

  it('tell of failure only where the client does', () => {
    const { results, told } = loop(
      [call('a'), call('b')],
      [tool('a', 'x', { is_error: true }), tool('b', 'y', { is_error: false, name: 'find' })],
    )
    expect(results).toEqual([
      { type: 'tool_result', tool_use_id: 'a', content: 'x', is_error: true },
      { type: 'tool_result', tool_use_id: 'b', content: 'y' },
    ])
    expect(told).toEqual([])
  })

  it.each([
    ['answers nothing', [hello, tool('x')]],
    ['answers another call', [hello, asks(call('a')), tool('b')]],
    ['comes twice', [hello, asks(call('a')), tool('a'), tool('a')]],
    ['comes too late', [hello, asks(call('a')), tool('a'), user('b'), tool('a')]],
    ['is missing', [hello, asks(call('a'), call('b')), tool('a'), user('c')]],
    ['is missing at the end', [hello, asks(call('a'))]],
    ['of a function answers a tool', [hello, asks(call('a')), { role: 'function', name: 'find', content: 'r' }]],
  ])('one that %s is refused as OpenAI refuses it', (_name, messages) => {
    expect(refusal({ messages })).toEqual({ status: 400, param: 'messages', code: null })
  })
})

describe('functions, the form before tools', () => {
  const calls = (name: string, args = '{}') => ({
    role: 'assistant',
    content: null,
    function_call: { name, arguments: args },
  })
  const result = (name: string, content: string | null) => ({ role: 'function', name, content })

  it('are matched by name', () => {
    const { body, told } = send({
      messages: [hello, calls('find', '{"q":1}'), result('find', 'a'), calls('find'), result('find', null), user('b')],
    })
    expect(body.messages.slice(1)).toEqual([
      { role: 'assistant', content: [{ type: 'tool_use', id: 'call_fn_0', name: 'find', input: { q: 1 } }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'call_fn_0', content: 'a' }] },
      { role: 'assistant', content: [{ type: 'tool_use', id: 'call_fn_1', name: 'find', input: {} }] },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'call_fn_1' },
          { type: 'text', text: 'b' },
        ],
      },
    ])
    expect(told).toEqual([])
  })

  it('tell of arguments by their own path', () => {
    const { told } = send({ messages: [hello, calls('find', '['), result('find', 'a')] })
    expect(told).toEqual(['messages[1].function_call.arguments emulated'])
  })
})
