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
  if (command === undefined || isSet([command, ...args], '--help', '-h') || command === 'help') {
    if (command === undefined) throw new UsageError(HELP)
    console.log(HELP)
    return 0
  }
  const settings = settingsOf(filesFor(environmentOf(args, env.CLOUDFLARE_ENV)), env)
  const at = { which: workerArguments(args, settings), account: accountIn(settings) }
  if (command === 'upload') return await upload(args, settings, at)
  const wanted = command === 'back' ? 0 : Number(command)
  if (command !== 'status' && !(/^\d+$|^back$/.test(command) && wanted <= 100 && (wanted > 0 || command === 'back'))) {
    throw new UsageError(`Expected upload, a number from 1 to 100, back or status.\n\n${HELP}`)
  }
  const now = await trafficOf(at)
  if (command !== 'status') {
    const specs = split(now, wanted)
    const set = ['versions', 'deploy', ...specs.map(({ id, percent }) => `${id}@${percent}%`), '--yes', ...at.which]
    const { code } = await wrangler(set, false, at.account)
    if (code !== 0) return code
    show(
      specs.filter(({ percent }) => percent > 0),
      isSet(args, '--json'),
    )
    return 0
  }
  show(now.deployed, isSet(args, '--json'))
  return 0
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
  const ran = await wrangler(deployArguments(['versions', 'upload'], args, settings), false, account)
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

function show(parts: Traffic['deployed'], json: boolean): void {
  if (json) console.log(JSON.stringify({ versions: parts }))
  else
    console.log(
      `\n${columns(
        ['VERSION', 'TRAFFIC'],
        parts.map(({ id, percent }) => [plain(id), `${percent} %`]),
      )}`,
    )
}

await run(main)
