// The gateway's own secrets: made where there are none, and kept where only their owner can read them.
import { randomBytes } from 'node:crypto'
import { readVars, writeVars } from './dev-vars.ts'

/** How each is made. */
const MAKE = {
  ADMIN_TOKEN: () => randomBytes(24).toString('base64url'),
  SEAL_KEYS: () => JSON.stringify({ 1: randomBytes(32).toString('base64') }),
} as const

export type SecretName = keyof typeof MAKE
export const SECRET_NAMES = Object.keys(MAKE) as readonly SecretName[]

export function newSecret(name: SecretName): string {
  return MAKE[name]()
}

/** The secrets of a gateway on this machine: the environment's, else those of the file, else new ones, kept there. */
export function localSecrets(
  path: string,
  env: Readonly<Record<string, string | undefined>>,
): Readonly<Record<SecretName, string>> {
  const kept = readVars(path)
  const made: Record<string, string> = {}
  const all = SECRET_NAMES.map((name) => {
    const known = env[name] || kept[name]
    if (!known) made[name] = newSecret(name)
    return [name, known || made[name]]
  })
  if (Object.keys(made).length > 0) writeVars(path, made)
  return Object.fromEntries(all)
}
