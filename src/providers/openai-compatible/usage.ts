// Token counts, wherever a service puts them and whatever it calls them.
import { at } from '../../hub/json.ts'
import { type Usage, usageOf } from '../../hub/usage.ts'
import type { Asked, State } from './state.ts'

/** The counts that a chunk has. */
export function usageIn(chunk: unknown, { rules, model }: Asked): Usage | undefined {
  const choice: unknown = at(at(chunk, 'choices'), '0')
  const raw: unknown = at(chunk, 'usage') || rules.usageIn?.(chunk) || at(choice, 'usage')
  const counted = usageOf(raw)
  if (!counted) return undefined
  const usage = withOutside(counted, raw)
  return rules.usage?.(usage, raw, model) ?? usage
}

/** Names of what stands beside the totals and belongs into the details. */
const CACHED = ['cached_tokens', 'prompt_cache_hit_tokens', 'num_cached_tokens'] as const

function withOutside(usage: Usage, raw: unknown): Usage {
  const cached = CACHED.map((key) => at(raw, key)).find(isCount)
  const reasoning = at(raw, 'reasoning_tokens')
  return {
    ...usage,
    ...(cached !== undefined && {
      prompt_tokens_details: { cached_tokens: cached, ...usage.prompt_tokens_details },
    }),
    ...(isCount(reasoning) && {
      completion_tokens_details: { reasoning_tokens: reasoning, ...usage.completion_tokens_details },
    }),
  }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0
}

const CHARACTERS_A_TOKEN = 4

/** A guess, for a service that counts nothing. */
export function estimated({ length }: State, { prompt }: Asked): Usage {
  const completion = Math.ceil(length / CHARACTERS_A_TOKEN)
  return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion }
}

/** What a request counts as, by the same guess. */
export function promptTokens(body: string): number {
  return Math.ceil(body.length / CHARACTERS_A_TOKEN)
}
