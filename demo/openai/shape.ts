// What a value may look like, with OpenAI's texts, codes and paths (`messages[0].content[1].text`). Null is as good as absent.
import { Refusal } from './refusal.ts'

export type Shape = (value: unknown, path: string) => void

export interface Row {
  readonly shape: Shape
  readonly required: boolean
}

export type Table = Readonly<Record<string, Row>>

/** A field that must be there. */
export const need = (shape: Shape): Row => ({ shape, required: true })
/** A field that may be there. */
export const may = (shape: Shape): Row => ({ shape, required: false })

const nameOf = (value: unknown): string => {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  const names: Record<string, string> = {
    object: 'an object',
    string: 'a string',
    boolean: 'a boolean',
    number: 'a decimal',
  }
  return Number.isInteger(value) ? 'an integer' : (names[typeof value] ?? typeof value)
}

const wrongType = (path: string, expected: string, value: unknown): never => {
  throw new Refusal(
    `Invalid type for '${path}': expected ${expected}, but got ${nameOf(value)} instead.`,
    'invalid_type',
    path,
  )
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const anything: Shape = () => {}

export const boolean: Shape = (value, path) => {
  if (typeof value !== 'boolean') wrongType(path, 'a boolean', value)
}

export const record: Shape = (value, path) => {
  if (!isObject(value)) wrongType(path, 'an object', value)
}

export const string =
  ({ max, pattern }: { readonly max?: number; readonly pattern?: RegExp } = {}): Shape =>
  (value, path) => {
    if (typeof value !== 'string') return wrongType(path, 'a string', value)
    if (max !== undefined && value.length > max) {
      const text = `Invalid '${path}': string too long. Expected a string with maximum length ${max}, but got a string with length ${value.length} instead.`
      throw new Refusal(text, 'string_above_max_length', path)
    }
    if (pattern && !pattern.test(value)) {
      const text = `Invalid '${path}': string does not match pattern. Expected a string that matches the pattern '${pattern.source}'.`
      throw new Refusal(text, 'invalid_value', path)
    }
  }

const bounded = (kind: 'decimal' | 'integer', value: number, path: string, min: number, max: number): void => {
  if (value < min) {
    const text = `Invalid '${path}': ${kind} below minimum value. Expected a value >= ${min}, but got ${value} instead.`
    throw new Refusal(text, `${kind}_below_min_value`, path)
  }
  if (value > max) {
    const text = `Invalid '${path}': ${kind} above maximum value. Expected a value <= ${max}, but got ${value} instead.`
    throw new Refusal(text, `${kind}_above_max_value`, path)
  }
}

export const decimal =
  (min: number, max: number): Shape =>
  (value, path) => {
    if (typeof value !== 'number') return wrongType(path, 'a decimal', value)
    bounded('decimal', value, path, min, max)
  }

export const integer =
  (min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER): Shape =>
  (value, path) => {
    if (typeof value !== 'number' || !Number.isInteger(value)) return wrongType(path, 'an integer', value)
    bounded('integer', value, path, min, max)
  }

/** The values as a sentence has them: `'a', 'b', and 'c'`. */
const sentence = (values: readonly string[]): string => {
  const quoted = values.map((value) => `'${value}'`)
  const last = quoted.pop()
  if (quoted.length === 0) return `${last}`
  return quoted.length === 1 ? `${quoted[0]} and ${last}` : `${quoted.join(', ')}, and ${last}`
}

const notAmong = (value: unknown, path: string, values: readonly string[]): never => {
  throw new Refusal(`Invalid value: '${value}'. Supported values are: ${sentence(values)}.`, 'invalid_value', path)
}

export const choice =
  (...values: readonly string[]): Shape =>
  (value, path) => {
    if (!values.some((allowed) => allowed === value)) notAmong(value, path, values)
  }

export const list =
  (of: Shape, { min = 0, max = Number.POSITIVE_INFINITY } = {}): Shape =>
  (value, path) => {
    if (!Array.isArray(value)) return wrongType(path, 'an array', value)
    if (value.length < min) {
      const text = `Invalid '${path}': empty array. Expected an array with minimum length ${min}, but got an empty array instead.`
      throw new Refusal(text, 'empty_array', path)
    }
    if (value.length > max) {
      const text = `Invalid '${path}': array too long. Expected an array with maximum length ${max}, but got an array with length ${value.length} instead.`
      throw new Refusal(text, 'array_above_max_length', path)
    }
    for (const [index, item] of value.entries()) of(item, `${path}[${index}]`)
  }

/** A string, or what `other` says. */
export const stringOr =
  (other: Shape): Shape =>
  (value, path) => {
    if (typeof value !== 'string') other(value, path)
  }

/** An object with the fields of a table and no others. */
export const object =
  (table: Table): Shape =>
  (value, path) => {
    if (!isObject(value)) return wrongType(path, 'an object', value)
    const at = (name: string) => (path === '' ? name : `${path}.${name}`)
    for (const name of Object.keys(value)) {
      if (!Object.hasOwn(table, name))
        throw new Refusal(`Unknown parameter: '${at(name)}'.`, 'unknown_parameter', at(name))
    }
    for (const [name, { shape, required }] of Object.entries(table)) {
      const given = value[name]
      if (given !== undefined && given !== null) shape(given, at(name))
      else if (required && given === undefined) {
        throw new Refusal(`Missing required parameter: '${at(name)}'.`, 'missing_required_parameter', at(name))
      }
    }
  }

/** An object that is one of several, told apart by one of its fields. */
export const tagged =
  (field: string, kinds: Readonly<Record<string, Shape>>): Shape =>
  (value, path) => {
    if (!isObject(value)) return wrongType(path, 'an object', value)
    const tag = value[field]
    const at = `${path}.${field}`
    if (tag === undefined) throw new Refusal(`Missing required parameter: '${at}'.`, 'missing_required_parameter', at)
    const shape = Object.hasOwn(kinds, String(tag)) ? kinds[String(tag)] : undefined
    return shape ? shape(value, path) : notAmong(tag, at, Object.keys(kinds))
  }
