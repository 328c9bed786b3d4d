// Answers of services that speak OpenAI's format, taken apart by OpenAI's client: what may stand in them.
import OpenAI from 'openai'
import type { Case } from './cases.ts'

interface Part {
  readonly type: string
  readonly text?: string
  readonly thinking?: readonly { readonly text: string }[]
}

export interface Detail {
  readonly type: string
  readonly index?: number
  readonly text?: string
  readonly summary?: string
  readonly data?: string
  readonly signature?: string
}

interface Call {
  readonly id?: string
  readonly index?: number
  readonly function?: { readonly name?: string; readonly arguments?: string | object }
}

export interface Source {
  readonly url: string
  readonly title?: string
}

export interface Words {
  readonly content?: string | readonly Part[] | null
  readonly refusal?: string | null
  readonly reasoning_content?: string | null
  readonly reasoning?: string | null
  readonly reasoning_details?: readonly Detail[] | null
  readonly tool_calls?: readonly Call[] | null
  readonly images?: readonly { readonly image_url: { readonly url: string } }[]
  readonly annotations?: readonly { readonly url_citation: object }[] | null
}

type Counts = OpenAI.CompletionUsage & Readonly<Record<string, unknown>>

/** A chunk, or a whole answer. */
export interface Chunk {
  readonly id?: string
  readonly model?: string
  readonly service_tier?: string | null
  readonly choices?: readonly {
    readonly delta?: Words
    readonly message?: Words
    readonly finish_reason?: string | null
    readonly logprobs?: { readonly content?: readonly object[] | null } | null
    readonly usage?: Counts
  }[]
  readonly usage?: Counts | null
  readonly x_groq?: { readonly usage?: Counts }
  readonly citations?: readonly string[]
  readonly search_results?: readonly Source[]
}

const PARAMS = { model: 'any', messages: [{ role: 'user' as const, content: 'Hello' }] }

/** @throws APIError for a failure, SyntaxError for what is no JSON. */
export async function chunksOf({ bytes, stream, status, contentType }: Case): Promise<Chunk[]> {
  const client = new OpenAI({
    apiKey: 'none',
    maxRetries: 0,
    logLevel: 'off',
    fetch: async () => new Response(bytes, { status, headers: { 'content-type': contentType } }),
  })
  const chunks: unknown[] = []
  if (!stream) chunks.push(await client.chat.completions.create(PARAMS))
  else for await (const chunk of await client.chat.completions.create({ ...PARAMS, stream: true })) chunks.push(chunk)
  // The client's own types say what OpenAI sends.
  return chunks as Chunk[]
}
