// The reply hub: an answer is a stream of atomic deltas, each saying one thing. A whole reply is their fold (reply.ts).
import type { GatewayError } from './error.ts'
import type { Loss } from './loss.ts'
import type { Usage } from './usage.ts'

export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter'

export interface Citation {
  readonly url: string
  readonly title: string
  /** Where the cited text stands in the choice's whole text, in UTF-16 units. */
  readonly start: number
  readonly end: number
}

/**
 * What an answer begins with; where choices come from calls of their own, each begins so. `tier` is OpenAI's
 * `service_tier`, as the provider says it was used.
 */
export interface Start {
  readonly type: 'start'
  readonly id: string
  readonly model: string
  readonly tier?: string
  /** OpenAI's `system_fingerprint`. */
  readonly fingerprint?: string
  readonly choice?: number
}

/** One token and how likely it was: OpenAI's `logprobs.content[]`. */
export interface TokenLogprob {
  readonly token: string
  /** null: the first token of a prompt that is repeated, before which there is nothing. */
  readonly logprob: number | null
  /** The token's UTF-8, where that is known. */
  readonly bytes: readonly number[] | null
  readonly top_logprobs: readonly Omit<TokenLogprob, 'top_logprobs'>[]
}

/**
 * What a client sends back unread, because the provider asks for it: it stands in `extra_content`, under a name of the
 * provider's choice.
 */
export type Extra = Readonly<Record<string, unknown>>

/**
 * `choice` is the index of the choice a delta belongs to (absent: 0), `index` counts tool calls or blocks of reasoning
 * from 0 within a choice. A tool's `custom` input and a function's arguments both come as `arguments`.
 */
export type Delta =
  | Start
  | { readonly type: 'text'; readonly text: string; readonly choice?: number }
  | {
      readonly type: 'reasoning'
      readonly index: number
      readonly text: string
      readonly format: string
      /** The text sums up what was thought. */
      readonly summary?: true
      /** The provider's own name of the block, for the way back. */
      readonly id?: string
      readonly choice?: number
    }
  | {
      readonly type: 'signature'
      readonly index: number
      readonly signature: string
      readonly format: string
      readonly choice?: number
    }
  | {
      readonly type: 'encrypted'
      readonly index: number
      readonly data: string
      readonly format: string
      /** The call that the data belongs to. */
      readonly id?: string
      readonly choice?: number
    }
  | {
      readonly type: 'tool'
      readonly index: number
      /** '' where the provider names no calls: the client gets a name all the same. */
      readonly id: string
      readonly name: string
      readonly custom: boolean
      readonly extra?: Extra
      readonly choice?: number
    }
  | { readonly type: 'arguments'; readonly index: number; readonly text: string; readonly choice?: number }
  | { readonly type: 'refusal'; readonly text: string; readonly choice?: number }
  | { readonly type: 'citation'; readonly citation: Citation; readonly choice?: number }
  | { readonly type: 'logprobs'; readonly tokens: readonly TokenLogprob[]; readonly choice?: number }
  /** An image that the model made, as a data URL or the address of one. */
  | { readonly type: 'image'; readonly url: string; readonly choice?: number }
  /** What belongs to the message as a whole. A later one takes the place of an earlier one. */
  | { readonly type: 'extra'; readonly extra: Extra; readonly choice?: number }
  | {
      readonly type: 'finish'
      readonly reason: FinishReason
      /** The stop sequence that the text ended at; null where the provider does not tell which of them. */
      readonly stop?: string | null
      readonly choice?: number
    }
  | { readonly type: 'usage'; readonly usage: Usage }
  | { readonly type: 'loss'; readonly loss: Loss }
  | { readonly type: 'ping' }
  | { readonly type: 'error'; readonly error: GatewayError }

/** How much of the answer's text a delta is, in UTF-16 units. */
export function lengthOf(delta: Delta): number {
  return 'text' in delta ? delta.text.length : 0
}
