// The embeddings request: https://platform.openai.com/docs/api-reference/embeddings/create
import * as z from 'zod/mini'
import type { FieldsOf } from './fields.ts'

const shape = {
  model: z.string().check(z.minLength(1)),
  /** A text, texts, the tokens of one, or of several; what is in the lists is read where they are used. */
  input: z.union([z.string(), z.array(z.unknown())]),
  dimensions: z.nullish(z.int().check(z.gte(1))),
  encoding_format: z.nullish(z.enum(['float', 'base64'])),
  user: z.nullish(z.string()),
}

/** Validates one request body. Unknown fields are kept. */
export const embeddingsRequest = z.looseObject(shape)

export type EmbeddingFields = FieldsOf<typeof shape>
