import { describe, expect, it } from 'vitest'
import { mergePatch } from '../../src/keys/merge-patch.ts'

describe('mergePatch', () => {
  // RFC 7396, appendix A.
  it.each<[unknown, unknown, unknown]>([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [
      ['a', 'b'],
      ['c', 'd'],
      ['c', 'd'],
    ],
    [{ a: 'b' }, ['c'], ['c']],
    [{ a: 'foo' }, null, null],
    [{ a: 'foo' }, 'bar', 'bar'],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])('%j with %j is %j', (target, patch, merged) => {
    expect(mergePatch(target, patch)).toEqual(merged)
  })

  it('changes neither of them, and keeps the order', () => {
    const [target, patch] = [
      { b: { x: 1 }, a: 1 },
      { b: { y: 2 }, c: 3 },
    ]
    expect(JSON.stringify(mergePatch(target, patch))).toBe('{"b":{"x":1,"y":2},"a":1,"c":3}')
    expect([target, patch]).toEqual([
      { b: { x: 1 }, a: 1 },
      { b: { y: 2 }, c: 3 },
    ])
  })

  it('takes names that objects inherit for names like any other', () => {
    const patch: unknown = JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}')
    const merged = mergePatch({ toString: null }, patch) as object
    expect(Object.keys(merged)).toEqual(['toString', '__proto__', 'constructor'])
    expect(Object.getPrototypeOf(merged)).toBe(Object.prototype)
    expect({}).not.toHaveProperty('polluted')
    expect(mergePatch({}, { constructor: { a: 1 } })).toEqual({ constructor: { a: 1 } })
  })
})
