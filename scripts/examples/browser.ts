// examples/browser in a real browser: the page asks with a token, and the key is nowhere in it.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { chromium } from 'playwright-core'
import type { Demo } from '../../demo/index.ts'
import type { Gateway } from '../../test/harness/gateway.ts'
import { EXAMPLES_DIR } from './install.ts'
import { ALIASES, type Alias } from './list.ts'

const executablePath = process.env.CHROMIUM || '/usr/bin/chromium'
const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking']

/** Why the page cannot be tried here, if it cannot. */
export const noBrowser = (): string | undefined =>
  existsSync(executablePath) ? undefined : `there is no Chromium at ${executablePath}; CHROMIUM says where one is`

async function addressOf(server: ChildProcess): Promise<string> {
  if (!server.stdout) throw new Error('The server has no output.')
  for await (const line of createInterface(server.stdout)) {
    const address = /http:\S+/.exec(line)?.[0]
    if (address) return address
  }
  throw new Error('The server of the page did not start.')
}

/** @returns what is wrong; nothing if all is well. */
export async function runBrowserExample(gateway: Gateway, demo: Demo, alias: Alias): Promise<string | undefined> {
  const { provider, model } = ALIASES[alias]
  const key = await gateway.createKey({
    providers: { [provider]: { base_url: demo.bases[provider], credential: 'sk-demo' } },
    models: { [alias]: `${provider}/${model}` },
  })
  const server = spawn('node', [join(EXAMPLES_DIR, 'browser/server.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      PORT: '0',
      DRAGOMAN_BASE_URL: `${gateway.url}/v1`,
      DRAGOMAN_KEY: key,
      DRAGOMAN_MODEL: alias,
    },
  })
  const [browser, address] = await Promise.all([chromium.launch({ executablePath, args: FLAGS }), addressOf(server)])
  try {
    const page = await browser.newPage()
    const sent: string[] = []
    page.on('request', (request) => {
      if (request.url().startsWith(gateway.url)) sent.push(request.headers().authorization ?? '')
    })
    await page.goto(address)
    await page.getByRole('button').click()
    await page.getByText('You said: "Hello!"').waitFor({ timeout: 20_000 })
    const withTokens = sent.length > 0 && sent.every((header) => header.startsWith('Bearer dgt_'))
    return withTokens ? undefined : 'The page did not ask with a token.'
  } catch (error) {
    return String(error)
  } finally {
    server.kill()
    await Promise.all([browser.close(), server.exitCode === null && once(server, 'exit')])
  }
}
