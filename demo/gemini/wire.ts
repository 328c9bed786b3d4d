// A request of generateContent as the demo reads it, and the table of all its fields.
// https://ai.google.dev/api/generate-content
import { any, base64, boolean, type Fields, integer, list, message, number, oneOf, string, struct } from './shape.ts'

const blob = message({ mimeType: string, data: base64 })
const part = message({
  text: string,
  inlineData: blob,
  fileData: message({ mimeType: string, fileUri: string }),
  functionCall: message({ id: string, name: string, args: struct }),
  functionResponse: message({
    id: string,
    name: string,
    response: struct,
    parts: list(message({ inlineData: blob })),
    willContinue: boolean,
    scheduling: string,
  }),
  executableCode: message({ language: string, code: string, id: string }),
  codeExecutionResult: message({ outcome: string, output: string, id: string }),
  toolCall: struct,
  toolResponse: struct,
  thought: boolean,
  thoughtSignature: string,
  videoMetadata: any,
  mediaResolution: any,
  partMetadata: any,
})
const content = message({ role: string, parts: list(part) })

export const BODY = message({
  contents: list(content),
  systemInstruction: content,
  tools: list(
    message({
      functionDeclarations: list(
        message({
          name: string,
          description: string,
          parameters: struct,
          parametersJsonSchema: any,
          response: struct,
          responseJsonSchema: any,
        }),
      ),
      googleSearch: struct,
      urlContext: struct,
      codeExecution: struct,
      googleMaps: struct,
      fileSearch: struct,
      computerUse: struct,
    }),
  ),
  toolConfig: message({
    functionCallingConfig: message({
      mode: oneOf('AUTO', 'ANY', 'NONE', 'VALIDATED'),
      allowedFunctionNames: list(string),
    }),
    includeServerSideToolInvocations: boolean,
    retrievalConfig: any,
  }),
  generationConfig: message({
    temperature: number(0, 2),
    topP: number(0, 1),
    topK: integer(1),
    candidateCount: integer(1, 8),
    maxOutputTokens: integer(1),
    stopSequences: list(string),
    presencePenalty: number(-2, 2),
    frequencyPenalty: number(-2, 2),
    seed: integer(),
    responseMimeType: oneOf('text/plain', 'application/json', 'text/x.enum'),
    responseSchema: struct,
    responseJsonSchema: any,
    responseLogprobs: boolean,
    logprobs: integer(0, 20),
    responseModalities: list(oneOf('TEXT', 'IMAGE', 'AUDIO')),
    mediaResolution: string,
    speechConfig: any,
    imageConfig: any,
    thinkingConfig: message({ includeThoughts: boolean, thinkingBudget: integer(), thinkingLevel: string }),
  }),
  safetySettings: list(message({ category: string, threshold: string })),
  cachedContent: string,
  serviceTier: oneOf('unspecified', 'standard', 'flex', 'priority'),
  store: boolean,
})

export interface Blob {
  readonly mimeType?: string
  readonly data?: string
}
export interface Part {
  readonly text?: string
  readonly inlineData?: Blob
  readonly fileData?: { readonly mimeType?: string; readonly fileUri?: string }
  readonly functionCall?: { readonly id?: string; readonly name?: string; readonly args?: Fields }
  readonly functionResponse?: {
    readonly id?: string
    readonly name?: string
    readonly response?: Fields
    readonly parts?: readonly unknown[]
  }
  readonly executableCode?: unknown
  readonly codeExecutionResult?: unknown
  readonly thought?: boolean
  readonly thoughtSignature?: string
}
export interface Content {
  readonly role?: string
  readonly parts?: readonly Part[]
}
export interface Declaration {
  readonly name?: string
  readonly parameters?: Fields
  readonly parametersJsonSchema?: Fields
}
export interface Body {
  readonly contents?: readonly Content[]
  readonly systemInstruction?: Content
  readonly tools?: readonly ({ readonly functionDeclarations?: readonly Declaration[] } & Fields)[]
  readonly toolConfig?: {
    readonly functionCallingConfig?: { readonly mode?: string; readonly allowedFunctionNames?: readonly string[] }
    readonly includeServerSideToolInvocations?: boolean
  }
  readonly safetySettings?: readonly { readonly category: string; readonly threshold: string }[]
  readonly generationConfig?: {
    readonly candidateCount?: number
    readonly maxOutputTokens?: number
    readonly stopSequences?: readonly string[]
    readonly presencePenalty?: number
    readonly frequencyPenalty?: number
    readonly responseMimeType?: string
    readonly responseSchema?: Fields
    readonly responseJsonSchema?: Fields
    readonly responseLogprobs?: boolean
    readonly logprobs?: number
    readonly thinkingConfig?: {
      readonly includeThoughts?: boolean
      readonly thinkingBudget?: number
      readonly thinkingLevel?: string
    }
  }
  readonly cachedContent?: string
}
