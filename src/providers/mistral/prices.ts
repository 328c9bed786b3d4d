// List prices in US dollars for a million tokens. Generated from scripts/prices.json: npm run generate
import type { Prices } from '../../hub/price.ts'

export const prices: Prices = {
  // https://docs.mistral.ai/models/model-cards/mistral-medium-3-5-26-04, 2026-05-22
  'mistral-medium-3-5': [[1.5, 1.5, 1.5, 7.5]],
  'mistral-medium-3.5': [[1.5, 1.5, 1.5, 7.5]],
}
