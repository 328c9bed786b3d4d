// What of the model's text is said: all of it, the JSON in it, or what stands beside the tool that carries the answer.
import { describe, expect, it } from 'vitest'
import { voiceFor } from '../../../src/providers/anthropic/voice.ts'

function spoken(pieces: readonly string[], opens: '{' | '[' | undefined = '{'): string {
  const voice = voiceFor(opens, false)
  return pieces.map((piece) => voice.say(piece)).join('') + voice.release()
}

it('of JSON, only the JSON', () => {
  expect(spoken(['Sure:\n```json\n{"a', '":1}\n``', '`'])).toBe('{"a":1}')
})

it('of what begins with neither, nothing is taken away', () => {
  expect(spoken(['```json\n7\n```'], undefined)).toBe('```json\n7\n```')
})

describe('text beside a tool that carries the answer', () => {
  it('is no answer when the tool comes', () => {
    const voice = voiceFor(undefined, true)
    expect(voice.say('I will now answer.')).toBe('')
    voice.hush?.()
    expect(voice.release()).toBe('')
  })

  it('is the answer when it does not', () => {
    const voice = voiceFor(undefined, true)
    expect(voice.say('I ') + voice.say('cannot.')).toBe('')
    expect(voice.release()).toBe('I cannot.')
  })
})
