// Ranking, in the models' own form: https://developers.cloudflare.com/workers-ai/models/bge-reranker-base/
import { at } from '../../hub/json.ts'
import { ranksIn } from '../../hub/rerank.ts'
import type { RerankRules } from '../openai-compatible/rerank.ts'
import { isBound } from './native.ts'

export const rerank: RerankRules = {
  // Where models are run in their own form, beside the paths that speak OpenAI's.
  path: (model, { baseUrl, accountId = '' }) => {
    const base = baseUrl ?? `https://api.cloudflare.com/client/v4/accounts/${accountId}/ai/v1`
    return `${base.replace(/\/v1$/, '')}/run/${model}`
  },
  topN: 'top_k',
  adapt: ({ model, documents, ...body }, { account }) => ({
    // The binding is told of the model in the body, the address names it else.
    ...(isBound(account) && { model }),
    ...body,
    contexts: Array.isArray(documents) ? documents.map((text: unknown) => ({ text })) : [],
  }),
  ranks: (body) => ranksIn(at(at(body, 'result') ?? body, 'response'), 'id', ['score']),
}
