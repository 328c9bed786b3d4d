// `npm run test:browser`: the official client in a real browser, on a page of another origin. It needs Chromium, which
// no package brings along: CHROMIUM says where it is, /usr/bin/chromium is where Debian puts it.
import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'
import { startDemo } from '../demo/index.ts'
import { CHECKS, type Scene } from '../test/browser/checks.ts'
import { startSite } from '../test/browser/site.ts'
import { startGateway } from '../test/harness/gateway.ts'

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
/** No check takes this long. */
const CHECK_MS = 20_000

const executablePath = process.env.CHROMIUM || '/usr/bin/chromium'

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error(`It took longer than ${ms} ms.`)), ms)
  return await Promise.race([work, late.promise]).finally(() => clearTimeout(timer))
}

async function run(): Promise<number> {
  // The site first and alone: the gateway's build stops esbuild when it is done.
  const site = await startSite()
  const [browser, gateway, demo] = await Promise.all([
    chromium.launch({ executablePath, args: FLAGS }),
    startGateway(),
    startDemo(),
  ])
  const makeKey: Scene['makeKey'] = (more = {}) => {
    // A credential of its own for each key: what is known of limits belongs to one.
    const credential = `sk-demo-${crypto.randomUUID()}`
    const slot = (provider: string) => ({ base_url: demo.bases[provider], credential })
    return gateway.createKey({ providers: { anthropic: slot('anthropic'), openai: slot('openai') }, ...more })
  }
  let failed = 0
  for (const [name, check] of Object.entries(CHECKS)) {
    const from = Date.now()
    const page = await browser.newPage()
    try {
      await page.goto(site.origin)
      await within(CHECK_MS, check({ page, site, gateway, demo, makeKey }))
      console.log(`ok      ${name} (${Date.now() - from} ms)`)
    } catch (error) {
      failed++
      console.log(`FAILED  ${name}\n${error instanceof Error ? error.stack : error}`)
    }
    await page.close()
  }
  await Promise.all([browser.close(), gateway.close(), demo.close(), site.close()])
  console.log(`${Object.keys(CHECKS).length - failed} passed, ${failed} failed`)
  return failed === 0 ? 0 : 1
}

if (existsSync(executablePath)) process.exitCode = await run()
else {
  console.error(`There is no Chromium at ${executablePath}. Install it (apt-get install -y chromium), or set CHROMIUM.`)
  process.exitCode = 1
}
