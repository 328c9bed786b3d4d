// JSON that was only asked for in words, without what models like to put around it; streamed or not.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../schemas/chat.ts'
import type { Delta } from '../../src/hub/delta.ts'
import { JsonText, jsonAnswer, jsonDeltas, wordingOf } from '../../src/hub/json-answer.ts'
import type { AnswerReader } from '../../src/hub/provider.ts'
import { collect } from '../../src/hub/reply.ts'

function spoken(pieces: readonly string[], opens: '{' | '[' = '{'): string {
  const text = new JsonText(opens)
  return pieces.map((piece) => text.say(piece)).join('') + text.release()
}

const JSON_TEXT = '{"a":"}\\"{","b":[1,{"c":2}]}'

describe('an object', () => {
  it.each([
    ['alone', JSON_TEXT],
    ['in white space', `\n  ${JSON_TEXT}\n`],
    ['in a fence', `\`\`\`json\n${JSON_TEXT}\n\`\`\``],
    ['in a nameless fence', `\`\`\`\n${JSON_TEXT}\n\`\`\`\n`],
    ['in a fence on its line', `\`\`\`json ${JSON_TEXT}\`\`\``],
    ['behind a sentence', `Here is the JSON you asked for:\n\n${JSON_TEXT}`],
    ['behind a colon', `Result: ${JSON_TEXT}`],
    ['before a sentence', `${JSON_TEXT}\n\nI hope that this { helps }!`],
    ['in the middle of all that', `Sure!\n\`\`\`json\n${JSON_TEXT}\n\`\`\`\nAnything else?`],
  ])('%s', (_name, text) => {
    expect(spoken([text])).toBe(JSON_TEXT)
  })

  it.each([
    ['a refusal', 'I cannot help with that.'],
    ['a sentence with braces', 'Write it as {name} and no other way.\n{"a":1}'],
    ['nothing', ''],
    ['white space', ' \n'],
  ])('that is none is said as it came: %s', (_name, text) => {
    expect(spoken([text])).toBe(text)
  })

  it('that is cut is said as far as it goes', () => {
    expect(spoken(['```json\n{"a":[1,2'])).toBe('{"a":[1,2')
  })

  it('is the same however its text is cut', () => {
    const text = fc.constantFrom(
      'Sure:\n',
      '```json\n',
      '{"a":"}{\\""}',
      '\n```',
      '{',
      '}',
      '"',
      ' and ',
      '\\',
      '[1]',
      ': ',
      '\n',
    )
    fc.assert(
      fc.property(fc.array(text, { maxLength: 8 }), fc.constantFrom('{' as const, '[' as const), (parts, opens) => {
        const all = parts.join('')
        expect(spoken(all.split(''), opens)).toBe(spoken([all], opens))
      }),
    )
  })

  it('is said as it comes', () => {
    const text = new JsonText('{')
    expect(['```json\n', '{"a"', ':1', '}', '\n```'].map((piece) => text.say(piece))).toEqual([
      '',
      '{"a"',
      ':1',
      '}',
      '',
    ])
  })
})

it('a list begins with its own bracket', () => {
  expect(spoken(['Here:\n[{"a":1}] and so on'], '[')).toBe('[{"a":1}]')
})

describe('an answer', () => {
  const start: Delta = { type: 'start', id: 'a', model: 'm' }
  const finish: Delta = { type: 'finish', reason: 'stop' }
  const text = (value: string, choice = 0): Delta => ({ type: 'text', text: value, choice })
  const all = [start, text('Sure:\n'), text('[] or', 1), text('{"a":'), text('1} !'), text(' not', 1), finish]

  it('is the JSON of each of its choices, and ends as it would', () => {
    const deltas = jsonDeltas('{', all)
    expect(deltas.at(-1)).toEqual(text('[] or not', 1))
    expect(collect(deltas).choices.map(({ blocks, finish: reason }) => [blocks, reason])).toEqual([
      [[{ type: 'text', text: '{"a":1}' }], 'stop'],
      [[{ type: 'text', text: '[] or not' }], undefined],
    ])
  })

  it('is the same in a stream', () => {
    let left = all.length
    const reader: AnswerReader = {
      framing: 'sse',
      read: ({ data }) => {
        left--
        return all.slice(Number(data), Number(data) + 1)
      },
      get done() {
        return left === 0
      },
      next: undefined,
    }
    const edited = jsonAnswer('{', reader, 2)
    expect(all.flatMap((_delta, i) => edited.read({ event: '', data: String(i) }))).toEqual(jsonDeltas('{', all))
    expect(edited.done).toBe(true)
  })

  it('of an unknown beginning is left alone', () => {
    expect(jsonDeltas(undefined, all)).toBe(all)
    const reader: AnswerReader = { framing: 'sse', read: () => [], done: false, next: undefined }
    expect(jsonAnswer(undefined, reader)).toBe(reader)
  })
})

describe('the wording', () => {
  const opening = (schema: JsonObject) => wordingOf({ type: 'json_schema', json_schema: { name: 'x', schema } })?.opens

  it('names an object, or the schema', () => {
    expect(wordingOf({ type: 'json_object' })).toEqual({
      instruction: 'Respond with one valid JSON object and nothing else.',
      opens: '{',
    })
    expect(wordingOf({ type: 'json_schema', json_schema: { name: 'x', schema: { type: 'array' } } })).toEqual({
      instruction: 'Respond with one JSON value that matches this JSON Schema, and nothing else:\n{"type":"array"}',
      opens: '[',
    })
  })

  it('is none where no JSON is asked for', () => {
    expect(wordingOf({ type: 'text' })).toBeUndefined()
    expect(wordingOf(undefined)).toBeUndefined()
  })

  const object = { type: 'object' }
  const tree = { anyOf: [{ $ref: '#/$defs/a' }, { $ref: '#/$defs/a' }] }
  it.each<[string, JsonObject, '{' | '[' | undefined]>([
    ['an object', object, '{'],
    ['an object or null', { type: ['object', 'null'] }, '{'],
    ['what has properties', { properties: {} }, '{'],
    ['a list', { type: 'array' }, '['],
    ['a number', { type: 'number' }, undefined],
    ['one of two', { type: ['object', 'array'] }, undefined],
    ['anything', {}, undefined],
    ['a reference', { $ref: '#/$defs/a', $defs: { a: object } }, '{'],
    ['a reference to somewhere else', { $ref: 'https://example.com/a' }, undefined],
    ['a reference to nothing', { $ref: '#/$defs/b' }, undefined],
    ['a reference to itself', { $ref: '#/$defs/a', $defs: { a: { $ref: '#/$defs/a' } } }, undefined],
    ['alternatives that agree', { anyOf: [object, { properties: {} }] }, '{'],
    ['alternatives that do not', { oneOf: [object, { type: 'array' }] }, undefined],
    ['alternatives that lead to each other', { ...tree, $defs: { a: tree } }, undefined],
    ['all of several', { allOf: [object, object] }, '{'],
    ['alternatives of another kind', { anyOf: 7 }, undefined],
  ])('knows what %s begins with', (_name, schema, opens) => {
    expect(opening(schema)).toBe(opens)
  })
})
