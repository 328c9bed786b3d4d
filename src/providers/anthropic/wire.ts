// The Messages API on the wire, as far as it is written or read here: https://docs.anthropic.com/en/api/messages
import type { ImageMedia } from '../../hub/media.ts'
import type { MessagesUsage } from '../../hub/messages-usage.ts'

export interface CacheControl {
  readonly type: 'ephemeral'
  readonly ttl?: '5m' | '1h'
}

interface Cached {
  cache_control?: CacheControl
}

export type Source =
  | { readonly type: 'base64'; readonly media_type: ImageMedia | 'application/pdf'; readonly data: string }
  | { readonly type: 'text'; readonly media_type: 'text/plain'; readonly data: string }
  | { readonly type: 'url'; readonly url: string }
  | { readonly type: 'file'; readonly file_id: string }

export interface TextBlock extends Cached {
  type: 'text'
  text: string
}
export interface ImageBlock extends Cached {
  type: 'image'
  source: Source
}
export interface DocumentBlock extends Cached {
  type: 'document'
  source: Source
  title?: string
}
export interface ToolUseBlock extends Cached {
  type: 'tool_use'
  id: string
  name: string
  input: Record<string, unknown>
}
export interface ToolResultBlock extends Cached {
  type: 'tool_result'
  tool_use_id: string
  content?: string | ResultBlock[]
  is_error?: boolean
}
export interface ThinkingBlock {
  type: 'thinking'
  thinking: string
  signature: string
}
export interface RedactedBlock {
  type: 'redacted_thinking'
  data: string
}

export type ResultBlock = TextBlock | ImageBlock | DocumentBlock
export type Block = ResultBlock | ToolUseBlock | ToolResultBlock | ThinkingBlock | RedactedBlock

export interface Turn {
  role: 'user' | 'assistant' | 'system'
  content: Block[]
}

export type Effort = 'low' | 'medium' | 'high' | 'xhigh' | 'max'

export type Thinking =
  | { readonly type: 'disabled' | 'between_tools' }
  | { readonly type: 'enabled'; readonly budget_tokens: number; readonly display?: 'summarized' | 'omitted' }
  | { readonly type: 'adaptive'; readonly display?: 'summarized' | 'omitted' }

export interface ClientTool extends Cached {
  name: string
  description?: string
  input_schema: Record<string, unknown>
  strict?: boolean
}
/** A tool that the service runs, or one whose schema it knows: passed as the client wrote it. */
export type ServerTool = { readonly type: string } & Readonly<Record<string, unknown>>
export type Tool = ClientTool | ServerTool

export type ToolChoice =
  | { readonly type: 'auto' | 'any'; readonly disable_parallel_tool_use?: boolean }
  | { readonly type: 'tool'; readonly name: string; readonly disable_parallel_tool_use?: boolean }
  | { readonly type: 'none' }

export interface OutputConfig {
  readonly effort?: Effort
  readonly format?: { readonly type: 'json_schema'; readonly schema: Record<string, unknown> }
}

/** The body of `POST /v1/messages`. */
export interface MessagesBody {
  model: string
  max_tokens: number
  messages: Turn[]
  system?: string | TextBlock[]
  stop_sequences?: string[]
  stream?: boolean
  temperature?: number
  top_p?: number
  top_k?: number
  tools?: Tool[]
  tool_choice?: ToolChoice
  thinking?: unknown
  output_config?: OutputConfig
  metadata?: { user_id: string }
  service_tier?: 'auto' | 'standard_only'
  cache_control?: CacheControl
  container?: unknown
  mcp_servers?: unknown
  context_management?: unknown
  speed?: unknown
  inference_geo?: unknown
}

export interface Citation {
  readonly type: string
  readonly url?: string | null
  readonly title?: string | null
  readonly [key: string]: unknown
}

/** A block of an answer. New kinds appear, so this is what all have, and each reader checks for the rest. */
export interface AnswerBlock {
  readonly type: string
  readonly text?: string
  readonly thinking?: string
  readonly signature?: string
  readonly data?: string
  readonly id?: string
  readonly name?: string
  readonly input?: unknown
  readonly citations?: readonly Citation[] | null
  readonly [key: string]: unknown
}

export interface MessagesAnswer {
  readonly id: string
  readonly model: string
  readonly content: readonly AnswerBlock[]
  readonly stop_reason: string | null
  readonly stop_sequence?: string | null
  readonly stop_details?: { readonly explanation?: string | null } | null
  readonly container?: unknown
  readonly usage: MessagesUsage
}

/** An event of a stream: https://docs.anthropic.com/en/docs/build-with-claude/streaming */
export type MessagesEvent =
  | { readonly type: 'message_start'; readonly message: MessagesAnswer }
  | { readonly type: 'content_block_start'; readonly index: number; readonly content_block: AnswerBlock }
  | { readonly type: 'content_block_delta'; readonly index: number; readonly delta: BlockDelta }
  | { readonly type: 'content_block_stop'; readonly index: number }
  | {
      readonly type: 'message_delta'
      readonly delta: {
        readonly stop_reason?: string | null
        readonly stop_sequence?: string | null
        readonly stop_details?: { readonly explanation?: string | null } | null
        readonly container?: unknown
      }
      readonly usage?: MessagesUsage | null
    }
  | { readonly type: 'message_stop' }
  | { readonly type: 'ping' }
  | { readonly type: 'error'; readonly error?: unknown }

export type BlockDelta =
  | { readonly type: 'text_delta'; readonly text: string }
  | { readonly type: 'thinking_delta'; readonly thinking: string }
  | { readonly type: 'signature_delta'; readonly signature: string }
  | { readonly type: 'input_json_delta'; readonly partial_json: string }
  | { readonly type: 'citations_delta'; readonly citation: Citation }
