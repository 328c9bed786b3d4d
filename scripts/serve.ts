// `npm run serve`: the Worker on the plain runtime (workerd) of one's own machine, with data that survives restarts.
// Environment: PORT, HOST, DRAGOMAN_DATA, and the variables of the README. Secrets come from the environment or from
// `.dev.vars`, where what is missing is made and kept; every variable of that file is bound, for slots that name a secret.
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { build, buildModule, ROOT, sizeOf } from './build.ts'
import { readVars, writeVars } from './dev-vars.ts'
import { lockFolder } from './lock.ts'
import { buildPage } from './page.ts'
import { serveConfig, type WorkerConfig } from './serve-config.ts'
import { loadWrangler } from './worker.ts'

const { env } = process
const folder = resolve(env.DRAGOMAN_DATA ?? join(ROOT, '.dragoman', 'serve'))
const varsPath = join(env.DRAGOMAN_DATA ? folder : ROOT, '.dev.vars')
/** How long the runtime may take to end what it is at. */
const STOP_MS = 10_000
const READY_MS = 20_000

/** As much of a wrangler configuration as is read here. */
interface Read {
  readonly compatibility_date?: string
  readonly compatibility_flags: readonly string[]
  readonly durable_objects: { readonly bindings: readonly { readonly name: string; readonly class_name: string }[] }
  readonly kv_namespaces: readonly { readonly binding: string }[]
  readonly vars: Readonly<Record<string, unknown>>
}

/** What wrangler.toml says of the Worker, and its variables with their values. */
async function workerConfig(): Promise<WorkerConfig & { readonly vars: Readonly<Record<string, string>> }> {
  const { unstable_readConfig: read } = await loadWrangler()
  const config: Read = read({ config: join(ROOT, 'wrangler.toml') })
  return {
    compatibilityDate: config.compatibility_date ?? '',
    compatibilityFlags: config.compatibility_flags,
    objects: config.durable_objects.bindings.map(({ name, class_name: className }) => ({ name, className })),
    namespaces: config.kv_namespaces.map(({ binding }) => binding),
    vars: Object.fromEntries(Object.entries(config.vars).map(([name, value]) => [name, String(value)])),
  }
}

/** Secrets and variables: the environment's before the file's, and both before the defaults. */
function variables(defaults: Readonly<Record<string, string>>): Record<string, string> {
  const kept = readVars(varsPath)
  const known = (name: string) => env[name] || kept[name] || undefined
  const made = {
    ...(known('ADMIN_TOKEN') === undefined && { ADMIN_TOKEN: randomBytes(24).toString('base64url') }),
    ...(known('SEAL_KEYS') === undefined && { SEAL_KEYS: JSON.stringify({ 1: randomBytes(32).toString('base64') }) }),
  }
  if (Object.keys(made).length > 0) writeVars(varsPath, made)
  const names = new Set([...Object.keys(defaults), ...Object.keys(kept), 'ADMIN_TOKEN', 'SEAL_KEYS'])
  return Object.fromEntries(
    [...names].map((name) => [name, known(name) ?? { ...defaults, ...made }[name] ?? '']).filter(([, value]) => value),
  )
}

/** Waits until somebody answers, or the runtime has ended. */
async function ready(url: string, ended: AbortSignal): Promise<void> {
  for (const until = Date.now() + READY_MS; Date.now() < until && !ended.aborted; ) {
    if ((await fetch(`${url}/healthz`, { signal: ended }).catch(() => undefined))?.ok) return
    await new Promise((soon) => setTimeout(soon, 50))
  }
  throw new Error('The runtime did not start.')
}

async function serve(): Promise<void> {
  const [host, port] = [env.HOST ?? '127.0.0.1', env.PORT ?? '8787']
  if (!/^\d+$/.test(port) || Number(port) < 1 || Number(port) > 65_535) throw new Error('PORT: expected 1 to 65535.')
  const lock = lockFolder(folder)
  process.on('exit', () => lock.release())
  const { vars, ...config } = await workerConfig()
  const values = variables(vars)
  const bundle = await build()
  const data = join(folder, 'objects')
  const runtime = join(folder, 'runtime')
  for (const made of [data, runtime]) mkdirSync(made, { recursive: true })
  writeFileSync(join(runtime, 'index.js'), bundle.code)
  for (const name of ['kv', 'page']) {
    writeFileSync(join(runtime, `${name}.js`), await buildModule(`selfhost/${name}.ts`))
  }
  const { folder: page } = await buildPage()
  const reachesLocal = Boolean(values.ALLOW_HTTP_UPSTREAMS)
  const address = `${host.includes(':') ? `[${host}]` : host}:${port}`
  const text = serveConfig({ ...config, address, data, page, variables: Object.keys(values), reachesLocal })
  writeFileSync(join(runtime, 'config.capnp'), text)

  const workerd = join(ROOT, 'node_modules/workerd/bin/workerd')
  const child = spawn(workerd, ['serve', '--experimental', join(runtime, 'config.capnp')], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...env, ...values },
  })
  lock.noteChildren()
  const ended = new AbortController()
  let stopping = false
  child.on('exit', (code) => {
    ended.abort()
    if (!stopping) console.error('The runtime has ended.')
    process.exit(stopping ? 0 : (code ?? 1))
  })
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => {
      stopping = true
      child.kill('SIGTERM')
      setTimeout(() => child.kill('SIGKILL'), STOP_MS).unref()
    })
  }
  const url = `http://${/^(?:\*|0\.0\.0\.0|::)$/.test(host) ? '127.0.0.1' : host}:${port}`
  await ready(url, ended.signal)
  console.log(`  bundle       ${sizeOf(bundle.code)}`)
  console.log(`  data         ${relative(process.cwd(), folder) || '.'}`)
  console.log(`  secrets      ${relative(process.cwd(), varsPath)}`)
  console.log(`  page         ${url}/`)
  console.log(`Dragoman ready on ${url}`)
}

try {
  await serve()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
}
