// Novita AI: https://novita.ai/docs/api-reference/model-apis-llm-create-chat-completion
import type { Account } from '../../hub/provider.ts'
import { openaiLike } from '../openai-compatible/provider.ts'
import { plain, takes } from '../openai-compatible/rows.ts'

/** What is no conversation has a version in its path, which a slot's address may name already. */
const versioned = (path: string, { baseUrl = '' }: Account) => (baseUrl.endsWith('/v1') ? path : `/v1${path}`)

export const novita = openaiLike({
  name: 'novita',
  baseUrl: 'https://api.novita.ai/openai',
  completes: 'all',
  fields: { ...plain, ...takes('logit_bias') },
  embeddings: { path: (_model, account) => versioned('/embeddings', account) },
  rerank: { path: (_model, account) => versioned('/rerank', account) },
})
