// What Google's own client reads from an answer.
import { ApiError, type GenerateContentResponse, GoogleGenAI } from '@google/genai'
import type { Case } from './cases.ts'

/** An answer's chunks, of which a whole one has one; or a failure, and the chunks that came before it. */
export interface ClientOutcome {
  readonly chunks: readonly GenerateContentResponse[]
  readonly refused?: { readonly status: number; readonly error: Readonly<Record<string, unknown>> }
  /** The client itself can make nothing of it. */
  readonly unread?: string
}

/** Gives a recorded answer to the client and takes what it makes of it. */
export async function readByGoogle({ bytes, status, stream, contentType, model }: Case): Promise<ClientOutcome> {
  const fetch = async () => new Response(bytes, { status, headers: { 'content-type': contentType } })
  // Some were recorded on another platform, of which the client reads more.
  const vertexai = /"(?:citations|trafficType)":/.test(new TextDecoder().decode(bytes))
  const client = new GoogleGenAI({ apiKey: 'none', vertexai, httpOptions: { fetch } })
  const params = { model, contents: 'Hello' }
  const chunks: GenerateContentResponse[] = []
  try {
    if (!stream) return { chunks: [await client.models.generateContent(params)] }
    for await (const chunk of await client.models.generateContentStream(params)) chunks.push(chunk)
    return { chunks }
  } catch (thrown) {
    if (thrown instanceof ApiError)
      return { chunks, refused: { status: thrown.status, error: errorIn(thrown.message) } }
    if (thrown instanceof Error) return { chunks, unread: thrown.message }
    throw thrown
  }
}

/** The client puts the body of an error into the message of its own. */
function errorIn(message: string): Record<string, unknown> {
  const body: unknown = JSON.parse(message.slice(message.search(/[[{]/)))
  return Object([body].flat()[0]).error
}
