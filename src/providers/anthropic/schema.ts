// JSON Schemas in the form that structured output and strict tools take.
// https://docs.anthropic.com/en/docs/build-with-claude/structured-outputs

type Schema = Record<string, unknown>

/** Keywords that are refused. What they demand is said in the description, where the model reads it. */
const REFUSED = [
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'pattern',
  'minItems',
  'maxItems',
  'uniqueItems',
  'minProperties',
  'maxProperties',
  'not',
] as const

const FORMATS = new Set(['date-time', 'time', 'date', 'duration', 'email', 'hostname', 'uri', 'ipv4', 'ipv6', 'uuid'])
const META = new Set(['$schema', '$id', '$comment'])
const MAX_OPTIONAL = 24

/** The schema cleaned for native use, or undefined when it says what cannot be said: recursion, an open object. */
export function nativeSchema(schema: Schema): Schema | undefined {
  if (isRecursive(schema)) return undefined
  const state = { optional: 0, open: false }
  const clean = cleanSchema(schema, state)
  return state.open || state.optional > MAX_OPTIONAL ? undefined : clean
}

interface Found {
  optional: number
  open: boolean
}

function cleanSchema(schema: Schema, found: Found): Schema {
  const out: Schema = {}
  const demands: string[] = []
  for (const [key, value] of Object.entries(schema)) {
    if (META.has(key)) continue
    if (REFUSED.some((name) => name === key)) demands.push(`${key}: ${JSON.stringify(value)}`)
    else if (key === 'format' && !FORMATS.has(String(value))) demands.push(`format: ${String(value)}`)
    else if (key === 'properties' || key === '$defs' || key === 'definitions') out[key] = each(value, found)
    else if (key === 'oneOf') out.anyOf = list(value, found)
    else if (key === 'anyOf' || key === 'allOf' || key === 'prefixItems') out[key] = list(value, found)
    else if (key === 'items' && isSchema(value)) out[key] = cleanSchema(value, found)
    else out[key] = value
  }
  if (isObjectSchema(schema)) closeObject(schema, out, found)
  if (demands.length > 0) {
    const note = `(${demands.join(', ')})`
    out.description = typeof schema.description === 'string' ? `${schema.description} ${note}` : note
  }
  return out
}

function closeObject(schema: Schema, out: Schema, found: Found): void {
  // An object with extra keys by schema, or with none named at all, is a map: closing it would make it always empty.
  const extra = schema.additionalProperties
  const names = isSchema(schema.properties) ? Object.keys(schema.properties) : []
  if (isSchema(extra) || extra === true || isSchema(schema.patternProperties)) found.open = true
  if (names.length === 0 && extra !== false) found.open = true
  out.additionalProperties = false
  const required = Array.isArray(schema.required) ? schema.required : []
  found.optional += names.filter((name) => !required.includes(name)).length
}

function each(value: unknown, found: Found): unknown {
  if (!isSchema(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, sub]) => [key, isSchema(sub) ? cleanSchema(sub, found) : sub]),
  )
}

function list(value: unknown, found: Found): unknown {
  return Array.isArray(value) ? value.map((sub) => (isSchema(sub) ? cleanSchema(sub, found) : sub)) : value
}

function isObjectSchema(schema: Schema): boolean {
  const { type } = schema
  return type === 'object' || (Array.isArray(type) && type.includes('object')) || isSchema(schema.properties)
}

function isSchema(value: unknown): value is Schema {
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
    return Object.entries(value).some(([key, sub]) => key !== '$defs' && key !== 'definitions' && visit(sub, open))
  }
  return visit(root, ['#'])
}

function resolve(root: Schema, ref: string): unknown {
  if (!ref.startsWith('#/')) return undefined
  let here: unknown = root
  for (const key of ref.slice(2).split('/'))
    here = isSchema(here) ? here[key.replaceAll('~1', '/').replaceAll('~0', '~')] : undefined
  return here
}

/** What a tool's parameters become: an object schema at the top level, whatever the client sent. */
export function inputSchema(parameters: Schema | null | undefined): { schema: Schema; changed: boolean } {
  if (!parameters || Object.keys(parameters).length === 0)
    return { schema: { type: 'object', properties: {} }, changed: false }
  const { anyOf, oneOf, allOf, ...rest } = parameters
  const unions = [anyOf, oneOf, allOf].filter(Array.isArray)
  if (unions.length === 0) return { schema: rest.type ? parameters : { type: 'object', ...parameters }, changed: false }
  // A union at the top is refused. Its branches are merged: every property is known, only what all demand is required.
  const branches = unions.flat().filter(isSchema)
  const all = Array.isArray(allOf) ? allOf.filter(isSchema) : []
  const properties = Object.assign({}, ...branches.map((branch) => branch.properties), rest.properties)
  const demanded = (branch: Schema) => (Array.isArray(branch.required) ? branch.required : [])
  const either = branches.filter((branch) => !all.includes(branch))
  const common =
    either.length > 0
      ? demanded(either[0] ?? {}).filter((name) => either.every((one) => demanded(one).includes(name)))
      : []
  const required = [...new Set([...demanded(rest), ...all.flatMap(demanded), ...common])]
  return {
    schema: { ...rest, type: 'object', properties, ...(required.length > 0 && { required }) },
    changed: true,
  }
}
