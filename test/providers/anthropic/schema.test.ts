// JSON Schemas as a grammar: what stays, what moves into words, and what cannot be said.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countParameters, schemaFault } from '../../../demo/anthropic/schemas.ts'
import { Grammar, type Schema } from '../../../src/providers/anthropic/schema.ts'

const compile = (schema: Schema) => new Grammar().compile(schema)
const object = (properties: Schema, more: Schema = {}) => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  ...more,
})
const closed = (properties: Schema, more: Schema = {}) => ({ ...object(properties, more), additionalProperties: false })

describe('a schema', () => {
  it.each([
    ['is closed, at every level', object({ a: object({ b: {} }) }), closed({ a: closed({ b: {} }) })],
    ['keeps the order of its properties', object({ z: {}, a: {} }), closed({ z: {}, a: {} })],
    [
      'keeps what is allowed',
      object({ a: { enum: [1] }, b: { const: 'x', default: 'x', title: 'B' } }),
      closed({ a: { enum: [1] }, b: { const: 'x', default: 'x', title: 'B' } }),
    ],
    [
      'keeps formats that are known',
      object({ a: { type: 'string', format: 'uuid' } }),
      closed({ a: { type: 'string', format: 'uuid' } }),
    ],
    [
      'says in words what is refused',
      object({
        a: { type: 'integer', minimum: 0, maximum: 9, description: 'A digit.' },
        b: { type: 'string', format: 'color' },
      }),
      closed({
        a: { type: 'integer', description: 'A digit. (minimum: 0, maximum: 9)' },
        b: { type: 'string', description: '(format: color)' },
      }),
    ],
    ['drops what is about itself', { $schema: 'x', $id: 'y', $comment: 'z', ...object({}) }, closed({})],
    [
      'turns oneOf into anyOf',
      object({ a: { oneOf: [{ type: 'string' }, object({ b: {} })] } }),
      closed({ a: { anyOf: [{ type: 'string' }, closed({ b: {} })] } }),
    ],
    [
      'cleans its definitions',
      { ...object({ a: { $ref: '#/$defs/A' } }), $defs: { A: object({ b: {} }) } },
      { ...closed({ a: { $ref: '#/$defs/A' } }), $defs: { A: closed({ b: {} }) } },
    ],
    [
      'cleans the old name of definitions',
      { ...object({}), definitions: { A: object({}) } },
      { ...closed({}), definitions: { A: closed({}) } },
    ],
    [
      'cleans items',
      { type: 'array', items: object({ a: {} }), minItems: 2 },
      { type: 'array', items: closed({ a: {} }), description: '(minItems: 2)' },
    ],
    [
      'has tuples by their new name',
      { type: 'array', items: [object({}), { type: 'string' }] },
      { type: 'array', prefixItems: [closed({}), { type: 'string' }] },
    ],
    [
      'may be null',
      object({ a: { type: ['object', 'null'], properties: {} } }),
      closed({ a: { type: ['object', 'null'], properties: {}, additionalProperties: false } }),
    ],
    [
      'is one object when it is all of several',
      { allOf: [object({ a: {} }), { $ref: '#/$defs/B' }], $defs: { B: object({ b: {} }) } },
      { $defs: { B: closed({ b: {} }) }, ...closed({ a: {}, b: {} }) },
    ],
    [
      'is what it is all of, when that is one',
      object({ a: { allOf: [{ $ref: '#/$defs/B' }], description: 'x' } }, { $defs: { B: object({}) } }),
      closed({ a: { allOf: [{ $ref: '#/$defs/B' }], description: 'x' } }, { $defs: { B: closed({}) } }),
    ],
  ])('%s', (_name, given, expected) => {
    expect(compile(given)).toEqual(expected)
  })

  const refers = { ...object({ a: { $ref: '#/$defs/A' } }) }
  it.each([
    ['that refers to itself', object({ next: { $ref: '#' } })],
    [
      'whose definition does',
      { ...refers, $defs: { A: object({ next: { anyOf: [{ $ref: '#/$defs/A' }, { type: 'null' }] } }) } },
    ],
    [
      'whose definitions refer to each other',
      { ...refers, $defs: { A: object({ b: { $ref: '#/$defs/B' } }), B: object({ a: { $ref: '#/$defs/A' } }) } },
    ],
    [
      'that nobody uses, and yet refers to itself',
      { ...object({}), $defs: { A: object({ a: { $ref: '#/$defs/A' } }) } },
    ],
    ['with open keys', { type: 'object', additionalProperties: { type: 'string' } }],
    ['with any keys', object({ a: { type: 'object' } })],
    ['with keys by pattern', object({}, { patternProperties: { '^a': {} } })],
    ['that lets more keys in', object({ a: {} }, { additionalProperties: true })],
    ['from elsewhere', object({ a: { $ref: 'https://example.com/a.json' } })],
    [
      'of objects that contradict each other',
      { allOf: [object({ a: { type: 'string' } }), object({ a: { type: 'integer' } })] },
    ],
    [
      'with more than 24 properties that may be left out',
      { type: 'object', properties: Object.fromEntries(Array.from({ length: 25 }, (_, i) => [`p${i}`, {}])) },
    ],
    [
      'with more than 16 of several types',
      object(Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`p${i}`, { type: ['string', 'null'] }]))),
    ],
  ])('%s is none', (_name, given) => {
    expect(compile(given)).toBeUndefined()
  })

  it('counts together with those before it, unless it was none', () => {
    const grammar = new Grammar()
    const optional = (count: number) => ({
      type: 'object',
      properties: Object.fromEntries(Array.from({ length: count }, (_, i) => [`p${i}`, {}])),
    })
    expect([20, 5, 4, 1].map((count) => grammar.compile(optional(count)) !== undefined)).toEqual([
      true,
      false,
      true,
      false,
    ])
  })

  it('is followed where many refer to many, in no time', () => {
    const names = Array.from({ length: 40 }, (_, i) => `D${i}`)
    const $defs = Object.fromEntries(
      names.map((name, i) => [
        name,
        object(Object.fromEntries(names.slice(i + 1).map((other) => [other, { $ref: `#/$defs/${other}` }]))),
      ]),
    )
    // Each reference followed by itself would take for ever.
    expect(compile({ $ref: '#/$defs/D0', $defs })).toBeDefined()
  })
})

it('whatever is given, what comes out is taken', () => {
  const { tree } = fc.letrec<{ tree: Schema }>((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constantFrom<Schema[]>(
        {},
        { type: 'string', pattern: 'x' },
        { type: ['integer', 'null'], minimum: 1 },
        { $ref: '#/$defs/A' },
        { $ref: '#' },
      ),
      fc.record<Schema>({
        type: fc.constantFrom('object', ['object', 'null']),
        properties: fc.dictionary(fc.constantFrom('a', 'b'), tie('tree')),
        additionalProperties: fc.constantFrom(false, undefined, true),
      }),
      fc.record<Schema>({ type: fc.constant('array'), items: tie('tree'), uniqueItems: fc.boolean() }),
      fc.array(tie('tree'), { minLength: 1, maxLength: 3 }).map((anyOf) => ({ anyOf })),
      fc.array(tie('tree'), { minLength: 1, maxLength: 3 }).map((oneOf) => ({ oneOf })),
      fc.array(tie('tree'), { minLength: 1, maxLength: 3 }).map((allOf) => ({ allOf })),
      tie('tree').map((not) => ({ not })),
    ),
  }))
  const withDefs = fc
    .tuple(tree, tree)
    .map(([root, A]) => JSON.parse(JSON.stringify({ ...root, $defs: { A } })) as Schema)
  fc.assert(
    fc.property(withDefs, (given) => {
      const clean = compile(given)
      if (!clean) return
      expect(schemaFault(clean)).toBeUndefined()
      const { optional, unions } = countParameters(clean)
      expect(optional).toBeLessThanOrEqual(24)
      expect(unions).toBeLessThanOrEqual(16)
    }),
    { numRuns: 1000 },
  )
})
