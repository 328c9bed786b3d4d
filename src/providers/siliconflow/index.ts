// SiliconFlow: https://docs.siliconflow.com/en/api-reference/chat-completions/chat-completions

import { enabledThinking, switched } from '../openai-compatible/effort.ts'
import { NO_FILES } from '../openai-compatible/messages.ts'
import { noMeters } from '../openai-compatible/meters.ts'
import { openaiLike } from '../openai-compatible/provider.ts'
import { lacks, plain } from '../openai-compatible/rows.ts'
import { hearing, images, speech } from './media.ts'

export const siliconflow = openaiLike({
  name: 'siliconflow',
  baseUrl: 'https://api.siliconflow.com/v1',
  meters: noMeters,
  fields: {
    ...plain,
    ...lacks('The service names no users.', 'user'),
    ...switched(enabledThinking),
  },
  messages: { reasoning: 'reasoning_content', parts: { file: NO_FILES } },
  errors: {
    codes: { 20012: 'model_not_found', 30001: 'insufficient_quota', 50505: 'overloaded' },
  },
  embeddings: { load: { most: 32 } },
  rerank: {},
  media: { hearing, speech, images },
})
