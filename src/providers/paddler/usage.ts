// What an answer used, in OpenAI's terms.
import { at } from '../../hub/json.ts'
import type { Usage } from '../../hub/usage.ts'

/** Counts of every kind of token: what OpenAI's totals include. */
export function usageOf(used: unknown): Usage {
  const count = (name: string): number => countIn(used, name)
  const prompt = count('prompt_tokens')
  const completion = spent(used) + count('tool_call_tokens')
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: {
      cached_tokens: count('cached_prompt_tokens'),
      audio_tokens: count('input_audio_tokens'),
      image_tokens: count('input_image_tokens'),
    },
    completion_tokens_details: { reasoning_tokens: count('reasoning_tokens') },
  }
}

/** What counts against `max_tokens`: all but the tokens of calls. */
export function spent(used: unknown): number {
  const kinds = ['content_tokens', 'reasoning_tokens', 'undeterminable_tokens']
  return kinds.reduce((sum, kind) => sum + countIn(used, kind), 0)
}

function countIn(used: unknown, name: string): number {
  const count = at(used, name)
  return typeof count === 'number' ? count : 0
}
