// Which JSON Schemas can be compiled into a grammar. Cites: Structured output, schema rules.
// https://docs.claude.com/en/docs/build-with-claude/structured-outputs#json-schema-limitations
import type { JsonSchema } from './wire.ts'

/** Keywords the grammar has no form for, whatever the type. */
const REJECTED = [
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'pattern',
  'maxItems',
  'uniqueItems',
  'minProperties',
  'maxProperties',
] as const
const COMBINATORS = ['not', 'oneOf'] as const
const FORMATS = ['date-time', 'time', 'date', 'duration', 'email', 'hostname', 'uri', 'ipv4', 'ipv6', 'uuid']

const isSchema = (value: unknown): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const schemasIn = (value: unknown): readonly JsonSchema[] => {
  if (Array.isArray(value)) return value.filter(isSchema)
  return isSchema(value) ? Object.values(value).filter(isSchema) : []
}

/** The schemas directly inside a schema, definitions included. */
const children = (schema: JsonSchema): readonly JsonSchema[] => [
  ...schemasIn(schema.properties),
  ...schemasIn(schema.$defs),
  ...schemasIn(schema.definitions),
  ...schemasIn(schema.anyOf),
  ...schemasIn(schema.allOf),
  ...schemasIn(schema.prefixItems),
  ...(isSchema(schema.items) ? [schema.items] : []),
]

/** The type a message names: the first one that is not null. */
const typeOf = ({ type, properties }: JsonSchema): string => {
  const first = Array.isArray(type) ? type.find((candidate) => candidate !== 'null') : type
  return String(first ?? (properties === undefined ? 'any' : 'object'))
}

/** What is wrong with this schema itself, not with those inside it. */
function ownFault(schema: JsonSchema): string | undefined {
  const type = typeOf(schema)
  const combinator = COMBINATORS.find((keyword) => keyword in schema)
  if (combinator) return `Schema type '${combinator}' is not supported`
  const rejected = REJECTED.filter((keyword) => keyword in schema).sort()
  if (rejected.length === 1) return `For '${type}' type, property '${rejected[0]}' is not supported`
  if (rejected.length > 1) return `For '${type}' type, properties ${rejected.join(', ')} are not supported`
  // The reference disagrees with itself here; the text is the service's own.
  if (schema.minItems !== undefined && schema.minItems !== 0 && schema.minItems !== 1) {
    return "For 'array' type, 'minItems' values other than 0 or 1 are not supported"
  }
  if (type === 'object' && schema.additionalProperties !== false) {
    return "For 'object' type, 'additionalProperties' must be explicitly set to false"
  }
  if (type === 'string' && typeof schema.format === 'string' && !FORMATS.includes(schema.format)) {
    return `For 'string' type, format '${schema.format}' is not supported`
  }
  if (typeof schema.$ref === 'string' && !schema.$ref.startsWith('#')) {
    return `External $ref '${schema.$ref}' is not supported`
  }
  return undefined
}

/** What a local `$ref` points to. */
function resolve(root: JsonSchema, ref: string): JsonSchema | undefined {
  let at: unknown = root
  for (const step of ref.split('/').slice(1)) {
    at = isSchema(at) ? at[decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~')] : undefined
  }
  return isSchema(at) ? at : undefined
}

/** The first `$ref` that leads back to where it came from. */
function circle(root: JsonSchema, schema: JsonSchema, trail: readonly JsonSchema[]): string | undefined {
  const ref = typeof schema.$ref === 'string' ? schema.$ref : undefined
  const target = ref === undefined ? undefined : resolve(root, ref)
  if (target && (trail.includes(target) || target === schema)) return ref
  for (const child of target ? [target, ...children(schema)] : children(schema)) {
    const found = circle(root, child, [...trail, schema])
    if (found) return found
  }
  return undefined
}

/** Why a schema cannot be compiled, in the service's words, or nothing. */
export function schemaFault(root: JsonSchema): string | undefined {
  const queue: JsonSchema[] = [root]
  for (let schema = queue.shift(); schema; schema = queue.shift()) {
    const fault = ownFault(schema)
    if (fault) return fault
    queue.push(...children(schema))
  }
  const ref = circle(root, root, [])
  return ref && `Recursive schemas are not supported: '${ref}' refers to itself`
}

/** How many properties may be left out, and how many have more than one type. */
export function countParameters(root: JsonSchema): { readonly optional: number; readonly unions: number } {
  let optional = 0
  let unions = 0
  const queue: JsonSchema[] = [root]
  for (let schema = queue.shift(); schema; schema = queue.shift()) {
    const required: readonly unknown[] = Array.isArray(schema.required) ? schema.required : []
    for (const [name, property] of Object.entries(isSchema(schema.properties) ? schema.properties : {})) {
      if (!required.includes(name)) optional += 1
      if (isSchema(property) && (Array.isArray(property.type) || 'anyOf' in property)) unions += 1
    }
    queue.push(...children(schema))
  }
  return { optional, unions }
}
