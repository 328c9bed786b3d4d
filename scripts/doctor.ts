// `npm run doctor`: looks at a gateway from outside, and says how to mend what it finds.
// Environment: DRAGOMAN_URL, DRAGOMAN_KEY, ADMIN_TOKEN; for this machine else what `npm start` keeps in `.dev.vars`.
import { join, resolve } from 'node:path'
import packageJson from '../package.json' with { type: 'json' }
import { ROOT } from './build.ts'
import { parsed, run } from './command.ts'
import { readVars } from './dev-vars.ts'
import { examine } from './doctor/examine.ts'
import type { Finding, State } from './doctor/finding.ts'
import { addressFrom } from './keys/where.ts'
import { bold, dim, green, plain, red, working, yellow } from './terminal.ts'

const HELP = `npm run doctor [-- options]

Looks at a gateway from outside, and says how to mend what it finds.

  --url URL      the gateway; else DRAGOMAN_URL, else http://127.0.0.1:8787
  --model NAME   what the one call is made to; else the first model that the key knows
  --no-call      call no provider: a call costs some 200 tokens
  --json         print what was found as JSON, and nothing else
  --dev-vars     take ADMIN_TOKEN from .dev.vars for another host than this machine, too
  --insecure     send key and token over plain http to another host
  --help         this

Environment:
  DRAGOMAN_KEY   a client key; without it what needs one is left out
  ADMIN_TOKEN    for the self-test and the version
  For this machine both are else read from the .dev.vars that npm start wrote.

Exit codes: 0 all is well, 1 something is to be mended, 2 not understood, or not reached.`

const { env } = process
const OPTIONS = {
  url: { type: 'string' },
  model: { type: 'string' },
  'no-call': { type: 'boolean' },
  json: { type: 'boolean' },
  'dev-vars': { type: 'boolean' },
  insecure: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const

async function main(args: string[]): Promise<number> {
  const { values } = parsed({ args, options: OPTIONS })
  if (values.help) {
    console.log(HELP)
    return 0
  }
  const { url, local } = addressFrom(values, env)
  const kept =
    local || values['dev-vars']
      ? readVars(join(env.DRAGOMAN_DATA ? resolve(env.DRAGOMAN_DATA) : ROOT, '.dev.vars'))
      : {}
  const patient = {
    url,
    key: env.DRAGOMAN_KEY || (local ? kept.DEMO_KEY : undefined) || undefined,
    isGuess: !env.DRAGOMAN_KEY,
    adminToken: (env.ADMIN_TOKEN || kept.ADMIN_TOKEN)?.trim() || undefined,
    model: values.model,
    calls: !values['no-call'],
    version: packageJson.version,
  }
  const findings = await working(`Looking at ${url}`, examine(patient))
  const ok = findings.every(({ state }) => state !== 'fault')
  console.log(values.json ? JSON.stringify({ ok, url, findings }, null, 2) : text(url, findings))
  const reached = findings[0]?.state === 'good'
  return reached ? (ok ? 0 : 1) : 2
}

const SIGNS: Readonly<Record<State, string>> = {
  good: green('✓'),
  note: yellow('!'),
  fault: red('✗'),
  skipped: dim('-'),
}

function text(url: string, findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ name }) => name.length)) + 2
  const lines = findings.map(({ name, state, detail }) => {
    const said = plain(detail)
    return `${SIGNS[state]} ${name.padEnd(width)}${state === 'skipped' ? dim(said) : said}`
  })
  const [faults, notes, left] = (['fault', 'note', 'skipped'] as const).map((state) =>
    findings.filter((one) => one.state === state),
  )
  const mends = [...(faults ?? []), ...(notes ?? [])].map(({ name, mend = '' }) => `${bold(name)}: ${mend}`)
  const more = [...new Set((left ?? []).map(({ mend = '' }) => mend))].map((mend) => dim(mend))
  return [
    bold(plain(url)),
    ...lines,
    ...(mends.length > 0 ? ['', 'To mend:', ...mends.map((mend) => `  ${mend}`)] : []),
    ...(more.length > 0 ? ['', 'To see what was left out:', ...more.map((mend) => `  ${mend}`)] : []),
    '',
    summary(faults?.length ?? 0, notes?.length ?? 0),
  ].join('\n')
}

function summary(faults: number, notes: number): string {
  if (faults > 0) return red(`${faults} to mend.`)
  return notes > 0 ? yellow(`All is well, but for ${notes} to look at.`) : green('All is well.')
}

await run(main)
