// One workerd with all Workers side by side, each on a socket of its own: no proxy stands before them.
import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as esbuild from 'esbuild'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { ROOT } from '../scripts/build.ts'
import { loadWrangler } from '../scripts/worker.ts'

/** The benchmark's own Workers: `workers/<name>.ts`. */
const OWN = ['pass', 'copy', 'parse', 'pump', 'decide'] as const

type Modules = { readonly type: 'ESModule'; readonly path: string; readonly contents: string }[]

const module = (path: string, contents: string) => ({ type: 'ESModule' as const, path, contents })
const MUTE = 'console.log = () => {};\n'

/**
 * The bundle; the same without its log, for here each line is formatted for people and written to a pipe, at a price
 * that no deployed Worker pays; and one that counts what it asks of limiters.
 */
const GATEWAYS = {
  dragoman: (code: string) => [module('index.js', code)],
  quiet: (code: string) => [module('index.js', MUTE + code)],
  counted: (code: string) => [module('index.js', COUNTING), module('gateway.js', MUTE + code)],
} as const satisfies Record<string, (code: string) => Modules>

/** `GET /calls` tells the calls by method, and begins anew. */
const COUNTING = `
import gateway from './gateway.js'
export { KeyRecord, Limiter, ResponseStore } from './gateway.js'
let calls = {}
const counted = (stub) =>
  new Proxy(stub, {
    get: (target, name) => (...asked) => {
      calls[name] = (calls[name] ?? 0) + 1
      return target[name](...asked)
    },
  })
export default {
  fetch(request, env, context) {
    if (new URL(request.url).pathname !== '/calls') {
      const LIMITER = { getByName: (name) => counted(env.LIMITER.getByName(name)) }
      return gateway.fetch(request, { ...env, LIMITER }, context)
    }
    const told = calls
    calls = {}
    return Response.json(told)
  },
}
`

export type Name = (typeof OWN)[number] | keyof typeof GATEWAYS

export function isGateway(name: string): boolean {
  return name in GATEWAYS
}

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
  // With files there are Workers of the local tools' before ours, which cost more than it does.
  const { modulesRules: _, assets: _files, bindings, ...options } = optionsOf(join(ROOT, 'wrangler.toml')).workerOptions
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
  const own = OWN.map(async (name) => ({
    name,
    modules: [module('index.js', await bundle(name))],
    compatibilityDate,
    compatibilityFlags,
    bindings: { UPSTREAM: upstream },
    durableObjects: { LIMITER: { className: 'Limiter', scriptName: 'dragoman', useSQLite: true } },
    ...socket,
  }))
  const gateways = Object.entries(GATEWAYS).map(([name, modules]) => ({
    ...options,
    name,
    modules: modules(code),
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
