// Log probabilities in the older form: parallel lists, and a place in the text for each token.
import type { TokenLogprob } from '../../hub/delta.ts'

interface Logprobs {
  readonly tokens: string[]
  readonly token_logprobs: (number | null)[]
  readonly top_logprobs: (Readonly<Record<string, number | null>> | null)[]
  /** In characters from the beginning of the prompt. */
  readonly text_offset: number[]
}

/** @param offset where the first of the tokens stands, in characters. */
export function logprobsOf(all: readonly TokenLogprob[], offset: number): Logprobs {
  const out: Logprobs = { tokens: [], token_logprobs: [], top_logprobs: [], text_offset: [] }
  let at = offset
  for (const { token, logprob, top_logprobs: top } of all) {
    out.tokens.push(token)
    out.token_logprobs.push(logprob)
    out.top_logprobs.push(top.length > 0 ? Object.fromEntries(top.map((one) => [one.token, one.logprob])) : null)
    out.text_offset.push(at)
    at += lengthOf(token)
  }
  return out
}

/** Characters, of which some take two units of UTF-16. */
export function lengthOf(text: string): number {
  let length = 0
  for (const _ of text) length++
  return length
}
