// What the endpoints answer that are no conversations: the source of those answers in schemas/openapi.json.
import * as z from 'zod/mini'
import { report } from './answers.ts'

const text = z.string()
const count = z.int().check(z.gte(0))
const maybe = z.exactOptional
const promptUsage = z.looseObject({ prompt_tokens: count, total_tokens: count })
const score = z.number().check(z.gte(0), z.lte(1))

/** A vector for each input, in their order: numbers, or base64 of little-endian float32. */
export const embeddingList = z.looseObject({
  object: z.literal('list'),
  data: z.array(
    z.looseObject({
      object: z.literal('embedding'),
      index: count,
      embedding: z.union([z.array(z.number()), text]),
    }),
  ),
  model: text,
  usage: promptUsage,
  dragoman: maybe(report),
})

/** The best first. */
export const ranking = z.looseObject({
  id: text,
  model: text,
  results: z.array(
    z.looseObject({
      index: count,
      relevance_score: z.number(),
      document: maybe(z.looseObject({ text: maybe(z.nullable(text)) })),
    }),
  ),
  usage: maybe(promptUsage),
  dragoman: maybe(report),
})

export const moderation = z.looseObject({
  id: text,
  model: text,
  results: z.array(
    z.looseObject({
      flagged: z.boolean(),
      categories: z.record(text, z.nullable(z.boolean())),
      category_scores: z.record(text, score),
      category_applied_input_types: maybe(z.record(text, z.array(text))),
    }),
  ),
  dragoman: maybe(report),
})

export const imageList = z.looseObject({
  created: z.int(),
  data: z.array(z.looseObject({ b64_json: maybe(text), url: maybe(text), revised_prompt: maybe(text) })),
  dragoman: maybe(report),
})

export const transcript = z.looseObject({ text, dragoman: maybe(report) })
