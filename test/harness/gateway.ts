// The production bundle on workerd, behind real sockets: what a user runs, for tests that speak to it from outside.
import { setTimeout as sleep } from 'node:timers/promises'
import { convertV4MiniflareOptions, Miniflare, type Response as Sent } from 'miniflare'
import { build } from '../../scripts/build.ts'
import { pageWorker } from '../../scripts/page.ts'
import { TEST_SECRETS } from '../secrets.ts'

export interface Gateway {
  /** `http://127.0.0.1:PORT`, without a slash at the end. */
  readonly url: string
  /** The same Worker in a second isolate, with the same KV and Durable Objects. */
  readonly other: string
  /** Makes a client key; the body is that of `POST /admin/keys`. */
  createKey(body: Record<string, unknown>): Promise<string>
  /** A request of the chat dialect, as it is: for what no SDK would send. */
  chat(
    key: string,
    body: unknown,
    init?: { headers?: Record<string, string>; signal?: AbortSignal; url?: string },
  ): Promise<Response>
  /** Everything the Worker and its runtime have logged so far, as text. */
  readonly logs: string[]
  /** The entries of requests among it, whole: as text they are printed only so deep. */
  readonly entries: unknown[]
  /**
   * Waits until a key's requests are accounted for, and a moment longer for what must not come twice.
   * @returns one line, `outcome error route`, for each of them.
   */
  accounts(key: string, count?: number): Promise<string[]>
  close(): Promise<void>
}

/**
 * Starts the gateway. `vars` are variables and secrets beside the tests' own; undefined takes one away.
 * @param media answers for the network that media are fetched from; as on Cloudflare there is none by itself.
 * @param withPage whether it serves the page.
 */
export async function startGateway(
  vars: Record<string, string | undefined> = {},
  media?: (url: string) => Sent,
  withPage = false,
): Promise<Gateway> {
  const { code } = await build()
  const page = withPage ? await pageWorker() : undefined
  const logs: string[] = []
  const entries: unknown[] = []
  const bindings = Object.fromEntries(
    Object.entries({ ...TEST_SECRETS, MAX_BODY_BYTES: '33554432', MAX_CHOICES: '8', ...vars }).filter(
      (pair): pair is [string, string] => pair[1] !== undefined,
    ),
  )
  const worker = {
    modules: [{ type: 'ESModule' as const, path: 'index.js', contents: TWICE + code }],
    compatibilityDate: '2026-10-01',
    compatibilityFlags: ['enable_request_signal', 'global_fetch_strictly_public'],
    kvNamespaces: { KEYS: 'keys' },
    bindings,
    serviceBindings: {
      ...(media && { MEDIA: ({ url }: { url: string }) => media(url) }),
      ...(page && { PAGE: page.name }),
    },
    unsafeDirectSockets: [{ host: '127.0.0.1', port: 0 }],
  }
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host: '127.0.0.1',
      port: 0,
      cf: false,
      handleStructuredLogs: ({ message }) => {
        if (message.startsWith(ENTRY)) entries.push(JSON.parse(message.slice(ENTRY.length)))
        else logs.push(message)
      },
      workers: [
        {
          ...worker,
          name: 'dragoman',
          durableObjects: {
            LIMITER: { className: 'Limiter', useSQLite: true },
            RECORDS: { className: 'KeyRecord', useSQLite: true },
            RESPONSES: { className: 'ResponseStore', useSQLite: true },
          },
        },
        {
          ...worker,
          name: 'other',
          durableObjects: {
            LIMITER: { className: 'Limiter', scriptName: 'dragoman', useSQLite: true },
            RECORDS: { className: 'KeyRecord', scriptName: 'dragoman', useSQLite: true },
            RESPONSES: { className: 'ResponseStore', scriptName: 'dragoman', useSQLite: true },
          },
        },
        ...(page ? [page] : []),
      ],
    }),
  )
  await miniflare.ready
  const urlOf = async (name: string) => (await miniflare.unsafeGetDirectURL(name)).toString().replace(/\/$/, '')
  const [url, other] = await Promise.all([urlOf('dragoman'), urlOf('other')])
  return {
    url,
    other,
    async createKey(body) {
      const answer = await fetch(`${url}/admin/keys`, {
        method: 'POST',
        headers: { authorization: `Bearer ${TEST_SECRETS.ADMIN_TOKEN}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
      if (answer.status !== 201) throw new Error(`No key: ${answer.status} ${await answer.text()}`)
      const { key }: { key: string } = JSON.parse(await answer.text())
      return key
    },
    chat: (key, body, init = {}) =>
      fetch(`${init.url ?? url}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...init.headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
        ...(init.signal && { signal: init.signal }),
      }),
    logs,
    entries,
    async accounts(key, count = 1) {
      const id = `key_id: 'key_${key.slice(6, 22)}'`
      const found = () => logs.filter((line) => line.includes(id) && line.includes('outcome:'))
      const until = Date.now() + 5000
      while (found().length < count && Date.now() < until) await sleep(10)
      await sleep(50)
      return found().map((line) => ['outcome', 'error', 'route'].map((name) => valueIn(line, name)).join(' '))
    },
    close: () => miniflare.dispose(),
  }
}

const ENTRY = 'entry '
/** The entry of a request is logged as JSON, too. */
const TWICE = `{ const { log } = console; console.log = (one) => { log(one); if (one?.event === 'request') log(${JSON.stringify(ENTRY)} + JSON.stringify(one)); }; }\n`

/** A value in a line of the log, which the runtime prints as it would print an object; `-` where it has none. */
function valueIn(line: string, name: string): string {
  return new RegExp(`\\b${name}: '([^']*)'`).exec(line)?.[1] ?? '-'
}
