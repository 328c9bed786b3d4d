// List prices in US dollars for a million tokens. Generated from scripts/prices.json: npm run generate
import type { Prices } from '../../hub/price.ts'

export const prices: Prices = {
  // https://console.groq.com/docs/models, 2026-06-30
  'openai/gpt-oss-120b': [[0.15, 0.15, 0.15, 0.6]],
}
