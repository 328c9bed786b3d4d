// What a body may look like, as tables of small checks: proto3 JSON, in which unknown fields are refused and names may be
// written in camel or in snake case.
import { Refusal, refuse } from './refusal.ts'

/** Refuses a value, or gives it back with its names in camel case. */
type Shape = (value: unknown, path: string) => unknown
type Table = Readonly<Record<string, Shape>>
export type Fields = Record<string, unknown>

export const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const wrong = (path: string, type: string): never => refuse(path, `Invalid value (${type})`)
const camel = (name: string) => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())

export const any: Shape = (value) => value
export const boolean: Shape = (value, path) => (typeof value === 'boolean' ? value : wrong(path, 'TYPE_BOOL'))
export const string: Shape = (value, path) => (typeof value === 'string' ? value : wrong(path, 'TYPE_STRING'))
export const struct: Shape = (value, path) => (isObject(value) ? value : wrong(path, 'Struct'))
export const number =
  (low: number, high: number): Shape =>
  (value, path) => {
    if (typeof value !== 'number') return wrong(path, 'TYPE_FLOAT')
    return value < low || value > high ? refuse(path, `must be in the range [${low}, ${high}]`) : value
  }
export const integer =
  (low = -(2 ** 31), high = 2 ** 31 - 1): Shape =>
  (value, path) =>
    Number.isInteger(value) ? number(low, high)(value, path) : wrong(path, 'TYPE_INT32')
export const oneOf =
  (...values: readonly string[]): Shape =>
  (value, path) =>
    values.includes(String(value)) ? value : wrong(path, `unknown enum value ${String(value)}`)
export const base64: Shape = (value, path) =>
  typeof value === 'string' && /^[A-Za-z0-9+/_-]+={0,2}$/.test(value)
    ? value
    : wrong(path, 'TYPE_BYTES, Base64 decoding failed')
export const list =
  (of: Shape): Shape =>
  (value, path) =>
    Array.isArray(value) ? value.map((item, index) => of(item, `${path}[${index}]`)) : wrong(path, 'repeated field')

export const message =
  (table: Table): Shape =>
  (value, path) => {
    if (!isObject(value)) return wrong(path, 'message')
    const out: Fields = {}
    for (const [given, part] of Object.entries(value)) {
      const name = camel(given)
      const shape = Object.hasOwn(table, name) ? table[name] : undefined
      if (!shape) {
        const where = path === '' ? '' : ` at '${path}'`
        throw new Refusal(`Invalid JSON payload received. Unknown name "${given}"${where}: Cannot find field.`)
      }
      if (part !== null) out[name] = shape(part, path === '' ? name : `${path}.${name}`)
    }
    return out
  }
