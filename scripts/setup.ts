// `npm run setup`: from a clone to a gateway on Cloudflare with a key, by asking. What is chosen is written down, so that
// it can be run again, and `npm run deploy` knows it.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { ROOT } from './build.ts'
import { Failure, parsed, run } from './command.ts'
import { accounts, deployWith, isExposed, login, secretsOf } from './deploy/account.ts'
import { addressIn, deployArguments, workerArguments } from './deploy/arguments.ts'
import { askWhere, at, type Values } from './deploy/secrets.ts'
import { type Files, filesFor, type Settings, settingsOf } from './deploy/settings.ts'
import { readVars, writeVars } from './dev-vars.ts'
import type { Json } from './keys/ask.ts'
import { details } from './keys/print.ts'
import { newSecret, type SecretName } from './secrets.ts'
import { buttonFor } from './setup/button.ts'
import { choose } from './setup/choose.ts'
import { answers, askBinding, bindingOf, keysOf, makeKey } from './setup/first-key.ts'
import { ask, askSecret, bold, green, isInteractive, labelled, working } from './terminal.ts'
import { loadWrangler } from './worker.ts'

const HELP = `npm run setup [-- options]

Asks what is needed, deploys the Worker to Cloudflare, and makes its first key. It may be run again at any time.

  --env NAME        an environment of wrangler.toml: staging, production
  --account ID      the Cloudflare account, where there are several
  --name NAME       the Worker's name
  --domain DOMAIN   a domain of the account's, such as api.example.com; - for none
  --provider SLOT[:PROVIDER][=CREDENTIAL], --model ALIAS=MODEL, --slot SLOT.FIELD=VALUE
                    the first key, as npm run keys -- create takes it: a credential is named, never given
  --no-deploy       only ask, and write down
  --yes             ask nothing: what is not given is as before, or as it comes
  --button          print the button "Deploy to Cloudflare" for this repository, and do nothing else
  --json            print what came of it as JSON, in the last line
  --help            this

Written, for an environment with .NAME at the end, to DEPLOY_DIR or here, where git ignores both:
  .env.deploy       account, name and domain
  .dev.vars.deploy  ADMIN_TOKEN and SEAL_KEYS, if they were made here

Exit codes: 0 done, 1 not done, 2 not understood, 3 deployed, but not reached.`

const { env } = process
const OPTIONS = {
  env: { type: 'string', short: 'e' },
  account: { type: 'string' },
  name: { type: 'string' },
  domain: { type: 'string' },
  provider: { type: 'string', multiple: true },
  model: { type: 'string', multiple: true },
  slot: { type: 'string', multiple: true },
  'no-deploy': { type: 'boolean' },
  yes: { type: 'boolean', short: 'y' },
  button: { type: 'boolean' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const

/** A gateway that is deployed, and does not answer yet. */
class Unreached extends Error {
  override readonly name = 'Unreached'
}

async function main(args: string[]): Promise<number> {
  const { values } = parsed({ args, options: OPTIONS })
  if (values.help) {
    console.log(HELP)
    return 0
  }
  if (values.button) {
    const { stdout } = spawnSync('git', ['remote', 'get-url', 'origin'], { cwd: ROOT, encoding: 'utf8' })
    console.log(buttonFor(stdout ?? ''))
    return 0
  }
  const asking = isInteractive() && !values.yes ? { ask, say: (line: string) => console.log(line) } : undefined
  const environment = values.env ?? (env.CLOUDFLARE_ENV || undefined)
  const which = environment === undefined ? [] : ['--env', environment]
  const files = filesFor(environment, env.DEPLOY_DIR)
  // Read before anything is done, so that what is wrong with it is said first.
  const binding = bindingOf(values, { env, readFile: (path) => readFileSync(path, 'utf8') })

  const name = await nameOf(environment)
  const settings = await choose(values, settingsOf(files, env), { accounts: await loggedIn(), name }, asking)
  write(files, settings)
  if (values['no-deploy']) {
    console.log(
      `Written to ${shown(files.settings)}. Next: npm run deploy${environment ? ` -- --env ${environment}` : ''}`,
    )
    return 0
  }

  const account = settings.CLOUDFLARE_ACCOUNT_ID
  const own: Record<string, string> = account === undefined ? {} : { CLOUDFLARE_ACCOUNT_ID: account }
  const secrets = await secretsFor([...which], files, settings, own, asking !== undefined)
  const ran = await deployWith(deployArguments(['deploy'], which, settings, environment), secrets, own)
  if (ran.code !== 0) return ran.code
  const url = addressIn(ran.told.find(({ type }) => type === 'deploy')?.targets ?? [])
  const made = await firstKey(url, files, secrets, binding, asking !== undefined)
  console.log(values.json ? JSON.stringify({ url, ...settings, key: made?.key, id: made?.id }) : text(url, made))
  return 0
}

/** What wrangler.toml calls the Worker. */
async function nameOf(environment: string | undefined): Promise<string> {
  const level = env.WRANGLER_LOG
  const { unstable_readConfig: read } = await working('Reading wrangler.toml', loadWrangler())
  // It is quiet in this process alone: what is run has something to say.
  if (level === undefined) delete env.WRANGLER_LOG
  const config = read({ config: join(ROOT, 'wrangler.toml'), ...(environment !== undefined && { env: environment }) })
  return config.name ?? 'dragoman'
}

async function loggedIn() {
  const found = await accounts()
  if (found) return found
  await login()
  return (await accounts()) ?? []
}

function write(files: Files, settings: Settings): void {
  // What is not set any more is written as nothing, which counts as nothing.
  const { CLOUDFLARE_ACCOUNT_ID = '', WORKER_NAME = '', DOMAIN = '' } = settings
  writeVars(files.settings, { CLOUDFLARE_ACCOUNT_ID, WORKER_NAME, DOMAIN })
}

/** The secrets that the Worker lacks: given, kept from the last time, or made, and kept. */
async function secretsFor(
  args: readonly string[],
  files: Files,
  settings: Settings,
  account: Readonly<Record<string, string>>,
  asks: boolean,
): Promise<Values> {
  const known = await secretsOf(workerArguments(args, settings), account)
  if ('unknown' in known) throw new Failure(`Which secrets the Worker has could not be seen: ${known.unknown}`)
  const found = await at(known.missing, env, readVars(files.secrets))
  const made: Values = {}
  for (const name of known.missing) if (found[name] === undefined) made[name] = newSecret(name)
  const names = Object.keys(made) as SecretName[]
  if (names.length > 0) {
    const exposed = (path: string) => isExposed(resolve(path))
    const path = asks ? resolve(await askWhere(shown(files.secrets), ask, exposed, console.log)) : files.secrets
    writeVars(path, made)
    console.log(
      `${names.join(' and ')}: made, and kept in ${shown(path)}, readable by you alone. Keep a copy in a safe place.`,
    )
  }
  return { ...found, ...made }
}

async function firstKey(
  url: string,
  files: Files,
  secrets: Values,
  given: Json | undefined,
  asks: boolean,
): Promise<Json | undefined> {
  const adminToken = secrets.ADMIN_TOKEN ?? (env.ADMIN_TOKEN || readVars(files.secrets).ADMIN_TOKEN)
  if (!adminToken || (!given && !asks)) return undefined
  if (!(await working(`Waiting for ${url}`, answers(url)))) {
    throw new Unreached(
      `${url} is deployed and does not answer yet: a new domain takes a while. Run npm run setup again.`,
    )
  }
  const gateway = { url, adminToken }
  const there = await keysOf(gateway)
  if (there > 0) {
    console.log(`There ${there === 1 ? 'is a key' : `are ${there} keys`} already: no first one is made.`)
    return undefined
  }
  const binding = given ?? (await askBinding(ask, askSecret))
  return binding && (await makeKey(gateway, binding))
}

function text(url: string, made: Json | undefined): string {
  const next = labelled(
    [
      ['Look at it', `npm run doctor -- --url ${url}`],
      ['Make keys', `npm run keys -- create --url ${url} --help`],
    ],
    '  ',
  )
  const key = made && `\n${details(made)}\n\n${bold('Keep this key: it is shown once.')}\n`
  return `${key ?? ''}\n${green(`Dragoman is deployed: ${url}`)}\n\nWith ADMIN_TOKEN in the environment:\n${next}`
}

function shown(path: string): string {
  return relative(process.cwd(), path)
}

await run(main, { Refused: 1, Unreachable: 3, Unreached: 3 })
