// The two forms of a schema, as strictly as the service reads them.
// https://ai.google.dev/gemini-api/docs/structured-output
import { refuse } from './refusal.ts'
import { type Fields, isObject } from './shape.ts'

const COMMON = [
  ...['type', 'title', 'description', 'format', 'enum', 'anyOf', 'items', 'minItems', 'maxItems', 'properties'],
  ...['required', 'minimum', 'maximum', 'propertyOrdering'],
]
const OPENAPI = new Set([
  ...COMMON,
  ...['nullable', 'example', 'default', 'minLength', 'maxLength', 'pattern', 'minProperties', 'maxProperties'],
])
const JSON_SCHEMA = new Set([
  ...COMMON,
  ...['$ref', '$defs', '$id', '$anchor', 'oneOf', 'additionalProperties', 'prefixItems'],
])
const TYPES = ['string', 'number', 'integer', 'boolean', 'array', 'object', 'null']

/** Refuses a schema that is none of the form. */
export function checkSchema(schema: unknown, path: string, openapi: boolean): void {
  if (!isObject(schema)) refuse(path, 'must be a schema')
  const { $ref } = schema
  for (const key of Object.keys(schema)) {
    if (!(openapi ? OPENAPI : JSON_SCHEMA).has(key)) refuse(`${path}.${key}`, 'Cannot find field.')
    if ($ref !== undefined && !key.startsWith('$')) refuse(path, `a $ref may have no '${key}' beside it`)
  }
  checkTypes(schema, path, openapi)
  checkEnum(schema, path, openapi)
  const { properties, items, anyOf, oneOf, prefixItems, additionalProperties: extra, $defs } = schema
  for (const map of [properties, $defs]) {
    for (const [name, sub] of Object.entries(Object(map))) checkSchema(sub, `${path}.properties[${name}]`, openapi)
  }
  for (const all of [anyOf, oneOf, prefixItems]) {
    if (Array.isArray(all)) for (const [i, sub] of all.entries()) checkSchema(sub, `${path}.any_of[${i}]`, openapi)
  }
  if (items !== undefined) checkSchema(items, `${path}.items`, openapi)
  if (isObject(extra)) checkSchema(extra, `${path}.additionalProperties`, openapi)
  if (openapi) checkObject(schema, path)
}

function checkTypes({ type }: Fields, path: string, openapi: boolean): void {
  if (openapi && Array.isArray(type)) refuse(`${path}.type`, 'Proto field is not repeating, cannot start list.')
  for (const one of type === undefined ? [] : [type].flat()) {
    if (!TYPES.includes(String(one).toLowerCase())) refuse(`${path}.type`, `Invalid type ${String(one)}`)
  }
}

function checkEnum({ enum: values, type }: Fields, path: string, openapi: boolean): void {
  if (values === undefined) return
  if (!Array.isArray(values) || values.length === 0) refuse(`${path}.enum`, 'must be a list')
  for (const [i, value] of values.entries()) {
    if (value === '') refuse(`${path}.enum[${i}]`, 'cannot be empty')
    if (typeof value !== 'string' && (openapi || typeof value !== 'number'))
      refuse(`${path}.enum[${i}]`, 'must be a string')
  }
  if (openapi && String(type).toLowerCase() !== 'string') refuse(`${path}.enum`, 'only allowed for STRING type')
}

function checkObject({ type, properties, required, items, format }: Fields, path: string): void {
  const kind = String(type).toLowerCase()
  if (isObject(properties) && Object.keys(properties).length === 0) {
    refuse(`${path}.properties`, 'should be non-empty for OBJECT type')
  }
  for (const name of Array.isArray(required) ? required : []) {
    if (!Object.hasOwn(Object(properties), String(name))) refuse(`${path}.required`, `property is not defined: ${name}`)
  }
  if (kind === 'array' && items === undefined) refuse(`${path}.items`, 'missing field.')
  if (kind === 'string' && format !== undefined && format !== 'enum' && format !== 'date-time') {
    refuse(`${path}.format`, "only 'enum' and 'date-time' are supported for STRING type")
  }
}
