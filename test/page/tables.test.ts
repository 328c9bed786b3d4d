// The compatibility tables: every cell has its kind and its reasons, and a filter leaves what matches.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Compat, type Filter, filtered, tableOf } from '../../page/tables.ts'

const read = (name: string) => JSON.parse(readFileSync(join(import.meta.dirname, '../../schemas/json', name), 'utf8'))
const compat: Compat = { providers: read('compat.json'), dialects: read('dialects.json') }
const ALL: Filter = { text: '', provider: '', kinds: new Set() }

describe.each(['chat', ...Object.keys(compat.dialects)])('%s', (dialect) => {
  const table = tableOf(compat, dialect)

  test('every provider has a cell for every field that all have', () => {
    expect(table.providers).toEqual(compat.providers.map(({ provider }) => provider))
    for (const provider of table.providers) expect(table.at('model', provider), provider).toBeDefined()
    expect(new Set(table.fields).size).toBe(table.fields.length)
  })

  test('whatever is lost has a reason', () => {
    for (const field of table.fields) {
      for (const provider of table.providers) {
        const cell = table.at(field, provider)
        if (!cell || ['full', 'renamed', 'inert'].includes(cell.kind)) continue
        expect(cell.reasons.length, `${field} at ${provider}`).toBeGreaterThan(0)
      }
    }
  })

  test('without a filter all is shown', () => {
    const { fields, providers } = filtered(table, ALL)
    expect([fields, providers]).toEqual([table.fields, table.providers])
  })
})

const small: Compat = {
  providers: [
    {
      provider: 'one',
      relayed: false,
      fields: [
        { field: 'seed', kind: 'dropped', reason: 'It has no seed.', sometimes: [] },
        { field: 'stop', kind: 'renamed', sometimes: [{ kind: 'clamped', reason: 'Four at most.' }, { kind: 'odd' }] },
        { field: 'own', kind: 'full', sometimes: [] },
      ],
      dialects: { other: { relayed: false, fields: { end: 'clamped', none: 'dropped' } } },
    },
    {
      provider: 'two',
      relayed: true,
      fields: [
        { field: 'seed', kind: 'full', sometimes: [] },
        { field: 'stop', kind: 'full', sometimes: [] },
      ],
      dialects: { other: { relayed: true, fields: { end: 'full', none: 'full' } } },
    },
  ],
  dialects: {
    other: [
      { field: 'end', to: ['stop'], kind: 'renamed', sometimes: [] },
      { field: 'none', to: [], kind: 'dropped', reason: 'Nobody has it.', sometimes: [] },
    ],
  },
}

describe('a table', () => {
  const table = tableOf(small, 'chat')

  test('has what all have before what one has', () => {
    expect(table.fields).toEqual(['seed', 'stop', 'own'])
    expect(table.at('own', 'two')).toBeUndefined()
  })

  test('says what may come of a value', () => {
    expect(table.at('stop', 'one')).toEqual({
      kind: 'renamed',
      reasons: ['Sometimes clamped: Four at most.', 'Sometimes odd: has no effect'],
      sometimes: ['clamped', 'dropped'],
    })
    expect(table.at('seed', 'two')?.reasons).toEqual([expect.stringMatching(/passes as it is/)])
  })

  test('of another dialect goes through the chat request', () => {
    const other = tableOf(small, 'other')
    expect(other.at('end', 'one')).toEqual({
      kind: 'clamped',
      reasons: ['Written into stop.', 'stop: Sometimes clamped: Four at most.', 'stop: Sometimes odd: has no effect'],
      sometimes: ['clamped', 'dropped'],
    })
    expect(other.at('none', 'one')?.reasons).toEqual(['Nobody has it.'])
    expect(other.at('end', 'two')).toMatchObject({ kind: 'full', sometimes: [] })
  })

  const shown = (filter: Partial<Filter>) => {
    const { fields, providers } = filtered(table, { ...ALL, ...filter })
    return [fields, providers]
  }

  test('is filtered by words of names and reasons', () => {
    expect(shown({ text: ' SEED ' })).toEqual([['seed'], ['one', 'two']])
    expect(shown({ text: 'four' })).toEqual([['stop'], ['one']])
    expect(shown({ text: 'two' })).toEqual([['seed', 'stop'], ['two']])
    expect(shown({ text: 'nothing' })).toEqual([[], []])
  })

  test('by provider and by kind, also by what happens sometimes', () => {
    expect(shown({ provider: 'one' })).toEqual([['seed', 'stop', 'own'], ['one']])
    expect(shown({ kinds: new Set(['clamped']) })).toEqual([['stop'], ['one']])
    expect(shown({ kinds: new Set(['full', 'dropped']), provider: 'two' })).toEqual([['seed', 'stop'], ['two']])
    const { matches } = filtered(table, { ...ALL, kinds: new Set(['full']) })
    expect([matches('seed', 'one'), matches('seed', 'two')]).toEqual([false, true])
  })
})
