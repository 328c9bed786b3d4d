// Wrangler, as our commands run it: the one of this repository, with what it tells programs about what it has done.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { ROOT } from './build.ts'
import { Failure } from './command.ts'

/** A line of what wrangler tells programs: what was deployed, or why a command failed. */
export interface Told {
  readonly type: string
  readonly message?: string
  readonly version_id?: string | null
  readonly worker_name?: string | null
  /** Where a deployment is reached. */
  readonly targets?: readonly string[] | null
  readonly preview_url?: string
}

export interface Ran {
  readonly code: number
  /** What it printed, where that was kept. */
  readonly stdout: string
  readonly told: readonly Told[]
}

/**
 * Runs wrangler until it has ended.
 * @param quiet keeps what it prints, instead of showing it; it asks nothing then.
 * @param env beside our own.
 */
export async function wrangler(
  args: readonly string[],
  quiet: boolean,
  env: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  const folder = mkdtempSync(join(tmpdir(), 'dragoman-wrangler-'))
  const output = join(folder, 'told')
  try {
    // npm puts its folder of programs first; without npm it is found all the same.
    const path = [process.env.PATH, join(ROOT, 'node_modules', '.bin')].join(delimiter)
    const child = spawn('wrangler', args, {
      cwd: ROOT,
      env: { ...process.env, ...env, PATH: path, WRANGLER_OUTPUT_FILE_PATH: output },
      stdio: quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit',
    })
    let stdout = ''
    child.stdout?.on('data', (bytes: Buffer) => (stdout += bytes.toString()))
    child.stderr?.resume()
    const code = await new Promise<number>((ended, failed) => {
      child.once('error', () => failed(new Failure('Wrangler is not installed: run npm ci.')))
      child.once('close', (status) => ended(status ?? 1))
    })
    return { code, stdout, told: linesOf(output) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function linesOf(path: string): Told[] {
  try {
    return readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Told)
  } catch {
    // It ended before it had anything to tell.
    return []
  }
}

/** What it said of why it failed. */
export function reasonOf({ told }: Ran): string {
  return told.find(({ type }) => type === 'command-failed')?.message ?? ''
}

/** The JSON that a command printed; undefined where it printed none. */
export function jsonOf({ stdout }: Ran): unknown {
  try {
    return JSON.parse(stdout)
  } catch {
    return undefined
  }
}
