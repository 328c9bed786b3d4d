import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GatewayError } from '../../src/hub/error.ts'
import { jsonOf, LARGE } from '../../src/hub/large-json.ts'
import { isBase64 } from '../../src/hub/media.ts'
import { parseBytes } from '../../src/large-body.ts'

const bytesOf = (text: string) => new TextEncoder().encode(text)
const long = (unit: string) => unit.repeat(Math.ceil(LARGE / unit.length))

describe('a large body', () => {
  it.each([
    ['data', long('QUJD')],
    ['text beyond ASCII', long('äöü 😀 ')],
    ['text with escapes', long('a "quote" and a \\ and a \n ')],
    ['a byte-order mark that is a character', `\ufeff${long('x')}`],
  ])('is what JSON.parse makes of it: %s', (_what, value) => {
    const body = {
      model: 'm',
      messages: [{ content: value, more: [value, 'short', { [value.slice(0, 70_000)]: value }] }],
    }
    expect(parseBytes(bytesOf(JSON.stringify(body)))).toEqual(body)
    expect(parseBytes(bytesOf(`\ufeff ${JSON.stringify(body, null, 2)} `))).toEqual(body)
  })

  it('keeps a long string that is a key', () => {
    const key = long('k')
    expect(parseBytes(bytesOf(JSON.stringify({ [key]: { [key]: 1 }, a: key })))).toEqual({
      [key]: { [key]: 1 },
      a: key,
    })
  })

  it.each([
    ['a line break in a string', `{"a":"${long('x')}\n"}`],
    ['no end', `{"a":"${long('x')}`],
    ['no JSON', `{"a":"${long('x')}",}`],
  ])('is refused for %s', (_what, text) => {
    expect(() => parseBytes(bytesOf(text))).toThrow(GatewayError)
  })

  it('is refused where it is not UTF-8', () => {
    const bytes = bytesOf(`{"a":"${long('x')}"}`)
    bytes[100] = 0xff
    expect(() => parseBytes(bytes)).toThrow('The body is not UTF-8.')
  })
})

describe('JSON that is written', () => {
  it('is what JSON.stringify writes', () => {
    const values = [long('QUJD'), long('ä'), long('"\\'), `${long('x')}\ud800`, 'short']
    for (const value of values) {
      const body = { a: value, b: [1, null, { c: value, d: undefined }], [value.slice(0, 5)]: true }
      expect(jsonOf(body)).toBe(JSON.stringify(body))
    }
  })

  it('is so for any value', () => {
    const strings = fc.oneof(
      fc.string(),
      fc.integer({ min: 1, max: 3 }).map((n) => 'ab"c'.slice(n).repeat(40_000)),
    )
    fc.assert(
      fc.property(fc.array(fc.dictionary(fc.string(), strings, { maxKeys: 4 }), { maxLength: 3 }), (value) => {
        expect(jsonOf(value)).toBe(JSON.stringify(value))
      }),
      { numRuns: 40 },
    )
  })
})

it('base64 is looked at in parts', () => {
  const text = 'QUJD'.repeat(30_000)
  for (const [value, is] of [
    [text, true],
    [`${text}QQ==`, true],
    [text.slice(0, 24_576), true],
    [`${text.slice(0, 24_574)}==`, true],
    [`${text.slice(0, 24_574)}==${text}`, false],
    [`${text}Q=QQ`, false],
    [`${text.slice(0, 50_000)}-${text}`, false],
    ['', false],
    ['====', false],
  ] as const) {
    expect(isBase64(value)).toBe(is)
  }
})
