// Fireworks AI: https://docs.fireworks.ai/api-reference/post-chatcompletions

import { degrees } from '../openai-compatible/degrees.ts'
import { byKindMeters } from '../openai-compatible/meters.ts'
import { openaiLike } from '../openai-compatible/provider.ts'
import { plain, takes } from '../openai-compatible/rows.ts'
import { hearing, images } from './media.ts'

export const fireworks = openaiLike({
  name: 'fireworks',
  baseUrl: 'https://api.fireworks.ai/inference/v1',
  meters: byKindMeters,
  completes: 'all',
  fields: {
    ...plain,
    ...takes('logit_bias', 'prediction'),
    ...degrees(() => ({ minimal: 'low', xhigh: 'high', max: 'high' })),
  },
  messages: { strict: [], reasoning: 'reasoning_content' },
  // Usage comes in the last chunk without being asked for.
  asksNoUsage: true,
  answer: { silent: ['perf_metrics', 'token_ids', 'raw_output'] },
  embeddings: {},
  rerank: {},
  media: { hearing, images },
})
