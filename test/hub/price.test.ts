// What a request cost: cached and written tokens are part of the prompt, thoughts part of the answer.
import { describe, expect, test } from 'vitest'
import { costOf, type Price } from '../../src/hub/price.ts'
import type { Usage } from '../../src/hub/usage.ts'

const price: Price = [[3, 0.3, 3.75, 15]]
const usage = (prompt: number, completion: number, rest: Partial<Usage> = {}): Usage => ({
  prompt_tokens: prompt,
  completion_tokens: completion,
  total_tokens: prompt + completion,
  ...rest,
})

describe('the cost', () => {
  test.each([
    ['of input and output', usage(1000, 500), 0.0105],
    ['of nothing', usage(0, 0), 0],
    [
      'of cached and of written input, each once',
      usage(10_000, 100, { prompt_tokens_details: { cached_tokens: 6000, cache_write_tokens: 3000 } }),
      // 1000 × 3 + 6000 × 0.30 + 3000 × 3.75 + 100 × 15
      0.01755,
    ],
    [
      'of thoughts, which the total includes',
      usage(0, 1000, { completion_tokens_details: { reasoning_tokens: 900 } }),
      0.015,
    ],
    [
      'of details that are more than the whole',
      usage(100, 0, { prompt_tokens_details: { cached_tokens: 500, cache_write_tokens: 500 } }),
      0.00003,
    ],
    ['of other details', usage(100, 0, { prompt_tokens_details: { image_tokens: 50 } }), 0.0003],
    ['without the noise of binary fractions', usage(1, 3), 0.000048],
  ])('%s', (_what, used, dollars) => {
    expect(costOf(used, price)).toBe(dollars)
  })

  test('of sound is not known', () => {
    expect(costOf(usage(10, 10, { prompt_tokens_details: { audio_tokens: 5 } }), price)).toBeUndefined()
    expect(costOf(usage(10, 10, { completion_tokens_details: { audio_tokens: 5 } }), price)).toBeUndefined()
    expect(costOf(usage(10, 10, { completion_tokens_details: { audio_tokens: 0 } }), price)).toBeDefined()
  })

  test('of a long prompt is another one, for the whole request, and each call has a prompt of its own', () => {
    const tiered: Price = [[2, 0.2, 2, 10], 200_000, [4, 0.4, 4, 15]]
    expect(costOf(usage(200_000, 1000), tiered)).toBe(0.41)
    expect(costOf(usage(200_001, 1000), tiered)).toBe(0.815004)
    expect(costOf(usage(300_000, 1000), tiered, 2)).toBe(0.61)
  })
})
