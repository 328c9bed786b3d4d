// Large JSON bodies, read and written without a second copy of what makes them large: the data of images and files are
// long strings.
import { GatewayError } from './error.ts'

/** From this length on a body is large, in bytes: below, a copy costs less than to do without. */
export const LARGE = 1024 * 1024
/** From this length on a string is long. */
export const LONG = 64 * 1024

/**
 * @param within of a text: a byte-order mark there is none, but a character.
 * @throws GatewayError 400 for bytes that are not UTF-8.
 */
export function decode(bytes: Uint8Array, within = false): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: within }).decode(bytes)
  } catch (cause) {
    throw new GatewayError('invalid_request', 'The body is not UTF-8.', { cause })
  }
}

/** What JSON has in strings only as an escape, or an escape. Looked for in parts: the whole might be copied for it. */
export function hasSpecial(value: string): boolean {
  for (let at = 0; at < value.length; at += LONG) {
    const part = value.slice(at, at + LONG)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what JSON does not allow.
    if (/[\u0000-\u001f\\"\ud800-\udfff]/.test(part)) return true
  }
  return false
}

/** A value as JSON, in which long strings are parts of a rope: they are copied once, when it is sent. */
export function jsonOf(value: object): string {
  if (!hasLong(value)) return JSON.stringify(value)
  const nonce = crypto.randomUUID()
  const long: string[] = []
  const text = JSON.stringify(value, (_key, member: unknown) => {
    if (typeof member !== 'string' || member.length < LONG || hasSpecial(member)) return member
    return nonce + (long.push(member) - 1)
  })
  const [first = '', ...rest] = text.split(new RegExp(`${nonce}\\d+`))
  return rest.reduce((out, part, i) => out + long[i] + part, first)
}

function hasLong(value: unknown): boolean {
  if (typeof value === 'string') return value.length >= LONG
  if (typeof value !== 'object' || value === null) return false
  for (const key in value) if (hasLong(Reflect.get(value, key))) return true
  return false
}
