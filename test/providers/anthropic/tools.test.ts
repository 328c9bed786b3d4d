// Tools, and which of them may be called.
import { describe, expect, it } from 'vitest'
import { type Fields, hello, refusal, send } from './accepted.ts'

const open = { type: 'object', properties: { q: { type: 'string' } } }
const closed = { ...open, required: ['q'], additionalProperties: false }
const fn = (name: string, more: Fields = {}) => ({ type: 'function', function: { name, parameters: open, ...more } })
const custom = (name: string, more: Fields = {}) => ({ type: 'custom', custom: { name, ...more } })
const FUNCTION = { name: 'find', input_schema: open }

describe('a function', () => {
  it.each([
    ['without parameters', { parameters: undefined }, { type: 'object', properties: {} }],
    ['with null for parameters', { parameters: null }, { type: 'object', properties: {} }],
    ['with empty parameters', { parameters: {} }, { type: 'object', properties: {} }],
    ['without a type', { parameters: { properties: { a: {} } } }, { type: 'object', properties: { a: {} } }],
    [
      'that may be null',
      { parameters: { type: ['object', 'null'], properties: {} } },
      { type: 'object', properties: {} },
    ],
    ['by reference', { parameters: { $ref: '#/$defs/A', $defs: { A: open } } }, { $defs: { A: open }, ...open }],
  ])('%s', (_name, more, input_schema) => {
    const { body, told } = send({ tools: [fn('find', more)] })
    expect(body.tools).toEqual([{ name: 'find', input_schema }])
    expect(told).toEqual([])
  })

  it('keeps its description, its schema and its cache point', () => {
    const { body } = send({
      tools: [{ ...fn('find', { description: 'Finds.' }), cache_control: { type: 'ephemeral' } }],
    })
    expect(body.tools).toEqual([{ ...FUNCTION, description: 'Finds.', cache_control: { type: 'ephemeral' } }])
  })

  it('that takes no object is refused', () => {
    const endless = { $ref: '#/$defs/A', $defs: { A: { $ref: '#/$defs/A' } } }
    for (const parameters of [
      { type: 'string' },
      { type: 'array', items: {} },
      { anyOf: [{ type: 'string' }] },
      endless,
    ]) {
      expect(refusal({ tools: [fn('a'), fn('find', { parameters })] })).toEqual({
        status: 400,
        param: 'tools[1].function.parameters',
        code: 'invalid_value',
      })
    }
  })

  it('loses what no table names', () => {
    const { told } = send({ tools: [{ ...fn('find', { returns: {} }), group: 'x' }] })
    expect(told).toEqual(['tools[0].group dropped', 'tools[0].function.returns dropped'])
  })
})

describe('a union at the top of the parameters', () => {
  const cat = {
    type: 'object',
    properties: { kind: { const: 'cat' }, lives: { type: 'integer' } },
    required: ['kind', 'lives'],
  }
  const dog = { type: 'object', properties: { kind: { const: 'dog' }, name: { type: 'string' } }, required: ['kind'] }

  it.each([
    ['anyOf', { anyOf: [cat, dog] }],
    ['oneOf', { oneOf: [cat, dog, { type: 'null' }] }],
    ['references', { anyOf: [{ $ref: '#/$defs/cat' }, { $ref: '#/$defs/dog' }], $defs: { cat, dog } }],
    ['a union of unions', { oneOf: [{ anyOf: [cat, dog] }] }],
  ])('is merged: %s', (_name, parameters) => {
    const { body, told } = send({ tools: [fn('pet', { parameters })] })
    expect(body.tools?.[0]?.input_schema).toMatchObject({
      type: 'object',
      properties: {
        kind: { anyOf: [{ const: 'cat' }, { const: 'dog' }] },
        lives: { type: 'integer' },
        name: { type: 'string' },
      },
      required: ['kind'],
    })
    expect(told).toEqual(['tools[0].function.parameters clamped'])
  })

  it('holds all of what all demand', () => {
    const parameters = { type: 'object', properties: { a: {} }, required: ['a'], allOf: [cat, { required: ['name'] }] }
    const { body } = send({ tools: [fn('pet', { parameters })] })
    expect(body.tools?.[0]?.input_schema).toEqual({
      type: 'object',
      properties: { a: {}, kind: { const: 'cat' }, lives: { type: 'integer' } },
      required: ['a', 'kind', 'lives', 'name'],
    })
  })
})

describe('a strict function', () => {
  it('is strict where the model has it, with its schema cleaned', () => {
    const { body, told } = send({ tools: [fn('find', { strict: true })] })
    expect(body.tools).toEqual([{ name: 'find', input_schema: { ...open, additionalProperties: false }, strict: true }])
    expect(told).toEqual([])
  })

  it.each([
    ['the model has it not', 'claude-sonnet-4-0', closed],
    ['the schema is a map', 'claude-sonnet-4-5', { type: 'object', additionalProperties: { type: 'string' } }],
    ['the schema refers to itself', 'claude-sonnet-4-5', { type: 'object', properties: { next: { $ref: '#' } } }],
  ])('is not where %s', (_name, model, parameters) => {
    const { body, told } = send({ model, tools: [fn('find', { strict: true, parameters })] })
    expect(body.tools).toEqual([{ name: 'find', input_schema: parameters }])
    expect(told).toEqual(['tools[0].function.strict dropped'])
  })

  it('shares what a grammar can hold with all others', () => {
    const wide = (count: number) => ({
      type: 'object',
      properties: Object.fromEntries(Array.from({ length: count }, (_, i) => [`p${i}`, { type: 'string' }])),
    })
    const tools = [16, 9, 8].map((count, i) => fn(`f${i}`, { strict: true, parameters: wide(count) }))
    const { body, told } = send({ tools })
    expect(body.tools?.map(({ strict }) => strict)).toEqual([true, undefined, true])
    expect(told).toEqual(['tools[1].function.strict dropped'])
  })
})

describe('names', () => {
  it('are made legal, stay apart, and those that are legal stay as they are', () => {
    const tools = [fn('a.b'), fn('a_b'), fn('a b'), fn('x'.repeat(70)), fn('é')]
    const { body, told } = send({ tools })
    expect(body.tools?.map(({ name }) => name)).toEqual(['a_b_2', 'a_b', 'a_b_3', 'x'.repeat(64), '_'])
    expect(told).toEqual([
      'tools[0].function.name clamped → "a_b_2"',
      'tools[2].function.name clamped → "a_b_3"',
      `tools[3].function.name clamped → "${'x'.repeat(64)}"`,
      'tools[4].function.name clamped → "_"',
    ])
  })

  it('that come twice are refused', () => {
    expect(refusal({ tools: [fn('a'), fn('b'), custom('a')] })).toMatchObject({
      param: 'tools[2]',
      code: 'invalid_value',
    })
    expect(refusal({ functions: [{ name: 'a' }, { name: 'a' }] })).toMatchObject({ param: 'functions[1]' })
  })

  it("of the service's own tools are the service's", () => {
    const { body } = send({ tools: [fn('web_search')], web_search_options: {} })
    expect(body.tools?.map(({ name }) => name)).toEqual(['web_search_2', 'web_search'])
  })
})

describe('a custom tool', () => {
  it('is a function of one string', () => {
    const { body, told } = send({ tools: [custom('sql', { description: 'Runs SQL.' })] })
    const input_schema = { type: 'object', properties: { input: { type: 'string' } }, required: ['input'] }
    expect(body.tools).toEqual([{ name: 'sql', description: 'Runs SQL.', input_schema }])
    expect(told).toEqual(['tools[0].custom emulated'])
  })

  it('tells the model its grammar', () => {
    const format = { type: 'grammar', grammar: { syntax: 'regex', definition: '[a-z]+' } }
    const { body, told } = send({ tools: [custom('word', { format })] })
    expect(body.tools?.[0]).toMatchObject({ description: 'The input must match this regex grammar:\n[a-z]+' })
    expect(told).toEqual(['tools[0].custom emulated', 'tools[0].custom.format emulated'])
  })
})

describe("the service's own tools", () => {
  it('are passed as the client wrote them', () => {
    const tools = [
      { type: 'web_search_20250305', name: 'web_search', max_uses: 2 },
      { type: 'bash_20250124', name: 'bash' },
    ]
    expect(send({ tools }).body.tools).toEqual(tools)
  })

  it('of an unknown kind are refused', () => {
    expect(refusal({ tools: [{ type: 'file_search', vector_store_ids: [] }] })).toMatchObject({
      param: 'tools[0].type',
    })
  })

  it('search the web where the client asks for it', () => {
    const approximate = { city: 'Delft', country: 'nl', region: '', planet: 'Earth' }
    const web_search_options = { search_context_size: 'high', user_location: { type: 'approximate', approximate } }
    const { body, told } = send({ web_search_options })
    expect(body.tools).toEqual([
      {
        type: 'web_search_20250305',
        name: 'web_search',
        user_location: { type: 'approximate', city: 'Delft', country: 'NL' },
      },
    ])
    expect(told).toEqual([
      'web_search_options.search_context_size dropped',
      'web_search_options.user_location.approximate.planet dropped',
    ])
  })

  it('search once, and from a country that is one', () => {
    const tools = [{ type: 'web_search_20260209', name: 'web_search' }]
    expect(send({ tools, web_search_options: {} }).body.tools).toEqual(tools)
    const user_location = { type: 'approximate', approximate: { country: 'Holland' } }
    const { body, told } = send({ web_search_options: { user_location, search_context_size: 'medium' } })
    expect(body.tools).toEqual([{ type: 'web_search_20250305', name: 'web_search' }])
    expect(told).toEqual(['web_search_options.user_location.approximate.country dropped'])
  })
})

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
