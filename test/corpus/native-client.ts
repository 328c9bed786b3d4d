// What a service's own client in the AI SDK reads of an answer: a third reading, by people who know nothing of us.
import { createGroq } from '@ai-sdk/groq'
import { createMistral } from '@ai-sdk/mistral'
import { APICallError, type LanguageModelV3, type LanguageModelV3StreamPart } from '@ai-sdk/provider'
import { createXai } from '@ai-sdk/xai'
import type { Case } from './cases.ts'

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

const CLIENTS: Readonly<Record<string, (answer: Fetch) => LanguageModelV3>> = {
  groq: (fetch) => createGroq({ apiKey: 'none', fetch })('any'),
  mistral: (fetch) => createMistral({ apiKey: 'none', fetch })('any'),
  xai: (fetch) => createXai({ apiKey: 'none', fetch }).chat('any'),
}

/** @param answer answers instead of the service. */
export function clientOf(provider: string, answer: Fetch): LanguageModelV3 {
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
    const parts: LanguageModelV3StreamPart[] = []
    for await (const part of (await client.doStream(PROMPT)).stream) parts.push(part)
    return streamedOf(parts)
  } catch (thrown) {
    if (!APICallError.isInstance(thrown)) throw thrown
    return status < 400 ? { unread: thrown.message } : { failed: thrown.message }
  }
}

type Counts = Extract<LanguageModelV3StreamPart, { type: 'finish' }>['usage']
type Content = { readonly type: string; readonly text?: string; readonly delta?: string } & Record<string, unknown>

function nativeOf(parts: readonly object[], finish: string, usage: Counts): Native {
  // Parts of an answer and of a stream differ in the names of their types alone, as far as they are read here.
  const all = parts as readonly Content[]
  const said = (type: string) =>
    all.map((part) => (part.type === type || part.type === `${type}-delta` ? (part.text ?? part.delta) : '')).join('')
  const calls = all
    .filter(({ type }) => type === 'tool-call')
    .map((one) => ({ id: String(one.toolCallId), name: String(one.toolName), arguments: String(one.input) }))
  return {
    text: said('text'),
    reasoning: said('reasoning'),
    calls,
    finish: calls.length > 0 && finish === 'stop' ? 'tool_calls' : finish.replaceAll('-', '_'),
    prompt: usage.inputTokens.total ?? 0,
    completion: usage.outputTokens.total ?? 0,
  }
}

function streamedOf(parts: readonly LanguageModelV3StreamPart[]): NativeOutcome {
  const error = parts.find(({ type }) => type === 'error')
  if (error?.type === 'error') {
    const told: unknown = Reflect.get(Object(error.error), 'message') ?? error.error
    return error.error instanceof Error ? { unread: String(told) } : { failed: String(told) }
  }
  const finish = parts.find((part) => part.type === 'finish')
  return finish ? { said: nativeOf(parts, finish.finishReason.unified, finish.usage) } : { unread: 'It has no end.' }
}
