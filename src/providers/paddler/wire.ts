// The native API as it is written down: https://github.com/intentee/paddler (`continue_from_conversation_history`). The
// service refuses fields that it does not know.

export interface PaddlerBody {
  add_generation_prompt: boolean
  conversation_history: Turn[]
  enable_thinking: boolean
  /** Content and reasoning; calls are not counted. */
  max_tokens: number
  /** From 3.1. Never with thinking. */
  grammar?: Grammar
  /** From 4.0. */
  parse_tool_calls?: boolean
  tools?: FunctionTool[]
}

/** A text to go on with (`continue_from_raw_prompt`). */
export interface PromptBody {
  readonly raw_prompt: string
  readonly max_tokens: number
}

export interface Turn {
  readonly role: string
  /** Parts from 3.0. */
  readonly content: string | readonly TurnPart[]
}

export type TurnPart =
  | { readonly type: 'text'; readonly text: string }
  /** Only data URLs. */
  | { readonly type: 'image_url'; readonly image_url: { readonly url: string } }

export interface Grammar {
  readonly type: 'json_schema'
  /** The schema as JSON. */
  readonly schema: string
}

export interface FunctionTool {
  readonly type: 'function'
  readonly function: { readonly name: string; readonly description: string; readonly parameters?: Parameters }
}

/** All that may stand at the top of a schema. */
export interface Parameters {
  readonly type: string
  readonly properties?: Readonly<Record<string, unknown>>
  /** Only names of `properties`. */
  readonly required?: readonly string[]
  readonly additionalProperties?: unknown
}

/** Where it is served, in every version. */
export const PATH = '/api/v1/continue_from_conversation_history'
export const PROMPT_PATH = '/api/v1/continue_from_raw_prompt'
