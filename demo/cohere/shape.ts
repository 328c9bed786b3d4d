// What a value may look like, as small checks. What is not a field, or of another type, is 422; a value out of range 400.
import { Refusal } from './refusal.ts'

export type Shape = (value: unknown, path: string) => void

const refuse = (path: string, text: string): never => {
  throw new Refusal(`invalid request: ${path} ${text}`)
}
const mistyped = (path: string, value: unknown, wanted: string): never => {
  const type = Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value
  throw new Refusal(`invalid type: parameter ${path} is of type ${type} but should be of type ${wanted}`, 422, path)
}

export const anything: Shape = () => {}

export const boolean: Shape = (value, path) => {
  if (typeof value !== 'boolean') mistyped(path, value, 'boolean')
}

export const string: Shape = (value, path) => {
  if (typeof value !== 'string') mistyped(path, value, 'string')
}

/** A text that the model can read something in. */
export const text: Shape = (value, path) => {
  string(value, path)
  if (String(value).trim() === '') refuse(path, 'must be at least 1 token long')
}

export const number =
  (low: number, high: number, whole = false): Shape =>
  (value, path) => {
    if (typeof value !== 'number' || (whole && !Number.isInteger(value))) {
      return mistyped(path, value, whole ? 'integer' : 'float')
    }
    if (value < low || value > high) refuse(path, `must be between ${low} and ${high} inclusive`)
  }

export const choice =
  (...values: readonly string[]): Shape =>
  (value, path) => {
    if (!values.includes(String(value))) refuse(path, `must be one of ${values.join(', ')}`)
  }

export const record: Shape = (value, path) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) mistyped(path, value, 'object')
}

export const list =
  (of: Shape, min = 0, max = Number.POSITIVE_INFINITY): Shape =>
  (value, path) => {
    if (!Array.isArray(value)) return mistyped(path, value, 'array')
    if (value.length < min) refuse(path, 'must not be empty')
    if (value.length > max) refuse(path, `must have at most ${max} elements`)
    for (const [index, item] of value.entries()) of(item, `${path}[${index}]`)
  }

export const stringOr =
  (is: Shape, other: Shape): Shape =>
  (value, path) =>
    (typeof value === 'string' ? is : other)(value, path)

/** An object with these fields and no others. */
export const object =
  (needed: Readonly<Record<string, Shape>>, optional: Readonly<Record<string, Shape>> = {}): Shape =>
  (value, path) => {
    record(value, path)
    const given = Object.entries(value as Record<string, unknown>)
    const at = (name: string) => (path === '' ? name : `${path}.${name}`)
    for (const name of Object.keys(needed)) {
      if (!given.some(([key]) => key === name)) refuse(at(name), 'is required')
    }
    const fields = new Map(Object.entries({ ...needed, ...optional }))
    for (const [name, part] of given) {
      const shape = fields.get(name)
      if (!shape) throw new Refusal(`unknown field: parameter ${at(name)} is not a valid field`, 422, at(name))
      shape(part, at(name))
    }
  }

/** An object that is one of several, told apart by a key. */
export const tagged =
  (key: string, kinds: Readonly<Record<string, Shape>>): Shape =>
  (value, path) => {
    record(value, path)
    const tag: unknown = Reflect.get(value as object, key)
    const shape = Object.hasOwn(kinds, String(tag)) ? kinds[String(tag)] : undefined
    if (!shape) return refuse(`${path}.${key}`, `must be one of ${Object.keys(kinds).join(', ')}`)
    shape(value, path)
  }
