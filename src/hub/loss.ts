// What is lost is said: the ledger of one request, and the header that tells it (a structured field, RFC 9651).
import { GatewayError } from './error.ts'

/** What can become of a field, best first. The last four are told to the client. */
export const KINDS = ['full', 'renamed', 'inert', 'clamped', 'emulated', 'dropped', 'rejected'] as const
export type Kind = (typeof KINDS)[number]
export type LossKind = 'clamped' | 'emulated' | 'dropped'

/** One field that does not arrive as it was sent. */
export interface Loss {
  /** In OpenAI's `param` spelling: `messages[2].name`. */
  readonly path: string
  readonly kind: LossKind
  readonly reason: string
  /** What was sent in its stead, for a clamped value. */
  readonly sent?: unknown
}

/** Collects losses. In strict mode the first one is an error instead, before anything is sent. */
export class Ledger {
  readonly losses: Loss[] = []
  readonly strict: boolean
  readonly #pathOf: (path: string) => string

  /** @param pathOf the client's spelling of a path, where it is another than the hub's. */
  constructor(strict: boolean, pathOf: (path: string) => string = (path) => path) {
    this.strict = strict
    this.#pathOf = pathOf
  }

  /** @throws GatewayError `unsupported_value` (clamped) or `unsupported_parameter` (the rest) in strict mode. */
  add(loss: Loss): void {
    const path = this.#pathOf(loss.path)
    // Two fields here may be one to the client.
    if (path !== loss.path && this.losses.some((told) => told.path === path && told.kind === loss.kind)) return
    this.tell({ ...loss, path })
  }

  /** The same for a loss whose path is the client's own. */
  tell(loss: Loss): void {
    if (this.strict) {
      const code = loss.kind === 'clamped' ? 'unsupported_value' : 'unsupported_parameter'
      throw new GatewayError(code, `'${loss.path}' would be ${loss.kind}: ${loss.reason}`, { param: loss.path })
    }
    this.losses.push(loss)
  }
}

/** The body of `dragoman`, where the client asked for it. */
export function reportOf(losses: readonly Loss[]): { losses: readonly Loss[] } {
  return { losses }
}

const MAX_PATH = 200
const MAX_HEADER = 4096

/** The value of `dragoman-loss`: an RFC 9651 list of at most 4 KB, or undefined when nothing was lost. */
export function lossHeader(losses: readonly Loss[]): string | undefined {
  if (losses.length === 0) return undefined
  // The place of the closing member is kept free until all are known to fit.
  const closing = `, "*";kind=more;count=${losses.length}`.length
  const members: string[] = []
  let size = 0
  for (const next of losses.map(member)) {
    const last = members.length === losses.length - 1
    const grown = size + (members.length > 0 ? 2 : 0) + next.length
    if (grown + (last ? 0 : closing) > MAX_HEADER) break
    members.push(next)
    size = grown
  }
  const more = losses.length - members.length
  if (more > 0) members.push(`"*";kind=more;count=${more}`)
  return members.join(', ')
}

function member(loss: Loss): string {
  const sent = loss.sent === undefined ? '' : `;sent=${bare(loss.sent)}`
  return `${string(cut(loss.path))};kind=${loss.kind}${sent}`
}

/** At most 200 characters of a text, and `…` where there was more; never half of a surrogate pair. */
function cut(text: string): string {
  return text.length > MAX_PATH ? `${text.slice(0, MAX_PATH).replace(/[\uD800-\uDBFF]$/, '')}…` : text
}

/** A number where RFC 9651 can hold it (3.3.1, 3.3.2), else the value's JSON as a string. */
function bare(value: unknown): string {
  if (typeof value === 'number') {
    if (Number.isInteger(value) && Math.abs(value) <= 999_999_999_999_999) return String(value)
    if (/^-?\d{1,12}\.\d{1,3}$/.test(String(value))) return String(value)
  }
  return string(cut(JSON.stringify(value)))
}

/** A String (3.3.3), or a Display String (3.3.8) for what is not printable ASCII. */
function string(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return `"${text.replace(/["\\]/g, '\\$&')}"`
  let out = ''
  for (const byte of new TextEncoder().encode(text)) {
    const plain = byte >= 0x20 && byte <= 0x7e && byte !== 0x25 && byte !== 0x22
    out += plain ? String.fromCharCode(byte) : `%${byte.toString(16).padStart(2, '0')}`
  }
  return `%"${out}"`
}
