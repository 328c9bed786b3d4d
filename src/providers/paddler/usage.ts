// What an answer used, in OpenAI's terms.
import { at } from '../../hub/json.ts'
import type { Loss } from '../../hub/loss.ts'
import { emulated } from '../../hub/support.ts'
import type { Usage } from '../../hub/usage.ts'
import type { Asked, State } from './state.ts'
import type { PaddlerBody, PromptBody } from './wire.ts'

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

export const GUESSED = emulated(
  'Usage that the service does not tell is counted, and the tokens of the prompt are guessed.',
)

/** Tells so of an answer. */
export const GUESSED_LOSS: Loss = { path: 'usage', kind: GUESSED.kind, reason: GUESSED.reason }

/** What was used so far, where the service has not told: its tokens are lines, and the prompt is guessed. */
export function counted({ tokens }: State, { prompt }: Asked): Usage {
  const guess = prompt()
  return { prompt_tokens: guess, completion_tokens: tokens, total_tokens: guess + tokens }
}

const CHARACTERS_A_TOKEN = 4

/** A guess at what a request counts as. Images count nothing here: their data says nothing of it. */
export function promptTokens(body: PaddlerBody | PromptBody): number {
  const said = 'raw_prompt' in body ? body.raw_prompt : [body.conversation_history, body.tools]
  const text = JSON.stringify(said, (key, value) => (key === 'image_url' ? undefined : value))
  return Math.ceil(text.length / CHARACTERS_A_TOKEN)
}
