// What all commands have in common: options that are read strictly, one line for what went wrong, exit codes for scripts.
import { type ParseArgsConfig, parseArgs } from 'node:util'

/** What was asked for cannot be meant: told in a line, and nothing is done. Exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** Something could not be done, and why is known. Exit code 1. */
export class Failure extends Error {
  override readonly name: string = 'Failure'
}

/**
 * The options of a command line, strictly.
 * @throws UsageError that names the option, and quotes nothing of what was given for it.
 */
export function parsed<T extends ParseArgsConfig>(config: T): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs<T>({ strict: true, ...config })
  } catch (error) {
    const option = /'(--?[\w-]+)/.exec((error as Error).message)?.[1]
    throw new UsageError(`${option ?? 'An option'} was not understood: see --help.`)
  }
}

/** Exit codes by the names of errors. What has none is a fault of ours, and is shown whole. */
const CODES: Readonly<Record<string, number>> = { Failure: 1, UsageError: 2 }

/**
 * Runs a command to its end.
 * @param main gives the exit code, or nothing for 0.
 * @param codes exit codes of further errors, by name.
 */
export async function run(
  main: (args: string[]) => Promise<number | undefined> | number | undefined,
  codes: Readonly<Record<string, number>> = {},
): Promise<void> {
  try {
    process.exitCode = (await main(process.argv.slice(2))) ?? 0
  } catch (error) {
    const { name, message } = error as Error
    const code = codes[name] ?? CODES[name]
    if (code === undefined) throw error
    console.error(message)
    process.exitCode = code
  }
}
