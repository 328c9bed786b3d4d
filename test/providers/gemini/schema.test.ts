// Schemas in both forms: what is left of them, and what is told.
import { describe, expect, it } from 'vitest'
import { GatewayError } from '../../../src/hub/error.ts'
import { Ledger } from '../../../src/hub/loss.ts'
import { teller } from '../../../src/hub/support.ts'
import { converted } from '../../../src/providers/gemini/schema.ts'
import type { Schema } from '../../../src/providers/gemini/schema-join.ts'
import type { Fields } from './accepted.ts'

function form(schema: Schema, json: boolean): { schema: Schema; told: string[] } {
  const ledger = new Ledger(false)
  const out = converted(schema, 's', json, teller(ledger, 's'))
  return { schema: out, told: ledger.losses.map(({ path, kind }) => `${path} ${kind}`) }
}
const json = (schema: Schema) => form(schema, true)
const openapi = (schema: Schema) => form(schema, false)
const object = (properties: Fields, more: Fields = {}) => ({ type: 'object', properties, ...more })
const text = { type: 'string' }

describe('the form of JSON Schema', () => {
  it.each<[string, Schema, Schema, string[]]>([
    ['says nothing: left out in silence', { ...text, default: 'a', examples: [], $schema: 'x', 'x-a': 1 }, text, []],
    ['nobody knows: told', { ...text, minLength: 1, not: text }, text, ['s.minLength dropped', 's.not dropped']],
    ['const', { const: 1 }, { enum: [1] }, []],
    ['an enum with null', { ...text, enum: ['a', null] }, { anyOf: [{ ...text, enum: ['a'] }, { type: 'null' }] }, []],
    ['an enum of flags', { enum: [true, false] }, { type: 'boolean' }, []],
    ['one flag', { const: true }, { type: 'boolean' }, ['s.const clamped']],
    ['an enum of nothing but null', { enum: [null] }, {}, []],
    ['an enum that is none', { ...text, enum: 'a' }, text, []],
    ['nullable', { ...text, nullable: true }, { type: ['string', 'null'] }, []],
    ['nullable, of any type', { title: 'A', nullable: true }, { title: 'A' }, []],
    ['a tuple', { items: [text, true] }, { prefixItems: [text, {}] }, []],
    ['both unions', { anyOf: [text], oneOf: [text, 7] }, { anyOf: [text], oneOf: [text, {}] }, []],
    [
      'an open object',
      object({}, { additionalProperties: { const: 'a' } }),
      object({}, { additionalProperties: { enum: ['a'] } }),
      [],
    ],
    ['a reference', { $ref: '#/definitions/A', default: 1 }, { $ref: '#/$defs/A' }, []],
    ['words beside a reference', { $ref: '#/$defs/A', title: 'x' }, { anyOf: [{ $ref: '#/$defs/A' }], title: 'x' }, []],
    ['a union beside a reference', { $ref: '#/$defs/A', anyOf: [text] }, { anyOf: [text] }, ['s.$ref dropped']],
    [
      'unlike properties',
      { allOf: [object({ a: text }), object({ a: {} })] },
      object({ a: text }),
      ['s.allOf dropped'],
    ],
    [
      'two places of definitions',
      { $defs: { A: text }, definitions: { B: text } },
      { $defs: { A: text, B: text } },
      [],
    ],
  ])('%s', (_name, given, schema, told) => {
    expect(json(given)).toEqual({ schema, told })
  })

  it('all of several is one', () => {
    const given = {
      title: 'All',
      $defs: { B: object({ b: text }, { required: ['b'], title: 'B' }) },
      allOf: [object({ a: text }, { required: ['a'] }), { $ref: '#/$defs/B' }, { allOf: [object({ c: text })] }],
    }
    expect(json(given).schema).toMatchObject({
      title: 'All',
      ...object({ a: text, b: text, c: text }, { required: ['a', 'b'] }),
    })
    expect(json(given).told).toEqual([])
    expect(json({ allOf: [text, { type: 'number' }] })).toEqual({ schema: text, told: ['s.allOf dropped'] })
    expect(json({ $ref: '#/$defs/T', allOf: [text], $defs: { T: { title: 'T' } } }).schema).toMatchObject({
      ...text,
      title: 'T',
    })
  })

  it('what several branches build on may be met again', () => {
    const $defs = {
      Base: object({ a: text }),
      B: { allOf: [{ $ref: '#/$defs/Base' }, object({ b: { $ref: '#/$defs/Base' } })] },
      C: { allOf: [{ $ref: '#/$defs/Base' }, object({ c: text })] },
    }
    const given = { allOf: [{ $ref: '#/$defs/B' }, { $ref: '#/$defs/C' }], $defs }
    expect(json(given).schema).toMatchObject(object({ a: text, b: { $ref: '#/$defs/Base' }, c: text }))
    expect(openapi(given).schema).toEqual(object({ a: text, b: object({ a: text }), c: text }))
  })

  it('one reference in allOf is a reference, also to itself', () => {
    const node = object({ next: { allOf: [{ $ref: '#/$defs/N' }], description: 'The next.' } })
    expect(json({ ...node, $defs: { N: node } }).schema).toMatchObject({
      properties: { next: { anyOf: [{ $ref: '#/$defs/N' }], description: 'The next.' } },
    })
    // Where more stands beside it, it cannot be said at all.
    const more = object({ next: { allOf: [{ $ref: '#/$defs/N' }, { minItems: 1 }] } })
    expect(() => json({ ...more, $defs: { N: more } })).toThrow(GatewayError)
  })
})

describe("the form of OpenAPI's", () => {
  it.each<[string, Schema, Schema, string[]]>([
    ['a null beside a type', { type: ['string', 'null'] }, { ...text, nullable: true }, []],
    ['several types', { type: ['string', 'number'] }, { anyOf: [text, { type: 'number' }] }, []],
    ['null alone', { type: ['null'] }, { type: 'null' }, []],
    ['one type in a list', { type: ['string'] }, text, []],
    [
      'null among others',
      { anyOf: [text, { type: 'number' }, { type: 'null' }] },
      { anyOf: [text, { type: 'number' }], nullable: true },
      [],
    ],
    ['null or one', { anyOf: [text, { type: 'null' }], title: 'A' }, { ...text, title: 'A', nullable: true }, []],
    ['a union of one kind', { oneOf: [text] }, { anyOf: [text] }, []],
    [
      'an enum before its type',
      { enum: [1, 2], type: ['integer', 'null'] },
      { ...text, enum: ['1', '2'], format: 'enum', nullable: true },
      [],
    ],
    ['a format before its type', { format: 'uri', ...text }, text, ['s.format dropped']],
    ['numbers in an enum', { enum: [1, 2] }, { ...text, enum: ['1', '2'], format: 'enum' }, []],
    ['nullable', { ...text, nullable: true }, { ...text, nullable: true }, []],
    ['formats', { ...text, format: 'date-time' }, { ...text, format: 'date-time' }, []],
    ['formats it lacks', { ...text, format: 'uri' }, text, ['s.format dropped']],
    ['formats of numbers', { type: 'number', format: 'double' }, { type: 'number', format: 'double' }, []],
    ['a tuple', { type: 'array', items: [text] }, { type: 'array', items: { anyOf: [text] } }, []],
    ['an array of anything', { type: 'array' }, { type: 'array', items: text }, ['s emulated']],
    ['an object of anything', object({}, { required: ['a'] }), { type: 'object' }, []],
    [
      'a map',
      object({ a: text }, { additionalProperties: text }),
      object({ a: text }),
      ['s.additionalProperties dropped'],
    ],
    ['a closed object', object({ a: text }, { additionalProperties: false }), object({ a: text }), []],
    ['required of what is not there', object({ a: text }, { required: ['b'] }), object({ a: text }), []],
    ['lengths', { ...text, maxLength: 3, pattern: 'a' }, { ...text, maxLength: 3, pattern: 'a' }, []],
  ])('%s', (_name, given, schema, told) => {
    expect(openapi(given)).toEqual({ schema, told })
  })

  it('has no references', () => {
    const given = object(
      { a: { $ref: '#/$defs/a~1b', title: 'A' }, c: { $ref: '#/$defs/none' } },
      { $defs: { 'a/b': text } },
    )
    expect(openapi(given).schema).toEqual(object({ a: { ...text, title: 'A' }, c: {} }))
  })

  it.each<[string, Schema]>([
    ['in a property', { $defs: { N: object({ n: { $ref: '#/$defs/N' } }) }, $ref: '#/$defs/N' }],
    ['at the root', object({ n: { $ref: '#' } })],
    ['in allOf', { $defs: { N: { allOf: [{ $ref: '#/$defs/N' }] } }, allOf: [{ $ref: '#/$defs/N' }] }],
  ])('that contains itself %s is refused', (_name, given) => {
    expect(() => openapi(given)).toThrow(GatewayError)
  })
})

it('a schema that grows without end is refused', () => {
  const wide = Object.fromEntries(
    Array.from({ length: 40 }, (_, i) => [
      `d${i}`,
      object({ a: { $ref: `#/$defs/d${i + 1}` }, b: { $ref: `#/$defs/d${i + 1}` } }),
    ]),
  )
  const deep = Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`d${i}`, { $ref: `#/$defs/d${i + 1}` }]))
  for (const $defs of [wide, deep]) expect(() => openapi({ $ref: '#/$defs/d0', $defs })).toThrow(GatewayError)
})

it('a schema of branches without end is refused', () => {
  const branches = (i: number) => [{ $ref: `#/$defs/d${i}` }, { $ref: `#/$defs/d${i}` }]
  const wide = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`d${i}`, { allOf: branches(i + 1) }]))
  const deep = Object.fromEntries(
    Array.from({ length: 20_000 }, (_, i) => [`d${i}`, { allOf: branches(i + 1).slice(1), minItems: 1 }]),
  )
  for (const $defs of [wide, deep])
    for (const to of [json, openapi]) expect(() => to({ allOf: branches(0), $defs })).toThrow(GatewayError)
})

it('a schema that is all of itself is refused in either form', () => {
  expect(() => json({ $defs: { N: { allOf: [{ $ref: '#/$defs/N' }] } }, allOf: [{ $ref: '#/$defs/N' }] })).toThrow(
    GatewayError,
  )
})
