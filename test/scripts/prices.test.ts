// The price list that people edit: what is generated from it is small, and what is wrong in it is said.
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { priceFiles } from '../../scripts/prices.ts'
import { providers } from '../../src/providers/index.ts'

const root = `${import.meta.dirname}/../..`
const file = (models: object, group: object = {}) =>
  priceFiles({ some: [{ source: 'https://prices.example', date: '2026-11-01', ...group, models }] as never })[0]?.[1]

test('each provider’s file is what the list says, and the provider has it', () => {
  const all = priceFiles()
  expect(all.length).toBeGreaterThan(5)
  for (const [path, content] of all) {
    expect(readFileSync(`${root}/${path}`, 'utf8')).toBe(content)
    expect(providers.get(path.split('/')[2] ?? '')?.prices).toBeDefined()
  }
  // Beside the rest of the bundle: without the comments, which are not in it.
  const bare = all.map(([, content]) => content.replace(/^\s*(?:\/\/|import).*$/gm, ''))
  expect(gzipSync(bare.join('').replace(/\s+/g, '')).length).toBeLessThan(1500)
})

test('what is not said costs as much as input', () => {
  const models = {
    o3: { input: 2, output: 8 },
    'a-1': {
      input: 1,
      cached_input: 0.1,
      cache_write: 1.25,
      output: 5,
      above: 200000,
      beyond: { input: 2, output: 9 },
    },
  }
  expect(file(models)?.split('\n').slice(3)).toEqual([
    'export const prices: Prices = {',
    '  // https://prices.example, 2026-11-01',
    '  o3: [[2, 2, 2, 8]],',
    "  'a-1': [[1, 0.1, 1.25, 5], 200_000, [2, 2, 2, 9]],",
    '}',
    '',
  ])
})

test.each([
  ['no source', {}, { source: 'a page' }, /no source and date/],
  ['no date', {}, { date: 'today' }, /no source and date/],
  ['no output', { m: { input: 1 } }, {}, /m has no rates/],
  ['less than nothing', { m: { input: 1, output: -1 } }, {}, /m has no rates/],
  ['half of a tier', { m: { input: 1, output: 1, above: 5 } }, {}, /m has half of a tier/],
])('%s is an error', (_what, models, group, message) => {
  expect(() => file(models, group)).toThrow(message)
})
