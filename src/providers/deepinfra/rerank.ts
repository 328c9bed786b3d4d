// Ranking, which the service does beside its OpenAI format: one score for each pair of a query and a document.
// https://deepinfra.com/docs/inference
import { at } from '../../hub/json.ts'
import { ranksIn } from '../../hub/rerank.ts'
import type { RerankRules } from '../openai-compatible/rerank.ts'

const HOME = 'https://api.deepinfra.com/v1/openai'

export const rerank: RerankRules = {
  path: (model, { baseUrl = HOME }) => {
    const name = model.split('/').map(encodeURIComponent).join('/')
    return `${baseUrl.replace(/\/openai$/, '')}/inference/${name}`
  },
  topN: null,
  adapt: ({ model: _model, query, documents, ...more }, { request }) => ({
    queries: request.documents.map(() => query),
    documents,
    ...more,
  }),
  ranks: (body) => {
    const scores: unknown = at(body, 'scores')
    return ranksIn(Array.isArray(scores) ? scores.map((score: unknown) => ({ score })) : scores, '', ['score'])
  },
  tokens: (body) => at(body, 'input_tokens'),
}
