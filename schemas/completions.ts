// The completion request as clients send it, OpenAI's older endpoint: https://platform.openai.com/docs/api-reference/completions
//
// Objects are loose: a field that is not named here is kept.
import * as z from 'zod/mini'

const flag = z.boolean()
const text = z.string()
const between = (low: number, high: number) => z.number().check(z.gte(low), z.lte(high))
const count = (low: number, high = Number.MAX_SAFE_INTEGER) => z.int().check(z.gte(low), z.lte(high))
const tokens = z.array(count(0))

const shape = {
  model: text.check(z.minLength(1)),
  prompt: z.nullish(z.union([text, z.array(text), tokens, z.array(tokens)])),
  best_of: z.nullish(count(0, 20)),
  echo: z.nullish(flag),
  frequency_penalty: z.nullish(between(-2, 2)),
  logit_bias: z.nullish(z.record(z.string(), between(-100, 100))),
  logprobs: z.nullish(count(0, 5)),
  max_tokens: z.nullish(count(0)),
  n: z.nullish(count(1, 128)),
  presence_penalty: z.nullish(between(-2, 2)),
  seed: z.nullish(z.number()),
  stop: z.nullish(z.union([text, z.array(text)])),
  stream: z.nullish(flag),
  stream_options: z.nullish(z.looseObject({ include_usage: z.nullish(flag), include_obfuscation: z.nullish(flag) })),
  suffix: z.nullish(text),
  temperature: z.nullish(between(0, 2)),
  top_p: z.nullish(between(0, 1)),
  user: z.nullish(text),
}

/** Validates one request body. What it returns is a copy: unknown fields kept, nothing else changed. */
export const completionRequest = z.looseObject(shape)

/** Every field of a completion request that has a name here. The dialect's table is total over its keys. */
export type CompletionFields = { [K in keyof typeof shape]?: z.infer<(typeof shape)[K]> } & { model: string }
