// Large JSON bodies, read and written without a second copy of what makes them large: the data of images and files are
// long strings.
import { GatewayError } from './error.ts'
import { parseJson } from './json.ts'

/** From this length on a body is large, in bytes: below, a copy costs less than to do without. */
export const LARGE = 1024 * 1024
/** From this length on a string is long. */
const LONG = 64 * 1024

const QUOTE = 34
const BACKSLASH = 92
const COLON = 58

/**
 * Parses a request body.
 * @throws GatewayError 400: not UTF-8, and as `parseJson`.
 */
export function parseBytes(bytes: Uint8Array): unknown {
  if (bytes.length < LARGE) return parseJson(decode(bytes))
  const { text, long } = shortened(bytes)
  return parseJson(text, long)
}

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

interface Shortened {
  readonly text: string
  /** What stands for what. */
  readonly long: ReadonlyMap<string, string>
}

/** The text with a name in the place of each long string that is a value and has no escapes. */
function shortened(bytes: Uint8Array): Shortened {
  // Nobody can write into a body what is only drawn here.
  const nonce = crypto.randomUUID()
  const long = new Map<string, string>()
  let text = ''
  let kept = 0
  for (let open = bytes.indexOf(QUOTE); open !== -1; ) {
    const end = stringEnd(bytes, open)
    if (end - open > LONG && bytes[skipSpace(bytes, end + 1)] !== COLON) {
      const value = decode(bytes.subarray(open + 1, end), true)
      if (!hasSpecial(value)) {
        const name = `${nonce}:${long.size}`
        long.set(name, value)
        text += decode(bytes.subarray(kept, open + 1)) + name
        kept = end
      }
    }
    open = bytes.indexOf(QUOTE, end + 1)
  }
  return { text: text + decode(bytes.subarray(kept)), long }
}

/** What JSON has in strings only as an escape, or an escape. Looked for in parts: the whole might be copied for it. */
function hasSpecial(value: string): boolean {
  for (let at = 0; at < value.length; at += LONG) {
    const part = value.slice(at, at + LONG)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what JSON does not allow.
    if (/[\u0000-\u001f\\"\ud800-\udfff]/.test(part)) return true
  }
  return false
}

/** The place of the quote that ends the string which begins at `from`. */
function stringEnd(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(QUOTE, from + 1); at !== -1; at = bytes.indexOf(QUOTE, at + 1)) {
    let slashes = 0
    while (bytes[at - 1 - slashes] === BACKSLASH) slashes++
    if (slashes % 2 === 0) return at
  }
  return bytes.length
}

function skipSpace(bytes: Uint8Array, from: number): number {
  let at = from
  while (at < bytes.length && (bytes[at] ?? 0) <= 32) at++
  return at
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
