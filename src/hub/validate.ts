// From a schema's verdict to OpenAI's own error: its code, and the `param` that is at fault.
import type * as z from 'zod/mini'
import { MISSING } from '../../schemas/chat.ts'
import { type Code, GatewayError } from './error.ts'

type Issue = z.core.$ZodIssue

/**
 * The value as the schema knows it.
 * @throws GatewayError with OpenAI's code (`invalid_type`, `missing_required_parameter`, …) and the path as `param`.
 */
export function validate<T>(schema: z.ZodMiniType<T>, value: unknown): T {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  throw issue ? fault(deepest(issue, []), value) : new GatewayError('invalid_request', 'The request is not valid.')
}

interface Found {
  readonly issue: Issue
  readonly path: readonly PropertyKey[]
}

/** A union reports every branch. The one that got furthest is the one that was meant. */
function deepest(issue: Issue, above: readonly PropertyKey[]): Found {
  const path = [...above, ...issue.path]
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return { issue, path }
  let best: Found | undefined
  for (const [first] of issue.errors) {
    if (!first) continue
    const found = deepest(first, path)
    if (!best || found.path.length > best.path.length) best = found
  }
  return best && best.path.length > path.length ? best : { issue, path }
}

/** A path in OpenAI's spelling: `messages[2].content[0].text`. */
export function paramOf(path: readonly PropertyKey[]): string {
  let out = ''
  for (const key of path) out += typeof key === 'number' ? `[${key}]` : out ? `.${String(key)}` : String(key)
  return out
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  let here = value
  for (const key of path) {
    if (typeof here !== 'object' || here === null) return undefined
    here = Reflect.get(here, key)
  }
  return here
}

function fault({ issue, path }: Found, root: unknown): GatewayError {
  const param = paramOf(path)
  const value = at(root, path)
  const fail = (code: Code, message: string) => new GatewayError(code, message, { param: param || null })

  if ((value === undefined && issue.code !== 'custom') || issue.message === MISSING) {
    return fail('missing_required_parameter', `Missing required parameter: '${param}'.`)
  }
  switch (issue.code) {
    case 'too_small':
    case 'too_big':
      return fail(...bound(issue, value, param))
    case 'invalid_value': {
      if (typeof value !== 'string') return fail(...wrongType(param, 'a string', value))
      return fail('invalid_value', `Invalid value: '${short(value)}'. Supported values are: ${list(issue.values)}.`)
    }
    case 'invalid_format':
      return fail(
        'invalid_value',
        `Invalid '${param}': expected a string that matches '${issue.pattern ?? issue.format}'.`,
      )
    case 'invalid_type':
      return fail(...wrongType(param, expectedIn(issue, param), value))
    case 'invalid_union':
      return fail(...union(issue, param, value))
    case 'unrecognized_keys': {
      const unknown = paramOf([...path, ...issue.keys.slice(0, 1)])
      return new GatewayError('unknown_parameter', `Unknown parameter: '${unknown}'.`, { param: unknown })
    }
    default:
      return fail(
        'invalid_value',
        issue.message && issue.message !== 'Invalid input' ? issue.message : `Invalid '${param}'.`,
      )
  }
}

type Fault = [Code, string]

const NAMES: Record<string, string> = {
  string: 'a string',
  number: 'a decimal',
  int: 'an integer',
  boolean: 'a boolean',
  array: 'an array',
  object: 'an object',
  record: 'an object',
}

function wrongType(param: string, expected: string, value: unknown): Fault {
  return ['invalid_type', `Invalid type for '${param}': expected ${expected}, but got ${kindOf(value)} instead.`]
}

function expectedIn(issue: Extract<Issue, { code: 'invalid_type' }>, param: string): string {
  if (issue.expected === 'number' && INTEGERS.has(lastName(param))) return 'an integer'
  return NAMES[issue.expected] ?? issue.expected
}

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  if (typeof value === 'number' && !Number.isFinite(value)) return 'a number beyond all bounds'
  if (typeof value === 'number') return Number.isInteger(value) ? 'an integer' : 'a decimal'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

/** No branch got further than this value: it is of a type that none of them takes, or has a value that none knows. */
function union(issue: Extract<Issue, { code: 'invalid_union' }>, param: string, value: unknown): Fault {
  const expected = issue.discriminator ? ['a string'] : issue.errors.flatMap(([first]) => typesIn(first, param))
  const known = typeof value === 'string' && (expected.includes('a string') || expected.length === 0)
  if (known) return ['invalid_value', `Invalid value for '${param}': '${short(value)}'.`]
  return wrongType(param, [...new Set(expected)].join(' or '), value)
}

/** What a branch wanted to see. */
function typesIn(issue: Issue | undefined, param: string): string[] {
  if (issue?.code === 'invalid_type') return [expectedIn(issue, param)]
  if (issue?.code === 'invalid_value') return ['a string']
  return issue?.code === 'invalid_union' ? issue.errors.flatMap(([first]) => typesIn(first, param)) : []
}

function bound(issue: Extract<Issue, { code: 'too_small' | 'too_big' }>, value: unknown, param: string): Fault {
  const below = issue.code === 'too_small'
  const limit = below ? issue.minimum : issue.maximum
  if (typeof value === 'number') {
    const kind =
      issue.origin === 'int' || (Number.isInteger(limit) && INTEGERS.has(lastName(param))) ? 'integer' : 'decimal'
    const code: Code = `${kind}_${below ? 'below_min' : 'above_max'}_value`
    return [
      code,
      `Invalid '${param}': ${kind} ${below ? 'below minimum' : 'above maximum'} value. Expected a value ${below ? '>=' : '<='} ${limit}, but got ${value} instead.`,
    ]
  }
  if (Array.isArray(value)) {
    if (below)
      return [
        'empty_array',
        `Invalid '${param}': empty array. Expected an array with minimum length ${limit}, but got an empty array instead.`,
      ]
    return [
      'array_above_max_length',
      `Invalid '${param}': array too long. Expected an array with maximum length ${limit}, but got an array with length ${value.length} instead.`,
    ]
  }
  const { length } = String(value)
  return below
    ? [
        'string_below_min_length',
        `Invalid '${param}': string too short. Expected a string with minimum length ${limit}, but got a string with length ${length} instead.`,
      ]
    : [
        'string_above_max_length',
        `Invalid '${param}': string too long. Expected a string with maximum length ${limit}, but got a string with length ${length} instead.`,
      ]
}

/** Fields that count things. zod reports the bound of an `int` as that of a number. */
const INTEGERS = new Set([
  ...['n', 'seed', 'max_tokens', 'max_completion_tokens', 'logprobs', 'top_logprobs', 'top_k', 'best_of'],
  ...['dimensions', 'top_n', 'max_tokens_per_doc', 'max_output_tokens', 'max_tool_calls'],
])

function lastName(param: string): string {
  return param.slice(param.lastIndexOf('.') + 1)
}

function list(values: readonly unknown[]): string {
  return values.map((value) => `'${String(value)}'`).join(', ')
}

/** Enough of a wrong value to recognise it, never a whole payload. */
function short(value: string): string {
  return value.length > 60 ? `${value.slice(0, 60).toWellFormed()}…` : value
}
