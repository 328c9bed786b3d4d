import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { matcher } from '../../src/keys/pattern.ts'

describe('matcher', () => {
  it.each([
    ['fast', 'fast', true],
    ['fast', 'faster', false],
    ['*', '', true],
    ['*', 'anything/at all', true],
    ['alpha/*', 'alpha/model', true],
    ['alpha/*', 'alpha/maker/model', true],
    ['alpha/*', 'alpha', false],
    ['alpha/*', 'alphabet/model', false],
    ['*/mini', 'alpha/mini', true],
    ['*-mini', 'alpha/mini', false],
    ['a*b*c', 'a-b-c', true],
    ['a*b*c', 'acb', false],
    ['a*a', 'a', false],
    ['a*a', 'aa', true],
    ['a*b*b', 'ab', false],
    ['a**c', 'abc', true],
    ['a.c', 'abc', false],
    ['[a]*', '[a]x', true],
    ['Fast', 'fast', false],
  ])('%j on %j: %j', (pattern, name, expected) => {
    expect(matcher(pattern)(name)).toBe(expected)
  })

  it('agrees with a regular expression', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 8 })
    const name = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 12 })
    fc.assert(
      fc.property(text, name, (pattern, sent) => {
        const regex = new RegExp(`^${pattern.replaceAll('*', '.*')}$`)
        expect(matcher(pattern)(sent)).toBe(regex.test(sent))
      }),
    )
  })

  it('takes no time to speak of where a regular expression would take forever', () => {
    expect(matcher(`${'a*'.repeat(60)}b`)('a'.repeat(100_000))).toBe(false)
  })
})
