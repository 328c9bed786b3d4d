// What the official client reads of a completion.
import OpenAI from 'openai'

export interface CompletionReading {
  text: string
  reason: string | null
  usage: unknown
  failed: boolean
}

const BODY = { model: 'any', prompt: 'Once' }

/** The text, why it ended, what it used. */
export function readingOf(bytes: Uint8Array | string, stream: boolean): Promise<CompletionReading> {
  const type = stream ? 'text/event-stream' : 'application/json'
  const fetch = async () => new Response(bytes, { headers: { 'content-type': type } })
  return readWith(new OpenAI({ apiKey: 'none', maxRetries: 0, logLevel: 'off', fetch }), stream)
}

export async function readWith(client: OpenAI, stream: boolean, model = BODY.model): Promise<CompletionReading> {
  const said: CompletionReading = { text: '', reason: null, usage: null, failed: false }
  const take = ({ choices = [], usage }: Partial<OpenAI.Completion>) => {
    for (const { text, finish_reason } of choices) {
      said.text += text
      said.reason = finish_reason ?? said.reason
    }
    said.usage = usage ?? said.usage
  }
  try {
    const body = { ...BODY, model }
    if (!stream) take(await client.completions.create(body))
    else for await (const chunk of await client.completions.create({ ...body, stream: true })) take(chunk)
  } catch {
    said.failed = true
  }
  return said
}
