// Which tools may, must or must not be called, in the form of today and in the one before.
import { describe, expect, it } from 'vitest'
import { type Fields, hello, send } from './accepted.ts'

const open = { type: 'object', properties: { q: { type: 'string' } } }
const fn = (name: string, more: Fields = {}) => ({ type: 'function', function: { name, parameters: open, ...more } })
const custom = (name: string) => ({ type: 'custom', custom: { name } })

describe('the choice', () => {
  const tools = [fn('a'), fn('b.c'), custom('d')]
  const named = (name: string) => ({ type: 'function', function: { name } })
  const allowed = (mode: string, ...names: string[]) => ({
    type: 'allowed_tools',
    allowed_tools: { mode, tools: names.map(named) },
  })

  it.each([
    [undefined, undefined],
    ['auto', undefined],
    ['none', { type: 'none' }],
    ['required', { type: 'any' }],
    [named('b.c'), { type: 'tool', name: 'b_c' }],
    [
      { type: 'function', name: 'a' },
      { type: 'tool', name: 'a' },
    ],
    [
      { type: 'custom', custom: { name: 'd' } },
      { type: 'tool', name: 'd' },
    ],
  ])('%j', (tool_choice, sent) => {
    const { body } = send({ tools, tool_choice })
    expect(body.tool_choice).toEqual(sent)
    expect(body.tools?.map(({ name }) => name)).toEqual(['a', 'b_c', 'd'])
  })

  it.each([
    [allowed('auto', 'a'), undefined, ['a']],
    [allowed('required', 'a', 'b.c'), { type: 'any' }, ['a', 'b_c']],
    [{ type: 'allowed_tools', mode: 'required', tools: [{ type: 'function', name: 'a' }] }, { type: 'any' }, ['a']],
    [allowed('auto'), undefined, undefined],
  ])('%j sends only those tools', (tool_choice, sent, names) => {
    const { body, told } = send({ tools: [fn('a'), fn('b.c')], tool_choice })
    expect(body.tool_choice).toEqual(sent)
    expect(body.tools?.map(({ name }) => name)).toEqual(names)
    expect(told).toEqual(['tools[1].function.name clamped → "b_c"'])
  })

  it.each([
    [undefined, { type: 'auto', disable_parallel_tool_use: true }],
    ['auto', { type: 'auto', disable_parallel_tool_use: true }],
    ['required', { type: 'any', disable_parallel_tool_use: true }],
    [named('a'), { type: 'tool', name: 'a', disable_parallel_tool_use: true }],
    ['none', { type: 'none' }],
  ])('%j, one call at a time', (tool_choice, sent) => {
    const { body, told } = send({ tools: [fn('a')], tool_choice, parallel_tool_calls: false })
    expect(body.tool_choice).toEqual(sent)
    expect(told).toEqual([])
  })

  it('is left out where there are no tools', () => {
    expect(send({ tools: [], tool_choice: 'none', parallel_tool_calls: false }).body).not.toHaveProperty('tool_choice')
    expect(send({ parallel_tool_calls: true, tools: [fn('a')] }).body).not.toHaveProperty('tool_choice')
  })

  it.each(['claude-opus-5-5', 'claude-sonnet-5-5', 'claude-fable-5-1', 'claude-mythos-5-2'])(
    '%s cannot be forced, so it is told',
    (model) => {
      const all = send({ model, tools: [fn('a'), fn('b')], tool_choice: 'required' })
      expect(all.body).not.toHaveProperty('tool_choice')
      expect(all.body.system).toBe('You must call one of the tools.')
      expect(all.told).toEqual(['tool_choice emulated'])
      const messages = [{ role: 'system', content: 'S' }, hello]
      const one = send({
        model,
        messages,
        tools: [fn('a'), fn('b')],
        tool_choice: named('b'),
        parallel_tool_calls: false,
      })
      expect(one.body.tools?.map(({ name }) => name)).toEqual(['b'])
      expect(one.body.tool_choice).toEqual({ type: 'auto', disable_parallel_tool_use: true })
      expect(one.body.system).toBe('S\nYou must call the tool "b".')
    },
  )

  it.each(['claude-fable-5', 'claude-haiku-5-5', 'claude-opus-5', 'claude-sonnet-4-6', 'claude-3-haiku-20240307'])(
    '%s can be forced',
    (model) => {
      const { body, told } = send({ model, tools: [fn('a')], tool_choice: 'required', reasoning_effort: 'low' })
      expect(body.tool_choice).toEqual({ type: 'any' })
      expect(told.filter((one) => one.startsWith('tool_choice'))).toEqual([])
    },
  )
})

describe('functions, the form before tools', () => {
  const functions = [
    { name: 'a', parameters: open },
    { name: 'b', description: 'B.' },
  ]
  const single = { disable_parallel_tool_use: true }

  it.each([
    [undefined, { type: 'auto', ...single }],
    ['auto', { type: 'auto', ...single }],
    ['none', { type: 'none' }],
    [{ name: 'b' }, { type: 'tool', name: 'b', ...single }],
  ])('%j', (function_call, sent) => {
    const { body, told } = send({ functions, function_call })
    expect(body.tools).toEqual([
      { name: 'a', input_schema: open },
      { name: 'b', description: 'B.', input_schema: { type: 'object', properties: {} } },
    ])
    expect(body.tool_choice).toEqual(sent)
    expect(told).toEqual([])
  })

  it('beside tools are dropped, and so is their choice', () => {
    for (const [tool_choice, sent] of [
      ['required', { type: 'any' }],
      [undefined, undefined],
    ]) {
      const { body, told } = send({ functions, function_call: { name: 'a' }, tools: [fn('c')], tool_choice })
      expect(body.tools?.map(({ name }) => name)).toEqual(['c'])
      expect(body.tool_choice).toEqual(sent)
      expect(told).toEqual(['function_call dropped', 'functions dropped'])
    }
  })

  it('forced on a model that cannot be, are told of by their own field', () => {
    const { told } = send({ model: 'claude-opus-5-5', functions, function_call: { name: 'a' } })
    expect(told).toEqual(['function_call emulated'])
  })
})
