// What a service's own client in the AI SDK reads of an answer: a third reading, by people who know nothing of us.
import { createDeepSeek } from '@ai-sdk/deepseek'
import { createGroq } from '@ai-sdk/groq'
import { createMistral } from '@ai-sdk/mistral'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { createPerplexity } from '@ai-sdk/perplexity'
import { createXai } from '@ai-sdk/xai'
import type { Case } from './cases.ts'

/** A model as the AI SDK has it, whoever serves it. */
type Model = ReturnType<ReturnType<typeof createMistral>>
export type Options = Parameters<Model['doGenerate']>[0]
type Streamed = Awaited<ReturnType<Model['doStream']>>
type Part = Streamed['stream'] extends ReadableStream<infer P> ? P : never

/** As far as the client tells it. */
export interface Native {
  readonly text: string
  readonly reasoning: string
  readonly calls: readonly { readonly id: string; readonly name: string; readonly arguments: string }[]
  readonly finish: string
  readonly prompt: number
  readonly completion: number
}

/** What a client makes of a case, or why it makes nothing of it. */
export type NativeOutcome = { readonly said: Native } | { readonly failed: string } | { readonly unread: string }

type Fetch = typeof fetch

/** One client for services that have none of their own. */
const compatible = (fetch: Fetch) =>
  createOpenAICompatible({ name: 'some', baseURL: 'https://some.example/v1', fetch }).chatModel('any')

const CLIENTS: Readonly<Record<string, (answer: Fetch) => Model>> = {
  cerebras: compatible,
  deepseek: (fetch) => createDeepSeek({ apiKey: 'none', fetch })('any'),
  groq: (fetch) => createGroq({ apiKey: 'none', fetch })('any'),
  moonshot: compatible,
  mistral: (fetch) => createMistral({ apiKey: 'none', fetch })('any'),
  ollama: compatible,
  'openai-compatible': compatible,
  openrouter: compatible,
  perplexity: (fetch) => createPerplexity({ apiKey: 'none', fetch })('any'),
  qwen: compatible,
  zai: compatible,
  xai: (fetch) => createXai({ apiKey: 'none', fetch }).chat('any'),
}

/** @param answer answers instead of the service. */
export function clientOf(provider: string, answer: Fetch): Model {
  const client = CLIENTS[provider]
  if (!client) throw new Error(`No client of ${provider} is here.`)
  return client(answer)
}

const PROMPT = { prompt: [{ role: 'user' as const, content: [{ type: 'text' as const, text: 'Hello' }] }] }

export async function readNatively({ provider, bytes, status, stream, contentType }: Case): Promise<NativeOutcome> {
  const headers = { 'content-type': contentType }
  const client = clientOf(provider, async () => new Response(Buffer.from(bytes), { status, headers }))
  try {
    if (!stream) {
      const { content, finishReason, usage } = await client.doGenerate(PROMPT)
      return { said: nativeOf(content, finishReason.unified, usage) }
    }
    const parts: Part[] = []
    for await (const part of (await client.doStream(PROMPT)).stream) parts.push(part)
    return streamedOf(parts)
  } catch (thrown) {
    if (!(thrown instanceof Error)) throw thrown
    if (thrown.name === 'AI_InvalidResponseDataError') return { unread: thrown.message }
    if (thrown.name !== 'AI_APICallError') throw thrown
    return status < 400 ? { unread: thrown.message } : { failed: thrown.message }
  }
}

type Counts = Extract<Part, { type: 'finish' }>['usage']
type Content = { readonly type: string; readonly text?: string; readonly delta?: string } & Record<string, unknown>

function nativeOf(parts: readonly object[], finish: string, usage: Counts): Native {
  // Parts of an answer and of a stream differ in the names of their types alone, as far as they are read here.
  const all = parts as readonly Content[]
  const said = (type: string) =>
    all.map((part) => (part.type === type || part.type === `${type}-delta` ? (part.text ?? part.delta) : '')).join('')
  const calls = all
    .filter(({ type }) => type === 'tool-call')
    .map((one) => ({ id: String(one.toolCallId), name: String(one.toolName), arguments: String(one.input) || '{}' }))
  return {
    text: said('text'),
    reasoning: said('reasoning'),
    calls,
    finish: calls.length > 0 && finish === 'stop' ? 'tool_calls' : finish.replaceAll('-', '_'),
    prompt: usage.inputTokens.total ?? 0,
    completion: usage.outputTokens.total ?? 0,
  }
}

function streamedOf(parts: readonly Part[]): NativeOutcome {
  const error = parts.find(({ type }) => type === 'error')
  if (error?.type === 'error') {
    const told: unknown = Reflect.get(Object(error.error), 'message') ?? error.error
    return error.error instanceof Error ? { unread: String(told) } : { failed: String(told) }
  }
  const finish = parts.find((part) => part.type === 'finish')
  return finish ? { said: nativeOf(parts, finish.finishReason.unified, finish.usage) } : { unread: 'It has no end.' }
}
