// Probabilities of tokens: the service tells them in groups. https://docs.cohere.com/v2/reference/chat
import type { Delta } from '../../hub/delta.ts'
import { at } from '../../hub/json.ts'
import { dropped } from '../../hub/support.ts'
import type { State } from './state.ts'

const GROUPED = dropped('The service tells probabilities of several tokens with one text: no token has its own.')

/** @param groups what stands in an answer: a list, or one group. */
export function logprobDeltas(state: State, groups: unknown): Delta[] {
  return (Array.isArray(groups) ? groups : [groups]).flatMap((group): Delta[] => {
    const text = at(group, 'text')
    const all = at(group, 'logprobs')
    if (!Array.isArray(all) || all.length === 0) return []
    const [logprob]: unknown[] = all
    if (all.length === 1 && typeof text === 'string' && typeof logprob === 'number') {
      const token = { token: text, logprob, bytes: [...new TextEncoder().encode(text)], top_logprobs: [] }
      return [{ type: 'logprobs', tokens: [token] }]
    }
    if (state.toldLogprobs) return []
    state.toldLogprobs = true
    const { kind, reason } = GROUPED
    return [{ type: 'loss', loss: { path: 'choices[0].logprobs', kind, reason } }]
  })
}
