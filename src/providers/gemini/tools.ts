// The client's tools as function declarations, and the service's own tools beside them.
// https://ai.google.dev/api/caching#Tool
import type { CustomDefinition } from '../../../schemas/chat.ts'
import type { Names } from '../../hub/names.ts'
import type { ChatFields } from '../../hub/request.ts'
import { audit, clamped, dropped, emulated, type Keys, type Lose, rejected } from '../../hub/support.ts'
import type { Making } from './content.ts'
import { converted, isSchema, SCHEMA_NOTES } from './schema.ts'
import type { FunctionDeclaration, Tool } from './wire.ts'

type SentTool = NonNullable<ChatFields['tools']>[number]
type Definition = NonNullable<ChatFields['functions']>[number]

const RENAMED = clamped('generateContent takes no such name: another is sent, and the answer has yours.')
const CUSTOM = emulated('A custom tool is a function with one string.')
const GRAMMAR = emulated('The grammar is told to the model, which is not held to it.')
const NOT_STRICT = dropped('This model is not held to the schemas of its calls.')
const DUPLICATE = rejected('Tool names must be unique.', 'invalid_value')
const NO_SUCH_TOOL = rejected('generateContent has no tool of this type.')
const NO_OBJECT = rejected("A tool's parameters must be a JSON Schema of type 'object'.", 'invalid_value')
const NOT_BESIDE = dropped("This model takes functions or the service's own tools, not both: the functions are sent.")
const NO_OPTIONS = dropped('The search takes no options.')

/** Every loss that a definition of a tool may meet. */
export const TOOL_NOTES = [
  ...[RENAMED, CUSTOM, GRAMMAR, NOT_STRICT, DUPLICATE, NO_SUCH_TOOL, NO_OBJECT, NOT_BESIDE, NO_OPTIONS],
  ...SCHEMA_NOTES,
]
export const SEARCH_NOTES = [NOT_BESIDE, NO_OPTIONS]

const TOOL_KEYS = { type: 'used', function: 'used', custom: 'used', cache_control: 'inert' } as const
const DEFINITION_KEYS: Keys<Definition> = { name: 'used', description: 'used', parameters: 'used', strict: 'used' }
const CUSTOM_KEYS: Keys<CustomDefinition> = { name: 'used', description: 'used', format: 'used' }

/** What a custom tool's one parameter is called. */
export const CUSTOM_INPUT = 'input'

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
  const { tools, functions } = fields
  const { third: mixes, jsonSchema } = making.family
  const field = tools ? 'tools' : 'functions'
  const tooling: Tooling = { ...making, lose: tell(field) }
  const declared = new Map<string, FunctionDeclaration>()
  const own = new Map<string, Tool>()
  let strict = false
  const add = (declaration: FunctionDeclaration, path: string) => {
    if (declared.has(declaration.name)) tooling.lose(DUPLICATE, { path })
    declared.set(declaration.name, declaration)
    making.origins.set(declaration, path)
  }
  const define = (definition: Definition, path: string) => {
    if (definition.strict && !jsonSchema) tooling.lose(NOT_STRICT, { path: `${path}.strict` })
    strict ||= definition.strict === true && jsonSchema
    return functionOf(definition, path, tooling)
  }
  for (const [i, tool] of (tools ?? []).entries()) {
    const path = `tools[${i}]`
    if (tool.type === 'function' || tool.type === 'custom') audit(tool, TOOL_KEYS, path, tooling.lose)
    if (tool.type === 'function') add(define(tool.function, `${path}.function`), path)
    else if (tool.type === 'custom') add(customOf(tool.custom, `${path}.custom`, tooling), path)
    else ownTool(tool, path)
  }
  if (!tools) for (const [i, one] of (functions ?? []).entries()) add(define(one, `functions[${i}]`), `functions[${i}]`)
  const options = fields.web_search_options
  if (options) search(options)
  return { declarations: [...declared.values()], own: [...own.values()], strict }

  function ownTool(tool: SentTool & { type: string }, path: string): void {
    const { type, ...settings } = tool as { type: string }
    const name = Object.hasOwn(OWN, type) ? OWN[type] : undefined
    if (name === undefined) tooling.lose(NO_SUCH_TOOL, { path: `${path}.type` })
    else if (!mixes && (tools ?? []).some((one) => one.type === 'function' || one.type === 'custom')) {
      tooling.lose(NOT_BESIDE, { path })
    } else if (name === 'googleSearch' && type !== 'google_search') {
      if (Object.keys(settings).length > 0) tooling.lose(NO_OPTIONS, { path })
      own.set(name, { googleSearch: {} })
    } else own.set(name, { [name]: settings })
  }

  function search(options: object): void {
    const lose = tell('web_search_options')
    if (!mixes && declared.size > 0) lose(NOT_BESIDE)
    else if (!own.has('googleSearch')) own.set('googleSearch', { googleSearch: {} })
    const asked = Object.entries(options).filter(
      ([key, value]) => value && (key !== 'search_context_size' || value !== 'medium'),
    )
    for (const [key] of asked) lose(NO_OPTIONS, { path: `web_search_options.${key}` })
  }
}

function customOf(definition: CustomDefinition, path: string, tooling: Tooling): FunctionDeclaration {
  const { lose, family } = tooling
  const { name, description, format } = definition
  audit(definition, CUSTOM_KEYS, path, lose)
  lose(CUSTOM, { path })
  const grammar = format?.grammar
  if (grammar) lose(GRAMMAR, { path: `${path}.format` })
  const rule = grammar ? `The input must match this ${grammar.syntax} grammar:\n${grammar.definition}` : ''
  const text = [description, rule].filter(Boolean).join('\n\n')
  const schema = { type: 'object', properties: { [CUSTOM_INPUT]: { type: 'string' } }, required: [CUSTOM_INPUT] }
  return {
    name: sentName(name, path, tooling),
    ...(text && { description: text }),
    [family.jsonSchema ? 'parametersJsonSchema' : 'parameters']: schema,
  }
}

function functionOf(definition: Definition, path: string, tooling: Tooling): FunctionDeclaration {
  const { lose, family } = tooling
  const { name, description, parameters } = definition
  audit(definition, DEFINITION_KEYS, path, lose)
  if (parameters && parameters.type !== undefined && parameters.type !== 'object') {
    lose(NO_OBJECT, { path: `${path}.parameters` })
  }
  const schema = parameters && converted(parameters, `${path}.parameters`, family.jsonSchema, lose)
  return {
    name: sentName(name, path, tooling),
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

function sentName(name: string, path: string, { names, lose }: Tooling): string {
  const sent = names.out(name)
  if (sent !== name) lose(RENAMED, { path: `${path}.name`, sent })
  return sent
}
