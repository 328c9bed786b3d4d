// The body of a request that has passed the tables, as far as the demo reads it.

/** A content block of any kind: every kind uses some of these fields. */
export interface Block {
  readonly type: string
  readonly text?: string
  readonly thinking?: string
  readonly signature?: string
  readonly data?: string
  readonly id?: string
  readonly name?: string
  readonly input?: unknown
  readonly tool_use_id?: string
  readonly content?: string | readonly Block[]
  readonly source?: { readonly type: string; readonly media_type?: string; readonly data?: string }
  readonly citations?: unknown
  readonly title?: string
  readonly cache_control?: CacheControl | null
}

export interface CacheControl {
  readonly type: 'ephemeral'
  readonly ttl?: '5m' | '1h'
}

export interface Message {
  readonly role: 'user' | 'assistant' | 'system'
  readonly content: string | readonly Block[]
}

export type JsonSchema = { readonly [keyword: string]: unknown }

export interface Tool {
  readonly type?: string | null
  readonly name?: string
  readonly input_schema?: JsonSchema
  readonly strict?: boolean
  readonly defer_loading?: boolean
  readonly cache_control?: CacheControl | null
  readonly allowed_domains?: readonly string[] | null
  readonly blocked_domains?: readonly string[] | null
}

export interface Thinking {
  readonly type: 'enabled' | 'adaptive' | 'disabled' | 'between_tools'
  readonly budget_tokens?: number
  readonly display?: 'summarized' | 'omitted' | 'updates' | null
  readonly block_binding?: { readonly prefix_mismatch_behavior?: string | null } | null
}

export interface MessagesBody {
  readonly model: string
  readonly max_tokens: number
  readonly messages: readonly Message[]
  readonly system?: string | readonly Block[]
  readonly stop_sequences?: readonly string[]
  readonly stream?: boolean
  readonly temperature?: number
  readonly top_p?: number
  readonly top_k?: number
  readonly tools?: readonly Tool[]
  readonly tool_choice?: {
    readonly type: 'auto' | 'any' | 'tool' | 'none'
    readonly name?: string
    readonly disable_parallel_tool_use?: boolean
  }
  readonly thinking?: Thinking
  readonly output_config?: { readonly effort?: string | null; readonly format?: OutputFormat | null }
  readonly output_format?: OutputFormat | null
  readonly cache_control?: CacheControl | null
  readonly service_tier?: string
  readonly speed?: string | null
  readonly thread?: Readonly<Record<string, unknown>> | null
}

export interface OutputFormat {
  readonly type: 'json_schema'
  readonly schema: JsonSchema
}

/** The content of a message as blocks: a string is one text block. */
export const blocksOf = (content: string | readonly Block[] | undefined): readonly Block[] =>
  typeof content === 'string' ? [{ type: 'text', text: content }] : (content ?? [])

/** The schema an answer has to follow, in the field of today or of its beta. */
export const formatOf = (body: MessagesBody): OutputFormat | undefined =>
  body.output_config?.format ?? body.output_format ?? undefined
