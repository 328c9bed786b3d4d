// The moderation request: https://platform.openai.com/docs/api-reference/moderations/create
import * as z from 'zod/mini'
import type { FieldsOf } from './fields.ts'

const part = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('text'), text: z.string() }),
  z.looseObject({ type: z.literal('image_url'), image_url: z.looseObject({ url: z.string() }) }),
])

const shape = {
  model: z.nullish(z.string().check(z.minLength(1))),
  input: z.union([z.string(), z.array(z.union([z.string(), part])).check(z.minLength(1))]),
}

/** Validates one request body. Unknown fields are kept. */
export const moderationsRequest = z.looseObject(shape)

export type ModerationFields = FieldsOf<typeof shape>
export type ModerationPart = z.infer<typeof part>
