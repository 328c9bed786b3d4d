// Log probabilities, in OpenAI's form or in the parallel lists of its older one.
// https://platform.openai.com/docs/api-reference/chat/object
import type { TokenLogprob } from '../../hub/delta.ts'
import { at } from '../../hub/json.ts'

export function logprobsOf(value: unknown): TokenLogprob[] {
  const content: unknown = at(value, 'content')
  if (Array.isArray(content)) return content.flatMap((one: unknown) => tokenOf(one, at(one, 'top_logprobs')))
  const [tokens, probs]: unknown[] = [at(value, 'tokens'), at(value, 'token_logprobs')]
  if (!Array.isArray(tokens) || !Array.isArray(probs)) return []
  const tops: unknown = at(value, 'top_logprobs')
  return tokens.flatMap((token: unknown, i) => {
    const top: unknown = Array.isArray(tops) ? tops[i] : undefined
    const list = typeof top === 'object' && top !== null ? Object.entries(top) : []
    return tokenOf(
      { token, logprob: probs[i] },
      list.map(([one, logprob]) => ({ token: one, logprob })),
    )
  })
}

function tokenOf(one: unknown, top: unknown): TokenLogprob[] {
  const [token, logprob] = [at(one, 'token'), at(one, 'logprob')]
  if (typeof token !== 'string' || (typeof logprob !== 'number' && logprob !== null)) return []
  const bytes = bytesIn(one)
  const others = Array.isArray(top) ? top.flatMap((other: unknown) => tokenOf(other, undefined)) : []
  return [
    {
      token,
      logprob,
      bytes: bytes === undefined ? [...new TextEncoder().encode(token)] : bytes,
      top_logprobs: others.map(({ token, logprob, bytes }) => ({ token, logprob, bytes })),
    },
  ]
}

/** The bytes that the service names, or null where it says that there are none. */
function bytesIn(one: unknown): number[] | null | undefined {
  const bytes = at(one, 'bytes')
  if (Array.isArray(bytes)) return bytes.filter((byte) => typeof byte === 'number')
  return bytes === null ? null : undefined
}
