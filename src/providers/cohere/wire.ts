// What goes over the wire: https://docs.cohere.com/v2/reference/chat

export interface TextItem {
  readonly type: 'text'
  readonly text: string
}
export interface ThinkingItem {
  readonly type: 'thinking'
  readonly thinking: string
}
export type Detail = 'auto' | 'low' | 'high'
export interface ImageItem {
  readonly type: 'image_url'
  readonly image_url: { readonly url: string; readonly detail?: Detail }
}

export interface SentCall {
  readonly id: string
  readonly type: 'function'
  readonly function: { readonly name: string; readonly arguments: string }
}

export interface SystemTurn {
  readonly role: 'system'
  readonly content: string
}
export interface UserTurn {
  readonly role: 'user'
  readonly content: string | readonly (TextItem | ImageItem)[]
}
export interface AssistantTurn {
  readonly role: 'assistant'
  readonly content?: string | readonly (TextItem | ThinkingItem)[]
  readonly tool_plan?: string
  readonly tool_calls?: readonly SentCall[]
}
export interface ToolTurn {
  readonly role: 'tool'
  readonly tool_call_id: string
  readonly content: string
}
export type Turn = SystemTurn | UserTurn | AssistantTurn | ToolTurn

export interface SentTool {
  readonly type: 'function'
  readonly function: {
    readonly name: string
    readonly description?: string
    readonly parameters: Record<string, unknown>
  }
}

export interface Thinking {
  readonly type: 'enabled' | 'disabled'
  readonly token_budget?: number
}

export interface JsonFormat {
  readonly type: 'json_object'
  readonly json_schema?: Record<string, unknown>
}

/** The body of `POST /v2/chat`. */
export interface ChatBody {
  model: string
  messages: readonly Turn[]
  stream?: boolean
  tools?: readonly SentTool[]
  strict_tools?: unknown
  tool_choice?: 'REQUIRED' | 'NONE'
  documents?: unknown
  citation_options?: unknown
  response_format?: JsonFormat
  safety_mode?: unknown
  max_tokens?: number
  temperature?: number
  p?: number
  k?: unknown
  frequency_penalty?: number
  presence_penalty?: number
  seed?: number
  stop_sequences?: string[]
  logprobs?: boolean
  thinking?: Thinking
  priority?: unknown
}
