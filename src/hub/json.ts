// JSON from a client: parsed once, and refused before anything reads it when it could hurt what comes after.
import { GatewayError } from './error.ts'
import { paramOf } from './validate.ts'

/** Deeper than any request or JSON Schema that services accept, far from where recursion runs out of stack. */
const MAX_DEPTH = 64

/** A lone surrogate can only come in as an escape: bytes that are not UTF-8 are refused before. */
const SURROGATE = /\\u[dD][89a-fA-F]/

/** What stands in the place of long strings, which were left out of a text. */
type Long = ReadonlyMap<string, string>

/**
 * Parses a request body.
 * @param long what to put in the place of some of its strings.
 * @throws GatewayError 400: not JSON, nested deeper than 64, or with a string that is no Unicode text (which would be
 *   sent on as U+FFFD, that is, changed in silence).
 */
export function parseJson(text: string, long?: Long): unknown {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new GatewayError(
      'invalid_request',
      'We could not parse the JSON body of your request. The gateway expects a JSON payload; what was sent is not valid JSON.',
      { cause },
    )
  }
  inspect(value, SURROGATE.test(text), long)
  return value
}

/** An object or array on the way down, and how far it has been walked. */
interface Frame {
  readonly value: object
  /** The keys of an object; an array has none. */
  readonly keys: readonly string[] | undefined
  readonly size: number
  at: number
}

/** Walks without recursion: what it guards against is a value too deep to recurse into. */
function inspect(root: unknown, checkText: boolean, long: Long | undefined): void {
  const stack: Frame[] = []
  enter(stack, root, checkText)
  for (let frame = stack.at(-1); frame; frame = stack.at(-1)) {
    if (!step(stack, frame, checkText, long)) stack.pop()
  }
}

/** Goes on in a frame up to its next object or array; false when there is none left. */
function step(stack: Frame[], frame: Frame, checkText: boolean, long: Long | undefined): boolean {
  const { value, keys, size } = frame
  while (frame.at < size) {
    const key = keys?.[frame.at] ?? frame.at
    frame.at++
    const member: unknown = Reflect.get(value, key)
    if (long && typeof member === 'string') Reflect.set(value, key, long.get(member) ?? member)
    if (enter(stack, member, checkText)) return true
  }
  return false
}

function enter(stack: Frame[], value: unknown, checkText: boolean): boolean {
  if (checkText && typeof value === 'string' && !value.isWellFormed()) throw halved(pathOf(stack), 'the text')
  if (typeof value !== 'object' || value === null) return false
  if (stack.length >= MAX_DEPTH) {
    const param = paramOf(pathOf(stack).slice(0, 1))
    throw new GatewayError('invalid_value', `Invalid '${param}': nested deeper than ${MAX_DEPTH} levels.`, { param })
  }
  if (Array.isArray(value)) {
    stack.push({ value, keys: undefined, size: value.length, at: 0 })
    return true
  }
  const keys = Object.keys(value)
  if (checkText && keys.some((key) => !key.isWellFormed())) throw halved(pathOf(stack), 'a key')
  stack.push({ value, keys, size: keys.length, at: 0 })
  return true
}

/** Where the walk stands; each frame is already one step ahead. */
function pathOf(stack: readonly Frame[]): PropertyKey[] {
  return stack.map(({ keys, at }) => keys?.[at - 1] ?? at - 1)
}

function halved(path: readonly PropertyKey[], what: string): GatewayError {
  const param = paramOf(path)
  const where = param === '' ? 'body' : param
  return new GatewayError('invalid_value', `Invalid '${where}': ${what} holds half of a surrogate pair.`, {
    param: param === '' ? null : param,
  })
}

/** A member of what may be anything: undefined where there is none. */
export function at(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined
}

/** The JSON of a text, or undefined where it is none. */
export function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** An object that is no list. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
