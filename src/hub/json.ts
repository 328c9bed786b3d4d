// JSON from a client: parsed once, and refused before anything reads it when it could hurt what comes after.
import { GatewayError } from './error.ts'
import { paramOf } from './validate.ts'

/** Deeper than any request or JSON Schema that services accept, far from where recursion runs out of stack. */
const MAX_DEPTH = 64

/** A lone surrogate can only come in as an escape: bytes that are not UTF-8 are refused before. */
const SURROGATE = /\\u[dD][89a-fA-F]/

/**
 * Parses a request body.
 * @throws GatewayError 400: not JSON, nested deeper than 64, or with a string that is no Unicode text (which would be
 *   sent on as U+FFFD, that is, changed in silence).
 */
export function parseJson(text: string): unknown {
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
  inspect(value, SURROGATE.test(text))
  return value
}

interface Visit {
  readonly value: unknown
  readonly path: readonly PropertyKey[]
}

/** Walks without recursion: what it guards against is a value too deep to recurse into. */
function inspect(root: unknown, checkText: boolean): void {
  const stack: Visit[] = [{ value: root, path: [] }]
  for (let visit = stack.pop(); visit; visit = stack.pop()) {
    const { value, path } = visit
    if (typeof value === 'string' && checkText && !value.isWellFormed()) {
      throw new GatewayError('invalid_value', `Invalid '${paramOf(path)}': the text holds half of a surrogate pair.`, {
        param: paramOf(path),
      })
    }
    if (typeof value !== 'object' || value === null) continue
    if (path.length >= MAX_DEPTH) {
      const param = paramOf(path.slice(0, 1))
      throw new GatewayError('invalid_value', `Invalid '${param}': nested deeper than ${MAX_DEPTH} levels.`, { param })
    }
    if (Array.isArray(value)) {
      for (let i = value.length - 1; i >= 0; i--) pushIf(stack, value[i], path, i, checkText)
    } else {
      for (const key of Object.keys(value)) {
        if (checkText && !key.isWellFormed()) {
          throw new GatewayError('invalid_value', `Invalid '${paramOf(path)}': a key holds half of a surrogate pair.`, {
            param: paramOf(path),
          })
        }
        pushIf(stack, Reflect.get(value, key), path, key, checkText)
      }
    }
  }
}

/** Leaves cost nothing unless their text is to be looked at. */
function pushIf(stack: Visit[], value: unknown, path: readonly PropertyKey[], key: PropertyKey, text: boolean): void {
  if ((typeof value === 'object' && value !== null) || (text && typeof value === 'string')) {
    stack.push({ value, path: [...path, key] })
  }
}
