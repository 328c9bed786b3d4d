// List prices in US dollars for a million tokens. Generated from scripts/prices.json: npm run generate
import type { Prices } from '../../hub/price.ts'

export const prices: Prices = {
  // https://docs.x.ai/developers/grok-4-6, 2026-08-13
  'grok-4.6': [[2, 0.5, 2, 6], 200_000, [4, 1, 4, 12]],
}
