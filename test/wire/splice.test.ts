// One value of a JSON text is replaced and every other byte stays.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { removeMember, setMember, spliceBytes, spliceValue } from '../../src/wire/splice.ts'

const splice = (json: string) => spliceValue(json, 'model', '"new"')

describe('splice', () => {
  it.each([
    ['{"model":"old"}', '{"model":"new"}'],
    ['{ "model" : "old" , "n" : 1.0 }', '{ "model" : "new" , "n" : 1.0 }'],
    ['\n{\t"model"\r\n:\n"old"}\n', '\n{\t"model"\r\n:\n"new"}\n'],
    ['{"mod\\u0065l":"old"}', '{"mod\\u0065l":"new"}'],
    ['{"model":"o\\"l\\\\d\\\\"}', '{"model":"new"}'],
    ['{"model":""}', '{"model":"new"}'],
    ['{"model":"\\\\"}', '{"model":"new"}'],
    ['{"a":"\\"","model":"old"}', '{"a":"\\"","model":"new"}'],
    ['{"a":"x\\\\","model":"old"}', '{"a":"x\\\\","model":"new"}'],
    ['{"messages":[{"model":"inner"}],"model":"old"}', '{"messages":[{"model":"inner"}],"model":"new"}'],
    [
      '{"a":{"model":"inner"},"model":"old","b":{"model":"inner"}}',
      '{"a":{"model":"inner"},"model":"new","b":{"model":"inner"}}',
    ],
    ['{"text":"\\"model\\":\\"fake\\"","model":"old"}', '{"text":"\\"model\\":\\"fake\\"","model":"new"}'],
    ['{"a":"model","model":"old","b":"model"}', '{"a":"model","model":"new","b":"model"}'],
    ['{"a":"}]","model":"old"}', '{"a":"}]","model":"new"}'],
    ['{"models":"x","Model":"y","model ":"z","model":"old"}', '{"models":"x","Model":"y","model ":"z","model":"new"}'],
    ['{"grüße":"🦉","model":"öld"}', '{"grüße":"🦉","model":"new"}'],
    [
      '{"n":1e400,"m":0.10,"model":"old","big":12345678901234567890}',
      '{"n":1e400,"m":0.10,"model":"new","big":12345678901234567890}',
    ],
  ])('%s', (json, expected) => {
    expect(splice(json)).toBe(expected)
  })

  it('replaces the key each time it is there, so that no reader sees the old one', () => {
    expect(splice('{"model":"a","x":1,"model":"b"}')).toBe('{"model":"new","x":1,"model":"new"}')
  })

  it('leaves alone what has no such key, or no string there', () => {
    for (const json of ['{}', '[]', '["model"]', '{"model":1}', '{"a":{"model":"x"}}', '{"model":{"model":"x"}}']) {
      expect(splice(json)).toBe(json)
    }
  })

  it('leaves a torn text alone', () => {
    expect(splice('{"a":"b')).toBe('{"a":"b')
    expect(splice('{"model" ')).toBe('{"model" ')
  })

  it('changes nothing else in any object', () => {
    const space = fc.constantFrom('', ' ', '\n\t')
    const member = fc.tuple(
      fc.string().filter((key) => key !== 'model' && key !== '__proto__'),
      fc.jsonValue(),
    )
    fc.assert(
      fc.property(fc.array(member), fc.array(member), fc.string(), space, (before, after, old, gap) => {
        const text = ([key, value]: readonly [string, unknown]) =>
          `${JSON.stringify(key)}${gap}:${gap}${JSON.stringify(value)}`
        const around = (model: string) =>
          `${gap}{${gap}${[...before.map(text), `"model"${gap}:${gap}${model}`, ...after.map(text)].join(`${gap},${gap}`)}}`
        expect(splice(around(JSON.stringify(old)))).toBe(around('"new"'))
      }),
    )
  })

  it.each([
    ['one long string', `"${'x'.repeat(5_000_000)}"`],
    ['a string of quotes', `"${'\\"'.repeat(2_500_000)}"`],
    ['a string of backslashes', `"${'\\\\'.repeat(2_500_000)}"`],
    ['many keys', `{"a":{${Array.from({ length: 300_000 }, (_, i) => `"k${i}":"v"`).join()}}}`],
    ['brackets', '['.repeat(2_000_000) + ']'.repeat(2_000_000)],
  ])('goes through 5 MB: %s', (_name, value) => {
    const json = `{"model":"old","a":${value},"b":1}`
    expect(splice(json)).toHaveLength(json.length)
  })
})

describe('of bytes', () => {
  it('makes the same text', () => {
    const names = fc.constantFrom('model', 'mödel', 'other', '"model"', 'a\\')
    const values = fc.oneof(fc.jsonValue(), fc.string())
    fc.assert(
      fc.property(fc.dictionary(names, values), fc.constantFrom(undefined, 2), (object, indent) => {
        const text = JSON.stringify({ ...object, model: 'm' }, null, indent)
        const pieces = spliceBytes(new TextEncoder().encode(text), 'model', '"ö"')
        expect(Buffer.concat(pieces).toString()).toBe(spliceValue(text, 'model', '"ö"'))
      }),
    )
  })

  it('leaves a byte-order mark out', () => {
    const pieces = spliceBytes(new TextEncoder().encode('\ufeff{"model":"a"}'), 'model', '"b"')
    expect(Buffer.concat(pieces).toString()).toBe('{"model":"b"}')
  })
})

describe('a member that is set', () => {
  const set = (json: string) => setMember(json, 'o', '{"a":1}')
  it.each([
    ['{}', '{"o":{"a":1}}'],
    [' { } ', ' { "o":{"a":1}} '],
    ['{"m":1e400, "x" : [ ]\n}', '{"m":1e400, "x" : [ ]\n,"o":{"a":1}}'],
    ['{"o":null,"m":1}', '{"o":{"a":1},"m":1}'],
    ['{"o" : { "b":"}", "c":[{}] } ,"m":1}', '{"o" : {"a":1} ,"m":1}'],
    ['{"m":1,"o":1.50}', '{"m":1,"o":{"a":1}}'],
    ['{"m":1,"o":true }', '{"m":1,"o":{"a":1} }'],
    ['{"o":"x","m":{"o":2},"o":[1,"]"]}', '{"o":{"a":1},"m":{"o":2},"o":{"a":1}}'],
    ['{"m":"\\"o\\":1"}', '{"m":"\\"o\\":1","o":{"a":1}}'],
  ])('%s', (json, expected) => {
    expect(set(json)).toBe(expected)
  })
})

describe('a member that is removed', () => {
  it.each([
    ['{"o":null}', '{}'],
    ['{"o":null,"m":1}', '{"m":1}'],
    ['{ "o" : null , "m" : 1 }', '{ "m" : 1 }'],
    ['{"m":1,"o":null}', '{"m":1}'],
    ['{"m":1 , "o":{"a":[1,{}]} }', '{"m":1  }'],
    ['{"m":1,"o":2,"x":3}', '{"m":1,"x":3}'],
    ['{"m":{"o":1},"x":"o"}', '{"m":{"o":1},"x":"o"}'],
  ])('%s', (json, expected) => {
    expect(removeMember(json, 'o')).toBe(expected)
  })

  it('is gone, and everything else is there', () => {
    const key = fc.string().filter((name) => name !== 'o' && name !== '__proto__')
    const others = fc.dictionary(key, fc.jsonValue(), { noNullPrototype: true })
    fc.assert(
      fc.property(others, fc.jsonValue(), others, fc.nat({ max: 3 }), (before, value, after, indent) => {
        const object = { ...before, o: value, ...after }
        const { o: _, ...rest } = object
        const json = JSON.stringify(object, null, indent)
        expect(JSON.parse(removeMember(json, 'o'))).toEqual(JSON.parse(JSON.stringify(rest)))
        expect(JSON.parse(setMember(json, 'o', '7'))).toEqual(JSON.parse(JSON.stringify({ ...object, o: 7 })))
      }),
    )
  })
})
