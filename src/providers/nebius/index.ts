// Nebius Token Factory: https://docs.tokenfactory.nebius.com/api-reference

import { openaiLike } from '../openai-compatible/provider.ts'
import { plain, takes } from '../openai-compatible/rows.ts'
import { images } from './media.ts'

export const nebius = openaiLike({
  name: 'nebius',
  baseUrl: 'https://api.tokenfactory.nebius.com/v1',
  completes: 'all',
  fields: { ...plain, ...takes('logit_bias', 'parallel_tool_calls', 'service_tier') },
  messages: { reasoning: 'reasoning_content' },
  embeddings: {},
  media: { images },
})
