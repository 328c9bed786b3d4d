// Usage as these endpoints tell it: https://platform.openai.com/docs/api-reference/audio/json-object
import { at } from '../hub/json.ts'
import { type Usage, usageOf } from '../hub/usage.ts'

/** What an answer or an event says it used, in tokens; undefined where it counts none, or something else. */
export function usageIn(value: unknown): Usage | undefined {
  const usage = at(value, 'usage')
  const [input, output, total] = ['input_tokens', 'output_tokens', 'total_tokens'].map((key) => at(usage, key))
  if (typeof input !== 'number') return usageOf(usage)
  return usageOf({ prompt_tokens: input, completion_tokens: output, total_tokens: total })
}

/** The same as these endpoints' answers have it. */
export function usageSaid({ prompt_tokens, completion_tokens, total_tokens }: Usage) {
  return { input_tokens: prompt_tokens, output_tokens: completion_tokens, total_tokens }
}
