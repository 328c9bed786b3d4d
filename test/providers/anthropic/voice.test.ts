// JSON that was only asked for in words, without what models like to put around it; streamed or not.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { voiceFor } from '../../../src/providers/anthropic/voice.ts'

function spoken(pieces: readonly string[], opens: '{' | '[' | undefined = '{'): string {
  const voice = voiceFor(opens, false)
  return pieces.map((piece) => voice.say(piece)).join('') + voice.release()
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
    const voice = voiceFor('{', false)
    expect(['```json\n', '{"a"', ':1', '}', '\n```'].map((piece) => voice.say(piece))).toEqual([
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

it('of what begins with neither, nothing is taken away', () => {
  expect(spoken(['```json\n7\n```'], undefined)).toBe('```json\n7\n```')
})

describe('text beside a tool that carries the answer', () => {
  it('is no answer when the tool comes', () => {
    const voice = voiceFor(undefined, true)
    expect(voice.say('I will now answer.')).toBe('')
    voice.hush()
    expect(voice.release()).toBe('')
  })

  it('is the answer when it does not', () => {
    const voice = voiceFor(undefined, true)
    expect(voice.say('I ') + voice.say('cannot.')).toBe('')
    expect(voice.release()).toBe('I cannot.')
  })
})
