// What is kept of a deployment beside the repository, for each environment: settings, and the secrets' only copy that can
// be read again. Git ignores both files.
import { join, resolve } from 'node:path'
import { ROOT } from '../build.ts'
import { UsageError } from '../command.ts'
import { readVars } from '../dev-vars.ts'

/** The names are those of the variables: the environment's come first. */
export interface Settings {
  /** Where there are several. Wrangler reads it itself. */
  readonly CLOUDFLARE_ACCOUNT_ID?: string | undefined
  /** The Worker's name, if it is not to be that of wrangler.toml. */
  readonly WORKER_NAME?: string | undefined
  /** A domain, or one below it, of a zone in the account. */
  readonly DOMAIN?: string | undefined
}

export interface Files {
  readonly settings: string
  readonly secrets: string
}

/**
 * @param environment of wrangler.toml; undefined for the default one.
 * @param folder another than the repository.
 */
export function filesFor(environment: string | undefined, folder?: string): Files {
  const at = (name: string) => (folder ? join(resolve(folder), name) : join(ROOT, name))
  const suffix = environment === undefined ? '' : `.${environment}`
  return { settings: at(`.env.deploy${suffix}`), secrets: at(`.dev.vars.deploy${suffix}`) }
}

/** @throws UsageError for what cannot be a name or a domain. */
export function settingsOf(files: Files, env: Readonly<Record<string, string | undefined>>): Settings {
  const kept = readVars(files.settings)
  const of = (name: keyof Settings) => (env[name] || kept[name])?.trim() || undefined
  const { WORKER_NAME, DOMAIN } = { WORKER_NAME: of('WORKER_NAME'), DOMAIN: of('DOMAIN') }
  if (WORKER_NAME !== undefined && !isWorkerName(WORKER_NAME)) {
    throw new UsageError('WORKER_NAME: expected small letters, digits and dashes, 63 at most.')
  }
  if (DOMAIN !== undefined && !isDomain(DOMAIN)) {
    throw new UsageError('DOMAIN: expected a domain alone, such as api.example.com.')
  }
  return { CLOUDFLARE_ACCOUNT_ID: of('CLOUDFLARE_ACCOUNT_ID'), WORKER_NAME, DOMAIN }
}

export function isWorkerName(text: string): boolean {
  return /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(text)
}

export function isDomain(text: string): boolean {
  return text.length <= 253 && /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/i.test(text)
}
