// The same request in a form that mends what a service refused: without a field, or with it under another name.
import type { GatewayError } from '../../hub/error.ts'
import type { Ledger } from '../../hub/loss.ts'
import type { ChatRequest } from '../../hub/request.ts'
import { clamped, dropped, teller } from '../../hub/support.ts'
import type { Body, Like } from './like.ts'

const UNFORCED = clamped('The service refused the choice: the model chooses by itself.')
const REFUSED = dropped('The service refused the field: the request went without it.')
const UNKNOWN_FIELD =
  /extra inputs? (?:are|is) not permitted|extra fields? not permitted|unknown (?:parameter|field|name)|unrecognized (?:request )?(?:argument|parameter|field)|unsupported (?:parameter|field)|(?:not|isn't|is not) (?:currently )?supported|is unsupported|does not support (?:the )?parameter|not permitted/i

/** The two names of one limit: a model that does not know the one knows the other. */
const LIMITS: ReadonlyMap<string, string> = new Map([
  ['max_tokens', 'max_completion_tokens'],
  ['max_completion_tokens', 'max_tokens'],
])

/** The body without the fields that the service named as ones that it does not take; undefined where it named none. */
export function mendedBody(
  like: Like,
  { status, message, details }: GatewayError,
  body: Body,
  { fields, extras }: ChatRequest,
  ledger: Ledger,
): Body | undefined {
  if (status !== 400) return undefined
  const own = like.mend?.(message, body, teller(ledger, 'messages'))
  if (own) return own
  if (/tool_choice/.test(message) && body.tool_choice !== undefined && body.tool_choice !== 'auto') {
    teller(ledger, 'tool_choice')(UNFORCED, { sent: 'auto' })
    return { ...body, tool_choice: 'auto' }
  }
  if (!UNKNOWN_FIELD.test(message)) return undefined
  const listed = [...message.matchAll(LISTED)].map(([, name]) => name ?? '')
  const named = details.param ?? firstNamed(Object.keys(body), message)
  const refused = new Set([named ?? '', ...listed].filter((field) => Object.hasOwn(body, field)))
  if (refused.size === 0 || NEEDED.some((field) => refused.has(field))) return undefined
  const rest: Body = { ...body }
  for (const field of refused) {
    delete rest[field]
    const other = LIMITS.get(field)
    if (other && !Object.hasOwn(body, other)) rest[other] = body[field]
    else for (const name of askedAs(field, like, { fields, extras })) teller(ledger, name)(REFUSED)
  }
  return rest
}

/** Without these there is no request. */
const NEEDED = ['model', 'messages', 'stream', 'tools']

/** The client's fields that became this one. */
function askedAs(field: string, like: Like, { fields, extras }: ChatRequest): string[] {
  if (Object.hasOwn(extras, field) || Object.hasOwn(fields, field)) return [field]
  const rows = Object.entries(like.fields).filter(([name, { to }]) => to.includes(field) && Object.hasOwn(fields, name))
  return rows.map(([name]) => name)
}

/** Fields at fault, where a message goes through them one by one. */
const LISTED = /\bfield: '([\w-]+)'/g
/** A name in quotes, or one that the words before it announce. */
const NAMED = /(['"`])([\w-]+)\1|\b(?:parameter|model|supplied|permitted):? (\w+)/g

/** Of these names the first that a message says, in either case: what it says behind that may be a piece of advice. */
function firstNamed(names: readonly string[], message: string): string | undefined {
  const said = [...message.matchAll(NAMED)].map(([, , quoted, announced]) => quoted ?? announced ?? '')
  const snake = said.map((name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`))
  return snake.find((name) => names.includes(name))
}
