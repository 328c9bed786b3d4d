// Token counts as the Messages API has them, and OpenAI's. A dialect and several providers meet here.
import type { Usage } from './usage.ts'

/** Counts as they come: any may be missing or null, and what is there is the newest. */
export interface MessagesUsage {
  readonly input_tokens?: number | null
  readonly output_tokens?: number | null
  readonly cache_read_input_tokens?: number | null
  readonly cache_creation_input_tokens?: number | null
  readonly output_tokens_details?: { readonly thinking_tokens?: number | null } | null
  readonly service_tier?: string | null
  readonly speed?: string | null
  readonly iterations?: readonly (MessagesUsage & { readonly type?: string })[] | null
}

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

/** The same counts the other way: what came from the cache, or went into it, is not in `input_tokens`. */
export function messagesUsageOf(usage: Usage): MessagesUsage {
  const { prompt_tokens, completion_tokens, prompt_tokens_details: details, completion_tokens_details: own } = usage
  const read = details?.cached_tokens ?? 0
  const written = details?.cache_write_tokens ?? 0
  const thought = own?.reasoning_tokens
  return {
    input_tokens: Math.max(0, prompt_tokens - read - written),
    cache_creation_input_tokens: written,
    cache_read_input_tokens: read,
    output_tokens: completion_tokens,
    ...(thought !== undefined && { output_tokens_details: { thinking_tokens: thought } }),
  }
}
