// What has to hold of the page at `/`, in a real browser.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import axe from 'axe-core'
import type { Page } from 'playwright-core'
import { ROOT } from '../../scripts/build.ts'
import type { Scene } from './checks.ts'
import { hungUp } from './checks.ts'

export interface PageScene extends Scene {
  /** The page's own address. */
  readonly address: string
  /** Keeps a picture, where pictures are wanted. */
  picture(name: string): Promise<void>
}

export interface PageCheck {
  readonly run: (scene: PageScene) => Promise<void>
  readonly width?: number
  readonly dark?: true
}

const STATUS = '#status'

/** Waits for what the page says of itself. */
async function says(page: Page, pattern: RegExp): Promise<void> {
  await page.waitForFunction(
    ([id, source]) => new RegExp(source ?? '').test(document.querySelector(id ?? '')?.textContent ?? ''),
    [STATUS, pattern.source],
  )
}

/** Fills in a key, and waits for its models. */
async function enter({ page, makeKey }: PageScene, more: Record<string, unknown> = {}): Promise<string> {
  const key = await makeKey({ models: { demo: 'anthropic/claude-haiku-4-5' }, ...more })
  await page.fill('#key', key)
  await page.press('#key', 'Tab')
  await page.waitForFunction(() => document.querySelector<HTMLInputElement>('#model')?.value !== '')
  return key
}

async function send(page: Page, content: string): Promise<void> {
  await page.fill('#turn-list li:last-child textarea', content)
  await page.click('#send')
}

/** No rule of accessibility that axe knows is broken. */
async function accessible(page: Page): Promise<void> {
  await page.evaluate(axe.source)
  const found = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> }
    }
    const { violations } = await axe.run()
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`)
  })
  assert.deepEqual(found, [])
}

async function fits(page: Page): Promise<void> {
  const [wide, has] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth])
  assert.ok((wide ?? 0) <= (has ?? 0), `it is ${wide} wide, and has ${has}`)
}

const PARSES = 'import ast, sys; ast.parse(sys.argv[1])'

/** Runs a program beside this one, which has the service that it asks. */
function program(name: string, args: readonly string[], env: NodeJS.ProcessEnv) {
  return new Promise<{ readonly stdout: string; readonly stderr: string; readonly absent: boolean }>((resolve) => {
    execFile(name, args, { env, timeout: 30_000 }, (error, stdout, stderr) => {
      resolve({ stdout, stderr, absent: error !== null && error.code === 'ENOENT' })
    })
  })
}

const textOf = async (page: Page, selector: string) => (await page.textContent(selector)) ?? ''

/** A whole round of the playground: what everybody sees first. */
async function round(scene: PageScene): Promise<void> {
  const { page } = scene
  await enter(scene, { limits: { requests_per_minute: 10 } })
  await page.click('#ask summary')
  await page.fill('#more', '{"seed": 7, "n": 2}')
  await page.fill('#temperature', '1.4')
  await send(page, 'Hello!')
  await says(page, /^Answered/)
  await page.waitForSelector('#gauges li')
}

async function tables(page: Page, address: string): Promise<void> {
  await page.goto(`${address}#compatibility`)
  await page.waitForSelector('#table .grid')
}

/** Plays in one scheme or width, and looks at both sections. */
const looks: PageCheck['run'] = async (scene) => {
  const { page, address } = scene
  await accessible(page)
  await fits(page)
  await round(scene)
  await accessible(page)
  await fits(page)
  await scene.picture('playground')
  await tables(page, address)
  await page.click('#table tbody tr:nth-child(5) td:nth-child(3)')
  await accessible(page)
  await fits(page)
  await scene.picture('tables')
  await page.selectOption('#table-provider', 'anthropic')
  await accessible(page)
  await fits(page)
  await scene.picture('provider')
}

export const PAGE_CHECKS: Readonly<Record<string, PageCheck>> = {
  'a question is answered, and everything about it is told': {
    async run(scene) {
      const { page, gateway } = scene
      await round(scene)
      assert.match(await textOf(page, '#answer'), /You said: "Hello!"/)
      const ledger = await page.$$eval('#ledger tbody tr', (rows) =>
        rows.map((row) => [...row.children].map((cell) => cell.textContent)),
      )
      assert.deepEqual(
        ledger.map(([field, kind, sent]) => [field, kind?.slice(2), sent]),
        [
          ['n', 'emulated', ''],
          ['seed', 'dropped', ''],
          ['temperature', 'clamped', '1'],
        ],
      )
      assert.ok(ledger.every(([, , , reason]) => (reason?.length ?? 0) > 10))
      assert.equal(await page.$$eval('#said .lost', (lines) => lines.length), 3)
      const sent = await textOf(page, '#sent')
      assert.match(sent, /POST http:\/\/127\.0\.0\.1:\d+\/v1\/messages/)
      assert.match(sent, /x-api-key: \*\*\*/)
      assert.match(sent, /"max_tokens": \d+/)
      assert.match(sent, /Call 2 of 2/)
      const headers = await textOf(page, '#headers')
      for (const name of ['dragoman-route', 'dragoman-loss', 'x-request-id', 'server-timing'])
        assert.ok(headers.includes(name))
      assert.match(await textOf(page, '#timings'), /head\d[\d,]* ms.*whole\d[\d,]* ms.*\d+ in, \d+ out/)
      const gauges = await textOf(page, '#gauges')
      assert.match(gauges, /First to bind: requests8 of 10, whole in/)
      assert.match(gauges, /Key: requests per minute/)
      assert.match(gauges, /anthropic · .*: input tokens/)
      assert.equal(gateway.url, new URL(page.url()).origin)
    },
  },

  'a stream is shown as it comes, and can be stopped': {
    async run(scene) {
      const { page, demo } = scene
      await enter(scene)
      await send(page, 'demo:words=9000 demo:slow=10')
      const lengths = new Set<number>()
      while (lengths.size < 5) {
        lengths.add((await textOf(page, '#answer')).length)
        await sleep(20)
      }
      await page.click('#stop')
      await says(page, /^Stopped/)
      await hungUp(demo)
      assert.equal(await page.isDisabled('#stop'), true)
      await send(page, 'demo:words=9000 demo:slow=10')
      await page.waitForFunction(() => (document.querySelector('#answer')?.textContent?.length ?? 0) > 20)
      await page.keyboard.press('Escape')
      await says(page, /^Stopped/)
      await hungUp(demo)
    },
  },

  'what fails is shown with all that is known of it': {
    async run(scene) {
      const { page } = scene
      await page.click('#send')
      assert.equal(await textOf(page, '#key-problem'), 'A key is needed.')
      assert.equal(await page.evaluate(() => document.activeElement?.id), 'key')
      const key = await enter(scene)
      await page.click('#ask summary')
      await page.fill('#more', '{"seed": }')
      assert.equal(await page.getAttribute('#more', 'aria-invalid'), 'true')
      assert.match(await textOf(page, '#more-problem'), /JSON/)
      await page.fill('#more', '[]')
      assert.match(await textOf(page, '#more-problem'), /Expected an object/)
      await page.fill('#more', '')
      await send(page, 'demo:429=9')
      await says(page, /^Failed/)
      assert.match(await textOf(page, '#failure'), /status 429 · type \w+ · code rate_limit_exceeded/)
      assert.match(await textOf(page, '#headers'), /retry-after9/)
      // The account is not asked again before its time.
      await page.fill('#key', await scene.makeKey())
      await page.fill('#model', 'anthropic/claude-haiku-4-5')
      await send(page, 'demo:words=20 demo:truncate')
      await says(page, /^Failed/)
      assert.match(await textOf(page, '#failure'), /upstream_truncated/)
      assert.match(await textOf(page, '#answer'), /word1/)
      await page.fill('#key', `${key.slice(0, -1)}${key.endsWith('A') ? 'B' : 'A'}`)
      await send(page, 'hi')
      await page.waitForFunction(() => /invalid_api_key/.test(document.querySelector('#failure')?.textContent ?? ''))
      await page.check('#strict')
      await page.fill('#key', await scene.makeKey())
      await page.fill('#more', '{"seed": 7}')
      await send(page, 'hi')
      await page.waitForFunction(() => /param seed/.test(document.querySelector('#failure')?.textContent ?? ''))
    },
  },

  'only to translate calls nobody': {
    async run(scene) {
      const { page, demo } = scene
      await enter(scene)
      // Its models were asked for.
      const before = demo.requests.length
      await page.click('#translate')
      await says(page, /^Translated/)
      assert.match(await textOf(page, '#sent'), /anthropic-version/)
      assert.match(await textOf(page, '#ledger-note'), /Nothing is lost/)
      assert.equal(demo.requests.length, before)
    },
  },

  'every dialect answers, whole and streamed, with tools and further turns': {
    async run(scene) {
      const { page } = scene
      await enter(scene)
      const names = await page.$$eval('#dialect option', (options) =>
        options.map((option) => (option as HTMLOptionElement).value),
      )
      assert.ok(names.includes('chat'))
      for (const name of names) {
        await page.selectOption('#dialect', name)
        for (const streams of [true, false]) {
          await page.setChecked('#stream', streams)
          await send(page, `hello ${name} ${streams}`)
          await page.waitForFunction(
            ([text]) => document.querySelector('#answer')?.textContent?.includes(text ?? ''),
            [`hello ${name} ${streams}`],
          )
          await says(page, /^Answered/)
        }
      }
      await page.selectOption('#dialect', 'chat')
      await page.click('#ask summary')
      await page.click('#tool-example')
      await send(page, 'demo:tool')
      await page.waitForFunction(() => /Calls get_weather\{/.test(document.querySelector('#answer')?.textContent ?? ''))
      await page.fill('#tools', '')
      await page.check('#stream')
      await send(page, 'and again')
      await page.waitForFunction(() => /and again/.test(document.querySelector('#answer')?.textContent ?? ''))
      await says(page, /^Answered/)
      await page.click('#go-on')
      assert.equal(await page.$$eval('#turn-list li', (turns) => turns.length), 3)
      assert.equal(await page.evaluate(() => document.activeElement?.tagName), 'TEXTAREA')
      assert.match(await textOf(page, '#said'), /"role": "assistant"/)
    },
  },

  'the same call runs from a program': {
    async run(scene) {
      const { page } = scene
      const key = await enter(scene)
      await page.click('#ask summary')
      await page.fill('#system', 'It\'s "me"')
      const env = { ...process.env, DRAGOMAN_KEY: key }
      const folder = mkdtempSync(join(ROOT, 'dist/snippet-'))
      const snippet = async (language: string) => {
        await page.check(`input[name="language"][value="${language}"]`)
        const text = await textOf(page, '#snippet')
        assert.ok(!text.includes(key.slice(6)))
        return text
      }
      const names = await page.$$eval('#dialect option', (options) =>
        options.map((option) => (option as HTMLOptionElement).value),
      )
      try {
        for (const name of names) {
          await page.selectOption('#dialect', name)
          // What the client has no parameter for.
          await page.fill('#more', name === 'messages' ? '' : '{"top_k": 5}')
          for (const streams of [true, false]) {
            await page.setChecked('#stream', streams)
            await page.fill('#turn-list textarea', `it's ${name}`)
            const curl = await program('sh', ['-c', await snippet('curl')], env)
            assert.match(curl.stdout, /said/, `curl, ${name}: ${curl.stdout}${curl.stderr}`)
            const file = join(folder, `${name}-${streams}.ts`)
            writeFileSync(file, await snippet('typescript'))
            const node = await program(process.execPath, [file], env)
            assert.match(
              node.stdout,
              new RegExp(`You said: "[^]*it's ${name}"`),
              `TypeScript, ${name}: ${node.stdout}${node.stderr}`,
            )
            const python = await program('python3', ['-c', PARSES, await snippet('python')], env)
            // Where there is no Python, nothing is known of it.
            if (!python.absent) assert.equal(python.stderr, '')
          }
        }
      } finally {
        rmSync(folder, { recursive: true, force: true })
      }
    },
  },

  'the key is nowhere but in memory': {
    async run(scene) {
      const { page } = scene
      const key = await enter(scene)
      await send(page, 'hi')
      await says(page, /^Answered/)
      await page.goto(`${scene.address}#compatibility`)
      const kept = await page.evaluate(async () => [
        JSON.stringify({ ...localStorage }),
        JSON.stringify({ ...sessionStorage }),
        document.cookie,
        location.href,
        JSON.stringify(history.state),
        JSON.stringify(await indexedDB.databases()),
        JSON.stringify(await caches.keys()),
        document.documentElement.outerHTML,
      ])
      assert.deepEqual(kept.slice(0, 3), ['{}', '{}', ''])
      assert.ok(!kept.join().includes(key.slice(6)))
      assert.deepEqual(await page.context().cookies(), [])
      await page.reload()
      await page.goBack()
      assert.equal(await page.inputValue('#key'), '')
    },
  },

  'the tables are filtered by text, provider and kind': {
    async run({ page, address }) {
      await tables(page, address)
      const rows = () =>
        page.$$eval('#table tbody tr', (all) => all.map((row) => row.querySelector('th')?.textContent ?? ''))
      const all = await rows()
      assert.ok(all.length >= 40 && all.includes('temperature'))
      assert.match(await textOf(page, '#count'), /^\d+ fields at 4\d|^\d+ fields at 39 providers/)
      await page.fill('#table-text', 'penalty')
      const some = await rows()
      assert.ok(some.includes('frequency_penalty') && some.length < all.length)
      await page.fill('#table-text', '')
      await page.selectOption('#table-provider', 'anthropic')
      const list = await textOf(page, '#table')
      assert.match(list, /seed.*dropped.*Messages has no seed\./)
      await page.check('#kinds input[value="emulated"]')
      const kinds = await page.$$eval('#table tbody tr', (found) => found.map((row) => row.textContent ?? ''))
      assert.ok(kinds.length > 0 && kinds.every((text) => /emulated/.test(text)))
      await page.fill('#table-text', 'nothing has this name')
      assert.match(await textOf(page, '#count'), /^0 fields at 0 providers/)
      await page.fill('#table-text', '')
      await page.uncheck('#kinds input[value="emulated"]')
      await page.selectOption('#table-provider', '')
      for (const dialect of await page.$$eval('#table-dialect option', (found) =>
        found.map((one) => (one as HTMLOptionElement).value),
      )) {
        await page.selectOption('#table-dialect', dialect)
        assert.ok((await rows()).length > 10, dialect)
      }
    },
  },

  'all of it can be done by keyboard': {
    async run(scene) {
      const { page } = scene
      const key = await scene.makeKey({ models: { demo: 'anthropic/claude-haiku-4-5' } })
      const focused = () =>
        page.evaluate(() => document.activeElement?.id || document.activeElement?.getAttribute('href') || '')
      const to = async (id: string) => {
        for (let i = 0; i < 60 && (await focused()) !== id; i++) {
          await page.keyboard.press('Tab')
          const seen = await page.evaluate(() => {
            const one = document.activeElement
            return one === null || one === document.body || getComputedStyle(one).outlineStyle !== 'none'
          })
          assert.ok(seen, `nobody sees where the focus is: ${await focused()}`)
        }
        assert.equal(await focused(), id)
      }
      await page.keyboard.press('Tab')
      assert.equal(await focused(), '#content')
      await to('key')
      await page.keyboard.type(key)
      await to('model')
      await page.waitForFunction(() => document.querySelector<HTMLInputElement>('#model')?.value !== '')
      await to('system')
      await page.keyboard.type('Be brief.')
      await page.keyboard.press('Control+Enter')
      await says(page, /^Answered/)
      await to('go-on')
      await to('said')
      await page.goto(`${scene.address}#compatibility`)
      await page.waitForSelector('#table .grid')
      await page.focus('#table-text')
      for (let i = 0; i < 12 && !(await page.evaluate(() => document.activeElement?.tagName === 'TD')); i++)
        await page.keyboard.press('Tab')
      for (const press of ['ArrowDown', 'ArrowRight', 'ArrowRight', 'ArrowUp']) await page.keyboard.press(press)
      const cell = await page.evaluate(() => {
        const here = document.activeElement
        return here instanceof HTMLTableCellElement
          ? [here.cellIndex, (here.parentElement as HTMLTableRowElement).sectionRowIndex]
          : []
      })
      assert.deepEqual(cell, [3, 0])
      const said = await textOf(page, '#cell h3')
      const [field, provider] = await page.evaluate(() => [
        document.querySelector('.grid tbody th')?.textContent,
        document.querySelector('.grid thead tr')?.children[3]?.textContent,
      ])
      assert.equal(said, `${field} at ${provider}`)
      await page.keyboard.press('Control+End')
      assert.notEqual(await textOf(page, '#cell h3'), said)
      // The grid is one stop: the next key leads out of it.
      await page.keyboard.press('Tab')
      assert.notEqual(await page.evaluate(() => document.activeElement?.tagName), 'TD')
    },
  },

  'nothing jumps while it loads': {
    async run({ page, address }) {
      for (const [width, part] of [
        [1280, '#playground'],
        [1280, '#compatibility'],
        [360, '#playground'],
        [360, '#compatibility'],
      ] as const) {
        await page.setViewportSize({ width, height: 900 })
        await page.goto('about:blank')
        await page.goto(`${address}${part}`, { waitUntil: 'networkidle' })
        const shift = await page.evaluate(
          () =>
            new Promise<number>((resolve) => {
              let sum = 0
              new PerformanceObserver((list) => {
                for (const entry of list.getEntries()) sum += (entry as unknown as { value: number }).value
              }).observe({ type: 'layout-shift', buffered: true })
              setTimeout(() => resolve(sum), 200)
            }),
        )
        assert.ok(shift < 0.01, `${part} moves by ${shift} at ${width}`)
      }
    },
  },

  'it is accessible, in light': { run: looks },
  'it is accessible, in the dark': { run: looks, dark: true },
  'it is accessible, and fits, on a phone': { run: looks, width: 360 },
  'it is accessible, and fits, on a phone in the dark': { run: looks, width: 360, dark: true },
}
