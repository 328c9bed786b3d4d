// What a value may look like, as tables of small checks. The service validates with Pydantic, so the texts and the paths
// (`messages.0.content.1.image.source.base64.media_type`) are Pydantic's.
import { Refusal } from './refusal.ts'

/** What beside the body decides whether a field exists. */
export interface Context {
  readonly betas: ReadonlySet<string>
  readonly version: string
}

/** Refuses a value, or does nothing. `cites` is the table the value stands in. */
export type Shape = (value: unknown, path: string, context: Context, cites: string) => void

/** One field of a table. */
export interface Row {
  readonly shape: Shape
  readonly required: boolean
  readonly nullable: boolean
  /** Betas of which one must be asked for; without it the field does not exist. */
  readonly betas?: readonly string[]
  /** API versions that know the field; absent = all. */
  readonly versions?: readonly string[]
}

export type Table = Readonly<Record<string, Row>>

const row =
  (required: boolean, nullable: boolean) =>
  (shape: Shape): Row => ({ shape, required, nullable })

/** A field that must be there. */
export const need = row(true, false)
/** A field that may be there, but not as null. */
export const may = row(false, false)
/** A field that may be there, null included. */
export const maybe = row(false, true)
/** A field that exists only for those who ask for a beta. */
export const beta = (betas: readonly string[], field: Row): Row => ({ ...field, betas })
/** A field that exists only in some API versions. */
export const only = (versions: readonly string[], field: Row): Row => ({ ...field, versions })

const refuse = (path: string, text: string, cites: string): never => {
  throw new Refusal(`${path}: ${text}`, cites)
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const exists = (field: Row, context: Context): boolean =>
  (field.betas?.some((name) => context.betas.has(name)) ?? true) && (field.versions?.includes(context.version) ?? true)

/** `'a', 'b' or 'c'`, as Pydantic lists literals. */
const literals = (values: readonly string[]): string => {
  const quoted = values.map((value) => `'${value}'`)
  const last = quoted.pop()
  return quoted.length === 0 ? `${last}` : `${quoted.join(', ')} or ${last}`
}

export const anything: Shape = () => {}

export const boolean: Shape = (value, path, _, cites) => {
  if (typeof value !== 'boolean') refuse(path, 'Input should be a valid boolean', cites)
}

/** An object whose keys are nobody's business. */
export const record: Shape = (value, path, _, cites) => {
  if (!isObject(value)) refuse(path, 'Input should be a valid dictionary', cites)
}

interface StringLimits {
  readonly min?: number
  readonly max?: number
  readonly pattern?: RegExp
}

export const string =
  ({ min = 0, max, pattern }: StringLimits = {}): Shape =>
  (value, path, _, cites) => {
    if (typeof value !== 'string') return refuse(path, 'Input should be a valid string', cites)
    if (value.length < min) refuse(path, `String should have at least ${min} character${min === 1 ? '' : 's'}`, cites)
    if (max !== undefined && value.length > max) refuse(path, `String should have at most ${max} characters`, cites)
    if (pattern && !pattern.test(value)) refuse(path, `String should match pattern '${pattern.source}'`, cites)
  }

export const integer =
  (min = Number.MIN_SAFE_INTEGER): Shape =>
  (value, path, _, cites) => {
    if (typeof value !== 'number' || !Number.isInteger(value))
      return refuse(path, 'Input should be a valid integer', cites)
    if (value < min) refuse(path, `Input should be greater than or equal to ${min}`, cites)
  }

/** A number in a closed range; the service's own wording, not Pydantic's. */
export const range =
  (min: number, max: number): Shape =>
  (value, path, _, cites) => {
    if (typeof value !== 'number') return refuse(path, 'Input should be a valid number', cites)
    if (value < min || value > max) refuse(path, `range: ${min}..${max}`, cites)
  }

export const choice =
  (...values: readonly string[]): Shape =>
  (value, path, _, cites) => {
    if (!values.some((allowed) => allowed === value)) refuse(path, `Input should be ${literals(values)}`, cites)
  }

export const list =
  (of: Shape, min = 0): Shape =>
  (value, path, context, cites) => {
    if (!Array.isArray(value)) return refuse(path, 'Input should be a valid list', cites)
    if (value.length < min)
      refuse(path, `List should have at least ${min} item after validation, not ${value.length}`, cites)
    for (const [index, item] of value.entries()) of(item, `${path}.${index}`, context, cites)
  }

/** A string, or what `other` says. */
export const stringOr =
  (other: Shape): Shape =>
  (value, path, context, cites) => {
    if (typeof value !== 'string') other(value, path, context, cites)
  }

/** An object with the fields of a table and no others. `cites` names the row of the reference it comes from. */
export const object =
  (cites: string, table: Table): Shape =>
  (value, path, context) => {
    if (!isObject(value)) return refuse(path, 'Input should be an object', cites)
    const at = (name: string) => (path === '' ? name : `${path}.${name}`)
    const row = (name: string) => `${cites}, ${name}`
    for (const [name, field] of Object.entries(table)) {
      const given = value[name]
      if (given === undefined) {
        if (field.required) refuse(at(name), 'Field required', row(name))
      } else if (exists(field, context) && !(given === null && field.nullable)) {
        field.shape(given, at(name), context, row(name))
      }
    }
    for (const name of Object.keys(value)) {
      const field = Object.hasOwn(table, name) ? table[name] : undefined
      if (!field || !exists(field, context)) refuse(at(name), 'Extra inputs are not permitted', cites)
    }
  }

interface Tagged {
  /** What an object without a tag is; absent = the tag is required. */
  readonly fallback?: string
  /** Tags that exist only with a beta. */
  readonly betas?: Readonly<Record<string, readonly string[]>>
}

/** An object that is one of several, told apart by its `type`. */
export const tagged =
  (kinds: Readonly<Record<string, Shape>>, { fallback, betas = {} }: Tagged = {}): Shape =>
  (value, path, context, cites) => {
    if (!isObject(value)) return refuse(path, 'Input should be an object', cites)
    const tag = value.type ?? fallback
    if (tag === undefined) return refuse(`${path}.type`, 'Field required', cites)
    const known = Object.keys(kinds).filter((kind) => betas[kind]?.some((name) => context.betas.has(name)) ?? true)
    const shape = known.includes(String(tag)) ? kinds[String(tag)] : undefined
    if (!shape) {
      const expected = known.map((kind) => `'${kind}'`).join(', ')
      const text = `Input tag '${tag}' found using 'type' does not match any of the expected tags: ${expected}`
      return refuse(path, text, cites)
    }
    shape(value, `${path}.${tag}`, context, cites)
  }
