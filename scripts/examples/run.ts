// One example against one model: a program of its own, with a key of its own, so that what it sent can be told apart.
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { delimiter, extname, join } from 'node:path'
import type { Demo, RecordedRequest } from '../../demo/index.ts'
import type { Gateway } from '../../test/harness/gateway.ts'
import { EXAMPLES_DIR } from './install.ts'
import { ALIASES, type Alias, type Example } from './list.ts'

/** Nothing takes so long; Python that is started for the first time compiles what it imports. */
const MOST_MS = 180_000

export interface Scene {
  readonly gateway: Gateway
  readonly demo: Demo
  /** Where the programs are that an example needs; in front of PATH. */
  readonly bin: string
}

const COMMANDS: Readonly<Record<string, string>> = { '.sh': 'sh', '.ts': 'node', '.py': 'python' }

interface Output {
  readonly code: number | null
  readonly text: string
}

async function start(command: string, args: readonly string[], env: Record<string, string>): Promise<Output> {
  const child = spawn(command, args, { cwd: EXAMPLES_DIR, env: { ...process.env, ...env }, timeout: MOST_MS })
  let text = ''
  for (const pipe of [child.stdout, child.stderr])
    pipe.setEncoding('utf8').on('data', (piece: string) => {
      text += piece
    })
  child.stdin.end()
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, text }
}

/** A request that asked for a stream, in whichever way its provider has it. */
const streams = ({ path, body }: RecordedRequest): boolean =>
  path.includes('stream') || (typeof body === 'object' && body !== null && 'stream' in body && body.stream === true)

/** What arrived at the demo with a credential. */
const sentWith = ({ requests }: Demo, credential: string): readonly RecordedRequest[] =>
  requests.filter(({ headers }) => Object.values(headers).some((value) => value.endsWith(credential)))

/**
 * Runs an example.
 * @returns what is wrong; nothing if all is well.
 */
export async function runExample(scene: Scene, example: Example, alias: Alias): Promise<string | undefined> {
  const { provider, model } = ALIASES[alias]
  const { gateway, demo, bin } = scene
  const credential = `sk-${randomUUID()}`
  const key = await gateway.createKey({
    providers: { [provider]: { base_url: demo.bases[provider], credential } },
    models: { [alias]: `${provider}/${model}` },
  })
  const output = await start(COMMANDS[extname(example.file)] ?? '', [join(EXAMPLES_DIR, example.file)], {
    ...example.env,
    PATH: `${bin}${delimiter}${process.env.PATH}`,
    DRAGOMAN_BASE_URL: `${gateway.url}/v1`,
    DRAGOMAN_KEY: key,
    DRAGOMAN_MODEL: alias,
    // What Python compiles it keeps, whatever the machine says: else each run compiles a few thousand files.
    PYTHONDONTWRITEBYTECODE: '',
  })
  const faults = [
    ...(output.code === 0 ? [] : [`It ended with ${output.code ?? 'a signal'}.`]),
    ...example.prints.filter((line) => !line.test(output.text)).map((line) => `It did not print ${line}.`),
  ]
  const sent = sentWith(demo, credential)
  if (sent.length === 0) faults.push(`Nothing arrived at ${provider}.`)
  else if (!sent.some(streams)) faults.push('Nothing was streamed.')
  return faults.length === 0 ? undefined : `${faults.join('\n')}\n--- its output\n${output.text.trim()}`
}
