// Token counts: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_TokenUsage.html
import type { Usage } from '../../hub/usage.ts'
import type { ConverseUsage } from './wire.ts'

/** In OpenAI's terms: input that came from the cache or went into it is part of the prompt. */
export function usageOf(usage: ConverseUsage): Usage {
  const { inputTokens = 0, outputTokens = 0, cacheReadInputTokens = 0, cacheWriteInputTokens = 0 } = usage
  const prompt = inputTokens + cacheReadInputTokens + cacheWriteInputTokens
  return {
    prompt_tokens: prompt,
    completion_tokens: outputTokens,
    total_tokens: prompt + outputTokens,
    prompt_tokens_details: { cached_tokens: cacheReadInputTokens, cache_write_tokens: cacheWriteInputTokens },
  }
}
