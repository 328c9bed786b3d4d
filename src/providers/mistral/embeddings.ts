// Embeddings: https://docs.mistral.ai/api/#tag/embeddings
import { CUT, NO_SIZE, ONE_SIZE, sizeFor } from '../../hub/embeddings.ts'
import { rows } from '../../hub/support.ts'
import type { EmbeddingPlan, EmbeddingRules } from '../openai-compatible/embeddings.ts'
import type { Body } from '../openai-compatible/like.ts'

const { map } = rows<Body, EmbeddingPlan>()

/** The first model, and it alone, has one size. */
const FIXED = /^mistral-embed(?:-2312|-latest)?$/
const MOST = 3072

export const embeddings: EmbeddingRules = {
  // It counts all texts of a call together, and takes 16,384 tokens of them.
  load: { most: 128, characters: 32_000 },
  dimensions: map(
    'output_dimension',
    (wanted: number, { model }: EmbeddingPlan, lose) => {
      if (FIXED.test(model)) return lose(ONE_SIZE)
      const size = wanted <= MOST ? wanted : sizeFor(wanted, [MOST], false, lose)
      return { output_dimension: size }
    },
    [ONE_SIZE, NO_SIZE, CUT],
  ),
}
