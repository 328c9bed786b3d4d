// What the official OpenAI client reads from an answer.
import OpenAI, { APIError } from 'openai'
import type { Said } from './core.ts'
import type { Outcome, Reading } from './reading.ts'

type Completion = OpenAI.ChatCompletion
type Chunk = OpenAI.ChatCompletionChunk

const PARAMS = { model: 'any', messages: [{ role: 'user' as const, content: 'Hello' }] }

function clientOf(body: Uint8Array, status: number, contentType: string): OpenAI {
  return new OpenAI({
    apiKey: 'none',
    maxRetries: 0,
    logLevel: 'off',
    fetch: async () => new Response(body, { status, headers: { 'content-type': contentType } }),
  })
}

/** Reads a chat stream, folded as the client folds it. */
export async function readStream(bytes: Uint8Array): Promise<Outcome> {
  const client = clientOf(bytes, 200, 'text/event-stream')
  const chunks: Chunk[] = []
  const fold = client.chat.completions.stream(PARAMS).on('chunk', (chunk) => chunks.push(chunk))
  try {
    const completion = await fold.finalChatCompletion()
    return { said: { ...readingOf(completion), ...reasoningIn(chunks), ...addedIn(chunks) } }
  } catch (thrown) {
    const text = chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')
    return failed(thrown, text)
  }
}

/** Reads an answer that is not streamed. */
export async function readWhole({ body, status }: Said): Promise<Outcome> {
  const client = clientOf(body, status, 'application/json')
  try {
    return { said: readingOf(await client.chat.completions.create(PARAMS)) }
  } catch (thrown) {
    return failed(thrown, '')
  }
}

function failed(thrown: unknown, text: string): Outcome {
  if (!(thrown instanceof APIError)) throw thrown
  const { status, type, code } = thrown
  const { message } = thrown.error as { message: string }
  return { failed: { status, type: type ?? '', code: code ?? null, message, text } }
}

/** The chunks of a stream as far as the client reads it, and whether it came to the end without an error. */
export async function readChunks(bytes: Uint8Array): Promise<{ chunks: Chunk[]; failed: boolean }> {
  const chunks: Chunk[] = []
  try {
    const stream = await clientOf(bytes, 200, 'text/event-stream').chat.completions.create({ ...PARAMS, stream: true })
    for await (const chunk of stream) chunks.push(chunk)
    return { chunks, failed: false }
  } catch {
    return { chunks, failed: true }
  }
}

/** Members that the client passes on but does not know. */
type Extended = Partial<Completion['choices'][number]['message']> & {
  readonly reasoning_content?: string
  readonly reasoning_details?: readonly object[]
  readonly images?: readonly Image[]
  readonly extra_content?: object
}

interface Image {
  readonly image_url: { readonly url: string }
}

function readingOf({ id, model, service_tier, choices, usage }: Completion): Reading {
  const [choice] = choices
  if (!choice) throw new Error('The answer has no choice.')
  // What a filter has taken away leaves a choice without a message.
  const message: Extended = choice.message ?? {}
  return {
    id,
    model,
    tier: service_tier ?? null,
    text: message.content ?? null,
    refusal: message.refusal ?? null,
    reasoning: message.reasoning_content ?? null,
    details: message.reasoning_details ?? [],
    calls: (message.tool_calls ?? []).map((call) =>
      call.type === 'function'
        ? { id: call.id, name: call.function.name, arguments: call.function.arguments }
        : { id: call.id, name: call.custom.name, arguments: call.custom.input },
    ),
    annotations: message.annotations ?? [],
    finish: choice.finish_reason,
    usage: countsIn(usage),
    logprobs: choice.logprobs?.content ?? [],
    images: (message.images ?? []).map(({ image_url }) => image_url.url),
    extra: [message.extra_content ?? null, ...(message.tool_calls ?? []).map(extraOf)],
  }
}

function extraOf(call: object): object | null {
  const extra: unknown = Reflect.get(call, 'extra_content')
  return typeof extra === 'object' ? extra : null
}

/** Every number of OpenAI's `usage`, by its path. Prices and the like are not among them. */
export function countsIn(usage: Completion['usage'] | null): Record<string, number> {
  if (!usage) return {}
  const { prompt_tokens, completion_tokens, total_tokens, prompt_tokens_details, completion_tokens_details } = usage
  return {
    ...numbersIn('', { prompt_tokens, completion_tokens, total_tokens }),
    ...numbersIn('prompt_tokens_details.', prompt_tokens_details),
    ...numbersIn('completion_tokens_details.', completion_tokens_details),
  }
}

function numbersIn(path: string, details: object | null | undefined): Record<string, number> {
  const out: Record<string, number> = {}
  for (const [name, count] of Object.entries(details ?? {})) {
    if (typeof count === 'number') out[path + name] = count
  }
  return out
}

/**
 * The client keeps only the last of what it does not know. These are folded as the clients fold them that do: text by
 * appending, details by their index.
 */
function reasoningIn(chunks: readonly Chunk[]): Pick<Reading, 'reasoning' | 'details'> {
  let reasoning: string | null = null
  const details: Record<string, unknown>[] = []
  for (const { choices } of chunks) {
    const delta = choices[0]?.delta as
      | { reasoning_content?: string; reasoning_details?: ({ index: number } & Record<string, unknown>)[] }
      | undefined
    if (delta?.reasoning_content !== undefined) reasoning = (reasoning ?? '') + delta.reasoning_content
    for (const piece of delta?.reasoning_details ?? []) {
      const whole = details[piece.index] ?? {}
      details[piece.index] = whole
      for (const [key, value] of Object.entries(piece)) {
        const appends = key === 'text' || key === 'signature' || key === 'data' || key === 'format'
        whole[key] = appends ? `${whole[key] ?? ''}${value}` : value
      }
    }
  }
  return { reasoning, details }
}

/** What is said once, in a delta of its own, each a whole. */
function addedIn(chunks: readonly Chunk[]): Pick<Reading, 'images' | 'extra'> {
  const images: string[] = []
  let message: object | null = null
  const calls: (object | null)[] = []
  for (const { choices } of chunks) {
    // The client's types know nothing of what is added to them.
    const delta = choices[0]?.delta as Extended | undefined
    images.push(...(delta?.images ?? []).map(({ image_url }) => image_url.url))
    message = delta?.extra_content ?? message
    for (const call of choices[0]?.delta.tool_calls ?? []) calls[call.index] ??= extraOf(call)
  }
  return { images, extra: [message, ...calls] }
}
