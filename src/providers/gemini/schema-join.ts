// Schemas that are made of others: references, and all of several as one.
import { dropped, type Lose, rejected } from '../../hub/support.ts'

export type Schema = Record<string, unknown>

export const NO_MERGE = dropped('The branches of this allOf contradict each other: the first one holds.')
export const RECURSIVE = rejected('This model takes no schema that contains itself.')

export const TOO_LARGE = rejected('With all that it refers to, this schema is larger than any that a model takes.')

/** More than anybody writes; what refers to itself widely grows without end. */
const MAX_BRANCHES = 1000

/** A schema with its branches in it, and the references that led to them. @param path of its `allOf`. */
export function joined(given: Schema, root: Schema, path: string, lose: Lose): { schema: Schema; refs: string[] } {
  const schema: Schema = {}
  let count = 0
  return { schema, refs: add(given, []) }

  function add({ allOf, ...rest }: Schema, open: readonly string[]): string[] {
    if (++count > MAX_BRANCHES) lose(TOO_LARGE, { path })
    for (const [key, value] of Object.entries(rest)) {
      const known = schema[key]
      if (key === 'properties' && isSchema(known) && isSchema(value)) {
        if (Object.keys(value).some((name) => Object.hasOwn(known, name) && !isSame(known[name], value[name]))) {
          lose(NO_MERGE, { path })
        }
        schema[key] = { ...value, ...known }
      } else if (key === 'required' && Array.isArray(known) && Array.isArray(value)) {
        schema[key] = [...new Set([...known, ...value])]
      } else if (known === undefined) schema[key] = value
      else if (!isSame(known, value) && !ANNOTATION.has(key)) lose(NO_MERGE, { path })
    }
    return (Array.isArray(allOf) ? allOf.filter(isSchema) : []).flatMap(({ $ref, ...beside }): string[] => {
      if (typeof $ref !== 'string') return add(beside, open)
      if (open.includes($ref)) lose(RECURSIVE, { path })
      const target = resolve(root, $ref)
      return [$ref, ...add({ ...(isSchema(target) ? target : {}), ...beside }, [...open, $ref])]
    })
  }
}

const ANNOTATION = new Set(['title', 'description', 'default', 'examples', '$id', '$comment'])

/** A reference that stands alone in an allOf, so that something can be said beside it. */
export function soleRef({ allOf, ...rest }: Schema): Schema | undefined {
  const [only, ...more]: unknown[] = Array.isArray(allOf) ? allOf : []
  if (!isSchema(only) || typeof only.$ref !== 'string' || more.length > 0) return undefined
  const alone = Object.keys(rest).every((key) => ANNOTATION.has(key)) && Object.keys(only).length === 1
  return alone ? { ...rest, ...only } : undefined
}

/** A JSON Pointer in a URI's fragment (RFC 6901, section 6). */
export function resolve(root: Schema, ref: string): unknown {
  if (ref === '#') return root
  let here: unknown = root
  for (const step of ref.replace(/^#\//, '').split('/')) {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~')
    here = isSchema(here) && Object.hasOwn(here, key) ? here[key] : undefined
  }
  return here
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

export function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
