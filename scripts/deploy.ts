// `npm run deploy`: `wrangler deploy` with all its options, and what a first deployment needs beside it: the secrets.
// Environment: DOMAIN, WORKER_NAME, CLOUDFLARE_ACCOUNT_ID (else of .env.deploy), ADMIN_TOKEN, SEAL_KEYS, and wrangler's own.
import { relative, resolve } from 'node:path'
import { run } from './command.ts'
import { accounts, deployWith, isExposed, login, secretsOf } from './deploy/account.ts'
import { addressIn, deployArguments, environmentOf, isSet, workerArguments } from './deploy/arguments.ts'
import { askFor, askWhere, at, type Known, type Values } from './deploy/secrets.ts'
import { type Files, filesFor, type Settings, settingsOf } from './deploy/settings.ts'
import { readVars, writeVars } from './dev-vars.ts'
import { SECRET_NAMES, type SecretName } from './secrets.ts'
import { ask, askSecret, bold, green, isInteractive, yellow } from './terminal.ts'
import { type Ran, wrangler } from './wrangler.ts'

const HELP = `npm run deploy [-- options of wrangler deploy]

Deploys the Worker to Cloudflare. KV and Durable Objects are made by it; secrets that the Worker lacks are asked for.

  --env NAME     an environment of wrangler.toml: staging, production
  --dry-run      build everything and upload nothing
  and every other option of wrangler deploy (npx wrangler deploy --help)

Environment, else .env.deploy (.env.deploy.NAME for an environment), which npm run setup writes:
  DOMAIN                 a domain of the account's that the Worker is to answer on: api.example.com
  WORKER_NAME            its name, if not that of wrangler.toml
  CLOUDFLARE_ACCOUNT_ID  the account, where there are several
  ADMIN_TOKEN, SEAL_KEYS the secrets of a first deployment, where nobody can be asked;
                         else of .dev.vars.deploy (.dev.vars.deploy.NAME)
  DEPLOY_DIR             the folder of both files, if not the repository
  CLOUDFLARE_API_TOKEN   instead of npx wrangler login

Exit codes: 0 deployed, 1 not deployed, 2 not understood.`

const { env } = process

async function main(args: readonly string[]): Promise<number> {
  if (isSet(args, '--help', '-h')) {
    console.log(HELP)
    return 0
  }
  const environment = environmentOf(args, env.CLOUDFLARE_ENV)
  const files = filesFor(environment, env.DEPLOY_DIR)
  const settings = settingsOf(files, env)
  const command = deployArguments(['deploy'], args, settings, env.CLOUDFLARE_ENV)
  if (isSet(args, '--dry-run')) return (await wrangler(command, false)).code
  const account = accountIn(settings)
  const brought = isSet(args, '--secrets-file') ? {} : await secretsFor(args, files, settings)
  const ran = await deployWith(command, brought ?? {}, account)
  if (ran.code !== 0) return ran.code
  told(ran, brought === undefined)
  return 0
}

function accountIn({ CLOUDFLARE_ACCOUNT_ID }: Settings): Record<string, string> {
  return CLOUDFLARE_ACCOUNT_ID === undefined ? {} : { CLOUDFLARE_ACCOUNT_ID }
}

/** The secrets to bring along; undefined where some are missing, and nobody is there to ask. */
async function secretsFor(args: readonly string[], files: Files, settings: Settings): Promise<Values | undefined> {
  const which = workerArguments(args, settings)
  // An account that wrangler makes for this once has nothing yet.
  const isNew = isSet(args, '--temporary')
  let known: Known = isNew ? { missing: SECRET_NAMES } : await secretsOf(which, accountIn(settings))
  if ('unknown' in known && (await accounts()) === undefined) {
    await login()
    known = await secretsOf(which, accountIn(settings))
  }
  if ('unknown' in known) {
    console.error(`Which secrets the Worker has could not be seen: ${known.unknown}`)
    return {}
  }
  const found = await at(known.missing, env, readVars(files.secrets))
  const missing = known.missing.filter((name) => found[name] === undefined)
  if (missing.length === 0) return found
  if (!isInteractive()) return undefined
  return { ...found, ...(await made(missing, files)) }
}

/** New secrets, or those that were pasted, with a copy where whoever sits here wants it. */
async function made(missing: readonly SecretName[], files: Files): Promise<Values> {
  console.log(`The Worker has no ${missing.join(' and no ')} yet.`)
  if (missing.includes('SEAL_KEYS')) {
    console.log('Whoever has SEAL_KEYS and its KV has your credentials; without it they are lost to you, too.\n')
  }
  const { values, made } = await askFor(missing, askSecret, console.log)
  const shown = relative(process.cwd(), files.secrets)
  const path = resolve(await askWhere(shown, ask, (one) => isExposed(resolve(one)), console.log))
  writeVars(path, values)
  console.log(`Kept in ${path}, readable by you alone. Move it to a safe place.`)
  if (made.includes('ADMIN_TOKEN')) console.log(`The admin token, shown once: ${bold(values.ADMIN_TOKEN ?? '')}`)
  console.log('')
  return values
}

/** Where it is, and what comes next. */
function told({ told }: Ran, bare: boolean): void {
  const address = addressIn(told.find(({ type }) => type === 'deploy')?.targets ?? [])
  console.log('')
  if (bare) {
    console.log(yellow(NOT_SET))
    return
  }
  console.log(green(`Dragoman is deployed: ${address}`))
  console.log('\nWith ADMIN_TOKEN in the environment:')
  console.log(`  npm run doctor -- --url ${address}`)
  console.log(`  npm run keys -- create --url ${address} --help`)
}

const NOT_SET = `ADMIN_TOKEN or SEAL_KEYS is not set: the Worker answers 503 not_configured until they are. Deploy again with both in
the environment, or set each with npx wrangler secret put NAME. docs/deploy.md says how they are made.`

await run(main)
