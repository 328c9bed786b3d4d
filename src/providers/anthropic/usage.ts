// Token counts: https://docs.anthropic.com/en/api/messages#response-usage
import type { Usage } from '../../hub/usage.ts'
import type { MessagesUsage } from './wire.ts'

/** Counts are cumulative and come in parts: the newest that is there wins. */
export function mergeUsage(old: MessagesUsage, next: MessagesUsage): MessagesUsage {
  const merged: Record<string, unknown> = { ...old }
  for (const [name, value] of Object.entries(next)) if (value !== null && value !== undefined) merged[name] = value
  return merged
}

type Count = 'input_tokens' | 'output_tokens' | 'cache_read_input_tokens' | 'cache_creation_input_tokens'

/** In OpenAI's terms: input that came from the cache or went into it is part of the prompt. */
export function usageOf(usage: MessagesUsage): Usage {
  const parts = countedParts(usage)
  const sum = (name: Count) => parts.reduce((all, part) => all + (part[name] ?? 0), 0)
  const cached = sum('cache_read_input_tokens')
  const written = sum('cache_creation_input_tokens')
  const prompt = sum('input_tokens') + cached + written
  const completion = sum('output_tokens')
  const thought = usage.output_tokens_details?.thinking_tokens
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: cached, cache_write_tokens: written },
    ...(typeof thought === 'number' && { completion_tokens_details: { reasoning_tokens: thought } }),
  }
}

/**
 * Where the service compacted the conversation on the way, the top level counts only the message itself: the parts
 * that were billed are its iterations. After a fallback they repeat what the top level says.
 */
function countedParts(usage: MessagesUsage): readonly MessagesUsage[] {
  const iterations = usage.iterations ?? []
  if (iterations.some((one) => one.type === 'fallback_message')) return [usage]
  const parts = iterations.filter((one) => one.type === 'message' || one.type === 'compaction')
  return parts.length > 0 ? parts : [usage]
}

const TIERS: Readonly<Record<string, string>> = { standard: 'default', priority: 'priority', batch: 'flex' }

/** OpenAI's name for the tier that was used. */
export function tierOf({ service_tier, speed }: MessagesUsage): string | undefined {
  if (speed === 'fast') return 'priority'
  return service_tier ? TIERS[service_tier] : undefined
}
