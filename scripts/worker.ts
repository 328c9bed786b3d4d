// The Worker on workerd, with the bindings of wrangler.toml kept locally. It listens on workerd's own socket: no proxy
// stands between a client and it, so that what is measured is the Worker.
import { join } from 'node:path'
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare'
import { ROOT } from './build.ts'
import type { pageWorker } from './page.ts'

/**
 * What clients name by address is fetched from public addresses only, whatever a name resolves to: here, other than on
 * Cloudflare, there is a network around the machine.
 */
export const PUBLIC = { network: { allow: ['public'], tlsOptions: { trustBrowserCas: true } } }

export interface WorkerOptions {
  /** The bundle's text. */
  readonly code: string
  /** 0 = any free port. */
  readonly port?: number
  /** Who has the page: the Worker's own socket is no proxy's, so that nobody else serves it. */
  readonly page: Awaited<ReturnType<typeof pageWorker>>
  /** Secrets, and variables other than wrangler.toml says. */
  readonly vars: Readonly<Record<string, string>>
  /** Where KV and Durable Objects keep their data; absent = in memory. */
  readonly dataDir?: string
  /** What the Worker logs, line by line. */
  readonly onLog?: (level: string, message: string) => void
  /** The runtime crashed and runs again, on the same port. */
  readonly onRestart?: () => void
}

export interface RunningWorker {
  readonly url: string
  /** Resolves if the runtime is gone and cannot be brought back. */
  readonly failed: Promise<Error>
  stop(): Promise<void>
}

/** Miniflare's own messages: nothing is printed, but a runtime that stays down is told. */
class FailureLog extends Log {
  readonly failed: Promise<Error>
  readonly #fail: (error: Error) => void

  constructor() {
    super(LogLevel.ERROR)
    const { promise, resolve } = Promise.withResolvers<Error>()
    this.failed = promise
    this.#fail = resolve
  }

  protected override log(): void {}

  override error(error: Error): void {
    if ('code' in error && error.code === 'ERR_RUNTIME_FAILURE') this.#fail(error)
  }
}

/** Wrangler, which takes a second to load: worth starting before it is needed. */
export async function loadWrangler() {
  // What it says is meant for its own users. It listens to this only while it is loaded.
  process.env.WRANGLER_LOG ??= 'none'
  return await import('wrangler')
}

/** The bindings of wrangler.toml in Miniflare's words. */
async function bindings() {
  const { unstable_readConfig: read, unstable_getMiniflareWorkerOptions: convert } = await loadWrangler()
  const config = read({ config: join(ROOT, 'wrangler.toml') })
  // No secret is asked of wrangler: they are ours to set, and it would start esbuild to word what it misses.
  const { workerOptions } = convert({ ...config, secrets: { required: [] } })
  const { modulesRules: _rules, assets: _assets, bindings: vars, ...options } = workerOptions
  return { options, vars: vars as Readonly<Record<string, string>> | undefined }
}

/** Makes a Miniflare that leaves signals to whoever runs it: by itself it would end the process, and not with 0. */
function withoutSignals(make: () => Miniflare): Miniflare {
  const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const
  const before = signals.map((signal) => process.listeners(signal))
  const miniflare = make()
  for (const [index, signal] of signals.entries()) {
    for (const listener of process.listeners(signal)) {
      if (!before[index]?.includes(listener)) process.removeListener(signal, listener)
    }
  }
  return miniflare
}

/** Runs a bundle until it is stopped. */
export async function runWorker({
  code,
  page,
  port = 0,
  vars,
  dataDir,
  onLog,
  onRestart,
}: WorkerOptions): Promise<RunningWorker> {
  const { options, vars: defaults } = await bindings()
  const log = new FailureLog()
  const miniflare = withoutSignals(
    () =>
      new Miniflare(
        convertV4MiniflareOptions({
          host: '127.0.0.1',
          port: 0,
          log,
          // Otherwise it is fetched from the network.
          cf: false,
          telemetry: { enabled: false },
          ...(dataDir === undefined ? {} : { resourcePersistencePath: dataDir }),
          handleStructuredLogs: ({ level, message }) => onLog?.(level, message),
          unsafeHandleRuntimeRestart: () => onRestart?.(),
          workers: [
            {
              ...options,
              name: 'dragoman',
              modules: [{ type: 'ESModule', path: 'index.js', contents: code }],
              bindings: { ...defaults, ...vars },
              serviceBindings: { MEDIA: PUBLIC, PAGE: page.name },
              unsafeDirectSockets: [{ host: '127.0.0.1', port }],
            },
            page,
          ],
        }),
      ),
  )
  try {
    await miniflare.ready
    const url = await miniflare.unsafeGetDirectURL('dragoman')
    return { url: url.origin, failed: log.failed, stop: () => miniflare.dispose() }
  } catch (error) {
    await miniflare.dispose().catch(() => {})
    throw error
  }
}
