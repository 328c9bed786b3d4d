// How an answer ends: https://ai.google.dev/api/generate-content#FinishReason
import type { Delta, FinishReason } from '../../hub/delta.ts'
import { GatewayError, scrub } from '../../hub/error.ts'
import { citationsOf } from './grounding.ts'
import { closeCall } from './parts.ts'
import { signed } from './signature.ts'
import type { Asked, CandidateState, State } from './state.ts'
import { begin } from './stream.ts'
import { usageOf } from './usage.ts'

const REASONS: Readonly<Record<string, FinishReason>> = {
  MAX_TOKENS: 'length',
  SAFETY: 'content_filter',
  RECITATION: 'content_filter',
  LANGUAGE: 'content_filter',
  BLOCKLIST: 'content_filter',
  PROHIBITED_CONTENT: 'content_filter',
  SPII: 'content_filter',
  IMAGE_SAFETY: 'content_filter',
  IMAGE_PROHIBITED_CONTENT: 'content_filter',
  IMAGE_RECITATION: 'content_filter',
  MODEL_ARMOR: 'content_filter',
}

/** What was said, or asked for, was refused. */
export function isFiltered(reason: string): boolean {
  return REASONS[reason] === 'content_filter'
}

/** The first reasons by their numbers in the protocol's enumeration: some clients' servers write those. */
const NUMBERED = ['', 'STOP', 'MAX_TOKENS', 'SAFETY', 'RECITATION']

/** The model said something that the service could not use. */
const BROKEN =
  /^(?:MALFORMED_(?:FUNCTION_CALL|RESPONSE)|UNEXPECTED_TOOL_CALL|TOO_MANY_TOOL_CALLS|MISSING_THOUGHT_SIGNATURE)$/

/** A stream that has ended is whole when every candidate has its reason, or when the prompt was refused. */
export function isWhole({ candidates, blocked }: State): boolean {
  if (blocked !== undefined) return true
  return candidates.size > 0 && [...candidates.values()].every(({ finish }) => finish !== undefined)
}

/** What is said only when no more can come: a call may follow a reason to stop. */
export function finish(state: State, asked: Asked): Delta[] {
  const all = [...state.candidates.values()]
  const broken = all.find((one) => BROKEN.test(reasonOf(one)) && !one.spoke)
  if (broken) {
    state.failed = true
    const why = `The model's answer could not be used (${reasonOf(broken)}).`
    const message = broken.explanation ? `${why} ${scrub(broken.explanation)}` : why
    return [{ type: 'error', error: new GatewayError('upstream_error', message) }]
  }
  state.done = true
  const out = begin(state, asked)
  if (all.length === 0) out.push({ type: 'finish', reason: 'content_filter' })
  for (const one of all) {
    out.push(...closeCall(one))
    if (one.signature) out.push({ type: 'extra', extra: signed(one.signature), ...one.place })
    out.push(...citationsOf(one))
    const cut = one.finish === undefined && state.blocked !== undefined
    const reason = cut ? 'content_filter' : (REASONS[reasonOf(one)] ?? (one.tools > 0 ? 'tool_calls' : 'stop'))
    out.push({ type: 'finish', reason, ...one.place })
  }
  const counted = Object.values(state.usage).some((count) => typeof count === 'number')
  return counted ? [...out, { type: 'usage', usage: usageOf(state.usage) }] : out
}

function reasonOf({ finish: reason = '' }: CandidateState): string {
  return typeof reason === 'number' ? (NUMBERED[reason] ?? '') : String(reason)
}
