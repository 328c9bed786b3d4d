// DeepInfra: https://deepinfra.com/docs/openai_api
import { asData, imageRow } from '../../hub/image-rows.ts'
import type { Usage } from '../../hub/usage.ts'
import { hearingLike, imagesLike, speechLike } from '../openai-compatible/media.ts'
import { openaiLike } from '../openai-compatible/provider.ts'
import { plain, takes } from '../openai-compatible/rows.ts'
import { rerank } from './rerank.ts'

const { full } = imageRow

/** Models of one maker are counted without what they thought, which shows where that is more than all they wrote. */
function withThoughts(usage: Usage): Usage {
  const reasoning = usage.completion_tokens_details?.reasoning_tokens ?? 0
  if (reasoning <= usage.completion_tokens) return usage
  const completion_tokens = usage.completion_tokens + reasoning
  return { ...usage, completion_tokens, total_tokens: usage.prompt_tokens + completion_tokens }
}

export const deepinfra = openaiLike({
  name: 'deepinfra',
  baseUrl: 'https://api.deepinfra.com/v1/openai',
  completes: 'all',
  fields: { ...plain, ...takes('service_tier') },
  answer: { usage: withThoughts },
  embeddings: {},
  rerank,
  media: {
    hearing: hearingLike({}),
    speech: speechLike(),
    images: imagesLike({ response_format: asData, quality: full('quality'), style: full('style'), user: full('user') }),
  },
})
