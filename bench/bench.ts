// What every measurement needs: the processes, a key, and the requests.
import { build } from '../scripts/build.ts'
import { type Child, start } from './child.ts'
import type { Ask, Client, Received } from './client.ts'
import { isGateway, type Name, type Runtime, startRuntime } from './runtime.ts'
import type { Play, Upstream } from './upstream.ts'
import type { Service } from './wire.ts'

export type { Ask } from './client.ts'

export interface Bench {
  readonly code: string
  readonly quick: boolean
  readonly runtime: Runtime
  readonly client: Child<Client>
  /** The upstream's origin. */
  readonly origin: string
  play(next: Play): Promise<void>
  /** A request with `body` as a client sends it; `direct` goes to the upstream itself. */
  ask(to: Name | 'direct', service: Service, body: object, key?: string): Ask
  /** A key for both services, with these limits. */
  makeKey(limits: Readonly<Record<string, number>>): Promise<string>
  stop(): Promise<void>
}

const PATHS: { readonly [S in Service]: string } = { anthropic: '/v1/messages', openai: '/v1/chat/completions' }
const MODELS: { readonly [S in Service]: string } = { anthropic: 'anthropic/claude-sonnet-4-6', openai: 'openai/gpt-5' }

export async function startBench(quick: boolean): Promise<Bench> {
  const { code } = await build()
  const client = start<Client>(`${import.meta.dirname}/client.ts`)
  const upstream = start<Upstream>(`${import.meta.dirname}/upstream.ts`)
  const origin = `http://127.0.0.1:${await upstream.call('listen', undefined)}`
  const runtime = await startRuntime(code, origin)
  const makeKey = (limits: object) => createKey(runtime, origin, limits)
  const unlimited = await makeKey({})
  return {
    code,
    quick,
    runtime,
    client,
    origin,
    play: (next) => upstream.call('play', next),
    makeKey,
    ask(to, service, body, key = unlimited) {
      // The gateway's clients all speak OpenAI's form; the other Workers pass on what they get where they get it.
      const path = isGateway(to) ? PATHS.openai : PATHS[service]
      return {
        url: (to === 'direct' ? origin : runtime.urls[to]) + path,
        headers: { authorization: `Bearer ${key}` },
        body: JSON.stringify({ model: MODELS[service], ...body }),
      }
    },
    async stop() {
      client.stop()
      upstream.stop()
      await runtime.stop()
    },
  }
}

async function createKey({ urls, adminToken }: Runtime, origin: string, limits: object): Promise<string> {
  const answer = await fetch(`${urls.dragoman}/admin/keys`, {
    method: 'POST',
    headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      name: 'bench',
      limits,
      providers: {
        anthropic: { base_url: origin, credential: 'sk-ant-bench' },
        openai: { base_url: `${origin}/v1`, credential: 'sk-bench' },
      },
    }),
  })
  const text = await answer.text()
  if (answer.status !== 201) throw new Error(`No key: ${answer.status} ${text}`)
  const { key }: { key: string } = JSON.parse(text)
  return key
}

/** What the Workers use while `work` is done, in microseconds, and what `work` gives. */
export async function cpuOf<T>({ runtime }: Bench, work: () => Promise<T>): Promise<{ cpu: number; result: T }> {
  const before = runtime.cpu()
  const result = await work()
  // What they still do once the client has everything belongs to it.
  await new Promise((resolve) => setTimeout(resolve, 10))
  return { cpu: runtime.cpu() - before, result }
}

/** @throws Error when something was lost or added: then nothing that was measured means anything. */
export function expect(what: string, received: Received, wanted: { events: number; bytes?: number | undefined }): void {
  for (const name of ['events', 'bytes'] as const) {
    const want = wanted[name] ?? received[name]
    if (received[name] !== want) throw new Error(`${what}: ${received[name]} ${name} instead of ${want}.`)
  }
}
