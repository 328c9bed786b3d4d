// generateContent on the wire, as far as it is written or read here: https://ai.google.dev/api/generate-content

export interface InlineData {
  readonly mimeType: string
  readonly data: string
  readonly displayName?: string
}
export interface FileData {
  readonly mimeType?: string
  readonly fileUri: string
  readonly displayName?: string
}
export interface FunctionCall {
  readonly id?: string
  readonly name: string
  readonly args: Record<string, unknown>
}
export interface FunctionResponse {
  readonly id?: string
  readonly name: string
  readonly response: Record<string, unknown>
  readonly parts?: readonly { readonly inlineData: InlineData }[]
}

/** A part has exactly one of its data members. */
export interface SentPart {
  text?: string
  inlineData?: InlineData
  fileData?: FileData
  functionCall?: FunctionCall
  functionResponse?: FunctionResponse
  thought?: true
  thoughtSignature?: string
}

export interface Content {
  readonly role: 'user' | 'model'
  readonly parts: SentPart[]
}

export interface FunctionDeclaration {
  readonly name: string
  readonly description?: string
  readonly parameters?: Record<string, unknown>
  readonly parametersJsonSchema?: Record<string, unknown>
}
/** The client's functions, or one of the service's own tools. */
export type Tool = { readonly functionDeclarations: FunctionDeclaration[] } | Readonly<Record<string, unknown>>

export interface ToolConfig {
  readonly functionCallingConfig?: {
    readonly mode: 'AUTO' | 'ANY' | 'NONE' | 'VALIDATED'
    readonly allowedFunctionNames?: readonly string[]
  }
  readonly includeServerSideToolInvocations?: true
}

export type Level = 'MINIMAL' | 'LOW' | 'MEDIUM' | 'HIGH'

export interface ThinkingConfig {
  readonly includeThoughts?: true
  readonly thinkingBudget?: number
  readonly thinkingLevel?: Level
}

/** What stands at the top of a body. */
interface Top {
  contents: readonly Content[]
  systemInstruction: { readonly parts: readonly SentPart[] }
  tools: readonly Tool[]
  toolConfig: ToolConfig
  safetySettings: unknown
  cachedContent: unknown
  serviceTier: string
  labels: unknown
  modelArmorConfig: unknown
}

/** What stands in its `generationConfig`. */
interface Config {
  temperature: number
  topP: number
  topK: number
  maxOutputTokens: number
  stopSequences: string[]
  presencePenalty: number
  frequencyPenalty: number
  seed: number
  responseMimeType: string
  responseSchema: Record<string, unknown>
  responseJsonSchema: Record<string, unknown>
  responseLogprobs: boolean
  logprobs: number
  responseModalities: string[]
  mediaResolution: unknown
  speechConfig: unknown
  imageConfig: unknown
  thinkingConfig: ThinkingConfig | Readonly<Record<string, unknown>>
  routingConfig: unknown
  audioTimestamp: unknown
}

/** All fields of a body, side by side: their names never meet. */
export interface GeminiFields extends Top, Config {}

/** A part of an answer. New kinds appear, so nothing is sure to be there. */
export interface AnswerPart {
  readonly text?: string
  readonly thought?: boolean
  readonly thoughtSignature?: string
  readonly functionCall?: AnswerCall
  readonly inlineData?: { readonly mimeType?: string; readonly data?: string }
  readonly fileData?: { readonly mimeType?: string; readonly fileUri?: string }
  readonly [kind: string]: unknown
}

export interface AnswerCall {
  readonly id?: string
  readonly name?: string
  readonly args?: unknown
  /** Arguments that come piece by piece, on Vertex alone. */
  readonly partialArgs?: readonly PartialArg[]
  readonly willContinue?: boolean
}

export interface PartialArg {
  readonly jsonPath?: string
  readonly stringValue?: string
  readonly numberValue?: number
  readonly boolValue?: boolean
  readonly nullValue?: unknown
}

export interface Segment {
  readonly partIndex?: number
  /** In bytes of UTF-8. */
  readonly startIndex?: number
  readonly endIndex?: number
  readonly text?: string
}

export interface Source {
  readonly uri?: string
  readonly title?: string
}

export interface Grounding {
  readonly groundingChunks?: readonly unknown[]
  readonly groundingSupports?: readonly {
    readonly segment?: Segment
    readonly groundingChunkIndices?: readonly number[]
  }[]
}

export interface SourceCitation extends Segment {
  readonly uri?: string
  readonly title?: string
}

export interface Logprob {
  readonly token?: string
  /** `"-Infinity"` is no number in JSON. */
  readonly logProbability?: number | string
}

export interface Candidate {
  readonly index?: number
  readonly content?: { readonly parts?: readonly AnswerPart[] }
  readonly finishReason?: string | number
  readonly finishMessage?: string
  readonly groundingMetadata?: Grounding
  readonly citationMetadata?: {
    readonly citationSources?: readonly SourceCitation[]
    readonly citations?: readonly SourceCitation[]
  }
  readonly logprobsResult?: {
    readonly chosenCandidates?: readonly Logprob[]
    readonly topCandidates?: readonly { readonly candidates?: readonly Logprob[] }[]
  }
}

interface Modality {
  readonly modality?: string
  readonly tokenCount?: number
}

/** Fields at zero are left out. */
export interface UsageMetadata {
  readonly promptTokenCount?: number
  readonly cachedContentTokenCount?: number
  readonly toolUsePromptTokenCount?: number
  readonly candidatesTokenCount?: number
  readonly thoughtsTokenCount?: number
  readonly totalTokenCount?: number
  readonly promptTokensDetails?: readonly Modality[]
  readonly candidatesTokensDetails?: readonly Modality[]
  readonly serviceTier?: string
  readonly trafficType?: string
}

/** A whole answer, and each chunk of a streamed one. */
export interface GenerateAnswer {
  readonly candidates?: readonly Candidate[]
  readonly promptFeedback?: { readonly blockReason?: string }
  readonly usageMetadata?: UsageMetadata
  readonly modelVersion?: string
  readonly responseId?: string
  readonly error?: unknown
}
