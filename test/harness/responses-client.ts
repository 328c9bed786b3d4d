// The official client's Responses against the gateway, with every service of the demo behind it.
import OpenAI, { type ClientOptions } from 'openai'
import { type Demo, startDemo } from '../../demo/index.ts'
import { type Gateway, startGateway } from './gateway.ts'

/** A model of each service that is translated. The last speaks OpenAI's chat, and no Responses. */
export const TRANSLATED = [
  ['anthropic', 'anthropic/claude-haiku-4-5'],
  ['gemini', 'gemini/gemini-2.5-flash'],
  ['bedrock', 'bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0'],
  ['cohere', 'cohere/command-a-03-2025'],
  ['paddler', 'paddler/local'],
  ['openai-compatible', 'like/gpt-4o'],
] as const

export interface ResponsesClients {
  readonly gateway: Gateway
  readonly demo: Demo
  readonly key: string
  readonly openai: OpenAI
  client(options?: ClientOptions): OpenAI
  /** A key for all services; `more` is what else its binding says. */
  makeKey(more?: Record<string, unknown>): Promise<string>
  /** A request by hand. */
  ask(path: string, init?: RequestInit & { readonly key?: string }): Promise<Response>
  /** The body of the last request that a service received. */
  sent(): Record<string, unknown>
  close(): Promise<unknown>
}

export async function startResponses(vars: Record<string, string> = {}): Promise<ResponsesClients> {
  const [gateway, demo] = await Promise.all([startGateway(vars), startDemo({ delayMs: 0 })])
  const makeKey = (more: Record<string, unknown> = {}) => {
    const slot = (provider: string, of = provider) => ({
      provider: of,
      base_url: demo.bases[provider],
      credential: `sk-${provider}-canary`,
    })
    const providers = {
      ...Object.fromEntries(Object.keys(demo.bases).map((provider) => [provider, slot(provider)])),
      like: slot('openai', 'openai-compatible'),
    }
    return gateway.createKey({ providers, ...more })
  }
  const key = await makeKey()
  const client = (options: ClientOptions = {}) =>
    new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: key, maxRetries: 0, ...options })
  return {
    gateway,
    demo,
    key,
    openai: client(),
    client,
    makeKey,
    ask: (path, { key: own = key, headers, ...init } = {}) =>
      fetch(`${gateway.url}/v1${path}`, {
        ...init,
        headers: { authorization: `Bearer ${own}`, 'content-type': 'application/json', ...headers },
      }),
    sent: () => demo.requests.at(-1)?.body as Record<string, unknown>,
    close: () => Promise.all([gateway.close(), demo.close()]),
  }
}
