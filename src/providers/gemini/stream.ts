// An answer, chunk by chunk: https://ai.google.dev/api/generate-content#method:-models.streamgeneratecontent
//
// Deterministic: `step` touches nothing but its state. A whole answer is one chunk, so that a streamed and an unstreamed
// answer can only be the same.
import type { Delta, TokenLogprob } from '../../hub/delta.ts'
import { errorIn } from './error.ts'
import { partsDeltas } from './parts.ts'
import { type Asked, candidateOf, type State } from './state.ts'
import { tierOf } from './usage.ts'
import type { Candidate, GenerateAnswer, Logprob } from './wire.ts'

/** The deltas of one chunk. Unknown parts are passed over: new kinds appear. */
export function step(state: State, chunk: GenerateAnswer, asked: Asked): Delta[] {
  if (state.done || state.failed) return []
  if ((chunk.error ?? undefined) !== undefined) {
    state.failed = true
    return [{ type: 'error', error: errorIn(chunk) }]
  }
  state.id ||= chunk.responseId ?? ''
  state.model ||= chunk.modelVersion ?? ''
  // Counts are cumulative, and some chunks have only a few of them.
  state.usage = { ...state.usage, ...chunk.usageMetadata }
  state.blocked ??= chunk.promptFeedback?.blockReason
  const out = (chunk.candidates ?? []).flatMap((candidate) => candidateDeltas(state, candidate, asked))
  return out.length > 0 ? [...begin(state, asked), ...out] : []
}

/** Nothing is said before there is something to say: an answer that fails until then has a status of its own. */
export function begin(state: State, asked: Asked): Delta[] {
  if (state.started) return []
  state.started = true
  const tier = tierOf(state.usage)
  return [{ type: 'start', id: state.id, model: state.model || asked.model, ...(tier !== undefined && { tier }) }]
}

function candidateDeltas(state: State, candidate: Candidate, asked: Asked): Delta[] {
  const one = candidateOf(state, candidate.index ?? 0)
  const { content, groundingMetadata, citationMetadata, logprobsResult, finishReason, finishMessage } = candidate
  const out = partsDeltas(state, one, content?.parts ?? [], asked)
  if (groundingMetadata) one.grounding.push(groundingMetadata)
  one.citations.push(...(citationMetadata?.citationSources ?? citationMetadata?.citations ?? []))
  one.finish = finishReason ?? one.finish
  one.explanation = finishMessage ?? one.explanation
  const chosen = logprobsResult?.chosenCandidates ?? []
  if (chosen.length === 0) return out
  const tokens = chosen.map((token, i): TokenLogprob => {
    const others = logprobsResult?.topCandidates?.[i]?.candidates ?? []
    return { ...logprob(token), top_logprobs: others.map(logprob) }
  })
  return [...out, { type: 'logprobs', tokens, ...one.place }]
}

/** What OpenAI says of a token that could not have been. */
const IMPOSSIBLE = -9999

function logprob({ token = '', logProbability = 0 }: Logprob): Omit<TokenLogprob, 'top_logprobs'> {
  const logprob = typeof logProbability === 'number' ? logProbability : IMPOSSIBLE
  return { token, logprob, bytes: [...new TextEncoder().encode(token)] }
}
