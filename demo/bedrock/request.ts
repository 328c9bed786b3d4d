// The body of Converse and ConverseStream, member by member.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
import { anything, boolean, choice, list, map, number, object, record, type Shape, string, union } from './shape.ts'

const NAME = /^[a-zA-Z0-9_-]+$/
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)$/

const bytes = object({ bytes: string(BASE64) })
const text = string(/\S/)
const cachePoint = object({ type: choice('default') }, { ttl: choice('5m', '1h') })
const image = object({ format: choice('png', 'jpeg', 'gif', 'webp'), source: bytes })
const document = object(
  {
    format: choice('pdf', 'csv', 'doc', 'docx', 'xls', 'xlsx', 'html', 'txt', 'md'),
    name: string(/^[a-zA-Z0-9\-()[\]]+(?: [a-zA-Z0-9\-()[\]]+)*$/, 200),
    source: bytes,
  },
  { context: string(), citations: record },
)
const audio = object({ format: choice('mp3', 'opus', 'wav', 'aac', 'flac', 'mp4', 'ogg', 'mkv'), source: bytes })
const guardContent = object({}, { text: record, image: record })

const block: Shape = union({
  text,
  image,
  document,
  audio,
  toolUse: object({ toolUseId: string(NAME, 64), name: string(NAME, 64), input: record }),
  toolResult: object(
    { toolUseId: string(NAME, 64), content: list(union({ text, json: record, image, document, audio })) },
    { status: choice('success', 'error') },
  ),
  reasoningContent: union({
    reasoningText: object({ text: string() }, { signature: string() }),
    redactedContent: string(BASE64),
  }),
  cachePoint,
  guardContent,
})

const toolSpec = object(
  { name: string(NAME, 64), inputSchema: object({ json: record }) },
  { description: string(/^/, Number.POSITIVE_INFINITY, 1), strict: boolean },
)
const empty = object({})
const metadata = /^[a-zA-Z0-9\s:_@$#=/+,.-]{0,256}$/

export const converseRequest: Shape = object(
  { messages: list(object({ role: choice('user', 'assistant'), content: list(block, 1) }), 1) },
  {
    system: list(union({ text, cachePoint, guardContent })),
    inferenceConfig: object(
      {},
      {
        maxTokens: number(1, Number.MAX_SAFE_INTEGER, true),
        temperature: number(0, 1),
        topP: number(0, 1),
        stopSequences: list(string(/^/, Number.POSITIVE_INFINITY, 1), 0, 2500),
      },
    ),
    toolConfig: object(
      { tools: list(union({ toolSpec, systemTool: object({ name: string() }), cachePoint }), 1) },
      { toolChoice: union({ auto: empty, any: empty, tool: object({ name: string(NAME, 64) }) }) },
    ),
    outputConfig: object(
      {},
      {
        effort: choice('low', 'medium', 'high', 'xhigh', 'max'),
        textFormat: object({
          type: choice('json_schema'),
          structure: object({
            jsonSchema: object({ schema: string() }, { name: string(NAME), description: string() }),
          }),
        }),
      },
    ),
    guardrailConfig: object(
      { guardrailIdentifier: string(), guardrailVersion: string() },
      { trace: choice('enabled', 'disabled', 'enabled_full'), streamProcessingMode: choice('sync', 'async') },
    ),
    additionalModelRequestFields: record,
    additionalModelResponseFieldPaths: list(string(/^\//), 0, 10),
    performanceConfig: object({ latency: choice('standard', 'optimized') }),
    serviceTier: object({ type: choice('default', 'flex', 'priority', 'reserved') }),
    requestMetadata: map(string(metadata, 256, 1), string(metadata), 16),
    promptVariables: anything,
  },
)
