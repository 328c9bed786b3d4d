// What a tool takes: Messages wants an object at the top of the schema, and no union there.
// https://docs.anthropic.com/en/docs/build-with-claude/tool-use
import { isSame, isSchema, resolved, type Schema } from './schema.ts'

export interface Parameters {
  readonly schema: Schema
  /** A union was merged, so that the schema says less than it did. */
  readonly merged: boolean
}

/** The parameters of a tool as an object schema, or undefined when they are something else. */
export function objectSchema(parameters: Schema | null | undefined): Parameters | undefined {
  if (!parameters || Object.keys(parameters).length === 0) {
    return { schema: { type: 'object', properties: {} }, merged: false }
  }
  const unions = UNIONS.filter((key) => Object.hasOwn(parameters, key))
  if (parameters.type === 'object' && unions.length === 0) return { schema: parameters, merged: false }
  const schema = flat(parameters, parameters, 0)
  return schema && { schema, merged: unions.length > 0 }
}

const UNIONS = ['anyOf', 'oneOf', 'allOf'] as const

/** Deep enough for any union of unions; what refers to itself ends here. */
const MAX_DEPTH = 16

function flat(given: Schema, root: Schema, depth: number): Schema | undefined {
  if (depth > MAX_DEPTH) return undefined
  const target = resolved(given, root)
  if (target) return flat(target, root, depth + 1)
  const { anyOf, oneOf, allOf, ...rest } = given
  if (!mayBeObject(rest.type)) return undefined
  const alternatives: unknown[] = [anyOf, oneOf].filter(Array.isArray).flat()
  const either = objectsOf(alternatives, root, depth)
  if (alternatives.length > 0 && either.length === 0) return undefined
  const all = [rest, ...(Array.isArray(allOf) ? objectsOf(allOf, root, depth) : [])]

  // What all of them say holds; of what only some say, the most that is common holds.
  const properties = { ...together(either, 'anyOf'), ...together(all, 'allOf') }
  const [first, ...others] = either.map(requiredOf)
  const common = (first ?? []).filter((name) => others.every((names) => names.includes(name)))
  const required = [...new Set([...all.flatMap(requiredOf), ...common])]
  return {
    ...rest,
    type: 'object',
    ...((alternatives.length > 0 || all.length > 1 || rest.properties !== undefined) && { properties }),
    ...(required.length > 0 && { required }),
  }
}

function mayBeObject(type: unknown): boolean {
  return type === undefined || type === 'object' || (Array.isArray(type) && type.includes('object'))
}

function objectsOf(branches: readonly unknown[], root: Schema, depth: number): Schema[] {
  return branches.filter(isSchema).flatMap((branch): Schema[] => {
    const object = flat(branch, root, depth + 1)
    return object ? [object] : []
  })
}

function requiredOf({ required }: Schema): unknown[] {
  return Array.isArray(required) ? required : []
}

/** The properties of several objects; one that they describe differently is any, or all, of what they say. */
function together(objects: readonly Schema[], how: 'anyOf' | 'allOf'): Schema {
  const found = new Map<string, unknown[]>()
  for (const { properties } of objects) {
    for (const [name, property] of Object.entries(isSchema(properties) ? properties : {})) {
      const known = found.get(name) ?? []
      if (!known.some((one) => isSame(one, property))) known.push(property)
      found.set(name, known)
    }
  }
  return Object.fromEntries([...found].map(([name, said]) => [name, said.length > 1 ? { [how]: said } : said[0]]))
}
