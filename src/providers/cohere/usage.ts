// Token counts: https://docs.cohere.com/v2/reference/chat#response.body.usage
import { at } from '../../hub/json.ts'
import type { Usage } from '../../hub/usage.ts'

/**
 * In OpenAI's terms: `tokens` is all that the model saw and wrote, the service's own prompt included; `billed_units` is
 * what is charged, and stands in where the other is missing. Undefined when nothing was counted.
 */
export function usageOf(usage: unknown): Usage | undefined {
  const count = (name: string) => number(at(at(usage, 'tokens'), name)) ?? number(at(at(usage, 'billed_units'), name))
  const prompt = count('input_tokens')
  const completion = count('output_tokens')
  if (prompt === undefined && completion === undefined) return undefined
  const cached = number(at(usage, 'cached_tokens')) ?? number(at(at(usage, 'tokens'), 'cached_tokens'))
  return {
    prompt_tokens: prompt ?? 0,
    completion_tokens: completion ?? 0,
    total_tokens: (prompt ?? 0) + (completion ?? 0),
    ...(cached !== undefined && { prompt_tokens_details: { cached_tokens: cached } }),
  }
}

/** The service writes its counts as floats. */
function number(value: unknown): number | undefined {
  return typeof value === 'number' ? Math.round(value) : undefined
}
