// Thoughts within the text are told apart, however the text is cut.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type Piece, ThoughtSplitter } from '../../../src/providers/openai-compatible/think.ts'

const MARKS = ['<think>', '</think>'] as const

function split(pieces: readonly string[], opened = false): Record<Piece['kind'], string> {
  const splitter = new ThoughtSplitter(MARKS, opened)
  const out = { text: '', reasoning: '' }
  for (const { kind, text } of [...pieces.flatMap((piece) => splitter.push(piece)), ...splitter.end()]) {
    // Thoughts come before the text.
    if (kind === 'reasoning') expect(out.text).toBe('')
    expect(text).not.toBe('')
    out[kind] += text
  }
  return out
}

it.each([
  ['Hi.', '', 'Hi.'],
  ['<think>Hm.</think>Hi.', 'Hm.', 'Hi.'],
  ['\n <think>\n\nHm. </think>\n\nHi.\n', 'Hm. ', 'Hi.\n'],
  ['<think></think>Hi.', '', 'Hi.'],
  ['<think>Hm.', 'Hm.', ''],
  ['<think>Hm.</thin', 'Hm.</thin', ''],
  ['<think>a <think> b</think>c</think>', 'a <think> b', 'c</think>'],
  ['Hi <think>no</think>', '', 'Hi <think>no</think>'],
  ['<thinking>no', '', '<thinking>no'],
  ['<thi', '', '<thi'],
  ['  ', '', '  '],
  ['', '', ''],
])('reads %j', (whole, reasoning, text) => {
  expect(split([whole])).toEqual({ reasoning, text })
})

it.each([
  ['Hm.</think>Hi.', 'Hm.', 'Hi.'],
  ['Hm.', 'Hm.', ''],
  ['</think>\nHi.', '', 'Hi.'],
])('reads %j, of a thought that was opened before', (whole, reasoning, text) => {
  expect(split([whole], true)).toEqual({ reasoning, text })
})

it('keeps nothing back that cannot become a mark', () => {
  const splitter = new ThoughtSplitter(MARKS, false)
  expect(splitter.push('<think>Hm')).toEqual([{ kind: 'reasoning', text: 'Hm' }])
  expect(splitter.push(' a < b')).toEqual([{ kind: 'reasoning', text: ' a < b' }])
  expect(splitter.push(' </th')).toEqual([{ kind: 'reasoning', text: ' ' }])
  expect(splitter.push('at')).toEqual([{ kind: 'reasoning', text: '</that' }])
})

const word = fc.constantFrom('<think>', '</think>', '<', 'think', '>', '/', '\n', ' ', 'Hm.', '</th', 'ink>')
const cuts = fc.array(fc.nat({ max: 12 }), { minLength: 1, maxLength: 8 })

function cut(text: string, sizes: readonly number[]): string[] {
  const pieces: string[] = []
  for (let at = 0, i = 0; at < text.length; i++) {
    const size = (sizes[i % sizes.length] ?? 0) + 1
    pieces.push(text.slice(at, at + size))
    at += size
  }
  return pieces
}

it('reads the same, however it is cut', () => {
  fc.assert(
    fc.property(fc.array(word, { maxLength: 12 }), cuts, fc.boolean(), (words, sizes, opened) => {
      const whole = words.join('')
      expect(split(cut(whole, sizes), opened)).toEqual(split([whole], opened))
    }),
    { numRuns: 500 },
  )
})

it('loses nothing but the marks and the white space around them', () => {
  fc.assert(
    fc.property(fc.array(word, { maxLength: 12 }), (words) => {
      const whole = words.join('')
      const { reasoning, text } = split([whole])
      const bare = (one: string) => one.replace(/\s/g, '')
      const kept = bare(reasoning) + bare(text)
      const lost = bare(whole).length - kept.length
      expect([0, '<think>'.length, '<think></think>'.length]).toContain(lost)
    }),
    { numRuns: 500 },
  )
})
