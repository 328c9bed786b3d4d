// List prices in US dollars for a million tokens. Generated from scripts/prices.json: npm run generate
import type { Prices } from '../../hub/price.ts'

export const prices: Prices = {
  // https://ai.google.dev/gemini-api/docs/pricing, 2026-10-07
  'gemini-3.5-flash': [[1.5, 0.15, 1.5, 9]],
  'gemini-3.1-pro-preview': [[2, 0.2, 2, 12], 200_000, [4, 0.4, 4, 18]],
  'gemini-2.5-pro': [[1.25, 0.125, 1.25, 10], 200_000, [2.5, 0.25, 2.5, 15]],
  'gemini-2.5-flash': [[0.3, 0.03, 0.3, 2.5]],
  'gemini-2.5-flash-lite': [[0.1, 0.01, 0.1, 0.4]],
  // https://ai.google.dev/gemini-api/docs/pricing, 2026-07-04
  'gemini-3-flash-preview': [[0.5, 0.05, 0.5, 3]],
}
