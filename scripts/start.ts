// `npm start`: builds the Worker, runs it with local data, starts the demo upstream beside it, and says how to use both.
// Environment: PORT, ADMIN_TOKEN, SEAL_KEYS, DEMO=0, PERSIST=0; DRAGOMAN_DATA is another folder for the data and for the
// secrets that belong to it; LOGS=1 prints what the Worker logs.
import { join, relative, resolve } from 'node:path'
import { type Demo, startDemo } from '../demo/index.ts'
import type { Gateway } from './admin.ts'
import { type Bundle, build, ROOT, sizeOf } from './build.ts'
import { parsed, UsageError } from './command.ts'
import { demoKey, demoPort } from './demo-key.ts'
import { readVars, writeVars } from './dev-vars.ts'
import { lockFolder } from './lock.ts'
import { pageWorker } from './page.ts'
import { checkPort, followParent, portOf } from './running.ts'
import { localSecrets } from './secrets.ts'
import { green, labelled, working } from './terminal.ts'
import { loadWrangler, type RunningWorker, runWorker } from './worker.ts'

const HELP = `npm start [-- options]

Runs the Worker on this machine with local data, and a demo provider beside it.

  --json     print what there is to know as one line of JSON, before the line that says it is ready
  --help     this

Environment:
  PORT                   where it listens on 127.0.0.1 (8787); 0 takes any free port
  ADMIN_TOKEN, SEAL_KEYS the secrets; made and kept in .dev.vars if they are not given
  DEMO=0                 no demo provider, no demo key
  PERSIST=0              state in memory
  DRAGOMAN_DATA          another folder for data and .dev.vars than .dragoman and the repository
  ALLOW_HTTP_UPSTREAMS   http:// origins that a base_url may have, beside all of loopback
  LOGS=1                 print the Worker's own log

Exit codes: 0 ended as asked, 1 could not run, 2 not understood. Beside it: npm run keys -- --help`

/** Slow enough to see that it streams; nobody looks at what it received. */
const DEMO = { delayMs: 15, keep: 0 }
/** How long things may take to end. */
const STOP_MS = 3000

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
  console.log(
    `\n${labelled(
      [
        ['bundle', sizeOf(bundle.code)],
        ['data', isOn('PERSIST') ? relative(process.cwd(), dataDir) || '.' : 'in memory'],
        ['base URL', `${gateway.url}/v1`],
        ['page', `${gateway.url}/`],
        ['admin token', gateway.adminToken],
        ...(demo && key
          ? ([
              ['demo key', key],
              ['demo', `${demo.url} (what it can do: GET /)`],
            ] as const)
          : []),
      ],
      '  ',
    )}\n`,
  )
  if (key) console.log(`Try it: the demo key works in the page's playground, and here:\n${curl(gateway.url, key)}\n`)
  console.log('A key for your own account at a provider: npm run keys -- create --help\n')
}

/** The same for a program. */
function printJson(gateway: Gateway, demo: Demo | undefined, key: string | undefined): void {
  const { url, adminToken: admin_token } = gateway
  console.log(JSON.stringify({ url, base_url: `${url}/v1`, admin_token, demo_key: key, demo_url: demo?.url }))
}

function onLog(level: string, message: string): void {
  if (level === 'error' || level === 'warn') console.error(message)
  else if (env.LOGS === '1') console.log(message)
}

async function start(json: boolean): Promise<void> {
  const port = portOf(env.PORT, 0)
  const lock = isOn('PERSIST') ? lockFolder(dataDir) : undefined
  undo.push(() => lock?.release())
  if (port !== 0) await checkPort(port, '127.0.0.1', 'Start with PORT=0 to take any free one.')
  const vars = localSecrets(varsPath, env)
  const loading = loadWrangler()
  const bundle = await working('Building the Worker', build())
  const page = await working('Building the page', pageWorker())
  await working('Loading the runtime', loading)
  const allowed = [env.ALLOW_HTTP_UPSTREAMS, 'loopback'].filter(Boolean).join(',')
  const starting: Promise<RunningWorker> = runWorker({
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
  const worker = await working('Starting the runtime', starting)
  undo.push(() => worker.stop())
  lock?.noteChildren()
  void worker.failed.then((error) => {
    console.error(`The Workers runtime is gone: ${error.message}`)
    return stop(1)
  })
  const gateway = { url: worker.url, adminToken: vars.ADMIN_TOKEN }
  const { demo, key } = isOn('DEMO') ? await working('Starting the demo', demoFor(gateway)) : {}
  if (json) printJson(gateway, demo, key)
  else print(bundle, gateway, demo, key)
  const ready = `Dragoman ready on ${gateway.url}`
  console.log(json ? ready : green(ready))
}

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void stop(0))
followParent(() => void stop(0))

try {
  const { values } = parsed({ options: { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } })
  if (values.help) console.log(HELP)
  else await start(values.json ?? false)
} catch (error) {
  if (!stopping) {
    console.error(error instanceof Error ? error.message : error)
    await stop(error instanceof UsageError ? 2 : 1)
  }
}
