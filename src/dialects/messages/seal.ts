// Reasoning of whoever answered, in the one form that clients of Messages keep and send back unread: a thinking block's
// signature, or the data of one that is redacted. What Claude itself signed stays as it is; anything else is sealed with
// the name of its format, so that on the way back it reaches nobody but those who read that format.
//
// The seal hides nothing and proves nothing. What is secret in it the provider has encrypted, and what a provider signed
// it checks itself; a client could say the same in `reasoning_details` of a chat request. See docs/decisions/0011.
import type { ReasoningDetail } from '../../../schemas/chat.ts'
import type { Extra } from '../../hub/delta.ts'

/** The format of reasoning whose signatures are Messages' own. */
export const NATIVE = 'anthropic-claude-v1'

const MARK = 'dg1.'

/** What a block of thinking says beside its text, or what a call or the message brings along. */
export interface Sealed {
  readonly format: string
  /** Which of the answer's blocks of reasoning this is: two seals with one index are one block. */
  readonly index?: number
  readonly id?: string
  readonly summary?: true
  /** The thought, where the block does not show it. */
  readonly text?: string
  readonly signature?: string
  readonly data?: string
  /** What stands in `extra_content`: of the call that `id` names, or of the message. */
  readonly extra?: Extra
}

/** A seal as the text of a signature: what is long stands in it as it came. */
export function seal({ signature, data, ...head }: Sealed): string {
  const lengths = [signature?.length ?? -1, data?.length ?? -1]
  return `${MARK}${base64url(JSON.stringify([head, ...lengths]))}.${signature ?? ''}${data ?? ''}`
}

export function isSealed(text: string | null | undefined): text is string {
  return text?.startsWith(MARK) ?? false
}

/** What was sealed, or undefined where the seal is torn or was never one. */
export function unseal(text: string): Sealed | undefined {
  const dot = text.indexOf('.', MARK.length)
  if (!isSealed(text) || dot === -1) return undefined
  try {
    const [head, signed, encrypted]: [Sealed, number, number] = JSON.parse(textOf(text.slice(MARK.length, dot)))
    const body = text.slice(dot + 1)
    const middle = Math.max(0, signed)
    if (typeof head.format !== 'string' || body.length !== middle + Math.max(0, encrypted)) return undefined
    return {
      ...head,
      ...(signed >= 0 && { signature: body.slice(0, middle) }),
      ...(encrypted >= 0 && { data: body.slice(middle) }),
    }
  } catch {
    return undefined
  }
}

/** A seal as the hub's own words for it. @param shown the text that its block shows. */
export function detailsOf({ format, index, id, summary, signature, data, ...sealed }: Sealed, shown: string) {
  const named = { format, ...(index !== undefined && { index }), ...(id !== undefined && { id }) }
  const text = sealed.text ?? shown
  const out: ReasoningDetail[] = []
  if (text !== '' || signature !== undefined) {
    const said = summary ? { type: 'reasoning.summary', summary: text } : { type: 'reasoning.text', text }
    out.push({ ...said, ...named, ...(signature !== undefined && { signature }) })
  }
  if (data !== undefined) out.push({ type: 'reasoning.encrypted', ...named, data })
  return out
}

function base64url(text: string): string {
  const binary = String.fromCharCode(...new TextEncoder().encode(text))
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}

function textOf(base64: string): string {
  const binary = atob(base64.replaceAll('-', '+').replaceAll('_', '/'))
  return new TextDecoder().decode(Uint8Array.from(binary, (char) => char.charCodeAt(0)))
}
