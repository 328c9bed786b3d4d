// JSON Schemas as a grammar: the form that structured output and strict tools take.
// https://docs.anthropic.com/en/docs/build-with-claude/structured-outputs

export type Schema = Record<string, unknown>

/** Keywords that are refused. What they demand is said in the description, where the model reads it. */
const REFUSED: ReadonlySet<string> = new Set([
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  ...['minLength', 'maxLength', 'pattern'],
  ...['minItems', 'maxItems', 'uniqueItems', 'contains', 'minContains', 'maxContains', 'additionalItems'],
  ...['minProperties', 'maxProperties', 'propertyNames', 'dependentRequired', 'dependentSchemas'],
  ...['not', 'if', 'then', 'else', 'unevaluatedProperties', 'unevaluatedItems'],
])
const FORMATS = new Set(['date-time', 'time', 'date', 'duration', 'email', 'hostname', 'uri', 'ipv4', 'ipv6', 'uuid'])
const META = new Set(['$schema', '$id', '$comment'])

/** Over all schemas of a request: more would take too long to compile. */
const MAX_OPTIONAL = 24
const MAX_UNIONS = 16

/** What the schemas of one request come to, together. */
export class Grammar {
  #optional = 0
  #unions = 0

  /** The schema cleaned, or undefined when it says what a grammar cannot: recursion, an open object, too many choices. */
  compile(schema: Schema): Schema | undefined {
    if (isRecursive(schema)) return undefined
    const found: Found = { root: schema, optional: this.#optional, unions: this.#unions, unsayable: false }
    const clean = cleaned(schema, found)
    if (found.unsayable || found.optional > MAX_OPTIONAL || found.unions > MAX_UNIONS) return undefined
    this.#optional = found.optional
    this.#unions = found.unions
    return clean
  }
}

interface Found {
  readonly root: Schema
  optional: number
  unions: number
  unsayable: boolean
}

function cleaned(given: Schema, found: Found): Schema {
  const schema = joined(given, found)
  const out: Schema = {}
  const demands: string[] = []
  for (const [key, value] of Object.entries(schema)) {
    if (META.has(key)) continue
    if (REFUSED.has(key)) demands.push(`${key}: ${JSON.stringify(value)}`)
    else if (key === 'format' && !FORMATS.has(String(value))) demands.push(`format: ${String(value)}`)
    else if (key === 'properties' || key === '$defs' || key === 'definitions') out[key] = each(value, found)
    else if (key === 'oneOf') out.anyOf = list(value, found)
    else if (key === 'anyOf' || key === 'allOf' || key === 'prefixItems') out[key] = list(value, found)
    else if (key === 'items' && Array.isArray(value)) out.prefixItems = list(value, found)
    else if (key === 'items' && isSchema(value)) out[key] = cleaned(value, found)
    else out[key] = value
  }
  if (typeof schema.$ref === 'string' && !schema.$ref.startsWith('#')) found.unsayable = true
  if (isObjectSchema(schema)) close(schema, out, found)
  if (demands.length > 0) {
    const note = `(${demands.join(', ')})`
    out.description = typeof schema.description === 'string' ? `${schema.description} ${note}` : note
  }
  return out
}

function close(schema: Schema, out: Schema, found: Found): void {
  // An object with extra keys by schema, or with none named at all, is a map: closing it would make it always empty.
  const { additionalProperties: extra, properties } = schema
  if (isSchema(extra) || extra === true || isSchema(schema.patternProperties)) found.unsayable = true
  if (!isSchema(properties) && extra !== false) found.unsayable = true
  out.additionalProperties = false
  const required = Array.isArray(schema.required) ? schema.required : []
  for (const [name, property] of Object.entries(isSchema(properties) ? properties : {})) {
    if (!required.includes(name)) found.optional++
    if (isSchema(property) && (Array.isArray(property.type) || property.anyOf || property.oneOf)) found.unions++
  }
}

/** What one object may say when it is made from several. */
const OBJECT_KEYS = new Set(['type', 'properties', 'required', 'additionalProperties', 'title', 'description'])

/** All of several objects is one object: closed one by one, each would forbid what the others name. */
function joined(schema: Schema, found: Found): Schema {
  if (!Array.isArray(schema.allOf)) return schema
  const { allOf, ...rest } = schema
  const branches = schema.allOf.filter(isSchema).map((branch) => resolved(branch, found.root) ?? branch)
  if ([rest, ...branches].filter(isObjectSchema).length < 2) return schema
  if (branches.some((branch) => Object.keys(branch).some((key) => !OBJECT_KEYS.has(key)))) found.unsayable = true
  const parts = [rest, ...branches]
  const properties: Schema = {}
  for (const part of parts) {
    for (const [name, property] of Object.entries(isSchema(part.properties) ? part.properties : {})) {
      if (Object.hasOwn(properties, name) && !isSame(properties[name], property)) found.unsayable = true
      properties[name] = property
    }
  }
  const required = parts.flatMap((part) => (Array.isArray(part.required) ? part.required : []))
  return { ...rest, type: 'object', properties, required: [...new Set(required)] }
}

export function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

function each(value: unknown, found: Found): unknown {
  if (!isSchema(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, sub]) => [key, isSchema(sub) ? cleaned(sub, found) : sub]))
}

function list(value: unknown, found: Found): unknown {
  return Array.isArray(value) ? value.map((sub) => (isSchema(sub) ? cleaned(sub, found) : sub)) : value
}

function isObjectSchema(schema: Schema): boolean {
  const { type } = schema
  return type === 'object' || (Array.isArray(type) && type.includes('object')) || isSchema(schema.properties)
}

export function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Follows local references only; a reference that leads nowhere is left to the service to refuse. */
function isRecursive(root: Schema): boolean {
  // A reference is followed once: schemas that refer to each other widely would take for ever otherwise.
  const ends = new Set<string>()
  const visit = (value: unknown, open: readonly string[]): boolean => {
    if (Array.isArray(value)) return value.some((one) => visit(one, open))
    if (!isSchema(value)) return false
    const ref = value.$ref
    if (typeof ref === 'string' && !ends.has(ref)) {
      if (open.includes(ref) || visit(resolve(root, ref), [...open, ref])) return true
      ends.add(ref)
    }
    return Object.values(value).some((sub) => visit(sub, open))
  }
  return visit(root, ['#'])
}

/** What a schema that is only a reference stands for, with what stands beside the reference. */
export function resolved({ $ref, ...beside }: Schema, root: Schema): Schema | undefined {
  const target = typeof $ref === 'string' ? resolve(root, $ref) : undefined
  return isSchema(target) ? { ...target, ...beside } : undefined
}

function resolve(root: Schema, ref: string): unknown {
  if (!ref.startsWith('#/')) return undefined
  let here: unknown = root
  for (const step of ref.slice(2).split('/')) {
    const key = unescaped(step)
    here = isSchema(here) && Object.hasOwn(here, key) ? here[key] : undefined
  }
  return here
}

/** A step of a JSON Pointer in a URI's fragment (RFC 6901, section 6). */
function unescaped(step: string): string {
  const pointer = step.replaceAll('~1', '/').replaceAll('~0', '~')
  try {
    return decodeURIComponent(pointer)
  } catch {
    return pointer
  }
}
