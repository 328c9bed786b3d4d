// Calls are put together whatever their pieces leave out.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Delta } from '../../../src/hub/delta.ts'
import { chunk, of, STOP, said } from './like.ts'

type Piece = Readonly<Record<string, unknown>>

interface Made {
  readonly id: string
  readonly name: string
  readonly arguments: string
}

function folded(deltas: readonly Delta[]): Made[] {
  return of('tool', deltas).map(({ id, name, index }) => ({
    id,
    name,
    arguments: of('arguments', deltas)
      .filter((one) => one.index === index)
      .map(({ text }) => text)
      .join(''),
  }))
}

const calls = (...pieces: (readonly Piece[])[]) =>
  folded(said([...pieces.map((tool_calls) => chunk({ tool_calls })), STOP]))
const named = (name: string, text?: unknown) => ({ function: { name, arguments: text } })
const more = (text: unknown) => ({ function: { arguments: text } })

it('puts calls together by their index', () => {
  expect(
    calls(
      [{ index: 0, id: 'a', type: 'function', ...named('f', '') }],
      [{ index: 0, ...more('{"q"') }],
      [{ index: 1, id: 'b', ...named('g', '{') }],
      [{ index: 0, ...more(':1}') }],
      [{ index: 1, ...more('}') }],
    ),
  ).toEqual([
    { id: 'a', name: 'f', arguments: '{"q":1}' },
    { id: 'b', name: 'g', arguments: '{}' },
  ])
})

it('takes ids and names that are repeated, empty or a word', () => {
  expect(
    calls(
      [{ index: 0, id: 'a', ...named('f', '{') }],
      [{ index: 0, id: 'a', ...named('f', '"q"') }],
      [{ index: 0, id: '', ...named('', ':1') }],
      [{ index: 0, id: 'null', ...more('}') }],
    ),
  ).toEqual([{ id: 'a', name: 'f', arguments: '{"q":1}' }])
})

it('takes a new id for a new call, whatever index it claims', () => {
  expect(
    calls(
      [{ index: 0, id: 'a', ...named('f', '{}') }],
      [{ index: 0, id: 'b', ...named('f', '{') }],
      [{ index: 0, ...more('}') }],
    ),
  ).toEqual([
    { id: 'a', name: 'f', arguments: '{}' },
    { id: 'b', name: 'f', arguments: '{}' },
  ])
})

it('begins counting where the service does', () => {
  expect(calls([{ index: 1, id: 'a', ...named('f', '') }], [{ index: 1, ...more('{}') }])).toEqual([
    { id: 'a', name: 'f', arguments: '{}' },
  ])
})

it('goes on with the last call, or with the one at the same place, where there is no index', () => {
  expect(
    calls([{ id: 'a', ...named('f', '{') }], [{ ...more('}') }], [{ id: 'b', ...named('g') }], [more('{}')]),
  ).toEqual([
    { id: 'a', name: 'f', arguments: '{}' },
    { id: 'b', name: 'g', arguments: '{}' },
  ])
  expect(
    calls(
      [
        { id: 'a', ...named('f', '{') },
        { id: 'b', ...named('g', '[') },
      ],
      [more('}'), more(']')],
    ),
  ).toEqual([
    { id: 'a', name: 'f', arguments: '{}' },
    { id: 'b', name: 'g', arguments: '[]' },
  ])
  expect(calls([{ id: 'a', ...named('f', '{') }], [{ id: 'a', ...more('}') }])).toEqual([
    { id: 'a', name: 'f', arguments: '{}' },
  ])
})

it('waits for the name, and for the id until then', () => {
  expect(
    calls(
      [{ index: 0, ...more('{') }],
      [{ index: 0, id: 'a', ...more('"q"') }],
      [{ index: 0, ...named('f', ':1') }],
      [{ index: 0, ...more('}') }],
    ),
  ).toEqual([{ id: 'a', name: 'f', arguments: '{"q":1}' }])
})

it('takes a piece that says nothing for none, and a call without a name for a failure', () => {
  expect(calls([{ index: 0 }], [{ function: {} }])).toEqual([])
  const deltas = said([chunk({ tool_calls: [{ index: 0, id: 'a', ...more('{}') }] }), STOP])
  expect(deltas.at(-1)).toMatchObject({ type: 'error', error: { code: 'upstream_error' } })
  expect(of('tool', deltas)).toEqual([])
})

it('takes calls without ids', () => {
  expect(calls([named('f', { q: 1 })], [named('g')])).toEqual([
    { id: '', name: 'f', arguments: '{"q":1}' },
    { id: '', name: 'g', arguments: '{}' },
  ])
})

it('takes one call that is no list, arguments under other names, and the form that came before tools', () => {
  const of = (delta: Piece) => folded(said([chunk(delta), STOP]))
  const one = { id: 'a', name: 'f', parameters: { q: 1 } }
  expect(of({ tool_calls: one })).toEqual([{ id: 'a', name: 'f', arguments: '{"q":1}' }])
  expect(of({ function_call: { name: 'f', arguments: '{}' } })).toEqual([{ id: '', name: 'f', arguments: '{}' }])
  expect(of({ function_call: { name: '', arguments: '' }, tool_calls: null })).toEqual([])
  expect(of({ tool_calls: [{ id: 'a', function: { name: 'f', arguments: 7 } }] })).toEqual([
    { id: 'a', name: 'f', arguments: '{}' },
  ])
})

it('ends in calls where there are any', () => {
  const deltas = said([chunk({ tool_calls: [{ id: 'a', ...named('f', '{}') }] }, 'stop')])
  expect(of('finish', deltas)).toEqual([{ type: 'finish', reason: 'tool_calls' }])
})

it('keeps what a service adds to a call', () => {
  const extra_content = { some: { signature: 's' } }
  const deltas = said([chunk({ tool_calls: [{ id: 'a', ...named('f', '{}'), extra_content }] }), STOP])
  expect(of('tool', deltas)).toMatchObject([{ extra: extra_content }])
})

it('says the text of custom tools once it is whole', () => {
  const tools = [{ type: 'custom', custom: { name: 'sql' } }]
  const input = (pieces: readonly unknown[]) =>
    folded(
      said(
        [...pieces.map((text) => chunk({ tool_calls: [{ index: 0, id: 'a', ...named('sql', text) }] })), STOP],
        {},
        { tools },
      ),
    )
  expect(input(['{"input":', '"select 1"}'])).toEqual([{ id: 'a', name: 'sql', arguments: 'select 1' }])
  expect(input(['{"input":"sel'])).toEqual([{ id: 'a', name: 'sql', arguments: '{"input":"sel' }])
  expect(input(['{"input":7}'])).toEqual([{ id: 'a', name: 'sql', arguments: '{"input":7}' }])
  expect(input([{ input: '' }])).toEqual([{ id: 'a', name: 'sql', arguments: '' }])
  const own = said([chunk({ tool_calls: [{ id: 'a', type: 'custom', custom: { name: 'x', input: 'go' } }] }), STOP])
  expect(folded(own)).toEqual([{ id: 'a', name: 'x', arguments: 'go' }])
})

const made = fc.array(
  fc.record({ name: fc.constantFrom('f', 'g'), arguments: fc.constantFrom('{}', '{"q":1}', '{"a":[1,2]}') }),
  { minLength: 1, maxLength: 4 },
)
const style = fc.record({
  index: fc.boolean(),
  repeatsId: fc.boolean(),
  repeatsName: fc.boolean(),
  size: fc.integer({ min: 1, max: 12 }),
})

/** The pieces of calls as a service might send them, one call after the other. */
function pieces(
  all: readonly Omit<Made, 'id'>[],
  one: { index: boolean; repeatsId: boolean; repeatsName: boolean; size: number },
) {
  return all.flatMap(({ name, arguments: text }, index) =>
    Array.from({ length: Math.ceil(text.length / one.size) }, (_, i) => [
      {
        ...(one.index && { index }),
        ...((i === 0 || one.repeatsId) && { id: `call_${index}` }),
        function: {
          // Without an index or an id a name begins a call.
          ...((i === 0 || (one.repeatsName && (one.index || one.repeatsId))) && { name }),
          arguments: text.slice(i * one.size, (i + 1) * one.size),
        },
      },
    ]),
  )
}

it('reads the same calls, however they are cut and numbered', () => {
  fc.assert(
    fc.property(made, style, (all, how) => {
      expect(calls(...pieces(all, how))).toEqual(all.map((one, i) => ({ id: `call_${i}`, ...one })))
    }),
    { numRuns: 300 },
  )
})

it('reads the same calls, whichever goes on first', () => {
  fc.assert(
    fc.property(made, style, fc.array(fc.nat(), { maxLength: 40 }), (all, how, order) => {
      const queues = all.map((one, i) =>
        pieces(all, { ...how, index: true }).filter(([piece]) => piece?.index === i && one),
      )
      const mixed: (readonly Piece[])[] = queues.flatMap(([first]) => (first ? [first] : []))
      const rest = queues.map((queue) => queue.slice(1))
      for (const pick of [...order, ...Array.from({ length: 200 }, (_, i) => i)]) {
        const next = rest[pick % rest.length]?.shift()
        if (next) mixed.push(next)
      }
      expect(calls(...mixed)).toEqual(all.map((one, i) => ({ id: `call_${i}`, ...one })))
    }),
    { numRuns: 200 },
  )
})
