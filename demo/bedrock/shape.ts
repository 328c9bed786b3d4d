// What a value may look like, as small checks; the words are those of the service's validation.
import { Refusal } from './refusal.ts'

export type Shape = (value: unknown, path: string) => void

const refuse = (path: string, constraint: string): never => {
  throw new Refusal(`1 validation error detected: Value at '${path}' failed to satisfy constraint: ${constraint}`)
}

export const anything: Shape = () => {}

export const string =
  (pattern = /^/, max = Number.POSITIVE_INFINITY, min = 0): Shape =>
  (value, path) => {
    if (typeof value !== 'string') return refuse(path, 'Member must be a string')
    if (value.length < min) refuse(path, `Member must have length greater than or equal to ${min}`)
    if (value.length > max) refuse(path, `Member must have length less than or equal to ${max}`)
    if (!pattern.test(value)) refuse(path, `Member must satisfy regular expression pattern: ${pattern.source}`)
  }

export const choice = (...values: readonly string[]): Shape => {
  return (value, path) => {
    if (!values.includes(String(value))) refuse(path, `Member must satisfy enum value set: [${values.join(', ')}]`)
  }
}

export const number =
  (low: number, high: number, whole = false): Shape =>
  (value, path) => {
    if (typeof value !== 'number' || (whole && !Number.isInteger(value))) return refuse(path, 'Member must be a number')
    if (value < low) refuse(path, `Member must have value greater than or equal to ${low}`)
    if (value > high) refuse(path, `Member must have value less than or equal to ${high}`)
  }

export const boolean: Shape = (value, path) => {
  if (typeof value !== 'boolean') refuse(path, 'Member must be a boolean')
}

export const record: Shape = (value, path) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) refuse(path, 'Member must be a structure')
}

export const map =
  (keys: Shape, values: Shape, max: number): Shape =>
  (value, path) => {
    record(value, path)
    const entries = Object.entries(value as object)
    if (entries.length > max) refuse(path, `Member must have length less than or equal to ${max}`)
    for (const [key, one] of entries) {
      keys(key, path)
      values(one, `${path}.${key}`)
    }
  }

export const list =
  (of: Shape, min = 0, max = Number.POSITIVE_INFINITY): Shape =>
  (value, path) => {
    if (!Array.isArray(value)) return refuse(path, 'Member must be a list')
    if (value.length < min) refuse(path, `Member must have length greater than or equal to ${min}`)
    if (value.length > max) refuse(path, `Member must have length less than or equal to ${max}`)
    for (const [index, item] of value.entries()) of(item, `${path}.${index + 1}.member`)
  }

type Table = Readonly<Record<string, Shape>>

/** An object with these members and no others. */
export const object =
  (needed: Table, optional: Table = {}): Shape =>
  (value, path) => {
    record(value, path)
    const at = (name: string) => (path === '' ? name : `${path}.${name}`)
    for (const name of Object.keys(needed)) {
      if (!Object.hasOwn(value as object, name)) refuse(at(name), 'Member must not be null')
    }
    const fields: Table = { ...needed, ...optional }
    for (const [name, part] of Object.entries(value as object)) {
      const shape = Object.hasOwn(fields, name) ? fields[name] : undefined
      if (!shape) throw new Refusal(`The field ${at(name)} is not a member of this structure.`)
      shape(part, at(name))
    }
  }

/** An object with one of these members. */
export const union =
  (kinds: Table): Shape =>
  (value, path) => {
    record(value, path)
    if (Object.keys(value as object).length !== 1) refuse(path, 'Member must have exactly one field set')
    object({}, kinds)(value, path)
  }
