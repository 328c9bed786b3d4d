// A value that conforms to a JSON Schema, the same one every time.

type Schema = { readonly [keyword: string]: unknown }

const DEPTH = 8
const FORMATS: Readonly<Record<string, string>> = {
  'date-time': '2026-11-20T12:00:00Z',
  date: '2026-11-20',
  time: '12:00:00Z',
  duration: 'PT1H',
  email: 'demo@example.com',
  hostname: 'example.com',
  uri: 'https://example.com/',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  uuid: '00000000-0000-4000-8000-000000000000',
}

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const numberOf = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined)
const firstOf = (value: unknown): Schema | undefined => {
  const schemas = Array.isArray(value) ? value.filter(isSchema) : []
  return schemas.find(({ type }) => type !== 'null') ?? schemas[0]
}

function resolve(root: Schema, ref: unknown): Schema | undefined {
  if (typeof ref !== 'string' || !ref.startsWith('#')) return undefined
  let at: unknown = root
  for (const step of ref.split('/').slice(1)) at = isSchema(at) ? at[step] : undefined
  return isSchema(at) ? at : undefined
}

function sampleString({ format, minLength, maxLength }: Schema, name: string): string {
  const text = FORMATS[String(format)] ?? name
  return text.padEnd(numberOf(minLength) ?? 0, '.').slice(0, numberOf(maxLength))
}

function sampleNumber({ minimum, exclusiveMinimum, maximum, exclusiveMaximum, multipleOf, type }: Schema): number {
  const above = numberOf(exclusiveMinimum)
  const below = numberOf(exclusiveMaximum)
  const low = numberOf(minimum) ?? (above === undefined ? undefined : above + 1)
  const high = numberOf(maximum) ?? (below === undefined ? undefined : below - 1)
  const step = numberOf(multipleOf) ?? 1
  const wanted = Math.min(Math.max(1, low ?? 1), high ?? Number.MAX_SAFE_INTEGER)
  const stepped = Math.ceil(wanted / step) * step
  return type === 'integer' ? Math.trunc(stepped) : stepped
}

function sampleArray(root: Schema, schema: Schema, name: string, depth: number): unknown[] {
  const prefix = Array.isArray(schema.prefixItems) ? schema.prefixItems.filter(isSchema) : []
  if (prefix.length > 0) return prefix.map((item, index) => sample(root, item, `${name}${index}`, depth + 1))
  const length = depth > DEPTH ? 0 : Math.max(numberOf(schema.minItems) ?? 1, 0)
  const items = isSchema(schema.items) ? schema.items : {}
  return Array.from({ length }, () => sample(root, items, name, depth + 1))
}

function sampleObject(root: Schema, schema: Schema, depth: number): Record<string, unknown> {
  const required: readonly unknown[] = Array.isArray(schema.required) ? schema.required : []
  const properties = isSchema(schema.properties) ? Object.entries(schema.properties) : []
  // Deep down only what has to be there, so that a recursive schema comes to an end.
  const wanted = properties.filter(([name]) => depth < DEPTH || required.includes(name))
  return Object.fromEntries(
    wanted.map(([name, part]) => [name, sample(root, isSchema(part) ? part : {}, name, depth + 1)]),
  )
}

function sample(root: Schema, schema: Schema, name: string, depth: number): unknown {
  if (schema.const !== undefined) return schema.const
  if (schema.default !== undefined) return schema.default
  if (Array.isArray(schema.enum)) return schema.enum[0]
  if (Array.isArray(schema.examples) && schema.examples.length > 0) return schema.examples[0]
  const referred = depth > 4 * DEPTH ? undefined : resolve(root, schema.$ref)
  if (referred) return sample(root, referred, name, depth + 1)
  const variant = firstOf(schema.anyOf) ?? firstOf(schema.oneOf)
  if (variant) return sample(root, { ...schema, anyOf: undefined, oneOf: undefined, ...variant }, name, depth)
  if (Array.isArray(schema.allOf)) {
    const merged: Schema = Object.assign({}, schema, ...schema.allOf.filter(isSchema), { allOf: undefined })
    return sample(root, merged, name, depth)
  }
  const type = Array.isArray(schema.type) ? schema.type.find((candidate) => candidate !== 'null') : schema.type
  switch (type ?? (schema.properties === undefined ? 'string' : 'object')) {
    case 'object':
      return sampleObject(root, schema, depth)
    case 'array':
      return sampleArray(root, schema, name, depth)
    case 'integer':
    case 'number':
      return sampleNumber(schema)
    case 'boolean':
      return true
    case 'null':
      return null
    default:
      return sampleString(schema, name)
  }
}

/** A value of the schema: strings say the name of their field, numbers are one, everything optional is there. */
export const sampleOf = (schema: Schema): unknown => sample(schema, schema, 'value', 0)
