// `.dev.vars`: the local secrets, as wrangler reads them too. Lines that are not ours stay as they are.
// https://developers.cloudflare.com/workers/configuration/secrets/#local-development-with-secrets
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { parseEnv } from 'node:util'

/** The variables of a file; none if there is no file. */
export function readVars(path: string): Readonly<Record<string, string | undefined>> {
  return existsSync(path) ? parseEnv(readFileSync(path, 'utf8')) : {}
}

/** Sets variables in a file that only its owner can read. */
export function writeVars(path: string, vars: Readonly<Record<string, string>>): void {
  const text = existsSync(path) ? readFileSync(path, 'utf8').replace(/\n$/, '') : ''
  const lines = text === '' ? [] : text.split('\n')
  for (const [name, value] of Object.entries(vars)) {
    // Single quotes: what is in them is not looked at. JSON has none.
    const line = /^[\w.-]*$/.test(value) ? `${name}=${value}` : `${name}='${value}'`
    const at = lines.findIndex((old) => old.startsWith(`${name}=`))
    if (at < 0) lines.push(line)
    else lines[at] = line
  }
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, `${lines.join('\n')}\n`, { mode: 0o600 })
  // The mode above counts for a new file only.
  chmodSync(path, 0o600)
}
