// Together AI: https://docs.together.ai/reference/chat-completions-1

import type { ChatFields } from '../../hub/request.ts'
import { rows } from '../../hub/support.ts'
import type { Body, Plan } from '../openai-compatible/like.ts'
import { hearingLike, jsonWithTimes } from '../openai-compatible/media.ts'
import { perSecondMeters } from '../openai-compatible/meters.ts'
import { openaiLike } from '../openai-compatible/provider.ts'
import { lacks, plain, takes } from '../openai-compatible/rows.ts'
import { images, speech } from './media.ts'

const { here, map } = rows<Body, Plan>()

export const together = openaiLike({
  name: 'together',
  baseUrl: 'https://api.together.xyz/v1',
  meters: perSecondMeters,
  completes: 'all',
  fields: {
    ...plain,
    ...takes('logit_bias', 'reasoning'),
    ...lacks('The service takes no identifier.', 'user'),
    // One number is both: how many tokens are named beside each that was chosen.
    logprobs: map('logprobs', (_asked: boolean, { request }: Plan) => ({ logprobs: request.top_logprobs || 1 })),
    top_logprobs: here(),
    stop: map('stop', (stop: NonNullable<ChatFields['stop']>) => ({ stop: [stop].flat() })),
  },
  // Usage comes in the last chunk without being asked for.
  asksNoUsage: true,
  answer: { silent: ['prompt', 'seed', 'metadata', 'warnings'] },
  embeddings: { dimensions: 'none' },
  // Documents may be rows of a table.
  rerank: { objects: true },
  media: { hearing: hearingLike({ table: { response_format: jsonWithTimes } }), speech, images },
})
