// The parts of an answer: https://ai.google.dev/api/caching#Part

import { inputIn } from '../../hub/definitions.ts'
import type { Delta } from '../../hub/delta.ts'
import { dropped } from '../../hub/support.ts'
import { assign } from './partial.ts'
import { FORMAT, signed } from './signature.ts'
import type { Asked, CandidateState, State } from './state.ts'
import type { AnswerCall, AnswerPart } from './wire.ts'

const NO_PLACE = dropped("What the service's own tools did has no place in a chat answer.")
const NO_MEDIA = dropped('Media of this type has no place in a chat answer.')

/** The kinds of parts that the service's own tools make. */
const OWN = ['executableCode', 'codeExecutionResult', 'toolCall', 'toolResponse']

/** The parts of one chunk. A stream brings a part of text in pieces: the first of a chunk goes on with the last one. */
export function partsDeltas(state: State, one: CandidateState, parts: readonly AnswerPart[], asked: Asked): Delta[] {
  return parts.flatMap((part, i) => {
    const kind = typeof part.text !== 'string' ? 'other' : part.thought ? 'thought' : 'text'
    // A part without text that ends a stream is no part of its own.
    const goesOn = i === 0 && kind === one.last && kind !== 'other'
    if (!goesOn && !(part.text === '' && parts.length === 1 && one.last)) one.starts.push(one.text.length)
    return partDeltas(state, one, part, kind, asked)
  })
}

function partDeltas(
  state: State,
  one: CandidateState,
  part: AnswerPart,
  kind: NonNullable<CandidateState['last']>,
  asked: Asked,
): Delta[] {
  const { text, thoughtSignature: signature, functionCall, inlineData, fileData } = part
  const { place } = one
  if (kind === 'thought') return thought(one, text ?? '', signature)
  if (functionCall) return callDeltas(state, one, functionCall, signature, asked)
  const out: Delta[] = closeCall(one)
  if (text) {
    one.last = 'text'
    one.text += text
    one.spoke = true
    out.push({ type: 'text', text, ...place })
  }
  const media = inlineData ?? fileData
  if (media && !part.thought) {
    one.last = 'other'
    const url = inlineData ? `data:${inlineData.mimeType};base64,${inlineData.data}` : fileData?.fileUri
    if (/^image\//.test(media.mimeType ?? '') && url) {
      one.spoke = true
      out.push({ type: 'image', url, ...place })
    } else out.push(...lost(one, NO_MEDIA))
  }
  if (OWN.some((name) => part[name] !== undefined)) {
    one.last = 'other'
    one.spoke = true
    // Its signature goes with it: on another part it would be a wrong one.
    return [...out, ...lost(one, NO_PLACE)]
  }
  if (!signature) return out
  // Clients put strings of several deltas together: of the message's own signature there is one, at the end.
  one.signature = signature
  return [...out, { type: 'encrypted', index: one.reasonings++, data: signature, format: FORMAT, ...place }]
}

function thought(one: CandidateState, text: string, signature: string | undefined): Delta[] {
  const out: Delta[] = closeCall(one)
  const { place } = one
  if (one.last !== 'thought' && (text || signature)) {
    one.last = 'thought'
    one.reasonings++
  }
  const index = one.reasonings - 1
  if (text) out.push({ type: 'reasoning', index, text, format: FORMAT, ...place })
  if (signature) out.push({ type: 'signature', index, signature, format: FORMAT, ...place })
  return out
}

/** What the client gets nothing of is told once. */
function lost({ told, place }: CandidateState, { kind, reason }: typeof NO_PLACE): Delta[] {
  if (told.has(reason)) return []
  told.add(reason)
  return [{ type: 'loss', loss: { path: `choices[${place.choice ?? 0}].message.content`, kind, reason } }]
}

function callDeltas(
  state: State,
  one: CandidateState,
  { id, name, args, partialArgs, willContinue }: AnswerCall,
  signature: string | undefined,
  asked: Asked,
): Delta[] {
  const out: Delta[] = []
  if (name) {
    out.push(...closeCall(one))
    out.push(...opened(state, one, id, asked.names.back(name), signature, asked))
  }
  const { open } = one
  if (!open) return out
  if (args !== undefined) open.args = args
  for (const partial of partialArgs ?? []) open.args = assign(open.args, partial)
  return willContinue ? out : [...out, ...closeCall(one)]
}

function opened(
  state: State,
  one: CandidateState,
  given: string | undefined,
  name: string,
  signature: string | undefined,
  asked: Asked,
): Delta[] {
  const { place } = one
  const index = one.tools++
  const custom = asked.custom.has(name)
  // Older models give no ids.
  const id =
    given ||
    ['call', state.id, place.choice, asked.calls + index].filter((part) => part !== '' && part !== undefined).join('_')
  one.last = 'other'
  one.spoke = true
  one.open = { index, custom, args: undefined }
  if (!signature) return [{ type: 'tool', index, id, name, custom, ...place }]
  return [
    { type: 'encrypted', index: one.reasonings++, data: signature, format: FORMAT, id, ...place },
    { type: 'tool', index, id, name, custom, extra: signed(signature), ...place },
  ]
}

/** A call is whole when the next thing comes, whatever was announced. */
export function closeCall(one: CandidateState): Delta[] {
  const { open, place } = one
  if (!open) return []
  one.open = undefined
  const json = JSON.stringify(open.args ?? {})
  return [{ type: 'arguments', index: open.index, text: open.custom ? inputIn(json) : json, ...place }]
}
