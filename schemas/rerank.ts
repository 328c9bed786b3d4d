// The rerank request, in the form that many services share: https://docs.cohere.com/reference/rerank,
// https://api.jina.ai/redoc, https://docs.vllm.ai/en/latest/serving/openai_compatible_server/
import * as z from 'zod/mini'
import type { FieldsOf } from './fields.ts'

const shape = {
  model: z.string().check(z.minLength(1)),
  query: z.string().check(z.minLength(1)),
  documents: z.array(z.union([z.string(), z.looseObject({ text: z.nullish(z.string()) })])).check(z.minLength(1)),
  top_n: z.nullish(z.int().check(z.gte(1))),
  return_documents: z.nullish(z.boolean()),
  max_tokens_per_doc: z.nullish(z.int().check(z.gte(1))),
}

/** Validates one request body. Unknown fields are kept. */
export const rerankRequest = z.looseObject(shape)

export type RerankFields = FieldsOf<typeof shape>
