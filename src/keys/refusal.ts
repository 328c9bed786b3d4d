// What a schema says of an administrator's body, as OpenAI's error. The hub has such a mapping for clients' requests;
// this one never quotes a value, because any string here may be a credential that strayed into the wrong field.
import type * as z from 'zod/mini'
import { type Code, GatewayError } from '../hub/error.ts'
import { paramOf } from '../hub/validate.ts'

type Issue = z.core.$ZodIssue
type Path = readonly PropertyKey[]

/** The first complaint about `body`, as a 400 with its `param`. */
export function refusal(issues: readonly Issue[], body: unknown): GatewayError {
  const [issue] = issues
  return issue ? refuse(issue, [], body) : new GatewayError('invalid_request', 'The request is not valid.')
}

/** A 400 about one field. */
export function refuseField(code: Code, param: string, message: string): GatewayError {
  return new GatewayError(code, `Invalid '${param}'. ${message}`, { param })
}

/** A 400 for a field nobody knows. */
export function refuseUnknown(path: Path): GatewayError {
  const param = paramOf(path)
  return new GatewayError('unknown_parameter', `Unknown parameter: '${param}'.`, { param })
}

/** A 400 for a field that is needed. */
export function refuseMissing(param: string): GatewayError {
  return new GatewayError('missing_required_parameter', `Missing required parameter: '${param}'.`, { param })
}

function refuse(issue: Issue, above: Path, body: unknown): GatewayError {
  const path = [...above, ...issue.path]
  const param = paramOf(path)
  const fail = (code: Code, message: string) => refuseField(code, param, message)
  switch (issue.code) {
    case 'unrecognized_keys':
      return refuseUnknown([...path, issue.keys[0] ?? ''])
    case 'invalid_type':
      if (path.length === 0) return new GatewayError('invalid_type', 'Expected the body to be a JSON object.')
      if (valueAt(body, path) === undefined) return refuseMissing(param)
      return fail('invalid_type', `Expected ${EXPECTED[issue.expected] ?? issue.expected}.`)
    case 'too_small':
    case 'too_big':
      return bound(issue, param)
    case 'invalid_union': {
      const branch = meant(issue)
      return branch ? refuse(branch, path, body) : fail('invalid_type', 'Expected a value of another type.')
    }
    case 'invalid_value':
      return fail('invalid_value', `Expected one of: ${issue.values.join(', ')}.`)
    case 'invalid_key':
      return fail('invalid_value', issue.issues[0] ? textOf(issue.issues[0]) : textOf(issue))
    default:
      return fail('invalid_value', textOf(issue))
  }
}

/** Of a union's branches the one that complains least, not counting those that wanted another type altogether. */
function meant(issue: Extract<Issue, { code: 'invalid_union' }>): Issue | undefined {
  const near = issue.errors.filter(([first]) => first && !(first.code === 'invalid_type' && first.path.length === 0))
  return near.sort((a, b) => a.length - b.length)[0]?.[0]
}

function bound(issue: Extract<Issue, { code: 'too_small' | 'too_big' }>, param: string): GatewayError {
  const small = issue.code === 'too_small'
  const limit = small ? issue.minimum : issue.maximum
  const than = issue.inclusive === false ? ' (exclusive)' : ''
  const expected = `Expected ${small ? 'at least' : 'at most'} ${limit}${than}`
  if (issue.origin === 'string') {
    return refuseField(small ? 'string_below_min_length' : 'string_above_max_length', param, `${expected} characters.`)
  }
  if (issue.origin === 'array') {
    return refuseField(small ? 'empty_array' : 'array_above_max_length', param, `${expected} entries.`)
  }
  // A weight is the only number here that is not a count.
  const kind = param.endsWith('.weight') ? 'decimal' : 'integer'
  return refuseField(`${kind}_${small ? 'below_min' : 'above_max'}_value`, param, `${expected}.`)
}

function textOf(issue: Issue): string {
  return issue.message && issue.message !== 'Invalid input' ? issue.message : 'Expected another value.'
}

function valueAt(root: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (here, key) => (typeof here === 'object' && here !== null ? Reflect.get(here, key) : undefined),
    root,
  )
}

const EXPECTED: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'an integer',
  boolean: 'a boolean',
  array: 'an array',
  object: 'an object',
  record: 'an object',
}
