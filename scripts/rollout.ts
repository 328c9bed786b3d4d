// `npm run rollout`: a new version of the Worker for a part of the traffic first, then for all of it, or not at all.
// https://developers.cloudflare.com/workers/configuration/versions-and-deployments/gradual-deployments/
import { Failure, run, UsageError } from './command.ts'
import { deployArguments, environmentOf, isSet, workerArguments } from './deploy/arguments.ts'
import { filesFor, type Settings, settingsOf } from './deploy/settings.ts'
import { split, type Traffic, traffic } from './deploy/split.ts'
import { columns, green, plain, working } from './terminal.ts'
import { jsonOf, reasonOf, wrangler } from './wrangler.ts'

const HELP = `npm run rollout -- COMMAND [--env NAME] [--name WORKER] [--json]

  upload [options]   upload the Worker as a new version that gets no traffic; options of wrangler versions upload
  PERCENT            give the newest version so much of the traffic, 1 to 100; the one before keeps the rest
  back               give all of it to the version before the newest again
  status             what gets which part of the traffic

A first deployment, and one that adds a class of Durable Objects, is npm run deploy: it cannot be gradual.
Settings are those of npm run deploy. Exit codes: 0 done, 1 not done, 2 not understood.`

const { env } = process

async function main([command, ...args]: readonly string[]): Promise<number> {
  if (command === undefined) throw new UsageError(HELP)
  if (command === 'help' || isSet([command, ...args], '--help', '-h')) {
    console.log(HELP)
    return 0
  }
  const settings = settingsOf(filesFor(environmentOf(args, env.CLOUDFLARE_ENV), env.DEPLOY_DIR), env)
  const at = { which: workerArguments(args, settings), account: accountIn(settings) }
  if (command === 'upload') return await upload(args, settings, at)
  const json = isSet(args, '--json')
  const percent = percentIn(command)
  const now = await trafficOf(at)
  if (percent === undefined) return show(now.deployed, json)
  const parts = split(now, percent)
  const specs = parts.map(({ id, percent }) => `${id}@${percent}`)
  const ran = await wrangler(['versions', 'deploy', ...specs, '--yes', ...at.which], json, at.account)
  if (ran.code !== 0 && json) console.error(plain(reasonOf(ran)))
  return ran.code === 0 ? show(parts, json) : ran.code
}

/** The newest version's part of the traffic; undefined for `status`. */
function percentIn(command: string): number | undefined {
  if (command === 'status') return undefined
  if (command === 'back') return 0
  if (/^\d+$/.test(command) && Number(command) >= 1 && Number(command) <= 100) return Number(command)
  throw new UsageError(`Expected upload, a number from 1 to 100, back or status.\n\n${HELP}`)
}

/** The Worker that is meant, in wrangler's words. */
interface At {
  readonly which: readonly string[]
  readonly account: Readonly<Record<string, string>>
}

function accountIn({ CLOUDFLARE_ACCOUNT_ID }: Settings): Record<string, string> {
  return CLOUDFLARE_ACCOUNT_ID === undefined ? {} : { CLOUDFLARE_ACCOUNT_ID }
}

async function upload(args: readonly string[], settings: Settings, { account }: At): Promise<number> {
  const ran = await wrangler(
    deployArguments(['versions', 'upload'], args, settings, env.CLOUDFLARE_ENV),
    false,
    account,
  )
  const { version_id, preview_url } = ran.told.find(({ type }) => type === 'version-upload') ?? {}
  if (ran.code !== 0 || isSet(args, '--dry-run')) return ran.code
  console.log(green(`\nVersion ${version_id} is uploaded, and gets no traffic yet.`))
  if (preview_url) console.log(`Try it by itself:   npm run doctor -- --url ${preview_url}`)
  console.log('For a tenth of all:  npm run rollout -- 10')
  return 0
}

async function trafficOf({ which, account }: At): Promise<Traffic> {
  const asked = Promise.all([
    wrangler(['versions', 'list', '--json', ...which], true, account),
    wrangler(['deployments', 'status', '--json', ...which], true, account),
  ])
  const [versions, status] = await working('Asking which versions there are', asked)
  const found = traffic(jsonOf(versions), jsonOf(status))
  if (found) return found
  const why = [versions, status].map(reasonOf).find(Boolean) ?? 'wrangler did not say why'
  throw new Failure(`What is deployed could not be seen: ${plain(why.split('\n')[0] ?? '')}`)
}

function show(parts: Traffic['deployed'], json: boolean): number {
  const rows = parts.map(({ id, percent }) => [plain(id), `${percent} %`])
  console.log(json ? JSON.stringify({ versions: parts }) : `\n${columns(['VERSION', 'TRAFFIC'], rows)}`)
  return 0
}

await run(main)
