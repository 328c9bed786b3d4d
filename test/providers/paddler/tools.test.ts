// Tools, and the choice among them that nothing can force.
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../schemas/chat.ts'
import { type Fields, hello, refusal, send } from './accepted.ts'

const q = { type: 'object', properties: { q: { type: 'string' } } }
const fn = (name: string, more: Fields = {}) => ({ type: 'function', function: { name, ...more } })
const find = fn('find', { description: 'Finds.', parameters: q })
const sent = (parameters: unknown) => {
  const { body, told } = send({ tools: [fn('f', { parameters })] })
  return { parameters: body.tools?.[0]?.function.parameters, told }
}

describe('a tool', () => {
  it('is a function with a description', () => {
    const { body, told } = send({ tools: [find, fn('bare')] })
    expect(body.tools).toEqual([find, fn('bare', { description: '' })])
    expect(body.parse_tool_calls).toBe(true)
    expect(told).toEqual([])
  })

  it('is not held to', () => {
    expect(send({ tools: [fn('f', { strict: true }), fn('g', { strict: false })] }).told).toEqual([
      'tools[0].function.strict dropped',
    ])
  })

  it('tells what it loses', () => {
    const tool = { ...fn('f', { mood: 'good' }), cache_control: { type: 'ephemeral' }, weather: 'fair' }
    expect(send({ tools: [tool] }).told).toEqual(['tools[0].weather dropped', 'tools[0].function.mood dropped'])
  })

  it.each<[unknown, string, string]>([
    [{ type: 'custom', custom: { name: 'c' } }, 'tools[0].type', 'unsupported_value'],
    [{ type: 'web_search' }, 'tools[0].type', 'unsupported_value'],
    [fn('f', { parameters: { type: 'string' } }), 'tools[0].function.parameters', 'invalid_value'],
  ])('of another kind is refused: %j', (tool, param, code) => {
    expect(refusal({ tools: [tool] })).toEqual({ param, code })
  })

  it('of the form before tools is one as well', () => {
    const functions = [{ name: 'find', description: 'Finds.', parameters: q }]
    expect(send({ functions }).body.tools).toEqual([find])
    expect(send({ functions, tools: [fn('g')] }).told).toEqual(['functions dropped'])
  })
})

describe('parameters', () => {
  it.each<[string, JsonObject | null, JsonObject | undefined]>([
    ['none', null, undefined],
    ['nothing', {}, undefined],
    [
      'all that may stand there',
      { ...q, required: ['q'], additionalProperties: false },
      { ...q, required: ['q'], additionalProperties: false },
    ],
    ['a dialect', { $schema: 'https://json-schema.org/draft/2020-12/schema', ...q }, q],
    ['no type', { properties: {} }, { type: 'object', properties: {} }],
  ])('of %s arrive', (_name, given, wanted) => {
    expect(sent(given)).toEqual({ parameters: wanted, told: [] })
  })

  it.each<[string, JsonObject, JsonObject]>([
    ['a title', { ...q, title: 'T' }, q],
    ['a name that is no property', { ...q, required: ['q', 'r'] }, { ...q, required: ['q'] }],
    ['properties that are none', { type: 'object', properties: [] }, { type: 'object' }],
    ['a union', { anyOf: [q, { type: 'null' }] }, q],
    ['definitions without a place', { type: 'object', $defs: { a: {} } }, { type: 'object' }],
  ])('lose %s', (_name, given, wanted) => {
    expect(sent(given)).toEqual({
      parameters: wanted,
      told: [`tools[0].function.parameters clamped → ${JSON.stringify(wanted)}`],
    })
  })

  it('keep their definitions, in another place', () => {
    const given = {
      type: 'object',
      properties: {
        own: { $defs: { x: {} }, $ref: '#/properties/own/$defs/x' },
        'a/b': { type: 'array', items: { $ref: '#/$defs/node' } },
        c: { oneOf: [{ $ref: '#/definitions/leaf' }, { $ref: '#' }, { $ref: 7 }] },
      },
      $defs: { node: { properties: { next: { $ref: '#/$defs/node' } } } },
      definitions: { leaf: {} },
    }
    const at = '#/properties/a~1b/'
    expect(sent(given)).toEqual({
      parameters: {
        type: 'object',
        properties: {
          own: given.properties.own,
          'a/b': {
            type: 'array',
            items: { $ref: `${at}$defs/node` },
            $defs: { node: { properties: { next: { $ref: `${at}$defs/node` } } } },
            definitions: { leaf: {} },
          },
          c: { oneOf: [{ $ref: `${at}definitions/leaf` }, { $ref: '#' }, { $ref: 7 }] },
        },
      },
      told: [],
    })
  })
})

describe('a choice', () => {
  const tools = [find, fn('lose', { description: '' })]
  const one = { type: 'function', function: { name: 'lose' } }
  const allowed = (mode: string) => ({ type: 'allowed_tools', allowed_tools: { mode, tools: [one, find] } })
  const hint = (text: string) => [{ role: 'system', content: text }, hello]

  it.each<[string, unknown, number, unknown[], string[]]>([
    ['required', 'required', 2, hint('You must call one of the tools.'), ['tool_choice emulated']],
    ['one tool', one, 1, hint('You must call the tool "lose".'), ['tool_choice emulated']],
    ['one of these', allowed('required'), 2, hint('You must call one of the tools.'), ['tool_choice emulated']],
    ['only these', { type: 'allowed_tools', mode: 'auto', tools: [one] }, 1, [hello], []],
  ])('of %s', (_name, choice, count, turns, losses) => {
    const { body, told } = send({ tools, tool_choice: choice })
    expect(body.tools).toHaveLength(count)
    expect(body.conversation_history).toEqual(turns)
    expect(told).toEqual(losses)
  })

  it('of none sends none', () => {
    const { body, told } = send({ tools: [...tools, { type: 'custom', custom: { name: 'c' } }], tool_choice: 'none' })
    expect(body).not.toHaveProperty('tools')
    expect(body).not.toHaveProperty('parse_tool_calls')
    expect(told).toEqual([])
  })

  it('of the form before tools is one as well', () => {
    const functions = [{ name: 'find' }, { name: 'lose' }]
    const named = send({ functions, function_call: { name: 'lose' } })
    expect(named.body.tools?.map((tool) => tool.function.name)).toEqual(['lose'])
    expect(named.told).toEqual(['function_call emulated'])
    expect(send({ functions, function_call: 'none' }).body).not.toHaveProperty('tools')
    expect(send({ functions, function_call: { name: 'lose' }, tools }).told).toEqual([
      'function_call dropped',
      'functions dropped',
    ])
  })

  it('stands behind the instructions there are', () => {
    const messages = [{ role: 'system', content: '' }, hello]
    expect(send({ tools, tool_choice: 'required', messages }).body.conversation_history).toEqual(
      hint('You must call one of the tools.'),
    )
    const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } }
    const seeing = { role: 'system', content: [image] }
    expect(send({ tools, tool_choice: 'required', messages: [seeing] }).body.conversation_history).toEqual([
      { role: 'system', content: 'You must call one of the tools.' },
      seeing,
    ])
  })
})

describe('before 4.0', () => {
  it('there are no tools', () => {
    const { body, told } = send({ tools: [find] }, '3.1')
    expect(body).not.toHaveProperty('tools')
    expect(told).toEqual(['tools dropped'])
    expect(send({ functions: [{ name: 'f' }] }, '3.1').told).toEqual(['functions dropped'])
    expect(send({ tools: [find], tool_choice: 'none' }, '3.1').told).toEqual([])
  })

  it('and so none can be demanded', () => {
    expect(refusal({ tools: [find], tool_choice: 'required' }, '3.1')).toEqual({
      param: 'tool_choice',
      code: 'unsupported_parameter',
    })
    expect(refusal({ functions: [{ name: 'f' }], function_call: { name: 'f' } }, '2.1')).toEqual({
      param: 'function_call',
      code: 'unsupported_parameter',
    })
  })
})
