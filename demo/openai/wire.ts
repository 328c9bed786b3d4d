// The body of a request that has passed the tables, as far as the demo reads it. Anything optional may be null.

type Maybe<T> = T | null | undefined

export interface Part {
  readonly type: string
  readonly text?: string
  readonly refusal?: string
}

export interface Call {
  readonly id: string
  readonly type: string
  readonly function?: { readonly name: string; readonly arguments: string }
  readonly custom?: { readonly name: string; readonly input: string }
}

export interface ChatMessage {
  readonly role: string
  readonly content?: Maybe<string | readonly Part[]>
  readonly refusal?: Maybe<string>
  readonly tool_calls?: Maybe<readonly Call[]>
  readonly tool_call_id?: string
  readonly function_call?: Maybe<{ readonly name: string; readonly arguments: string }>
  readonly audio?: unknown
  readonly name?: Maybe<string>
}

export type JsonSchema = { readonly [keyword: string]: unknown }

export interface FunctionTool {
  readonly name: string
  readonly parameters?: Maybe<JsonSchema>
  readonly strict?: Maybe<boolean>
}

export interface ChatTool {
  readonly type: 'function' | 'custom'
  readonly function?: FunctionTool
  readonly custom?: { readonly name: string }
}

export interface ChatBody {
  readonly model: string
  readonly messages: readonly ChatMessage[]
  readonly tools?: Maybe<readonly ChatTool[]>
  readonly functions?: Maybe<readonly FunctionTool[]>
  readonly function_call?: Maybe<string | { readonly name: string }>
  readonly tool_choice?: Maybe<
    | string
    | {
        readonly type: string
        readonly function?: { readonly name: string }
        readonly custom?: { readonly name: string }
        readonly allowed_tools?: { readonly mode: string; readonly tools: readonly ChatTool[] }
      }
  >
  readonly parallel_tool_calls?: Maybe<boolean>
  readonly response_format?: Maybe<{
    readonly type: string
    readonly json_schema?: { readonly name: string; readonly schema: JsonSchema; readonly strict?: Maybe<boolean> }
  }>
  readonly stream?: Maybe<boolean>
  readonly stream_options?: Maybe<{ readonly include_usage?: Maybe<boolean> }>
  readonly stop?: Maybe<string | readonly string[]>
  readonly n?: Maybe<number>
  readonly logprobs?: Maybe<boolean>
  readonly top_logprobs?: Maybe<number>
  readonly temperature?: Maybe<number>
  readonly top_p?: Maybe<number>
  readonly presence_penalty?: Maybe<number>
  readonly frequency_penalty?: Maybe<number>
  readonly max_tokens?: Maybe<number>
  readonly max_completion_tokens?: Maybe<number>
  readonly reasoning_effort?: Maybe<string>
  readonly web_search_options?: unknown
}

/** All text of a message. */
export const textOf = ({ content }: ChatMessage): string =>
  typeof content === 'string'
    ? content
    : (content ?? []).flatMap(({ text }) => (text === undefined ? [] : [text])).join('\n')

/** What a tool is called. */
export const toolName = (tool: ChatTool): string => tool.function?.name ?? tool.custom?.name ?? ''
