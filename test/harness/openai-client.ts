// The official client against the gateway, with the demo's two services behind it.
import OpenAI, { type ClientOptions } from 'openai'
import { type Demo, startDemo } from '../../demo/index.ts'
import { type Gateway, startGateway } from './gateway.ts'

export interface Clients {
  readonly gateway: Gateway
  readonly demo: Demo
  readonly key: string
  readonly openai: OpenAI
  client(options?: ClientOptions): OpenAI
  /** A key for both services, with credentials of its own, as limits and failures are theirs; `more` is what else its binding says. */
  makeKey(more?: Record<string, unknown>): Promise<string>
  /** The body of the last request that a service received. */
  sent(): Record<string, unknown>
  close(): Promise<unknown>
}

/** One model of each service: the first is translated, the second relayed. */
export const MODELS = [
  ['translated', 'anthropic/claude-haiku-4-5'],
  ['relayed', 'openai/gpt-4o'],
] as const

export async function startClients(): Promise<Clients> {
  const [gateway, demo] = await Promise.all([startGateway(), startDemo({ delayMs: 0 })])
  let keys = 0
  const makeKey = (more: Record<string, unknown> = {}) => {
    const number = ++keys
    const slot = (provider: string) => ({
      base_url: demo.bases[provider],
      credential: `sk-${provider}-canary-${number}`,
    })
    return gateway.createKey({ providers: { anthropic: slot('anthropic'), openai: slot('openai') }, ...more })
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
    sent: () => demo.requests.at(-1)?.body as Record<string, unknown>,
    close: () => Promise.all([gateway.close(), demo.close()]),
  }
}
