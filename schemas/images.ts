// The image request: https://platform.openai.com/docs/api-reference/images/create
import * as z from 'zod/mini'
import type { FieldsOf } from './fields.ts'

const text = z.nullish(z.string())

const shape = {
  model: z.string().check(z.minLength(1)),
  prompt: z.string().check(z.minLength(1)),
  background: text,
  moderation: text,
  n: z.nullish(z.int().check(z.gte(1), z.lte(10))),
  output_compression: z.nullish(z.int().check(z.gte(0), z.lte(100))),
  output_format: text,
  partial_images: z.nullish(z.int().check(z.gte(0), z.lte(3))),
  quality: text,
  response_format: z.nullish(z.enum(['url', 'b64_json'])),
  size: text,
  stream: z.nullish(z.boolean()),
  style: text,
  user: text,
}

/** Validates one request body. Unknown fields are kept. */
export const imagesRequest = z.looseObject(shape)

export type ImageFields = FieldsOf<typeof shape>
