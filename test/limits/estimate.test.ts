import { describe, expect, it } from 'vitest'
import { answersIn, inputTokens, mostOutput, reserved, used } from '../../src/limits/estimate.ts'

const asked = (content: unknown) => ({ model: 'm', messages: [{ role: 'user', content }] })
const text = (length: number, of = 'a') => of.repeat(length)
/** What the names and the rest of a request count for. */
const frame = inputTokens(asked(''))

describe('the tokens of an input', () => {
  it('are a quarter of its bytes', () => {
    expect(inputTokens(asked(text(4000))) - frame).toBe(1000)
  })
  it.each([
    ['Latin letters with marks', 'é', 2],
    ['Chinese', '字', 3],
    ['pictures', '🦉', 4],
  ])('count %s by their bytes in UTF-8', (_, letter, bytes) => {
    expect(inputTokens(asked(text(4000, letter))) - frame).toBe(1000 * bytes)
  })
  it('are near enough where alphabets are mixed', () => {
    const mixed = text(2000, '字') + text(2000, 'a')
    expect(Math.abs(inputTokens(asked(mixed)) - frame - 2000)).toBeLessThan(100)
  })
  it('are those of everything that is sent: tools, names, numbers', () => {
    const tools = [{ type: 'function', function: { name: 'f', parameters: { description: text(400) } } }]
    expect(inputTokens({ ...asked(''), tools }) - frame).toBeGreaterThan(100)
    expect(inputTokens([1, true, null])).toBe(2)
  })
  it('are some where there is hardly anything', () => {
    expect(inputTokens({})).toBe(0)
    expect(inputTokens('a')).toBe(1)
    expect(inputTokens('')).toBe(0)
  })

  const base64 = text(100_000, 'iVBORw0KGgo')
  it.each([
    ['an image', { type: 'image_url', image_url: { url: `data:image/png;base64,${base64}` } }],
    ['an image by its address', { type: 'image_url', image_url: { url: 'https://example.com/a.png' } }],
    ['an image of Responses', { type: 'input_image', image_url: `data:image/png;base64,${base64}` }],
    ['an image of Messages', { type: 'image', source: { type: 'base64', media_type: 'image/png', data: base64 } }],
    ['sound', { type: 'input_audio', input_audio: { data: base64, format: 'wav' } }],
    ['a file', { type: 'file', file: { filename: 'a.pdf', file_data: `data:application/pdf;base64,${base64}` } }],
    ['a document', { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: base64 } }],
  ])('count %s as one of unknown size', (_, part) => {
    const tokens = inputTokens(asked([part])) - frame
    expect(tokens).toBeGreaterThanOrEqual(1000)
    expect(tokens).toBeLessThan(1050)
  })
  it('count the text of a document as text', () => {
    const source = { type: 'text', media_type: 'text/plain', data: text(1000, 'A word. ') }
    expect(inputTokens(asked([{ type: 'document', source }])) - frame).toBeGreaterThan(3000)
  })
  it('count what looks like data as text where it stands for itself', () => {
    expect(inputTokens(asked(text(4000))) - frame).toBe(1000)
    expect(inputTokens(asked([{ type: 'text', text: `data:${text(3995)}` }])) - frame).toBeGreaterThan(1000)
  })
})

describe('the length that is asked for', () => {
  it.each(['max_completion_tokens', 'max_output_tokens', 'max_tokens'])('is read from %s', (name) => {
    expect(mostOutput({ [name]: 7 })).toBe(7)
  })
  it('may be left open', () => {
    expect(mostOutput({ max_tokens: null })).toBeUndefined()
  })
})

describe('the answers that are asked for', () => {
  it.each([
    [{}, 1],
    [{ n: null, prompt: [] }, 1],
    [{ n: 3 }, 3],
    [{ n: 2, best_of: 5 }, 5],
    [{ n: 2, prompt: ['a', 'b', 'c'] }, 6],
    [{ n: 2, prompt: [[1, 2], [3]] }, 4],
    [{ prompt: [1, 2, 3] }, 1],
  ])('by %o', (body, count) => {
    expect(answersIn(body)).toBe(count)
  })
})

describe('what is reserved', () => {
  const ample = { tokens_per_minute: 1_000_000, tokens_per_day: 20_000_000 }
  it('is the input and what the answer may be', () => {
    expect(reserved({ input: 100, answers: 1, most: 50 }, ample)).toBe(150)
    expect(reserved({ input: 100, answers: 3, most: 50 }, ample)).toBe(250)
  })
  it('is no more for the answer than it is likely to be', () => {
    expect(reserved({ input: 100, answers: 1, most: 128_000 }, ample)).toBe(4196)
  })
  it('is a guess where the client left it open, small beside the smallest limit', () => {
    expect(reserved({ input: 100, answers: 1 }, ample)).toBe(1124)
    expect(reserved({ input: 100, answers: 1 }, { ...ample, tokens_per_minute: 1000 })).toBe(200)
    expect(reserved({ input: 100, answers: 1 }, { tokens_per_day: 1000 })).toBe(200)
  })
  it('may pass the limit only by what the client said itself', () => {
    expect(reserved({ input: 900, answers: 8 }, { tokens_per_minute: 1000 })).toBe(1000)
    expect(reserved({ input: 1200, answers: 1 }, { tokens_per_minute: 1000 })).toBe(1200)
    expect(reserved({ input: 900, answers: 1, most: 200 }, { tokens_per_minute: 1000 })).toBe(1100)
  })
  it('is a whole number of tokens', () => {
    expect(reserved({ input: 0, answers: 1 }, { tokens_per_minute: 15 })).toBe(2)
  })
})

describe('what was used', () => {
  const usage = { prompt_tokens: 10, completion_tokens: 20, total_tokens: 30 }
  const nothing = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }
  const size = { input: 100 }
  it.each(['complete', 'failed', 'client_gone'] as const)('is what the provider said (%s)', (outcome) => {
    expect(used({ outcome, usage, uncounted: 0, sent: true }, size)).toBe(30)
  })
  it('is that and what came beside it', () => {
    expect(used({ outcome: 'client_gone', usage, uncounted: 41, sent: true }, size)).toBe(41)
  })
  it.each(['complete', 'failed', 'client_gone'] as const)('is guessed where nobody said (%s)', (outcome) => {
    expect(used({ outcome, uncounted: 400, sent: true }, size)).toBe(200)
    expect(used({ outcome, usage: nothing, uncounted: 400, sent: true }, size)).toBe(200)
  })
  it('is the input where the client left before the head', () => {
    expect(used({ outcome: 'client_gone', sent: true }, size)).toBe(100)
  })
  it.each([
    ['refused', true],
    ['failed', true],
    ['client_gone', false],
  ] as const)('is nothing without an answer (%s)', (outcome, sent) => {
    expect(used({ outcome, sent }, size)).toBe(0)
  })
})
