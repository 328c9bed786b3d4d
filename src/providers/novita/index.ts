// Novita AI: https://novita.ai/docs/api-reference/model-apis-llm-create-chat-completion
import { openaiLike } from '../openai-compatible/provider.ts'
import { plain, takes } from '../openai-compatible/rows.ts'

export const novita = openaiLike({
  name: 'novita',
  baseUrl: 'https://api.novita.ai/openai',
  completes: 'all',
  fields: { ...plain, ...takes('logit_bias') },
})
