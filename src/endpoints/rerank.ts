// POST /v1/rerank: documents in the order in which they answer a query, in the form that docs/decisions/0013 describes.
import { type Ranking, type RerankFields, rerankRequestOf } from '../hub/rerank.ts'
import { unlike } from '../hub/task.ts'
import { type Form, taskEndpoint } from './task.ts'

export const form: Form<RerankFields, Ranking> = {
  name: 'rerank endpoint',
  of: (provider) => provider.rerank,
  read: rerankRequestOf,
  text: 'documents',
  answer: (parts, { fields }, { id, model, usage }) => {
    const { documents, top_n, return_documents } = fields
    const ranks = parts.flatMap((part) => part.ranks)
    if (ranks.some(({ index }) => documents[index] === undefined)) throw unlike('ranking of these documents')
    // Equal ones keep the order in which the provider has them.
    const results = ranks.toSorted((a, b) => b.relevance_score - a.relevance_score).slice(0, top_n ?? ranks.length)
    const told = (one: RerankFields['documents'][number] | undefined) => (typeof one === 'string' ? { text: one } : one)
    const meta = parts.find((part) => part.meta)?.meta
    return {
      id: parts.find((part) => part.id)?.id ?? `rerank-${id}`,
      model,
      results: results.map(({ index, relevance_score }) => ({
        index,
        relevance_score,
        ...(return_documents && { document: told(documents[index]) }),
      })),
      usage: { prompt_tokens: usage?.prompt_tokens ?? 0, total_tokens: usage?.total_tokens ?? 0 },
      ...(meta && { meta }),
    }
  },
}

export const rerank = taskEndpoint(form)
