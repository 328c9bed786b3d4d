// What a refusal says, in OpenAI's shape or in those of the frameworks that services like it are built with.
import { at } from '../../hub/json.ts'

/** A refusal's own words. */
export interface Told {
  readonly message: string
  readonly type: string | undefined
  readonly param: string | null
  /** Null only where the service says null: it has no name for this. */
  readonly code: string | null | undefined
  /** A code that is a number, and not the status over again. */
  readonly number: number | undefined
}

/** Reads the text of a refusal; undefined when it is no JSON that says anything: a page of something in between. */
export function toldIn(body: string, status: number): Told | undefined {
  let root: unknown
  try {
    root = JSON.parse(body)
  } catch {
    return undefined
  }
  return typeof root === 'object' ? toldBy(root, status) : undefined
}

/** Reads `{error: {…}}`, the same without its envelope or in a list of one, and the shapes of other frameworks. */
export function toldBy(root: unknown, status: number | undefined): Told | undefined {
  const first: unknown = Array.isArray(root) ? root[0] : root
  const inside = at(first, 'error') ?? at(at(first, 'errors'), '0') ?? at(first, 'fault') ?? first
  const message = messageIn(inside) ?? messageIn(first)
  if (message === undefined) return undefined
  const code = at(inside, 'code') ?? at(first, 'code') ?? at(first, 'error_code')
  const number = typeof code === 'number' || (typeof code === 'string' && /^\d+$/.test(code)) ? Number(code) : undefined
  return {
    message,
    type: nameIn(at(inside, 'type')),
    param: paramIn(inside) || paramIn(first) || null,
    // A code that repeats the status names nothing.
    code: at(inside, 'code') === null ? null : number !== undefined && number === status ? undefined : nameIn(code),
    number: number === status ? undefined : number,
  }
}

const MESSAGE_KEYS = ['message', 'detail', 'msg', 'error', 'faultstring', 'title'] as const

function messageIn(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  for (const key of MESSAGE_KEYS) {
    const said = at(value, key)
    if (typeof said === 'string' && said !== '') return said
    // A list of what is wrong with each field, or an error inside a detail.
    const inner = typeof said === 'object' ? messageIn(Array.isArray(said) ? said[0] : said) : undefined
    if (inner !== undefined) return inner
  }
  return undefined
}

/** The field at fault: `param`, or the `loc` of a validation error (`["body", "messages", 0, "name"]`). */
function paramIn(value: unknown): string | undefined {
  const param = at(value, 'param')
  if (typeof param === 'string' && param !== '') return param
  const detail = at(value, 'detail') ?? at(at(value, 'message'), 'detail')
  const loc: unknown = at(Array.isArray(detail) ? detail[0] : undefined, 'loc')
  if (!Array.isArray(loc)) return undefined
  const path = loc.filter((step, i) => !(i === 0 && step === 'body'))
  return path.map((step, i) => (typeof step === 'number' ? `[${step}]` : `${i > 0 ? '.' : ''}${step}`)).join('')
}

/** Only what has the look of a name: it is passed on without being scrubbed. */
function nameIn(value: unknown): string | undefined {
  return typeof value === 'string' && /^[\w.:-]{1,64}$/.test(value) ? value : undefined
}
