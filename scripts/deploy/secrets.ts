// The secrets of a deployment: which the account lacks, where new ones come from, and where they are kept.
import { openRing } from '../../src/keys/ring.ts'
import { Failure } from '../command.ts'
import { newSecret, SECRET_NAMES, type SecretName } from '../secrets.ts'
import type { Ask } from '../terminal.ts'

/** What is known of the secrets that a Worker has. */
export type Known = { readonly missing: readonly SecretName[] } | { readonly unknown: string }

/** @param listed what `wrangler secret list` printed, or undefined where it failed; @param reason why it did. */
export function missingOf(listed: unknown, reason: string): Known {
  if (Array.isArray(listed)) {
    const names = listed.map((one: { readonly name?: unknown }) => one.name)
    return { missing: SECRET_NAMES.filter((name) => !names.includes(name)) }
  }
  // There is no such Worker yet: this deployment makes it.
  if (/\bnot found\b|does not exist/i.test(reason)) return { missing: SECRET_NAMES }
  return { unknown: reason.split('\n')[0] ?? '' }
}

export type Values = Partial<Record<SecretName, string>>

/** Those that the environment or the file of the last time has. @throws Failure for one that cannot be used. */
export async function at(
  missing: readonly SecretName[],
  ...places: readonly Readonly<Record<string, string | undefined>>[]
): Promise<Values> {
  const found: Values = {}
  for (const name of missing) {
    const value = places.map((place) => place[name]?.trim()).find(Boolean)
    if (value === undefined) continue
    const fault = await faultIn(name, value)
    if (fault !== undefined) throw new Failure(`${name} ${fault}.`)
    found[name] = value
  }
  return found
}

/** Long enough that nobody guesses it, whatever it is made of. */
const LEAST = 20
/** How often something is asked for again. */
const ATTEMPTS = 3

/** What is wrong with a secret, in words that quote nothing of it. */
async function faultIn(name: SecretName, value: string): Promise<string | undefined> {
  if (name === 'ADMIN_TOKEN')
    return value.length < LEAST ? `is to be random, of ${LEAST} characters at least` : undefined
  try {
    await openRing(value)
    return undefined
  } catch {
    return `is to be JSON like {"1": "<base64 of 32 random bytes>"}`
  }
}

export interface Asked {
  readonly values: Values
  /** Those that were made here. */
  readonly made: readonly SecretName[]
}

/** Asks for each: an empty answer makes a new one. @throws Failure when nothing that was given can be used. */
export async function askFor(
  missing: readonly SecretName[],
  askSecret: (question: string) => Promise<string>,
  say: (line: string) => void,
): Promise<Asked> {
  const values: Values = {}
  const made: SecretName[] = []
  for (const name of missing) {
    for (let attempt = 1; values[name] === undefined; attempt++) {
      const given = await askSecret(`${name} (Enter makes one; or paste yours)`)
      if (given === '') {
        values[name] = newSecret(name)
        made.push(name)
        continue
      }
      const fault = await faultIn(name, given)
      if (fault === undefined) values[name] = given
      else if (attempt >= ATTEMPTS) throw new Failure(`${name} ${fault}.`)
      else say(`${name} ${fault}.`)
    }
  }
  return { values, made }
}

/**
 * Asks where to keep them.
 * @param exposed whether git would take a file along.
 */
export async function askWhere(
  byDefault: string,
  ask: Ask,
  exposed: (path: string) => boolean,
  say: (line: string) => void,
): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    const path = await ask('Keep a copy in', byDefault)
    if (!exposed(path)) return path
    const why = 'Git would take that file along: choose one outside of the repository, or one that git ignores.'
    if (attempt >= ATTEMPTS) throw new Failure(why)
    say(why)
  }
}
