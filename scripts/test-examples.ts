// `npm run test:examples`: every example as a program of its own, against the production bundle with the demo upstream behind
// it. What the examples need is installed first. `--only TEXT` runs those whose name or file has TEXT in it.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startDemo } from '../demo/index.ts'
import { startGateway } from '../test/harness/gateway.ts'
import { ROOT } from './build.ts'
import { noBrowser, runBrowserExample } from './examples/browser.ts'
import { EXAMPLES_DIR, findPython, installPackages, installPython } from './examples/install.ts'
import { ALIASES, type Alias, EXAMPLES, type Example, type Need } from './examples/list.ts'
import { runExample } from './examples/run.ts'

/** How many run at the same time. */
const SIDE_BY_SIDE = 2

interface Task {
  readonly example: Example
  readonly alias: Alias
}

type Verdict = 'ok' | 'FAILED' | 'skipped'

const counts: Record<Verdict, number> = { ok: 0, FAILED: 0, skipped: 0 }

function report(verdict: Verdict, { example, alias }: Task, more = ''): void {
  counts[verdict]++
  console.log(`${verdict.padEnd(8)}${example.name.padEnd(36)}${alias.padEnd(8)}${more}`)
}

/** What an example needs: where it is, or why it is not there. */
interface Ready {
  readonly bin: string
  readonly missing?: string | undefined
}

function prepare(need: Need): Ready {
  if (need === 'package.json') return { bin: installPackages() }
  const python = findPython()
  return 'missing' in python ? { bin: '', ...python } : { bin: installPython(python.command, need) }
}

/** The types of the examples, with their own packages. */
function typesHold(): boolean {
  const args = [join(ROOT, 'node_modules/typescript/bin/tsc'), '--noEmit', '-p', EXAMPLES_DIR]
  return spawnSync(process.execPath, args, { stdio: 'inherit' }).status === 0
}

async function run(examples: readonly Example[]): Promise<void> {
  const needs = new Set(examples.flatMap(({ needs = [] }) => needs))
  const ready = new Map([...needs].map((need) => [need, prepare(need)]))
  if (needs.has('package.json') && !typesHold()) throw new Error('The types of the examples do not hold.')
  const [gateway, demo] = await Promise.all([startGateway(), startDemo()])
  const missing = noBrowser()

  async function one(task: Task): Promise<void> {
    const { example, alias } = task
    const reason = example.without?.[alias]
    if (reason !== undefined) return report('skipped', task, reason)
    const place = (example.needs && ready.get(example.needs)) ?? { bin: '', ...(example.isPage && { missing }) }
    // Where everything has to be there, what is missing is a fault.
    if (place.missing !== undefined)
      return report(process.env.CI === 'true' ? 'FAILED' : 'skipped', task, place.missing)
    const from = Date.now()
    const fault = example.isPage
      ? await runBrowserExample(gateway, demo, alias)
      : await runExample({ gateway, demo, bin: place.bin }, example, alias)
    if (fault === undefined) report('ok', task, `${((Date.now() - from) / 1000).toFixed(1)} s`)
    else report('FAILED', task, `\n${fault.replace(/^/gm, '        ')}\n`)
  }

  const tasks = examples.flatMap((example) =>
    (Object.keys(ALIASES) as Alias[]).map((alias): Task => ({ example, alias })),
  )
  const work = async () => {
    for (let task = tasks.shift(); task; task = tasks.shift()) await one(task)
  }
  try {
    await Promise.all(Array.from({ length: SIDE_BY_SIDE }, work))
  } finally {
    await Promise.all([gateway.close(), demo.close()])
  }
}

const { only = '' } = parseArgs({ options: { only: { type: 'string' } } }).values
const wanted = only.toLowerCase()
const chosen = EXAMPLES.filter(({ name, file }) => `${name} ${file}`.toLowerCase().includes(wanted))
if (chosen.length === 0) {
  console.error(`No example has '${only}' in its name. There are: ${EXAMPLES.map(({ name }) => name).join(', ')}.`)
  process.exitCode = 2
} else {
  await run(chosen)
  console.log(`${counts.ok} passed, ${counts.FAILED} failed, ${counts.skipped} skipped`)
  process.exitCode = counts.FAILED === 0 ? 0 : 1
}
