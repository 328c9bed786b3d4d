// POST /v1/embeddings: https://platform.openai.com/docs/api-reference/embeddings/create
import { type EmbeddingFields, embeddingRequestOf, formed, type Vectors } from '../hub/embeddings.ts'
import { unlike } from '../hub/task.ts'
import { type Form, taskEndpoint } from './task.ts'

export const form: Form<EmbeddingFields, Vectors> = {
  name: 'embeddings',
  of: (provider) => provider.embeddings,
  read: embeddingRequestOf,
  text: 'input',
  answer: (parts, { fields }, { model, usage }) => {
    const vectors = parts.flatMap((part) => part.vectors)
    const { input, encoding_format } = fields
    const wanted = Array.isArray(input) && typeof input[0] !== 'number' ? input.length : 1
    // A vector too few would give every text behind it another's.
    if (vectors.length !== wanted) throw unlike(`vector for each of ${wanted} inputs`)
    return {
      object: 'list',
      data: vectors.map((vector, index) => ({
        object: 'embedding',
        index,
        embedding: formed(vector, encoding_format),
      })),
      model,
      usage: { prompt_tokens: usage?.prompt_tokens ?? 0, total_tokens: usage?.total_tokens ?? 0 },
    }
  },
}

export const embeddings = taskEndpoint(form)
