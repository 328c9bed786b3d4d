// Ranking by retrieval models, in a form of their own; hosted ones have an address each.
// https://docs.nvidia.com/nim/nemo-retriever/text-reranking/latest/using-reranking.html
import { at } from '../../hub/json.ts'
import { ranksIn } from '../../hub/rerank.ts'
import type { RerankRules } from '../openai-compatible/rerank.ts'

const HOSTED = 'https://ai.api.nvidia.com/v1/retrieval'

export const rerank: RerankRules = {
  path: (model, { baseUrl }) => {
    if (baseUrl !== undefined) return '/ranking'
    const name = model.split('/').map(encodeURIComponent).join('/')
    // A dot of a version is an underscore there.
    return `${HOSTED}/${name.replaceAll('.', '_')}/reranking`
  },
  topN: null,
  adapt: ({ query, documents, ...more }) => ({
    ...more,
    query: { text: query },
    passages: Array.isArray(documents) ? documents.map((text: unknown) => ({ text })) : [],
  }),
  ranks: (body) => ranksIn(at(body, 'rankings'), 'index', ['logit']),
}
