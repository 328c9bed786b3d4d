// Which price holds: the operator's, else the provider's list; and never one that nobody named.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Route } from '../src/keys/route.ts'
import { priceOf } from '../src/prices.ts'
import { providers } from '../src/providers/index.ts'

const priced = (name: string, variable?: string, slot = name.split('/')[0] ?? '') => {
  const [provider = '', ...rest] = name.split('/')
  const found = providers.get(provider)
  if (!found) throw new Error(provider)
  const model = rest.join('/')
  const route: Route = { slot: { name: slot, provider, headers: {} }, model, name: `${slot}/${model}` }
  return priceOf(route, found, variable)
}

describe('list prices', () => {
  test.each([
    ['anthropic/claude-haiku-4-5', [[1, 0.1, 1.25, 5]]],
    ['anthropic/claude-haiku-4-5-20251001', [[1, 0.1, 1.25, 5]]],
    ['openai/gpt-4o-mini-2024-07-18', [[0.15, 0.075, 0.15, 0.6]]],
    ['openai/gpt-5.5', [[5, 0.5, 5, 30], 272_000, [10, 1, 10, 45]]],
    ['groq/openai/gpt-oss-120b', [[0.15, 0.15, 0.15, 0.6]]],
  ])('%s', (name, price) => {
    expect(priced(name)).toEqual(price)
  })

  test.each([
    'openai/gpt-99',
    'openai/gpt-5.5-turbo',
    'openai/gpt-5-chat-latest',
    'openai/constructor',
    'anthropic/claude-haiku',
    // Elsewhere the same model costs what they ask for it there.
    'bedrock/anthropic.claude-haiku-4-5-20251001-v1:0',
    'openai-compatible/gpt-4o',
  ])('%s has none', (name) => {
    expect(priced(name)).toBeUndefined()
  })

  test('are sensible: cached input is no dearer than input, output no cheaper, a long prompt no bargain', () => {
    const all = [...providers.values()].flatMap(({ prices = {} }) => Object.entries(prices))
    expect(all.length).toBeGreaterThan(40)
    for (const [model, [rates, above, beyond]] of all) {
      for (const [input, cached, written, output] of beyond ? [rates, beyond] : [rates]) {
        expect(input, model).toBeGreaterThan(0)
        expect(cached, model).toBeLessThanOrEqual(input)
        expect(written, model).toBeGreaterThanOrEqual(input)
        expect(output, model).toBeGreaterThanOrEqual(input)
      }
      expect(above === undefined, model).toBe(beyond === undefined)
      rates.forEach((rate, i) => {
        expect(beyond?.[i] ?? rate, model).toBeGreaterThanOrEqual(rate)
      })
    }
  })
})

describe('the variable PRICES', () => {
  const said: unknown[] = []
  beforeEach(() => {
    said.length = 0
    vi.spyOn(console, 'error').mockImplementation((line: unknown) => void said.push(line))
  })
  afterEach(() => {
    vi.restoreAllMocks()
  })

  const PRICES = JSON.stringify({
    'cheap/gpt-4o*': { input: 1, output: 2 },
    'openai/gpt-4o-mini': null,
    'openai/gpt-4o*': { input: 5, cached_input: 1, cache_write: 6, output: 7 },
    'openai-compatible/*': { input: 0, output: 0 },
  })

  test('comes first, by slot or by provider, in its own order', () => {
    expect(priced('openai/gpt-4o', PRICES)).toEqual([[5, 1, 6, 7]])
    expect(priced('openai/gpt-4o', PRICES, 'cheap')).toEqual([[1, 1, 1, 2]])
    expect(priced('openai/gpt-4o-mini', PRICES)).toBeUndefined()
    expect(priced('openai-compatible/any/thing', PRICES, 'mine')).toEqual([[0, 0, 0, 0]])
    expect(priced('openai/gpt-5', PRICES)).toEqual([[1.25, 0.125, 1.25, 10]])
    expect(said).toEqual([])
  })

  test.each([
    ['no JSON', '{"openai/canary": ', 'it is not JSON'],
    ['a list', '[1]', 'it is to be an object of objects'],
    ['a number for a price', '{"openai/canary": 5}', 'it is to be an object of objects'],
    ['no output', '{"openai/*": {"input": 1}}', 'entry 1 has no output in dollars'],
    [
      'less than nothing',
      '{"a/b": {"input": 1, "output": 1}, "c/d": {"input": -1, "output": 1}}',
      'entry 2 has no input in dollars',
    ],
    [
      'text',
      '{"openai/*": {"input": 1, "output": 1, "cached_input": "canary"}}',
      'entry 1 has no cached_input in dollars',
    ],
    [
      'too much for a number',
      '{"openai/*": {"input": 1, "output": 1, "cache_write": 1e999}}',
      'entry 1 has no cache_write in dollars',
    ],
  ])('that holds %s is said once, and ignored', (_what, variable, why) => {
    for (let i = 0; i < 3; i++) expect(priced('openai/gpt-4o', variable)).toEqual([[2.5, 1.25, 2.5, 10]])
    expect(said).toEqual([`The variable PRICES is not used: ${why}.`])
  })

  test.each(['', ' \n', undefined])('may be empty: %j', (variable) => {
    expect(priced('openai/gpt-4o', variable)).toEqual([[2.5, 1.25, 2.5, 10]])
    expect(said).toEqual([])
  })
})
