// `npm run serve`: the Worker on the plain runtime (workerd) of one's own machine, with data that survives restarts.
// Environment: PORT, HOST, DRAGOMAN_DATA, and the variables of the README. Secrets come from the environment or from
// `.dev.vars`, where what is missing is made and kept; every variable of that file is bound, for slots that name a secret.
import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { type Bundle, build, buildModule, ROOT, sizeOf } from './build.ts'
import { Failure, parsed, run } from './command.ts'
import { readVars } from './dev-vars.ts'
import { FolderInUse, lockFolder } from './lock.ts'
import { buildPage } from './page.ts'
import { checkPort, followParent, portOf } from './running.ts'
import { localSecrets, SECRET_NAMES } from './secrets.ts'
import { serveConfig, type WorkerConfig } from './serve-config.ts'
import { green, labelled, working } from './terminal.ts'
import { loadWrangler } from './worker.ts'

const HELP = `npm run serve [-- options]

Runs the Worker on the plain runtime of this machine, with data that survives restarts (docs/self-hosting.md).

  --json     print what there is to know as one line of JSON, before the line that says it is ready
  --help     this

Environment:
  HOST, PORT             where it listens, in plain HTTP (127.0.0.1, 8787); HOST='*' is every address
  DRAGOMAN_DATA          the folder of the data, and of .dev.vars with the secrets (.dragoman/serve)
  ADMIN_TOKEN, SEAL_KEYS the secrets; made and kept in .dev.vars if they are not given
  ALLOW_HTTP_UPSTREAMS and the other variables: as the README says

Exit codes: 0 ended as asked, 1 could not run, 2 not understood.`

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
  const secrets = localSecrets(varsPath, env)
  const kept = readVars(varsPath)
  const names = new Set([...Object.keys(defaults), ...Object.keys(kept), ...SECRET_NAMES])
  return Object.fromEntries(
    [...names]
      .map((name) => [name, env[name] || kept[name] || { ...defaults, ...secrets }[name] || ''])
      .filter(([, value]) => value),
  )
}

/** Waits until somebody answers, or the runtime has ended. */
async function ready(url: string, ended: AbortSignal): Promise<void> {
  for (const until = Date.now() + READY_MS; Date.now() < until && !ended.aborted; ) {
    if ((await fetch(`${url}/healthz`, { signal: ended }).catch(() => undefined))?.ok) return
    await new Promise((soon) => setTimeout(soon, 50))
  }
  throw new Failure('The runtime did not start.')
}

/** An IPv6 address as it stands before a port. */
function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}

async function serve(json: boolean): Promise<void> {
  const host = env.HOST || '127.0.0.1'
  const port = portOf(env.PORT, 1)
  const lock = lockFolder(folder)
  process.on('exit', () => lock.release())
  // The runtime would say it less clearly, and another gateway on the port would answer for this one.
  await checkPort(port, host, 'Take another with PORT.')
  const { vars, ...config } = await working('Reading wrangler.toml', workerConfig())
  const values = variables(vars)
  const bundle = await working('Building the Worker', build())
  const data = join(folder, 'objects')
  const runtime = join(folder, 'runtime')
  for (const made of [data, runtime]) mkdirSync(made, { recursive: true })
  writeFileSync(join(runtime, 'index.js'), bundle.code)
  for (const name of ['kv', 'page']) {
    writeFileSync(join(runtime, `${name}.js`), await buildModule(`selfhost/${name}.ts`))
  }
  const { folder: page } = await buildPage()
  const reachesLocal = Boolean(values.ALLOW_HTTP_UPSTREAMS)
  const address = `${bracketed(host)}:${port}`
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
    process.exit(stopping ? (process.exitCode ?? 0) : (code ?? 1))
  })
  const stop = () => {
    stopping = true
    child.kill('SIGTERM')
    setTimeout(() => child.kill('SIGKILL'), STOP_MS).unref()
  }
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, stop)
  followParent(stop)
  const url = `http://${/^(?:\*|0\.0\.0\.0|::)$/.test(host) ? '127.0.0.1' : bracketed(host)}:${port}`
  try {
    await working('Starting the runtime', ready(url, ended.signal))
  } catch (error) {
    stop()
    throw error
  }
  if (json) console.log(JSON.stringify({ url, base_url: `${url}/v1`, data: folder, secrets: varsPath }))
  else print(url, bundle)
  const line = `Dragoman ready on ${url}`
  console.log(json ? line : green(line))
}

function print(url: string, bundle: Bundle): void {
  const shown = (path: string) => relative(process.cwd(), path) || '.'
  const rows = [
    ['bundle', sizeOf(bundle.code)],
    ['base URL', `${url}/v1`],
    ['page', `${url}/`],
    ['data', shown(folder)],
    ['secrets', shown(varsPath)],
  ] as const
  console.log(`\n${labelled(rows, '  ')}\n`)
  const npm = `${env.DRAGOMAN_DATA ? `DRAGOMAN_DATA=${shown(folder)} ` : ''}npm run`
  console.log(`A key for an account at a provider: ${npm} keys -- create --url ${url} --help`)
  console.log(`Whether all is well:                ${npm} doctor -- --url ${url}\n`)
}

await run(
  async (args) => {
    const { values } = parsed({ args, options: { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } })
    if (values.help) console.log(HELP)
    else await serve(values.json ?? false)
    return undefined
  },
  { [FolderInUse.name]: 1 },
)
