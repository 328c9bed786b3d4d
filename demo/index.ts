// The demo upstream: providers in miniature on one loopback port, so that the gateway can be tried and tested without an
// account. They are as strict as the real ones and answer from the request alone. Run it by itself with
// `node demo/index.ts [port]`; `GET /` tells what it can be asked to do.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { anthropic } from './anthropic/index.ts'
import { bedrock } from './bedrock/index.ts'
import { cohere } from './cohere/index.ts'
import { DIRECTIVES } from './directives.ts'
import { Exchange, parseBody, type RecordedRequest, readBody } from './exchange.ts'
import { gemini } from './gemini/index.ts'
import { openai } from './openai/index.ts'
import { paddler } from './paddler/index.ts'
import type { Service } from './service.ts'

export type { RecordedRequest } from './exchange.ts'

export interface DemoOptions {
  /** 0 = any free port. */
  readonly port?: number
  /** Milliseconds between two events of a stream. */
  readonly delayMs?: number
  /** How many requests are kept to look at; older ones are forgotten. */
  readonly keep?: number
}

export interface Demo {
  readonly url: string
  readonly port: number
  /** What arrived, oldest first. */
  readonly requests: RecordedRequest[]
  /** The `base_url` of each provider the demo plays, by its name. */
  readonly bases: Readonly<Record<string, string>>
  close(): Promise<void>
}

function help(services: readonly Service[]): string {
  const list = (rows: readonly (readonly [string, string])[]) =>
    rows.map(([name, text]) => `  ${name.padEnd(20)} ${text}`).join('\n')
  const bases = list(
    services.map(({ provider, base }) => [provider, `base_url ends in ${base === '' ? 'nothing' : base}`]),
  )
  const directives = list(Object.entries(DIRECTIVES).map(([name, text]) => [`demo:${name}`, text]))
  return `Dragoman's demo upstream.\n\nProviders:\n${bases}\n\nIn the last user message:\n${directives}\n  demo:4xx, demo:5xx   that status; demo:429=20 says when to retry\n`
}

function record(request: IncomingMessage, raw: Buffer): RecordedRequest {
  const url = new URL(request.url ?? '/', 'http://demo')
  const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)])
  return {
    method: request.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers: Object.fromEntries(headers),
    body: parseBody(raw),
    aborted: false,
  }
}

/** Starts the demo on loopback. */
export async function startDemo({ port = 0, delayMs = 0, keep = 1000 }: DemoOptions = {}): Promise<Demo> {
  const services: readonly Service[] = [openai(), bedrock(), cohere(), gemini(), paddler(), anthropic()]
  const requests: RecordedRequest[] = []
  let sequence = 0

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const raw = await readBody(request)
    const recorded = record(request, raw)
    if (recorded.method === 'GET' && recorded.path === '/') {
      response.end(help(services))
      return
    }
    if (requests.push(recorded) > keep) requests.shift()
    sequence += 1
    const exchange = new Exchange(recorded, raw, response, sequence, delayMs)
    await services.find(({ prefix }) => recorded.path.startsWith(prefix))?.answer(exchange)
  }

  // The gateway keeps connections, and finds one that was closed here only when it sends on it.
  const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    serve(request, response).catch((fault: unknown) => {
      // A client may hang up before it has sent all. A fault of our own must not look like one that was asked for.
      if (request.complete) console.error('demo:', fault)
      response.destroy()
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const address = server.address()
  const actual = typeof address === 'object' && address !== null ? address.port : port
  const url = `http://127.0.0.1:${actual}`
  return {
    url,
    port: actual,
    requests,
    bases: Object.fromEntries(services.map(({ provider, base }) => [provider, url + base])),
    async close() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}

if (import.meta.main) {
  const demo = await startDemo({ port: Number(process.argv[2] ?? 0), delayMs: 15, keep: 0 })
  console.log(`Demo upstream on ${demo.url}`)
  process.on('SIGTERM', () => process.exit(0))
  process.on('SIGINT', () => process.exit(0))
}
