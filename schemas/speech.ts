// The speech request: https://platform.openai.com/docs/api-reference/audio/createSpeech
import * as z from 'zod/mini'
import type { FieldsOf } from './fields.ts'

const shape = {
  model: z.string().check(z.minLength(1)),
  input: z.string().check(z.minLength(1)),
  /** A voice's name, or the id of one of the client's own. */
  voice: z.nullish(z.union([z.string().check(z.minLength(1)), z.looseObject({ id: z.string() })])),
  instructions: z.nullish(z.string()),
  response_format: z.nullish(z.string()),
  speed: z.nullish(z.number().check(z.gte(0.25), z.lte(4))),
  stream_format: z.nullish(z.enum(['audio', 'sse'])),
}

/** Validates one request body. Unknown fields are kept. */
export const speechRequest = z.looseObject(shape)

export type SpeechFields = FieldsOf<typeof shape>
