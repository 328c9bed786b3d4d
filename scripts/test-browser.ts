// `npm run test:browser`: the official client in a real browser, on a page of another origin, and the gateway's own page.
// It needs Chromium, which no package brings along: CHROMIUM says where it is, /usr/bin/chromium is where Debian puts it.
// Words behind the command are parts of the names of the checks to run; PICTURES is a folder for pictures of the page.
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'
import { startDemo } from '../demo/index.ts'
import { CHECKS, type Scene } from '../test/browser/checks.ts'
import { PAGE_CHECKS, type PageCheck, type PageScene } from '../test/browser/page-checks.ts'
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
const CHECK_MS = 120_000

const executablePath = process.env.CHROMIUM || '/usr/bin/chromium'

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error(`It took longer than ${ms} ms.`)), ms)
  return await Promise.race([work, late.promise]).finally(() => clearTimeout(timer))
}

/** Opens the page, checks it, and sees that it asked nobody else, broke no policy and kept nothing. */
async function checkPage(browser: Browser, name: string, check: PageCheck, scene: Omit<PageScene, 'page' | 'picture'>) {
  const { run, width = 1280, dark } = check
  const viewport = { width, height: width < 500 ? 740 : 900 }
  const context = await browser.newContext({ viewport, colorScheme: dark ? 'dark' : 'light' })
  try {
    const page = await context.newPage()
    const odd: string[] = []
    page.on('request', (request) => {
      if (!request.url().startsWith(scene.address) && request.url() !== 'about:blank')
        odd.push(`asked ${request.url()}`)
    })
    page.on('pageerror', (error) => odd.push(`threw ${error.stack}`))
    page.on('console', (message) => {
      if (/Content.Security.Policy|TrustedScript/i.test(message.text())) odd.push(message.text())
    })
    const keys: string[] = []
    const makeKey: PageScene['makeKey'] = async (more) => {
      const key = await scene.makeKey(more)
      keys.push(key)
      return key
    }
    const picture = async (part: string) => {
      const path = join(process.env.PICTURES ?? '', `${name.replace(/\W+/g, '-')}-${part}.png`)
      if (process.env.PICTURES) await page.screenshot({ path, fullPage: true })
    }
    await page.goto(scene.address)
    await run({ ...scene, page, makeKey, picture })
    const { origins, cookies } = await context.storageState({ indexedDB: true })
    assert.deepEqual({ odd, origins, cookies }, { odd: [], origins: [], cookies: [] })
    assert.ok(!keys.some((key) => page.url().includes(key)))
  } finally {
    await context.close()
  }
}

async function run(): Promise<number> {
  // The site first and alone: the gateway's build stops esbuild when it is done.
  const site = await startSite()
  const [browser, gateway, demo] = await Promise.all([
    chromium.launch({ executablePath, args: FLAGS }),
    startGateway({}, undefined, true),
    startDemo(),
  ])
  const makeKey: Scene['makeKey'] = (more = {}) => {
    // A credential of its own for each key: what is known of limits belongs to one.
    const credential = `sk-demo-${crypto.randomUUID()}`
    const slot = (provider: string) => ({ base_url: demo.bases[provider], credential })
    return gateway.createKey({ providers: { anthropic: slot('anthropic'), openai: slot('openai') }, ...more })
  }
  const scene = { site, gateway, demo, makeKey, address: `${gateway.url}/` }
  const checks: [string, () => Promise<void>][] = [
    ...Object.entries(CHECKS).map(([name, check]): [string, () => Promise<void>] => [
      name,
      async () => {
        const page = await browser.newPage()
        try {
          await page.goto(site.origin)
          await check({ ...scene, page })
        } finally {
          await page.close()
        }
      },
    ]),
    ...Object.entries(PAGE_CHECKS).map(([name, check]): [string, () => Promise<void>] => [
      `page: ${name}`,
      () => checkPage(browser, name, check, scene),
    ]),
  ]
  const asked = process.argv.slice(2)
  const wanted = checks.filter(([name]) => asked.length === 0 || asked.some((part) => name.includes(part)))
  let failed = 0
  for (const [name, check] of wanted) {
    const from = Date.now()
    try {
      await within(CHECK_MS, check())
      console.log(`ok      ${name} (${Date.now() - from} ms)`)
    } catch (error) {
      failed++
      console.log(`FAILED  ${name}\n${error instanceof Error ? error.stack : error}`)
    }
  }
  await Promise.all([browser.close(), gateway.close(), demo.close(), site.close()])
  console.log(`${wanted.length - failed} passed, ${failed} failed`)
  return failed === 0 ? 0 : 1
}

if (existsSync(executablePath)) process.exitCode = await run()
else {
  console.error(`There is no Chromium at ${executablePath}. Install it (apt-get install -y chromium), or set CHROMIUM.`)
  process.exitCode = 1
}
