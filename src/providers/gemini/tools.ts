// The client's tools as function declarations, and the service's own tools beside them.
// https://ai.google.dev/api/caching#Tool
import {
  DEFINITION_NOTES,
  type Definition,
  definitionsOf,
  NO_OBJECT,
  NO_SUCH_TOOL,
  type OwnTool,
} from '../../hub/definitions.ts'
import type { Names } from '../../hub/names.ts'
import type { ChatFields } from '../../hub/request.ts'
import { dropped, type Lose } from '../../hub/support.ts'
import type { Making } from './content.ts'
import { converted, SCHEMA_NOTES } from './schema.ts'
import { isSchema } from './schema-join.ts'
import type { FunctionDeclaration, Tool } from './wire.ts'

const NOT_STRICT = dropped('This model is not held to the schemas of its calls.')
const NOT_BESIDE = dropped("This model takes functions or the service's own tools, not both: the functions are sent.")
const NO_OPTIONS = dropped('The search takes no options.')

/** Every loss that a definition of a tool may meet. */
export const TOOL_NOTES = [...DEFINITION_NOTES, NOT_STRICT, NOT_BESIDE, NO_OPTIONS, ...SCHEMA_NOTES]
export const SEARCH_NOTES = [NOT_BESIDE, NO_OPTIONS]

/** The service's own tools, by the names that clients of it and of OpenAI know them by. */
const OWN: Readonly<Record<string, string>> = {
  web_search: 'googleSearch',
  web_search_preview: 'googleSearch',
  google_search: 'googleSearch',
  code_interpreter: 'codeExecution',
  code_execution: 'codeExecution',
  url_context: 'urlContext',
  google_maps: 'googleMaps',
}

export interface Tooling extends Making {
  readonly names: Names
}

export interface Toolbox {
  readonly declarations: FunctionDeclaration[]
  /** The service's own. */
  readonly own: Tool[]
  /** One of the functions is to be called exactly as its schema says. */
  readonly strict: boolean
}

/** The tools of a request, whichever way the client writes them. */
export function toolboxOf(fields: ChatFields, tell: (field: string) => Lose, making: Omit<Tooling, 'lose'>): Toolbox {
  const { names, origins, family } = making
  const lose = tell(fields.tools ? 'tools' : 'functions')
  const all = definitionsOf(fields, { sent: (name) => names.out(name), tell, marks: 'inert' })
  const functions = all.filter((one) => 'name' in one)
  const declarations = functions.map((one) => {
    if (one.strict && !family.jsonSchema) lose(NOT_STRICT, { path: `${one.path}.strict` })
    const declaration = declarationOf(one, { ...making, lose }, lose)
    origins.set(declaration, one.own)
    return declaration
  })
  const own = new Map<string, Tool>()
  for (const one of all) if (!('name' in one)) ownTool(one)
  const options = fields.web_search_options
  if (options) search(options)
  const strict = family.jsonSchema && functions.some((one) => one.strict)
  return { declarations, own: [...own.values()], strict }

  function ownTool({ tool: { type, ...settings }, own: path }: OwnTool): void {
    const name = Object.hasOwn(OWN, type) ? OWN[type] : undefined
    if (name === undefined) lose(NO_SUCH_TOOL, { path: `${path}.type` })
    else if (!family.third && functions.length > 0) lose(NOT_BESIDE, { path })
    else if (name === 'googleSearch' && type !== 'google_search') {
      if (Object.keys(settings).length > 0) lose(NO_OPTIONS, { path })
      own.set(name, { googleSearch: {} })
    } else own.set(name, { [name]: settings })
  }

  function search(options: object): void {
    const lose = tell('web_search_options')
    if (!family.third && functions.length > 0) lose(NOT_BESIDE)
    else if (!own.has('googleSearch')) own.set('googleSearch', { googleSearch: {} })
    const asked = Object.entries(options).filter(
      ([key, value]) => value && (key !== 'search_context_size' || value !== 'medium'),
    )
    for (const [key] of asked) lose(NO_OPTIONS, { path: `web_search_options.${key}` })
  }
}

function declarationOf(definition: Definition, { family }: Making, lose: Lose): FunctionDeclaration {
  const { name, description, parameters, path } = definition
  if (parameters?.type !== undefined && parameters.type !== 'object') lose(NO_OBJECT, { path: `${path}.parameters` })
  const schema = parameters && converted(parameters, `${path}.parameters`, family.jsonSchema, lose)
  return {
    name,
    ...(description && { description }),
    ...(schema && takesSomething(schema) && { [family.jsonSchema ? 'parametersJsonSchema' : 'parameters']: schema }),
  }
}

/** A function that takes nothing has no schema: older models refuse an empty one. */
function takesSomething({
  type,
  properties,
  required,
  additionalProperties,
  ...rest
}: Record<string, unknown>): boolean {
  const { title: _title, description: _description, ...more } = rest
  if (Object.keys(more).length > 0 || (additionalProperties !== undefined && additionalProperties !== false))
    return true
  return isSchema(properties) && Object.keys(properties).length > 0
}
