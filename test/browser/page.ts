// What runs in the browser: the official client, and functions that say what it saw. Bundled by esbuild, never by Node.
import OpenAI from 'openai'

export interface Ask {
  readonly baseURL: string
  readonly apiKey: string
  readonly model: string
  readonly content: string
  readonly more?: Record<string, unknown>
  readonly headers?: Record<string, string>
  readonly maxRetries?: number
}

/** An error as a page can show it. */
export interface Failure {
  /** The client's class, such as `RateLimitError`. */
  readonly kind: string
  readonly status: number | undefined
  readonly type: string | undefined
  readonly code: string | null | undefined
  readonly param: string | null | undefined
  readonly requestId: string | null | undefined
  readonly headers: Record<string, string>
}

function clientOf({ baseURL, apiKey, maxRetries = 0 }: Ask): OpenAI {
  return new OpenAI({ baseURL, apiKey, maxRetries, dangerouslyAllowBrowser: true })
}

const bodyOf = ({ model, content, more }: Ask) => ({ model, messages: [{ role: 'user' as const, content }], ...more })
const optionsOf = ({ headers }: Ask) => ({ ...(headers && { headers }) })

const api = {
  async whole(ask: Ask) {
    const { data, response } = await clientOf(ask)
      .chat.completions.create({ ...bodyOf(ask), stream: false }, optionsOf(ask))
      .withResponse()
    return { content: data.choices[0]?.message.content, headers: Object.fromEntries(response.headers) }
  },

  /** The pieces of a streamed answer and when they came, in milliseconds; leaves after `pieces` of them. */
  async streamed(ask: Ask, pieces = Number.POSITIVE_INFINITY) {
    const from = Date.now()
    const { data, response } = await clientOf(ask)
      .chat.completions.create({ ...bodyOf(ask), stream: true }, optionsOf(ask))
      .withResponse()
    const said: { readonly at: number; readonly text: string }[] = []
    for await (const { choices } of data) {
      const text = choices[0]?.delta.content
      if (text) said.push({ at: Date.now() - from, text })
      if (said.length >= pieces) data.controller.abort()
    }
    return { said, headers: Object.fromEntries(response.headers) }
  },

  /** What the client throws. */
  async failure(ask: Ask, streamed = false): Promise<Failure> {
    try {
      await (streamed ? api.streamed(ask) : api.whole(ask))
    } catch (error) {
      if (!(error instanceof OpenAI.APIError)) throw error
      const { status, type, code, param, requestID, headers } = error
      const known = Object.entries(OpenAI).find(([, kind]) => typeof kind === 'function' && error.constructor === kind)
      const kind = known?.[0] ?? 'unknown'
      return { kind, status, type, code, param, requestId: requestID, headers: Object.fromEntries(headers ?? []) }
    }
    throw new Error('It did not fail.')
  },

  /** A plain request, for what is not the client's to ask. */
  async plain(url: string, init: { method?: string; headers?: Record<string, string> } = {}) {
    try {
      const response = await fetch(url, init)
      return { status: response.status, text: await response.text() }
    } catch (error) {
      return { status: 0, text: error instanceof Error ? error.name : 'unknown' }
    }
  },
}

export type Api = typeof api

Object.assign(globalThis, { api })
