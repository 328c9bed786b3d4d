// Signatures of thought: opaque, and to be brought back with what they were given for.
// https://ai.google.dev/gemini-api/docs/thought-signatures
import type { AssistantMessage, ReasoningDetail, ToolCall } from '../../../schemas/chat.ts'
import type { Extra } from '../../hub/delta.ts'
import { at } from '../../hub/json.ts'

/** The name of this provider's reasoning in `reasoning_details`. */
export const FORMAT = 'google-gemini-v1'

/** What the service takes in the place of a signature that nobody has. */
export const NO_SIGNATURE = 'skip_thought_signature_validator'

/** A signature as Google's own clients of OpenAI's format know it. */
export function signed(signature: string): Extra {
  return { google: { thought_signature: signature } }
}

/** Some gateways carry it in the id of the call, for clients that keep nothing else. */
const IN_ID = /__(?:thought|sig)__([\w+/=-]+)$/

/** The signature that came back with a call, in any of the spellings that clients are given. */
export function callSignature(call: ToolCall, { reasoning_details: details }: AssistantMessage): string | undefined {
  const { id } = call
  const detail = id ? own(details).find((one) => one.type === 'reasoning.encrypted' && one.id === id) : undefined
  return (
    inExtra(call) ??
    inExtra(call.function) ??
    text(at(call.function, 'thought_signature')) ??
    text(detail?.data) ??
    IN_ID.exec(id ?? '')?.[1]
      ?.replaceAll('-', '+')
      .replaceAll('_', '/')
  )
}

/** The signature of what a message says. */
export function textSignature(message: AssistantMessage): string | undefined {
  const detail = own(message.reasoning_details).findLast(({ type, id }) => type === 'reasoning.encrypted' && !id)
  return inExtra(message) ?? text(detail?.data)
}

/** Thoughts that have a signature of their own. */
export function signedThoughts({
  reasoning_details: details,
}: AssistantMessage): { text: string; signature: string }[] {
  return own(details).flatMap(({ type, text: thought, signature }) =>
    type === 'reasoning.text' && thought && signature ? [{ text: thought, signature }] : [],
  )
}

function own(details: readonly ReasoningDetail[] | null | undefined): readonly ReasoningDetail[] {
  return (details ?? []).filter(({ format }) => !format || format === FORMAT)
}

function inExtra(holder: unknown): string | undefined {
  const foreign = at(holder, 'provider_specific_fields')
  const several = at(foreign, 'thought_signatures')
  return (
    text(at(at(at(holder, 'extra_content'), 'google'), 'thought_signature')) ??
    text(at(foreign, 'thought_signature')) ??
    text(Array.isArray(several) ? several.at(-1) : undefined)
  )
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
