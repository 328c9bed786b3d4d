// The events of a streamed message: https://docs.anthropic.com/en/docs/build-with-claude/streaming
import type { Loss } from '../../hub/loss.ts'
import type { MessagesUsage } from '../../hub/messages-usage.ts'

export type ContentBlock =
  | { type: 'text'; text: string; citations?: WebCitation[] }
  | { type: 'thinking'; thinking: string; signature: string }
  | { type: 'redacted_thinking'; data: string }
  | { type: 'tool_use'; id: string; name: string; input: unknown }

export interface WebCitation {
  readonly type: 'web_search_result_location'
  readonly url: string
  readonly title: string
  readonly encrypted_index: string
  readonly cited_text: string
}

export type BlockDelta =
  | { readonly type: 'text_delta'; readonly text: string }
  | { readonly type: 'thinking_delta'; readonly thinking: string }
  | { readonly type: 'signature_delta'; readonly signature: string }
  | { readonly type: 'input_json_delta'; readonly partial_json: string }
  | { readonly type: 'citations_delta'; readonly citation: WebCitation }

export type StopReason = 'end_turn' | 'max_tokens' | 'stop_sequence' | 'tool_use' | 'refusal'

export interface Stopped {
  stop_reason: StopReason | null
  stop_sequence: string | null
  stop_details: { readonly type: 'refusal'; readonly category: null; readonly explanation: string | null } | null
}

export interface Message extends Stopped {
  id: string
  type: 'message'
  role: 'assistant'
  model: string
  container: null
  content: ContentBlock[]
  usage: MessagesUsage
}

export type MessagesEvent =
  | { readonly type: 'message_start'; readonly message: Message }
  | { readonly type: 'content_block_start'; readonly index: number; readonly content_block: ContentBlock }
  | { readonly type: 'content_block_delta'; readonly index: number; readonly delta: BlockDelta }
  | { readonly type: 'content_block_stop'; readonly index: number }
  | {
      readonly type: 'message_delta'
      readonly delta: Stopped
      readonly usage: MessagesUsage
      readonly dragoman?: { readonly losses: readonly Loss[] }
    }
  | { readonly type: 'message_stop' }
