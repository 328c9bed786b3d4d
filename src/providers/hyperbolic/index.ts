// Hyperbolic: https://docs.hyperbolic.xyz/docs/rest-api
import { openaiLike } from '../openai-compatible/provider.ts'
import { plain, takes } from '../openai-compatible/rows.ts'

export const hyperbolic = openaiLike({
  name: 'hyperbolic',
  baseUrl: 'https://api.hyperbolic.xyz/v1',
  completes: 'all',
  fields: { ...plain, ...takes('logit_bias') },
})
