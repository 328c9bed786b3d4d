// Tools of any form, as the functions they are to a service that has nothing else.
import { describe, expect, it } from 'vitest'
import { customNames, definitionsOf, inputAs, inputIn } from '../../src/hub/definitions.ts'
import { GatewayError } from '../../src/hub/error.ts'
import { Ledger } from '../../src/hub/loss.ts'
import { chatRequestOf } from '../../src/hub/request.ts'
import { teller } from '../../src/hub/support.ts'

function define(more: object) {
  const { fields } = chatRequestOf({ model: 'm', messages: [{ role: 'user', content: 'Hi' }], ...more })
  const ledger = new Ledger(false)
  const sent = (name: string) => name.replaceAll(' ', '_')
  const all = definitionsOf(fields, { sent, tell: (field) => teller(ledger, field), marks: 'inert' })
  return { all, fields, told: ledger.losses.map(({ path, kind }) => `${path} ${kind}`) }
}

const tool = (name: string, more: object = {}) => ({ type: 'function', function: { name, ...more } })
const parameters = { type: 'object' }

describe('a definition', () => {
  it('is the function, under the name that is sent', () => {
    const { all, told } = define({ tools: [tool('find it', { description: 'Finds.', parameters, strict: true })] })
    expect(all).toMatchObject([
      { name: 'find_it', description: 'Finds.', parameters, strict: true, own: 'tools[0]', path: 'tools[0].function' },
    ])
    expect(told).toEqual(['tools[0].function.name clamped'])
  })

  it('has nothing where nothing was said', () => {
    expect(define({ tools: [tool('a', { description: '', parameters: null })] }).all[0]).toMatchObject({
      description: undefined,
      parameters: undefined,
      strict: false,
    })
  })

  it('is one of the form before tools, where there are none', () => {
    expect(define({ functions: [{ name: 'a' }] }).all).toMatchObject([{ name: 'a', path: 'functions[0]' }])
    expect(define({ functions: [{ name: 'a' }], tools: [tool('b')] }).all).toMatchObject([{ name: 'b' }])
    expect(define({}).all).toEqual([])
  })

  it('of a custom tool is a function with one string, and its grammar is told to the model', () => {
    const grammar = { syntax: 'lark', definition: 'start: "a"' }
    const format = { type: 'grammar', grammar }
    const { all, fields, told } = define({
      tools: [{ type: 'custom', custom: { name: 'sql', description: 'Asks.', format } }],
    })
    expect(all).toMatchObject([
      {
        name: 'sql',
        description: 'Asks.\n\nThe input must match this lark grammar:\nstart: "a"',
        parameters: { properties: { input: { type: 'string' } }, required: ['input'] },
      },
    ])
    expect(told).toEqual(['tools[0].custom emulated', 'tools[0].custom.format emulated'])
    expect([...customNames(fields)]).toEqual(['sql'])
  })

  it('tells of keys that nobody knows', () => {
    expect(
      define({ tools: [{ ...tool('a', { examples: [1] }), cache_control: { type: 'x' }, colour: 'red' }] }).told,
    ).toEqual(['tools[0].colour dropped', 'tools[0].function.examples dropped'])
  })

  it('has a name of its own, also beside tools of the service', () => {
    expect(define({ tools: [{ type: 'search', name: 'a' }, { type: 'search' }, { type: 'search' }] }).all).toHaveLength(
      3,
    )
    expect(() => define({ tools: [{ type: 'search', name: 'a' }, tool('a')] })).toThrow(GatewayError)
    expect(() => define({ functions: [{ name: 'a b' }, { name: 'a_b' }] })).toThrow('unique')
  })
})

describe('the input of a custom tool', () => {
  it('is the one string of its arguments', () => {
    expect(inputIn(JSON.stringify(inputAs('select 1')))).toBe('select 1')
  })

  it.each(['{"input": "cut', '[]', '{"input": 1}', ''])('is what came, where that is %s', (text) => {
    expect(inputIn(text)).toBe(text)
  })
})
