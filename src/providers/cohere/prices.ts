// List prices in US dollars for a million tokens. Generated from scripts/prices.json: npm run generate
import type { Prices } from '../../hub/price.ts'

export const prices: Prices = {
  // https://cohere.com/pricing, 2026-11-11
  'command-r-08-2024': [[0.15, 0.15, 0.15, 0.6]],
  'command-r7b-12-2024': [[0.0375, 0.0375, 0.0375, 0.15]],
}
