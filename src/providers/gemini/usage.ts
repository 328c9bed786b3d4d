// Token counts: https://ai.google.dev/api/generate-content#UsageMetadata
import type { Usage } from '../../hub/usage.ts'
import type { UsageMetadata } from './wire.ts'

/** In OpenAI's terms: what the service's own tools read is prompt, what the model thought is completion. */
export function usageOf(told: UsageMetadata): Usage {
  const prompt = (told.promptTokenCount ?? 0) + (told.toolUsePromptTokenCount ?? 0)
  const thought = told.thoughtsTokenCount ?? 0
  const completion = (told.candidatesTokenCount ?? 0) + thought
  const heard = audioIn(told.promptTokensDetails)
  const spoken = audioIn(told.candidatesTokensDetails)
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: told.totalTokenCount ?? prompt + completion,
    prompt_tokens_details: {
      cached_tokens: told.cachedContentTokenCount ?? 0,
      ...(heard > 0 && { audio_tokens: heard }),
    },
    completion_tokens_details: { reasoning_tokens: thought, ...(spoken > 0 && { audio_tokens: spoken }) },
  }
}

function audioIn(details: UsageMetadata['promptTokensDetails']): number {
  const audio = (details ?? []).filter(({ modality }) => modality === 'AUDIO')
  return audio.reduce((sum, { tokenCount = 0 }) => sum + tokenCount, 0)
}

const TIERS: Readonly<Record<string, string>> = {
  standard: 'default',
  flex: 'flex',
  priority: 'priority',
  ON_DEMAND: 'default',
  ON_DEMAND_FLEX: 'flex',
  ON_DEMAND_PRIORITY: 'priority',
}

/** OpenAI's name for the tier that was used. */
export function tierOf({ serviceTier, trafficType }: UsageMetadata): string | undefined {
  return TIERS[serviceTier?.toLowerCase() ?? ''] ?? TIERS[trafficType ?? '']
}
