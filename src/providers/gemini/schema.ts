// JSON Schemas in the form that a family of models takes: a subset of JSON Schema, or of OpenAPI's older one.
// https://ai.google.dev/gemini-api/docs/structured-output#json_schema_support
import { clamped, dropped, emulated, type Lose } from '../../hub/support.ts'
import { isSchema, joined, NO_MERGE, RECURSIVE, resolve, type Schema, soleRef, TOO_LARGE } from './schema-join.ts'

const NO_KEYWORD = dropped('Schemas have no such keyword here.')
const NO_ENUM = clamped('Values of an enum are texts or numbers, and none is empty.')
const ITEMS = emulated("This model's arrays need items: they are text.")
/** Every loss that a schema may meet. */
export const SCHEMA_NOTES = [NO_KEYWORD, NO_ENUM, NO_MERGE, RECURSIVE, TOO_LARGE, ITEMS]

const COMMON = [
  ...['type', 'title', 'description', 'format', 'enum', 'anyOf', 'items', 'minItems', 'maxItems', 'properties'],
  ...['required', 'minimum', 'maximum', 'propertyOrdering'],
]
const JSON_FORM: ReadonlySet<string> = new Set([
  ...COMMON,
  ...['$ref', '$defs', '$id', '$anchor', 'oneOf', 'additionalProperties', 'prefixItems'],
])
const OPENAPI_FORM: ReadonlySet<string> = new Set([
  ...COMMON,
  ...['nullable', 'minLength', 'maxLength', 'pattern', 'minProperties', 'maxProperties'],
])
/** What holds no value to anything: to leave it out loses nothing. */
const SAYS_NOTHING =
  /^(?:\$schema|\$comment|\$id|\$anchor|default|examples?|deprecated|readOnly|writeOnly|strict|x-.*)$/
/** The formats of text that the older form knows; numbers may have any. */
const OPENAPI_FORMATS = new Set(['enum', 'date-time'])

/** The schema as it is sent. @param path of it in the client's request. */
export function converted(schema: Schema, path: string, jsonForm: boolean, lose: Lose): Schema {
  return new Converter(schema, jsonForm, lose).one(schema, path, [])
}

class Converter {
  readonly #root: Schema
  readonly #json: boolean
  readonly #lose: Lose
  #size = 0

  constructor(root: Schema, json: boolean, lose: Lose) {
    this.#root = root
    this.#json = json
    this.#lose = lose
  }

  /** @param open the references that are being followed. */
  one(given: Schema, path: string, open: readonly string[]): Schema {
    if (++this.#size > MAX_SIZE || open.length > MAX_DEPTH)
      this.#lose(TOO_LARGE, { path: /^\w+/.exec(path)?.[0] ?? path })
    const alone = this.#json ? soleRef(given) : undefined
    if (alone !== undefined) return this.one(alone, path, open)
    if (typeof given.$ref === 'string' && (!this.#json || Array.isArray(given.allOf))) {
      return this.#inlined(given, path, open)
    }
    const { schema, refs } = joined(given, this.#root, `${path}.allOf`, this.#lose)
    // What was joined may be met again without end; how often it was followed counts as depth.
    const deeper = [...open, ...refs.map((ref) => `allOf ${ref}`)]
    const out: Schema = {}
    for (const [key, value] of Object.entries(schema)) this.#keyword(out, key, value, `${path}.${key}`, deeper)
    if (typeof out.$ref === 'string') return this.#apart(out, path)
    return this.#json ? withNull(out, schema.nullable === true) : this.#closed(out, path)
  }

  /** Beside a reference nothing may be said: it is said of a union of that one. */
  #apart({ $ref, ...beside }: Schema, path: string): Schema {
    if (Object.keys(beside).every((key) => key.startsWith('$'))) return { $ref, ...beside }
    if (beside.anyOf !== undefined) this.#lose(NO_KEYWORD, { path: `${path}.$ref` })
    return { anyOf: [{ $ref }], ...beside }
  }

  #keyword(out: Schema, key: string, value: unknown, path: string, open: readonly string[]): void {
    const each = (map: unknown) =>
      Object.fromEntries(
        Object.entries(Object(map)).map(([name, sub]) => [name, this.#sub(sub, `${path}.${name}`, open)]),
      )
    const list = (all: unknown) =>
      (Array.isArray(all) ? all : []).map((sub, i) => this.#sub(sub, `${path}[${i}]`, open))
    switch (key) {
      case 'properties':
        out.properties = each(value)
        return
      case '$defs':
      case 'definitions':
        // The older form has them where they are meant.
        if (this.#json) out.$defs = { ...Object(out.$defs), ...each(value) }
        return
      case '$ref':
        out.$ref = String(value).replace('#/definitions/', '#/$defs/')
        return
      case 'anyOf':
        out.anyOf = list(value)
        return
      case 'oneOf':
        out[this.#json ? 'oneOf' : 'anyOf'] = list(value)
        return
      case 'items':
        if (!Array.isArray(value)) out.items = this.#sub(value, path, open)
        else this.#tuple(out, list(value))
        return
      case 'prefixItems':
        this.#tuple(out, list(value))
        return
      case 'const':
        this.#enum(out, [value], path)
        return
      case 'enum':
        this.#enum(out, Array.isArray(value) ? value : [], path)
        return
      case 'nullable':
        if (!this.#json) out.nullable = value
        return
      case 'additionalProperties':
        if (this.#json) out[key] = isSchema(value) ? this.#sub(value, path, open) : value
        else if (isSchema(value)) this.#lose(NO_KEYWORD, { path })
        return
      default:
        if ((this.#json ? JSON_FORM : OPENAPI_FORM).has(key)) out[key] = value
        else if (!SAYS_NOTHING.test(key)) this.#lose(NO_KEYWORD, { path })
    }
  }

  /** Anything may be a schema's part: `true` is one that holds nothing to anything. */
  #sub(sub: unknown, path: string, open: readonly string[]): Schema {
    return isSchema(sub) ? this.one(sub, path, open) : {}
  }

  #tuple(out: Schema, items: Schema[]): void {
    if (this.#json) out.prefixItems = items
    else out.items = { anyOf: items }
  }

  #enum(out: Schema, values: readonly unknown[], path: string): void {
    const plain = values.filter((value) => (typeof value === 'string' ? value !== '' : typeof value === 'number'))
    const texts = this.#json ? plain : plain.map(String)
    const odd = values.filter((value) => value !== null && !plain.includes(value))
    const flags = odd.length > 0 && odd.every((value) => typeof value === 'boolean') && plain.length === 0
    if (flags) out.type = 'boolean'
    else if (odd.length > 0) this.#lose(NO_ENUM, { path, sent: texts })
    if (flags && odd.length === 1) this.#lose(NO_ENUM, { path, sent: { type: 'boolean' } })
    if (values.includes(null)) out.nullable = true
    if (texts.length === 0) return
    out.enum = texts
  }

  /** What a reference stands for, in its place. */
  #inlined({ $ref, ...beside }: Schema, path: string, open: readonly string[]): Schema {
    const ref = String($ref)
    if (open.includes(ref)) this.#lose(RECURSIVE, { path: `${path}.$ref` })
    const target = resolve(this.#root, ref)
    return this.one({ ...(isSchema(target) ? target : {}), ...beside }, path, [...open, ref])
  }

  /** The older form has one type, and a mark for null. */
  #closed(out: Schema, path: string): Schema {
    const types = [out.type].flat()
    const some = types.filter((type) => type !== 'null' && type !== undefined)
    if (types.includes('null') && some.length > 0) out.nullable = true
    if (some.length > 1 && out.enum === undefined) {
      const { type: _type, ...rest } = out
      return { ...rest, anyOf: some.map((type) => ({ type })) }
    }
    if (Array.isArray(out.type)) out.type = some[0] ?? 'null'
    if (out.enum !== undefined) Object.assign(out, { type: 'string', format: 'enum' })
    if (out.type === 'string' && out.format !== undefined && !OPENAPI_FORMATS.has(String(out.format))) {
      this.#lose(NO_KEYWORD, { path: `${path}.format` })
      delete out.format
    }
    const either = Array.isArray(out.anyOf) ? out.anyOf.filter(isSchema) : []
    const values = either.filter(({ type }) => type !== 'null')
    if (values.length < either.length) {
      out.nullable = true
      out.anyOf = values
      if (values.length === 1) {
        const { anyOf: _anyOf, ...rest } = out
        return { ...values[0], ...rest }
      }
    }
    if (isSchema(out.properties)) this.#named(out, out.properties)
    if (out.type === 'array' && out.items === undefined) {
      this.#lose(ITEMS, { path })
      out.items = { type: 'string' }
    }
    return out
  }

  /** An object without properties has none at all, and requires only those it has. */
  #named(out: Schema, properties: Schema): void {
    if (Object.keys(properties).length === 0) delete out.properties
    if (!Array.isArray(out.required)) return
    const known = out.required.filter((name) => Object.hasOwn(properties, String(name)))
    if (known.length > 0) out.required = known
    else delete out.required
  }
}

/** More than any model takes; what refers to itself widely grows without end. */
const MAX_SIZE = 10_000
const MAX_DEPTH = 64

/** JSON Schema says of null that it is a type. */
function withNull({ nullable, ...schema }: Schema, asked: boolean): Schema {
  if (!asked && nullable !== true) return schema
  if (schema.enum !== undefined) return { anyOf: [schema, { type: 'null' }] }
  if (schema.type === undefined) return schema
  return { ...schema, type: [...new Set([schema.type, 'null'].flat())] }
}
