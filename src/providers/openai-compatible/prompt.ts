// A text to go on with, in the place of a conversation: https://platform.openai.com/docs/api-reference/completions
import type { Body } from './like.ts'

/** The body of a chat request as one of a completion. What the two call differently is called as the older one does. */
export function promptBody(prompt: string | readonly unknown[], body: Body): Body {
  const { messages: _none, max_completion_tokens: limit, logprobs, top_logprobs: count, ...rest } = body
  return {
    ...rest,
    prompt,
    ...(limit !== undefined && { max_tokens: limit }),
    ...(logprobs === true && { logprobs: count ?? 0 }),
  }
}

/** How many texts there are to go on with: one may be a list of tokens. */
export function promptCount(prompt: string | readonly unknown[] | undefined): number {
  return typeof prompt === 'object' && typeof prompt[0] !== 'number' ? prompt.length : 1
}
