// Wrangler's arguments, as far as we have to know them: all of them pass, and what the settings say is added.
import type { Settings } from './settings.ts'

/** The value of an option, in any of its spellings; the last one counts. */
export function optionIn(args: readonly string[], ...names: readonly string[]): string | undefined {
  let found: string | undefined
  for (const [i, arg] of args.entries()) {
    const at = arg.indexOf('=')
    if (names.includes(arg)) found = args[i + 1]
    else if (at > 0 && names.includes(arg.slice(0, at))) found = arg.slice(at + 1)
  }
  return found
}

/** Whether a flag is given, and not taken back. */
export function isSet(args: readonly string[], ...names: readonly string[]): boolean {
  return args.some((arg) => {
    const [name = '', value] = arg.split('=')
    return names.includes(name) && value !== 'false'
  })
}

/** The environment of wrangler.toml that is meant. */
export function environmentOf(args: readonly string[], variable: string | undefined): string | undefined {
  return optionIn(args, '--env', '-e') || variable || undefined
}

/**
 * What `wrangler deploy`, or the upload of a version, is run with. A domain is a deployment's alone.
 * @param variable CLOUDFLARE_ENV. Wrangler wants to be told that none is meant.
 */
export function deployArguments(
  command: readonly string[],
  args: readonly string[],
  { WORKER_NAME, DOMAIN }: Settings,
  variable?: string,
): string[] {
  const given = (...names: readonly string[]) => args.some((arg) => names.includes(arg.split('=')[0] ?? ''))
  const placed = given('--domain', '--domains', '--route', '--routes')
  return [
    ...command,
    ...(given('--minify', '--no-minify') ? [] : ['--minify']),
    ...(WORKER_NAME === undefined || given('--name') ? [] : ['--name', WORKER_NAME]),
    ...(DOMAIN === undefined || placed || command[0] !== 'deploy' ? [] : ['--domain', DOMAIN]),
    ...(given('--env', '-e') || variable ? [] : ['--env=']),
    ...args,
  ]
}

/** Which Worker a command is about, for commands other than `deploy`. One that is named is meant exactly. */
export function workerArguments(args: readonly string[], { WORKER_NAME }: Settings): string[] {
  const option = (name: string, value: string | undefined) => (value === undefined ? [] : [name, value])
  const name = optionIn(args, '--name') ?? WORKER_NAME
  return [
    ...(name === undefined ? option('--env', optionIn(args, '--env', '-e')) : ['--name', name]),
    ...option('--config', optionIn(args, '--config', '-c')),
    ...option('--profile', optionIn(args, '--profile')),
  ]
}

/** The address of a deployment, out of the places that wrangler says it is reached at: a domain before workers.dev. */
export function addressIn(targets: readonly string[]): string {
  const names = targets.filter((target) => !/^(?:schedule|workflow|event triggers|Producer|Consumer)\b/.test(target))
  const best = names.find((target) => target.includes('(custom domain')) ?? names[0]
  const name = best?.split(' ')[0] ?? '…'
  return name.includes('://') ? name : `https://${name}`
}
