// docs/quick-start.md, as somebody who follows it: each of its commands is run, and prints what the page says.
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Demo, startDemo } from '../../demo/index.ts'
import { demoKey } from '../../scripts/demo-key.ts'
import { type Gateway, startGateway } from '../harness/gateway.ts'
import { TEST_SECRETS } from '../secrets.ts'

const ROOT = join(import.meta.dirname, '../..')
const PAGE = readFileSync(join(ROOT, 'docs/quick-start.md'), 'utf8')
const run = promisify(execFile)

interface Step {
  readonly command: string
  /** Lines that have to be printed, in this order; `…` stands for anything. */
  readonly prints: readonly string[]
}

/** Commands with what they print. Those without have values to be filled in, or start what the test has started. */
const STEPS: readonly Step[] = [...PAGE.matchAll(/```sh\n((?:(?!```).)*)```\n\n```text\n(.*?)```/gs)].map(
  ([, command = '', said = '']) => ({ command, prints: said.trimEnd().split('\n') }),
)

let gateway: Gateway
let demo: Demo
let env: NodeJS.ProcessEnv

beforeAll(async () => {
  // As slow as with `npm start`: what breaks off has begun.
  demo = await startDemo({ delayMs: 15 })
  gateway = await startGateway({ ALLOW_HTTP_UPSTREAMS: 'loopback' })
  const { url } = gateway
  const { ADMIN_TOKEN } = TEST_SECRETS
  const DRAGOMAN_KEY = await demoKey({ url, adminToken: ADMIN_TOKEN }, demo.bases, undefined)
  env = { ...process.env, DRAGOMAN_URL: url, DRAGOMAN_KEY, ADMIN_TOKEN, DEMO_URL: demo.url }
})

afterAll(async () => {
  await gateway?.close()
  await demo?.close()
})

function pattern(line: string): RegExp {
  const parts = line.split('…').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
  return new RegExp(parts.join('.*'))
}

it('has commands that say what they print', () => {
  expect(STEPS.length).toBeGreaterThanOrEqual(8)
})

it.each(STEPS)('$command', async ({ command, prints }) => {
  const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', command], { cwd: ROOT, env })
  let rest = stdout.split('\n')
  for (const line of prints) {
    const found = rest.findIndex((one) => pattern(line).test(one))
    expect(found, `${line}\n\nis not in\n\n${rest.join('\n')}`).toBeGreaterThanOrEqual(0)
    rest = rest.slice(found + 1)
  }
})
