// Converse on the wire, as far as it is written or read here:
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html

/** Caches everything before it. */
export interface Point {
  cachePoint: { type: 'default'; ttl?: '1h' }
}
export interface TextBlock {
  text: string
}
export type ImageFormat = 'png' | 'jpeg' | 'gif' | 'webp'
export interface ImageBlock {
  image: { format: ImageFormat; source: { bytes: string } }
}
export type DocumentFormat = 'pdf' | 'csv' | 'doc' | 'docx' | 'xls' | 'xlsx' | 'html' | 'txt' | 'md'
export interface DocumentBlock {
  document: { format: DocumentFormat; name: string; source: { bytes: string } }
}
export interface AudioBlock {
  audio: { format: string; source: { bytes: string } }
}
export interface ToolUseBlock {
  toolUse: { toolUseId: string; name: string; input: Record<string, unknown> }
}
export interface ToolResultBlock {
  toolResult: { toolUseId: string; content: PartBlock[]; status?: 'error' }
}
export interface ReasoningBlock {
  reasoningContent: { reasoningText: { text: string; signature: string } } | { redactedContent: string }
}

/** What a content part of the client's becomes. */
export type PartBlock = TextBlock | ImageBlock | DocumentBlock | AudioBlock
export type Block = PartBlock | ToolUseBlock | ToolResultBlock | ReasoningBlock

export interface Turn {
  role: 'user' | 'assistant'
  content: (Block | Point)[]
}

export interface ToolSpec {
  toolSpec: { name: string; description?: string; inputSchema: { json: Record<string, unknown> }; strict?: true }
}
/** A tool that the service runs: passed as the client wrote it. */
export interface SystemTool {
  systemTool: { name: string }
}
export type Tool = ToolSpec | SystemTool

export type ToolChoice = { auto: object } | { any: object } | { tool: { name: string } }

export interface ToolConfig {
  tools: (Tool | Point)[]
  toolChoice?: ToolChoice
}

export interface TextFormat {
  type: 'json_schema'
  structure: { jsonSchema: { schema: string; name: string; description?: string } }
}

/** The body of a call, by paths: what stands behind a dot is a member of what stands before it. */
export interface ConverseBody {
  messages: Turn[]
  system?: (TextBlock | Point)[]
  'inferenceConfig.maxTokens'?: number
  'inferenceConfig.temperature'?: number
  'inferenceConfig.topP'?: number
  'inferenceConfig.stopSequences'?: string[]
  toolConfig?: ToolConfig
  'outputConfig.textFormat'?: TextFormat
  outputConfig?: unknown
  serviceTier?: object
  requestMetadata?: unknown
  guardrailConfig?: unknown
  performanceConfig?: unknown
  promptVariables?: unknown
  additionalModelResponseFieldPaths?: unknown
  /** What goes into the model's own body. */
  additionalModelRequestFields?: object
}

/** Counts as they come: any may be missing or null. */
export interface ConverseUsage {
  readonly inputTokens?: number | null
  readonly outputTokens?: number | null
  readonly cacheReadInputTokens?: number | null
  readonly cacheWriteInputTokens?: number | null
}

export interface Citation {
  readonly title?: string
  readonly location?: { readonly web?: { readonly url?: string } }
}

/** A part of a block. New kinds appear, so that each reader checks for what it knows. */
export interface BlockDelta {
  readonly text?: string
  readonly toolUse?: { readonly input?: string }
  readonly reasoningContent?: {
    readonly text?: string
    readonly signature?: string
    readonly redactedContent?: string
  }
  readonly citation?: Citation
  readonly image?: { readonly source?: { readonly bytes?: string } }
}

interface ToolStart {
  readonly toolUseId?: string
  readonly name?: string
  /** `server_tool_use` where the service itself answers. */
  readonly type?: string
}

/** An event of a stream, by its name. */
export interface Events {
  readonly messageStart: object
  readonly contentBlockStart: {
    readonly contentBlockIndex?: number
    readonly start?: {
      readonly toolUse?: ToolStart
      readonly toolResult?: object
      readonly image?: { readonly format?: string }
    }
  }
  readonly contentBlockDelta: { readonly contentBlockIndex?: number; readonly delta?: BlockDelta }
  readonly contentBlockStop: { readonly contentBlockIndex?: number }
  readonly messageStop: { readonly stopReason?: string }
  readonly metadata: { readonly usage?: ConverseUsage }
}

export type ConverseEvent = { [K in keyof Events]: { readonly name: K; readonly data: Events[K] } }[keyof Events]

/** A block of a whole answer. */
export interface AnswerBlock {
  readonly text?: string
  readonly image?: { readonly format?: string } & BlockDelta['image']
  readonly toolUse?: ToolStart & { readonly input?: unknown }
  readonly reasoningContent?: {
    readonly reasoningText?: { readonly text?: string; readonly signature?: string }
    readonly redactedContent?: string
  }
  readonly citationsContent?: {
    readonly content?: readonly { readonly text?: string }[]
    readonly citations?: readonly Citation[]
  }
}

export interface ConverseAnswer {
  readonly output: { readonly message: { readonly content: readonly AnswerBlock[] } }
  readonly stopReason?: string
  readonly usage?: ConverseUsage
}
