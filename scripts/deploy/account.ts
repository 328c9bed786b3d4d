// Who is logged in at Cloudflare, what the Worker has there, and a deployment with the secrets that it lacks.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ROOT } from '../build.ts'
import { Failure } from '../command.ts'
import { isInteractive, working } from '../terminal.ts'
import { jsonOf, type Ran, reasonOf, wrangler } from '../wrangler.ts'
import { type Known, missingOf, type Values } from './secrets.ts'

export interface Account {
  readonly id: string
  readonly name: string
}

/** The accounts that can be deployed to; undefined if nobody is logged in. */
export async function accounts(): Promise<readonly Account[] | undefined> {
  const ran = await working('Asking Cloudflare who you are', wrangler(['whoami', '--json'], true))
  const told = jsonOf(ran) as { readonly loggedIn?: boolean; readonly accounts?: readonly Account[] } | undefined
  return told?.loggedIn ? (told.accounts ?? []) : undefined
}

/** Logs in by the browser, where somebody sits before it. @throws Failure where that is not so, or did not happen. */
export async function login(): Promise<void> {
  if (!isInteractive()) {
    throw new Failure('Nobody is logged in at Cloudflare: run npx wrangler login, or set CLOUDFLARE_API_TOKEN.')
  }
  const { code } = await wrangler(['login'], false)
  if (code !== 0) throw new Failure('Nobody is logged in at Cloudflare.')
}

/** Which of its secrets the Worker lacks. @param which as `workerArguments` gives it. */
export async function secretsOf(which: readonly string[], env: Readonly<Record<string, string>>): Promise<Known> {
  const ran = await working(
    'Asking which secrets the Worker has',
    wrangler(['secret', 'list', '--format', 'json', ...which], true, env),
  )
  return missingOf(ran.code === 0 ? jsonOf(ran) : undefined, reasonOf(ran))
}

/** Runs a deployment with these secrets beside those that the Worker has. They are in a file for as long as it takes. */
export async function deployWith(
  args: readonly string[],
  values: Values,
  env: Readonly<Record<string, string>>,
): Promise<Ran> {
  if (Object.keys(values).length === 0) return await wrangler(args, false, env)
  const folder = mkdtempSync(join(tmpdir(), 'dragoman-deploy-'))
  const path = join(folder, 'secrets.json')
  const forget = () => rmSync(folder, { recursive: true, force: true })
  // Wrangler gets the signal as well, and ends; only then do we, and the file is gone by then.
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.on(signal, forget)
  try {
    // As JSON: in the other form wrangler would look for variables within the values.
    writeFileSync(path, JSON.stringify(values), { mode: 0o600 })
    return await wrangler([...args, '--secrets-file', path], false, env)
  } finally {
    for (const signal of signals) process.off(signal, forget)
    forget()
  }
}

/** Whether git would take a file along. Where there is no git, nobody does. */
export function isExposed(path: string): boolean {
  const { status } = spawnSync('git', ['check-ignore', '--quiet', path], { cwd: ROOT })
  // 1: in the repository, and not ignored. 128: not in it, or there is none.
  return status === 1
}
