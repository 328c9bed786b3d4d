// What a client's JSON may not be: no JSON, too deep, or no Unicode text.
import { describe, expect, it } from 'vitest'
import type { GatewayError } from '../../src/hub/error.ts'
import { parseJson } from '../../src/hub/json.ts'

function refusal(text: string): { status: number; code: string | null; param: string | null; message: string } {
  try {
    parseJson(text)
  } catch (thrown) {
    const { status, body } = thrown as GatewayError
    return { status, code: body.code, param: body.param, message: body.message }
  }
  return expect.unreachable()
}
const nested = (depth: number, inner = '1') => '['.repeat(depth) + inner + ']'.repeat(depth)

describe('parseJson', () => {
  it.each(['{"a":[1,"x",null,{"b":true}]}', '[]', '"x"', 'null', ' 1 ', '{"__proto__":{"a":1}}'])(
    'takes %s',
    (text) => {
      expect(parseJson(text)).toEqual(JSON.parse(text))
    },
  )

  it.each(['', '{', '{"a":1,}', "{'a':1}", 'undefined', '{"a":NaN}', '{"a":1}{"b":2}', '\u0000', '<html>'])(
    'refuses what is no JSON: %j',
    (text) => {
      expect(refusal(text)).toMatchObject({ status: 400, code: null, param: null })
      expect(refusal(text).message).toContain('could not parse')
    },
  )

  it('takes 64 levels and no more', () => {
    expect(parseJson(nested(64))).toBeDefined()
    expect(refusal(nested(65))).toMatchObject({ status: 400, code: 'invalid_value', param: '[0]' })
    expect(parseJson(`{"a":${nested(63)}}`)).toBeDefined()
    expect(refusal(`{"a":1,"tools":${nested(64)}}`)).toMatchObject({ code: 'invalid_value', param: 'tools' })
    expect(refusal(`{"a":${'{"b":'.repeat(100)}1${'}'.repeat(100)}}`)).toMatchObject({ param: 'a' })
  })

  it('finds what is too deep behind what is not', () => {
    expect(refusal(`{"a":${nested(60)},"b":[[1],{},${nested(70)}]}`)).toMatchObject({ param: 'b' })
  })

  it('refuses 100,000 levels without running out of stack', () => {
    expect(refusal(nested(100_000))).toMatchObject({ status: 400, code: 'invalid_value' })
    expect(refusal(`{"x":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}`)).toMatchObject({ param: 'x' })
  })

  it.each([
    ['{"a":"\\ud83d"}', 'a'],
    ['{"a":"\\udc00x"}', 'a'],
    ['{"a":"\\udc00\\ud83d"}', 'a'],
    ['{"messages":[{"content":"ok"},{"content":[{"text":"\\uD83D!"}]}]}', 'messages[1].content[0].text'],
    ['{"a":{"b":{"x\\ud83d":1}}}', 'a.b'],
    ['[[],["x","\\ud800"]]', '[1][1]'],
    ['{"x\\ud83d":1}', null],
    ['"\\ud83d"', null],
  ])('refuses half of a surrogate pair in %s', (text, param) => {
    expect(refusal(text)).toMatchObject({ status: 400, code: 'invalid_value', param })
    expect(refusal(text).message.isWellFormed()).toBe(true)
  })

  it.each(['{"a":"\\ud83e\\udd89"}', '{"a":"🦉"}', '{"a":"\\\\ud83d"}', '{"a":"\\u0000"}', '{"\\ud83e\\udd89":1}'])(
    'takes whole characters: %s',
    (text) => {
      expect(parseJson(text)).toEqual(JSON.parse(text))
    },
  )

  it.each([
    ['numbers', '1', ''],
    ['strings', '"x"', ',"\\ud83e\\udd89"'],
    ['objects', '{}', ''],
    ['objects with text', '{"a":"x"}', ',"\\ud83e\\udd89"'],
  ])('takes a flat array of a million %s', (_name, item, last) => {
    const text = `[${`${item},`.repeat(1_000_000)}${item}${last}]`
    expect(parseJson(text)).toHaveLength(1_000_001 + (last === '' ? 0 : 1))
  })
})
