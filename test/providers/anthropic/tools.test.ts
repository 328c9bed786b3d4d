// Tools as they are defined: schemas, names, and what the service has of its own.
import { describe, expect, it } from 'vitest'
import { type Fields, refusal, send } from './accepted.ts'

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
