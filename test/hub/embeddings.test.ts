// Vectors: their forms, their lengths, and what a request may ask for.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  base64Of,
  cut,
  embeddingRequestOf,
  floatsIn,
  formed,
  purposeOf,
  sizeFor,
  textsOf,
  vectorOf,
} from '../../src/hub/embeddings.ts'
import type { Lose } from '../../src/hub/support.ts'
import { batches } from '../../src/hub/task.ts'

const float32 = fc.float({ noNaN: true, noDefaultInfinity: true })
const vector = fc.array(float32, { minLength: 1, maxLength: 4000 })

describe('a vector in base64', () => {
  it('is little-endian float32, as OpenAI has it', () => {
    expect(base64Of([0.5, -1.25])).toBe(Buffer.from(new Float32Array([0.5, -1.25]).buffer).toString('base64'))
    expect(base64Of([1])).toBe('AACAPw==')
  })

  it('and back is the same', () => {
    fc.assert(
      fc.property(vector, (numbers) => {
        expect(floatsIn(base64Of(numbers))).toEqual(numbers)
        expect(formed(base64Of(numbers), 'float')).toEqual(numbers)
        expect(formed(numbers, 'base64')).toBe(base64Of(numbers))
        expect(formed(numbers, undefined)).toBe(numbers)
      }),
      { numRuns: 50 },
    )
  })

  it.each(['%%%', 'AAA'])('is not %s', (text) => {
    expect(() => (text === '%%%' ? floatsIn(text) : vectorOf({}))).toThrow(
      'The provider sent an answer that holds no vector.',
    )
  })
})

describe('a vector that is cut', () => {
  it('has length 1 again', () => {
    const short = cut([3, 4, 12], 2) as number[]
    expect(short).toEqual([0.6, 0.8])
  })
  it('is left as it is where nobody asks, where it is short enough, and where it is nothing', () => {
    const unit = [0.6, 0.8]
    expect(cut([3, 4], undefined)).toEqual([3, 4])
    expect(cut(unit, 5)).toBe(unit)
    expect(cut([0, 0], 1)).toEqual([0])
  })
  it('may have come as a text', () => expect(cut(base64Of([3, 4, 12]), 2)).toEqual([0.6, 0.8]))
})

describe('a size', () => {
  const lost: unknown[] = []
  const lose: Lose = (note) => {
    lost.push(note.kind)
    return undefined
  }
  it.each([
    [512, true, 512, []],
    [300, true, 512, ['emulated']],
    [300, false, undefined, ['rejected']],
    [2000, true, undefined, ['rejected']],
  ])('of %i, cuts %s, is asked for as %s', (wanted, cuts, sent, kinds) => {
    lost.length = 0
    expect(sizeFor(wanted, [256, 512, 1024], cuts, lose)).toBe(sent)
    expect(lost).toEqual(kinds)
  })
})

describe('a purpose', () => {
  it.each([
    ['search_query', 'query'],
    ['query', 'query'],
    ['RETRIEVAL_QUERY', 'query'],
    ['retrieval.query', 'query'],
    ['passage', 'document'],
    ['search_document', 'document'],
    ['clustering', undefined],
    [7, undefined],
  ])('%s is %s', (word, purpose) => expect(purposeOf(word)).toBe(purpose))
})

describe('a request', () => {
  const read = (input: unknown) => embeddingRequestOf({ model: 'm', input })
  it.each([
    ['a text', 'a', ['a']],
    ['texts', ['a', 'b'], ['a', 'b']],
    ['tokens', [1, 2], undefined],
    ['tokens of several', [[1], [2, 3]], undefined],
  ])('may be for %s', (_, input, texts) => expect(textsOf(read(input).fields)).toEqual(texts))
  it.each([[[1, -1]], [[1, 0.5]], [[[]]], [[[1], 'a']], [[null]], [{ a: 1 }], [7]])('is not for %j', (input) => {
    expect(() => read(input)).toThrow(
      expect.objectContaining({ status: 400, details: { param: expect.stringMatching('^input') } }),
    )
  })
  it('keeps what has no name, and leaves out nulls', () => {
    expect(embeddingRequestOf({ model: 'm', input: 'a', user: null, x: null, y: 1 })).toEqual({
      fields: { model: 'm', input: 'a' },
      extras: { x: null, y: 1 },
    })
  })
  it.each([[null], [[]], ['a']])('is not %j', (body) => {
    expect(() => embeddingRequestOf(body)).toThrow('Invalid type for the body: expected an object.')
  })
})

describe('batches', () => {
  it('hold as many as go, in their order, and every item once', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ maxLength: 20 }), { maxLength: 50 }),
        fc.integer({ min: 1, max: 9 }),
        fc.option(fc.integer({ min: 1, max: 40 }), { nil: undefined }),
        (items, most, characters) => {
          const made = batches(items, { most, ...(characters !== undefined && { characters }) })
          expect(made.flatMap((one) => one.items)).toEqual(items)
          for (const { from, items: some } of made) {
            expect(items.slice(from, from + some.length)).toEqual(some)
            expect(some.length).toBeLessThanOrEqual(most)
            if (characters !== undefined && some.length > 1)
              expect(some.join('').length).toBeLessThanOrEqual(characters)
          }
        },
      ),
    )
  })
})
