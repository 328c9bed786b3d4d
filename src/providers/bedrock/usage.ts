// Token counts: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_TokenUsage.html
import type { Usage } from '../../hub/usage.ts'
import type { ConverseUsage } from './wire.ts'

/** In OpenAI's terms: input that came from the cache or went into it is part of the prompt. */
export function usageOf(usage: ConverseUsage): Usage {
  const cached = usage.cacheReadInputTokens ?? 0
  const written = usage.cacheWriteInputTokens ?? 0
  const prompt = (usage.inputTokens ?? 0) + cached + written
  const completion = usage.outputTokens ?? 0
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: cached, cache_write_tokens: written },
  }
}
