// List prices in US dollars for a million tokens. Generated from scripts/prices.json: npm run generate
import type { Prices } from '../../hub/price.ts'

export const prices: Prices = {
  // https://platform.claude.com/docs/en/about-claude/pricing, 2026-10-10
  'claude-fable-5-1': [[10, 0.25, 12.5, 50]],
  'claude-mythos-5-1': [[10, 0.25, 12.5, 50]],
  'claude-fable-5': [[10, 1, 12.5, 50]],
  'claude-mythos-5': [[10, 1, 12.5, 50]],
  'claude-opus-5-5': [[4, 0.2, 5, 20]],
  'claude-opus-5': [[5, 0.5, 6.25, 25]],
  'claude-opus-4-8': [[5, 0.5, 6.25, 25]],
  'claude-opus-4-7': [[5, 0.5, 6.25, 25]],
  'claude-opus-4-6': [[5, 0.5, 6.25, 25]],
  'claude-opus-4-5': [[5, 0.5, 6.25, 25]],
  'claude-sonnet-5-5': [[2, 0.1, 2.5, 10]],
  'claude-sonnet-5': [[2, 0.2, 2.5, 10]],
  'claude-sonnet-4-6': [[3, 0.3, 3.75, 15]],
  'claude-haiku-5-5': [[0.1, 0.01, 0.125, 0.5], 100_000, [0.5, 0.05, 0.625, 2.5]],
  'claude-haiku-4-5': [[1, 0.1, 1.25, 5]],
  // https://docs.anthropic.com/en/docs/about-claude/pricing, 2026-03-21
  'claude-opus-4-1': [[15, 1.5, 18.75, 75]],
  'claude-sonnet-4-5': [[3, 0.3, 3.75, 15], 200_000, [6, 0.6, 7.5, 22.5]],
  'claude-3-5-haiku': [[0.8, 0.08, 1, 4]],
}
