// Voyage AI: embeddings and ranking, no conversations. https://docs.voyageai.com/reference
import { CUT, NO_SIZE, ONE_SIZE, sizeFor } from '../../hub/embeddings.ts'
import { rows } from '../../hub/support.ts'
import { type EmbeddingPlan, purposeRow } from '../openai-compatible/embeddings.ts'
import type { Body } from '../openai-compatible/like.ts'
import { noMeters } from '../openai-compatible/meters.ts'
import { service } from '../openai-compatible/provider.ts'

const { map } = rows<Body, EmbeddingPlan>()

/** Models whose vectors have one size; those since then are Matryoshka models. */
const FIXED = /^voyage-(?:2|large-2|code-2|law-2|finance-2|multilingual-2|3|3-lite|lite-0\d|0\d)(?:-instruct)?$/
const SIZES = [256, 512, 1024, 2048]

export const voyage = service({
  name: 'voyage',
  baseUrl: 'https://api.voyageai.com/v1',
  meters: noMeters,
  models: null,
  embeddings: {
    // It counts all texts of a call together, and takes 120,000 tokens of them where models take the least.
    load: { most: 1000, characters: 240_000 },
    base64: true,
    dimensions: map(
      'output_dimension',
      (wanted: number, plan: EmbeddingPlan, lose) => {
        if (FIXED.test(plan.model)) return lose(ONE_SIZE)
        const size = sizeFor(wanted, SIZES, true, lose)
        if (size !== wanted) plan.size = wanted
        return { output_dimension: size }
      },
      [ONE_SIZE, NO_SIZE, CUT],
    ),
    extensions: { input_type: purposeRow('query', 'document') },
    // Left to itself it cuts what is too long, in silence. It has one word for a form: the other is its default.
    adapt: ({ encoding_format: format, ...body }) => ({
      truncation: false,
      ...body,
      ...(format === 'base64' && { encoding_format: format }),
    }),
  },
  rerank: { topN: 'top_k' },
})
