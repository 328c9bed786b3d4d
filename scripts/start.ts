// `npm start`: builds the Worker, runs it with local data, starts the demo upstream beside it, and says how to use both.
// Environment: PORT, ADMIN_TOKEN, SEAL_KEYS, DEMO=0, PERSIST=0; DRAGOMAN_DATA is another folder for the data and for the
// secrets that belong to it; LOGS=1 prints what the Worker logs.
import { randomBytes } from 'node:crypto'
import { createServer } from 'node:net'
import { join, relative, resolve } from 'node:path'
import { styleText } from 'node:util'
import { type Demo, startDemo } from '../demo/index.ts'
import type { Gateway } from './admin.ts'
import { type Bundle, build, ROOT, sizeOf } from './build.ts'
import { demoKey, demoPort } from './demo-key.ts'
import { readVars, writeVars } from './dev-vars.ts'
import { lockFolder } from './lock.ts'
import { pageWorker } from './page.ts'
import { loadWrangler, type RunningWorker, runWorker } from './worker.ts'

const DEFAULT_PORT = 8787
/** Slow enough to see that it streams; nobody looks at what it received. */
const DEMO = { delayMs: 15, keep: 0 }
/** How long things may take to end. */
const STOP_MS = 3000

/** What goes wrong before anything runs, in one line for whoever started it. */
class StartError extends Error {
  override readonly name = 'StartError'
}

const { env } = process
const isOn = (name: string): boolean => env[name] !== '0'

const folder = env.DRAGOMAN_DATA ? resolve(env.DRAGOMAN_DATA) : undefined
const dataDir = folder ?? join(ROOT, '.dragoman')
const varsPath = join(folder ?? ROOT, '.dev.vars')

/** Everything to be undone at the end, last first. */
const undo: (() => unknown)[] = []

let stopping = false
async function stop(code: number): Promise<never> {
  if (!stopping) {
    stopping = true
    setTimeout(() => process.exit(code), STOP_MS).unref()
    for (const step of undo.reverse()) {
      try {
        await step()
      } catch (error) {
        // One thing that does not end must not keep the others.
        console.error(error)
      }
    }
  }
  process.exit(code)
}

function portOf(text: string | undefined): number {
  if (!text) return DEFAULT_PORT
  const port = Number(text)
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new StartError(`PORT is ${text}. Expected 0 to 65535.`)
  return port
}

/** Fails if somebody listens on a port already. */
async function checkPort(port: number): Promise<void> {
  const probe = createServer()
  await new Promise<void>((free, taken) => {
    probe.once('error', () => taken(new StartError(`Port ${port} is in use. Start with PORT=0 to take any free one.`)))
    probe.listen(port, '127.0.0.1', () => probe.close(() => free()))
  })
}

interface Secrets {
  readonly ADMIN_TOKEN: string
  readonly SEAL_KEYS: string
}

/** The secrets: from the environment, else from `.dev.vars`, else new and kept there. */
function secrets(): Secrets {
  const kept = readVars(varsPath)
  const known = (name: keyof Secrets): string | undefined => env[name] || kept[name] || undefined
  const missing = (name: keyof Secrets, value: string) => (known(name) === undefined ? { [name]: value } : {})
  const made = {
    ...missing('ADMIN_TOKEN', randomBytes(24).toString('base64url')),
    ...missing('SEAL_KEYS', JSON.stringify({ 1: randomBytes(32).toString('base64') })),
  }
  if (Object.keys(made).length > 0) writeVars(varsPath, made)
  return { ADMIN_TOKEN: known('ADMIN_TOKEN') ?? '', SEAL_KEYS: known('SEAL_KEYS') ?? '', ...made }
}

/** The demo on the port it had last time, so that its key stays what it was; on any other if that one is taken. */
async function startDemoOn(port: number): Promise<Demo> {
  try {
    return await startDemo({ port, ...DEMO })
  } catch {
    return await startDemo(DEMO)
  }
}

/** The demo and a key for it. */
async function demoFor(gateway: Gateway): Promise<{ readonly demo: Demo; readonly key: string }> {
  const last = readVars(varsPath).DEMO_KEY
  const demo = await startDemoOn(await demoPort(gateway, last))
  undo.push(() => demo.close())
  const key = await demoKey(gateway, demo.bases, last)
  if (key !== last) writeVars(varsPath, { DEMO_KEY: key })
  return { demo, key }
}

function curl(url: string, key: string): string {
  const body = JSON.stringify({ model: 'demo', stream: true, messages: [{ role: 'user', content: 'Hello!' }] })
  return `curl -sN ${url}/v1/chat/completions -H 'authorization: Bearer ${key}' -H 'content-type: application/json' -d '${body}'`
}

function print(bundle: Bundle, gateway: Gateway, demo: Demo | undefined, key: string | undefined): void {
  const colour = process.stdout.isTTY
  const label = (text: string) => (colour ? styleText('dim', text.padEnd(13)) : text.padEnd(13))
  const rows = [
    ['bundle', sizeOf(bundle.code)],
    ['data', isOn('PERSIST') ? relative(process.cwd(), dataDir) || '.' : 'in memory'],
    ['base URL', `${gateway.url}/v1`],
    ['page', `${gateway.url}/`],
    ['admin token', gateway.adminToken],
    ...(demo && key
      ? [
          ['demo key', key],
          ['demo', `${demo.url} (what it can do: GET /)`],
        ]
      : []),
  ]
  console.log(`\n${rows.map(([name = '', text]) => `  ${label(name)}${text}`).join('\n')}\n`)
  if (key) console.log(`Try it: the demo key works in the page's playground, and here:\n${curl(gateway.url, key)}\n`)
  const ready = `Dragoman ready on ${gateway.url}`
  console.log(colour ? styleText('green', ready) : ready)
}

/** Ends with whoever started us: npm passes signals on, but not its own sudden death. */
function followParent(): void {
  if (env.npm_lifecycle_event === undefined) return
  const parent = process.ppid
  setInterval(() => {
    if (process.ppid !== parent) void stop(0)
  }, 1000).unref()
}

function onLog(level: string, message: string): void {
  if (level === 'error' || level === 'warn') console.error(message)
  else if (env.LOGS === '1') console.log(message)
}

async function start(): Promise<void> {
  const port = portOf(env.PORT)
  const lock = isOn('PERSIST') ? lockFolder(dataDir) : undefined
  undo.push(() => lock?.release())
  if (port !== 0) await checkPort(port)
  const vars = secrets()
  const loading = loadWrangler()
  const bundle = await build()
  const page = await pageWorker()
  await loading
  const allowed = [env.ALLOW_HTTP_UPSTREAMS, 'loopback'].filter(Boolean).join(',')
  const worker: RunningWorker = await runWorker({
    code: bundle.code,
    page,
    port,
    vars: { ...vars, ALLOW_HTTP_UPSTREAMS: allowed },
    ...(isOn('PERSIST') ? { dataDir } : {}),
    onLog,
    onRestart: () => {
      console.error('The Workers runtime crashed and was started again.')
      lock?.noteChildren()
    },
  })
  undo.push(() => worker.stop())
  lock?.noteChildren()
  void worker.failed.then((error) => {
    console.error(`The Workers runtime is gone: ${error.message}`)
    return stop(1)
  })
  const gateway = { url: worker.url, adminToken: vars.ADMIN_TOKEN }
  const { demo, key } = isOn('DEMO') ? await demoFor(gateway) : {}
  print(bundle, gateway, demo, key)
}

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void stop(0))
followParent()

try {
  await start()
} catch (error) {
  if (!stopping) {
    console.error(error instanceof Error ? error.message : error)
    await stop(1)
  }
}
