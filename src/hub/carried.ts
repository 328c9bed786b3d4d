// What a provider wants back unread (signatures, encrypted thought, its own marks), as one opaque text of a client's
// dialect that has a place for a text and no more: `encrypted_content`, `signature`. Each piece names its format, which
// the provider that made it knows and every other passes over, so that it comes back to where it came from.
//
// It is packed, not sealed: it says nothing that the same answer does not say openly in another dialect, and the
// provider checks its own signatures (docs/decisions/0012-responses.md).
import type { ReasoningDetail } from '../../schemas/chat.ts'
import type { Extra } from './delta.ts'

/** The pieces of one place in an answer. */
export interface Carried {
  /** Blocks of reasoning, as a chat message carries them. */
  readonly details?: readonly ReasoningDetail[]
  /** What belongs to a call, by the call's id. */
  readonly calls?: Readonly<Record<string, Extra>>
  /** What belongs to the message as a whole. */
  readonly message?: Extra
}

const MARK = 'dgc1_'

/** The pieces as a text: printable, without spaces. */
export function carry(pieces: Carried): string {
  return MARK + toBase64(new TextEncoder().encode(JSON.stringify(pieces)))
}

/** Whether a text is one of ours, whatever it holds. */
export function isCarried(text: string): boolean {
  return text.startsWith(MARK)
}

/** The pieces in a text; undefined for one that another service made, or that was damaged. */
export function carriedIn(text: string): Carried | undefined {
  if (!isCarried(text)) return undefined
  try {
    const bytes = Uint8Array.from(atob(text.slice(MARK.length)), (char) => char.charCodeAt(0))
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes))
    return typeof value === 'object' && value !== null ? checked(value) : undefined
  } catch {
    return undefined
  }
}

/** What a client may have written itself, as far as it has the form. */
function checked({ details, calls, message }: Carried): Carried {
  return {
    ...(Array.isArray(details) && { details: details.filter((one) => isObject(one) && typeof one.type === 'string') }),
    ...(isObject(calls) && { calls }),
    ...(isObject(message) && { message }),
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function toBase64(bytes: Uint8Array): string {
  let binary = ''
  // In pieces, because arguments of a call are bounded.
  for (let i = 0; i < bytes.length; i += 8192) binary += String.fromCharCode(...bytes.subarray(i, i + 8192))
  return btoa(binary)
}
