// Wrangler, played by a program that writes down how it was run, and says what it is told to.
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What the played wrangler was run with: its arguments, and the secrets of the file that it was given. */
export interface Call {
  readonly args: readonly string[]
  readonly secrets?: Record<string, string>
  readonly mode?: number
  readonly path?: string
  readonly account?: string
}

const PLAYED = `#!/usr/bin/env node
const { appendFileSync, readFileSync, statSync } = require('node:fs')
const args = process.argv.slice(2)
const at = args.indexOf('--secrets-file')
const path = at < 0 ? undefined : args[at + 1]
const account = process.env.CLOUDFLARE_ACCOUNT_ID
appendFileSync(process.env.PLAYED_LOG, JSON.stringify({ args, account, ...(path && { path, secrets: JSON.parse(readFileSync(path)), mode: statSync(path).mode & 0o777 }) }) + '\\n')
const tell = (entry) => appendFileSync(process.env.WRANGLER_OUTPUT_FILE_PATH, JSON.stringify(entry) + '\\n')
const play = JSON.parse(process.env.PLAYED)[args[0]] ?? {}
if (play.print) console.log(play.print)
if (play.tell) tell(play.tell)
process.exit(play.code ?? 0)
`

export interface Played {
  /** What to run a command with: it finds this wrangler before the real one. */
  readonly env: Record<string, string>
  /** How it was run since. */
  readonly calls: () => Call[]
}

/**
 * Puts it into a folder.
 * @param play what it does for each first argument: prints, tells programs, ends with a code.
 */
export function playWrangler(folder: string, play: object): Played {
  const log = join(folder, 'log')
  const bin = join(folder, 'bin')
  rmSync(log, { force: true })
  mkdirSync(bin, { recursive: true })
  writeFileSync(join(bin, 'wrangler'), PLAYED)
  chmodSync(join(bin, 'wrangler'), 0o755)
  return {
    env: { PLAYED: JSON.stringify(play), PLAYED_LOG: log, PATH: `${bin}:${process.env.PATH}` },
    calls: () =>
      (existsSync(log) ? readFileSync(log, 'utf8') : '')
        .split('\n')
        .filter(Boolean)
        .map((line): Call => JSON.parse(line)),
  }
}
