// The parameters of a tool: a JSON Schema at whose top only four keywords may stand.
import type { JsonObject } from '../../../schemas/chat.ts'
import { objectSchema } from '../anthropic/parameters.ts'
import type { Parameters } from './wire.ts'

interface Bare {
  /** Absent for a tool without any. */
  readonly parameters?: Parameters
  /** It says less than it did. */
  readonly less: boolean
}

/** The schema with a bare top, or undefined when it is none of an object. */
export function bare(given: JsonObject | null | undefined): Bare | undefined {
  if (!given || Object.keys(given).length === 0) return { less: false }
  const object = objectSchema(given)
  if (!object) return undefined
  const { type: _type, properties: all, required: names, additionalProperties: more, ...rest } = object.schema
  const properties = isObject(all) ? all : undefined
  const required = listOf(names).filter((name) => typeof name === 'string' && Object.hasOwn(properties ?? {}, name))
  const parameters: Parameters = {
    type: 'object',
    ...(properties && { properties }),
    // Every name was seen to be text.
    ...(required.length > 0 && { required: required as string[] }),
    ...(more !== undefined && { additionalProperties: more }),
  }
  const housed = withDefinitions(parameters, rest)
  const left = Object.keys(rest).filter((key) => !SILENT.has(key) && !(housed && DEFINITIONS.has(key)))
  return {
    parameters: housed ?? parameters,
    less: object.merged || left.length > 0 || required.length < listOf(names).length || Boolean(all && !properties),
  }
}

/** What says nothing about values. */
const SILENT: ReadonlySet<string> = new Set(['$schema', '$id', '$comment'])
const DEFINITIONS: ReadonlySet<string> = new Set(['$defs', 'definitions'])

/** Definitions move into the first property, where anything may stand, and what refers to them follows. */
function withDefinitions(parameters: Parameters, rest: JsonObject): Parameters | undefined {
  const { properties = {} } = parameters
  const moved = Object.entries(rest).filter(([key]) => DEFINITIONS.has(key))
  const host = Object.keys(properties).find((name) => isFree(properties[name]))
  if (moved.length === 0 || host === undefined) return undefined
  const step = encodeURIComponent(host.replaceAll('~', '~0').replaceAll('/', '~1'))
  const housed = { ...properties, [host]: { ...Object.fromEntries(moved), ...Object(properties[host]) } }
  // What is rewritten has the shape of what it was.
  return rewritten({ ...parameters, properties: housed }, `#/properties/${step}/`) as Parameters
}

/** An object that has no definitions of its own. */
function isFree(value: unknown): boolean {
  return isObject(value) && !Object.keys(value).some((key) => DEFINITIONS.has(key))
}

function rewritten(value: unknown, to: string): unknown {
  if (Array.isArray(value)) return value.map((one) => rewritten(one, to))
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [
      key,
      key === '$ref' && typeof one === 'string'
        ? one.replace(/^#\/(?=\$defs\/|definitions\/)/, to)
        : rewritten(one, to),
    ]),
  )
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
