// One workerd with all Workers side by side, each on a socket of its own: no proxy stands before them.
import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as esbuild from 'esbuild'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { ROOT } from '../scripts/build.ts'
import { loadWrangler } from '../scripts/worker.ts'

/** The benchmark's own Workers: `workers/<name>.ts`. */
const OWN = ['pass', 'copy', 'parse', 'pump'] as const

/**
 * The bundle, and the same without its log: here each line is formatted for people and written to a pipe, at a price
 * that no deployed Worker pays.
 */
const GATEWAYS = { dragoman: '', quiet: 'console.log = () => {};\n' } as const

export type Name = (typeof OWN)[number] | keyof typeof GATEWAYS

export interface Runtime {
  /** Where each Worker listens, without a slash at the end. */
  readonly urls: Readonly<Record<Name, string>>
  readonly adminToken: string
  /** What the process has used so far, in microseconds: all threads, user and kernel. */
  cpu(): number
  stop(): Promise<void>
}

/**
 * @param code the bundle of the gateway
 * @param upstream the upstream's origin
 */
export async function startRuntime(code: string, upstream: string): Promise<Runtime> {
  const { unstable_getMiniflareWorkerOptions: optionsOf } = await loadWrangler()
  const { modulesRules: _, bindings, ...options } = optionsOf(join(ROOT, 'wrangler.toml')).workerOptions
  const vars = bindings as Readonly<Record<string, string>> | undefined
  const { compatibilityDate, compatibilityFlags } = options as {
    compatibilityDate: string
    compatibilityFlags: string[]
  }
  const adminToken = randomBytes(24).toString('base64url')
  const secrets = {
    ADMIN_TOKEN: adminToken,
    SEAL_KEYS: JSON.stringify({ 1: randomBytes(32).toString('base64') }),
    ALLOW_HTTP_UPSTREAMS: 'loopback',
  }
  const socket = { unsafeDirectSockets: [{ host: '127.0.0.1', port: 0 }] }
  const module = (contents: string) => [{ type: 'ESModule' as const, path: 'index.js', contents }]
  const own = OWN.map(async (name) => ({
    name,
    modules: module(await bundle(name)),
    compatibilityDate,
    compatibilityFlags,
    bindings: { UPSTREAM: upstream },
    ...socket,
  }))
  const gateways = Object.entries(GATEWAYS).map(([name, before]) => ({
    ...options,
    name,
    modules: module(before + code),
    bindings: { ...vars, ...secrets },
    ...socket,
  }))
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host: '127.0.0.1',
      port: 0,
      cf: false,
      telemetry: { enabled: false },
      handleStructuredLogs: ({ level, message }) => {
        if (level === 'error' || level === 'warn') console.error(message)
      },
      workers: [...(await Promise.all(own)), ...gateways],
    }),
  )
  await esbuild.stop()
  await miniflare.ready
  const urls = {} as Record<Name, string>
  const names = [...OWN, ...Object.keys(GATEWAYS)] as Name[]
  for (const name of names) urls[name] = (await miniflare.unsafeGetDirectURL(name)).origin
  const pid = workerd()
  return { urls, adminToken, cpu: () => cpuTime(pid), stop: () => miniflare.dispose() }
}

async function bundle(name: string): Promise<string> {
  const { outputFiles } = await esbuild.build({
    entryPoints: [join(import.meta.dirname, 'workers', `${name}.ts`)],
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2024',
    charset: 'utf8',
    external: ['cloudflare:*', 'node:*'],
  })
  return outputFiles[0]?.text ?? ''
}

/** The process that Miniflare has started: the only workerd that is a child of ours. */
function workerd(): number {
  if (process.platform !== 'linux') throw new Error('CPU time is read from /proc, which only Linux has.')
  for (const entry of readdirSync('/proc')) {
    const [, name, parent] = /\((.*)\) \S (\d+)/.exec(/^\d+$/.test(entry) ? read(`/proc/${entry}/stat`) : '') ?? []
    if (name === 'workerd' && Number(parent) === process.pid) return Number(entry)
  }
  throw new Error('No workerd is running.')
}

/** Summed over its threads: the scheduler counts in nanoseconds, while `stat` counts in hundredths of a second. */
function cpuTime(pid: number): number {
  let ns = 0
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    ns += Number(read(`/proc/${pid}/task/${thread}/schedstat`).split(' ')[0])
  }
  return ns / 1000
}

/** Processes and threads end while one reads of them. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
