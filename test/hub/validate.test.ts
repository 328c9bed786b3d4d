// Verdicts of schemas that the chat request does not use, but others may.
import { describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import type { GatewayError } from '../../src/hub/error.ts'
import { paramOf, validate } from '../../src/hub/validate.ts'

function refusal(schema: z.ZodMiniType, value: unknown) {
  try {
    validate(schema, value)
  } catch (thrown) {
    return (thrown as GatewayError).body
  }
  return expect.unreachable()
}
const field = (schema: z.ZodMiniType) => z.looseObject({ a: schema })
/** A schema that says just this of every value. */
const verdict = (issue: object = { code: 'custom', message: '', path: [] }) =>
  z.string().check((payload) => {
    payload.issues.push({ ...issue, input: payload.value } as never)
  })

describe('validate', () => {
  it('gives back what is valid', () => {
    expect(validate(field(z.number()), { a: 1, b: 2 })).toEqual({ a: 1, b: 2 })
  })

  it.each([
    [
      field(z.array(z.string()).check(z.maxLength(2))),
      { a: ['x', 'y', 'z'] },
      'array_above_max_length',
      'a',
      'got an array with length 3',
    ],
    [
      field(z.string().check(z.maxLength(2))),
      { a: 'xyz' },
      'string_above_max_length',
      'a',
      'got a string with length 3',
    ],
    [field(z.number().check(z.gt(0))), { a: 0 }, 'decimal_below_min_value', 'a', '>= 0'],
    [z.strictObject({ a: z.string() }), { a: 'x', b: 1, c: 2 }, 'unknown_parameter', 'b', "Unknown parameter: 'b'."],
    [field(z.strictObject({})), { a: { b: 1 } }, 'unknown_parameter', 'a.b', "Unknown parameter: 'a.b'."],
    [field(z.enum(['x', 'y'])), { a: 'z' }, 'invalid_value', 'a', "Supported values are: 'x', 'y'."],
    [field(z.enum(['x', 'y'])), { a: 5 }, 'invalid_type', 'a', 'expected a string, but got an integer'],
    [field(z.string().check(z.regex(/^x$/))), { a: 'y' }, 'invalid_value', 'a', 'matches'],
    [field(z.custom<string>(() => false)), { a: 'y' }, 'invalid_value', 'a', "Invalid 'a'."],
    [field(z.custom<string>(() => false, 'It is not good.')), { a: 'y' }, 'invalid_value', 'a', 'It is not good.'],
    [field(z.custom<string>(() => false)), {}, 'invalid_value', 'a', "Invalid 'a'."],
    [
      field(z.union([z.custom<string>(() => false), z.custom<string>(() => false)])),
      { a: 'y' },
      'invalid_value',
      'a',
      "'y'",
    ],
    [field(z.bigint()), { a: 'y' }, 'invalid_type', 'a', 'bigint'],
    [
      field(z.union([z.number(), z.union([z.boolean(), z.null()])])),
      { a: 'y' },
      'invalid_type',
      'a',
      'a decimal or a boolean or null',
    ],
    [z.union([z.number(), z.array(z.number())]), 'x', 'invalid_type', null, 'expected a decimal or an array'],
  ] satisfies [z.ZodMiniType, unknown, string, string | null, string][])(
    '%# says %j is %s',
    (schema, value, code, param, words) => {
      const error = refusal(schema, value)
      expect(error).toMatchObject({ type: 'invalid_request_error', code, param })
      expect(error.message).toContain(words)
    },
  )

  it.each([
    [z.url(), 'invalid_value', 'a', "matches 'url'"],
    [verdict(), 'invalid_value', 'a', "Invalid 'a'."],
    [verdict({ code: 'invalid_union', errors: [[]], path: [] }), 'invalid_value', 'a', "Invalid value for 'a': 'y'."],
    [verdict({ code: 'unrecognized_keys', keys: [], path: [] }), 'unknown_parameter', 'a', 'a'],
    [
      verdict({ code: 'invalid_type', expected: 'string', path: ['b', 'c'] }),
      'missing_required_parameter',
      'a.b.c',
      'a.b.c',
    ],
  ])('takes verdicts as they come: %#', (schema, code, param, words) => {
    const error = refusal(field(schema), { a: 'y' })
    expect(error).toMatchObject({ code, param })
    expect(error.message).toContain(words)
  })

  it('refuses what a schema refuses without a word', () => {
    const schema = z.string()
    schema.safeParse = () => ({ success: false, error: { issues: [] } }) as never
    expect(refusal(schema, 'x')).toMatchObject({ code: null, param: null })
  })

  it('means the branch of a union that got furthest', () => {
    const branch = (type: string, more: z.ZodMiniType) => z.looseObject({ type: z.literal(type), more })
    const schema = field(z.union([z.string(), branch('x', field(z.number())), branch('x', z.string())]))
    expect(refusal(schema, { a: { type: 'x', more: { a: true } } })).toMatchObject({
      code: 'invalid_type',
      param: 'a.more.a',
    })
  })
})

describe('paramOf', () => {
  it.each([
    [[], ''],
    [['a'], 'a'],
    [['messages', 2, 'content', 0, 'text'], 'messages[2].content[0].text'],
    [[0, 'a'], '[0].a'],
    [['a', Symbol('b')], 'a.Symbol(b)'],
  ])('writes %j', (path, param) => {
    expect(paramOf(path)).toBe(param)
  })
})
