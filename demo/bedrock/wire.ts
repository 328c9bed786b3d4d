// Converse as the demo reads it, once its shape was checked.

export interface Block {
  readonly text?: string
  readonly image?: object
  readonly document?: { readonly name: string }
  readonly audio?: object
  readonly toolUse?: { readonly toolUseId: string; readonly name: string }
  readonly toolResult?: { readonly toolUseId: string; readonly content: readonly Block[] }
  readonly reasoningContent?: {
    readonly reasoningText?: { readonly text: string; readonly signature?: string }
    readonly redactedContent?: string
  }
  readonly cachePoint?: { readonly ttl?: string }
}

export interface Message {
  readonly role: 'user' | 'assistant'
  readonly content: readonly Block[]
}

export interface Tool {
  readonly toolSpec?: {
    readonly name: string
    readonly inputSchema: { readonly json: Readonly<Record<string, unknown>> }
    readonly strict?: boolean
  }
  readonly cachePoint?: { readonly ttl?: string }
}

interface Extra {
  readonly thinking?: { readonly type: string; readonly budget_tokens?: number }
  readonly output_config?: { readonly effort?: string }
  readonly top_k?: number
  readonly tool_choice?: { readonly disable_parallel_tool_use?: boolean }
}

export interface ConverseBody {
  readonly messages: readonly Message[]
  readonly system?: readonly Block[]
  readonly inferenceConfig?: {
    readonly maxTokens?: number
    readonly temperature?: number
    readonly topP?: number
    readonly stopSequences?: readonly string[]
  }
  readonly toolConfig?: {
    readonly tools: readonly Tool[]
    readonly toolChoice?: { readonly any?: object; readonly tool?: { readonly name: string } }
  }
  readonly outputConfig?: {
    readonly textFormat?: { readonly structure: { readonly jsonSchema: { readonly schema: string } } }
  }
  readonly guardrailConfig?: { readonly streamProcessingMode?: string }
  readonly additionalModelRequestFields?: Extra
}

export const textOf = (blocks: readonly Block[] | undefined): string =>
  (blocks ?? []).flatMap(({ text }) => text ?? []).join('\n')

export const lastUserText = ({ messages }: ConverseBody): string =>
  textOf(messages.findLast(({ role }) => role === 'user')?.content)
