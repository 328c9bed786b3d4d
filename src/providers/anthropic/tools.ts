// Tools as Messages takes them: https://docs.anthropic.com/en/docs/build-with-claude/tool-use
import type { CustomDefinition } from '../../../schemas/chat.ts'
import type { Names } from '../../hub/names.ts'
import type { ChatFields } from '../../hub/request.ts'
import { audit, clamped, dropped, emulated, type Keys, rejected } from '../../hub/support.ts'
import { cacheControlOf } from './cache.ts'
import type { Making } from './content.ts'
import { objectSchema } from './parameters.ts'
import type { Grammar, Schema } from './schema.ts'
import type { ClientTool, Tool } from './wire.ts'

type SentTool = NonNullable<ChatFields['tools']>[number]
type Definition = NonNullable<ChatFields['functions']>[number]

const RENAMED = clamped('Messages takes no such name: another is sent, and the answer has yours.')
const MERGED = clamped('The schema has a union at the top, which Messages refuses: its branches are merged.')
const NOT_STRICT = dropped('This model, or this schema, takes no strict tools.')
const CUSTOM = emulated('A custom tool is a function with one string.')
const GRAMMAR = emulated('The grammar is told to the model, which is not held to it.')
const DUPLICATE = rejected('Tool names must be unique.', 'invalid_value')
const NO_SUCH_TOOL = rejected('Messages has no tool of this type.')
const NO_OBJECT = rejected("A tool's parameters must be a JSON Schema of type 'object'.", 'invalid_value')

/** Every loss that a definition of a tool may meet. */
export const TOOL_NOTES = [RENAMED, MERGED, NOT_STRICT, CUSTOM, GRAMMAR, DUPLICATE, NO_SUCH_TOOL, NO_OBJECT]

const TOOL_KEYS = { type: 'used', function: 'used', custom: 'used', cache_control: 'used' } as const
const DEFINITION_KEYS: Keys<Definition> = { name: 'used', description: 'used', parameters: 'used', strict: 'used' }
const CUSTOM_KEYS: Keys<CustomDefinition> = { name: 'used', description: 'used', format: 'used' }

/** What a custom tool's one parameter is called. */
export const CUSTOM_INPUT = 'input'

/** A type with a date at its end, and these few, are the service's own: such a tool is passed as the client wrote it. */
const OWN_TOOL = /^(?:[a-z_]+_\d{8}|mcp_toolset|tool_search_tool_(?:regex|bm25))$/

/** The name that a tool of the service's own has whatever the client calls others. */
export function ownNames(tools: readonly SentTool[]): string[] {
  return tools.flatMap((tool: { type: string }) => {
    const name: unknown = isOwn(tool) && Reflect.get(tool, 'name')
    return typeof name === 'string' ? [name] : []
  })
}

function isOwn({ type }: { type: string }): boolean {
  return OWN_TOOL.test(type)
}

export interface Tooling extends Making {
  readonly names: Names
  /** The grammar of strict tools, where the model has them. */
  readonly grammar: Grammar | undefined
}

/** The tools of a request as Messages takes them. */
export function toolsOf(tools: readonly SentTool[], tooling: Tooling): Tool[] {
  return unique(
    tools.map((tool, i) => toolOf(tool, `tools[${i}]`, tooling)),
    (i) => tooling.lose(DUPLICATE, { path: `tools[${i}]` }),
  )
}

/** `functions`, the form that came before tools. */
export function functionsOf(functions: readonly Definition[], tooling: Tooling): Tool[] {
  return unique(
    functions.map((definition, i) => functionTool(definition, `functions[${i}]`, tooling)),
    (i) => tooling.lose(DUPLICATE, { path: `functions[${i}]` }),
  )
}

function unique(tools: Tool[], refuse: (index: number) => void): Tool[] {
  const seen = new Set<unknown>()
  for (const [i, { name }] of tools.entries()) {
    if (name !== undefined && seen.has(name)) refuse(i)
    seen.add(name)
  }
  return tools
}

function toolOf(tool: SentTool, path: string, tooling: Tooling): Tool {
  const { lose, origins } = tooling
  const mark = cacheControlOf(tool, path, lose, origins)
  if (tool.type === 'function') {
    audit(tool, TOOL_KEYS, path, lose)
    return Object.assign(functionTool(tool.function, `${path}.function`, tooling), mark)
  }
  if (tool.type === 'custom') {
    audit(tool, TOOL_KEYS, path, lose)
    return Object.assign(customTool(tool.custom, `${path}.custom`, tooling), mark)
  }
  if (!isOwn(tool)) lose(NO_SUCH_TOOL, { path: `${path}.type` })
  const own: Tool = { ...(tool as { type: string }), ...mark }
  origins.set(own, path)
  return own
}

function customTool(definition: CustomDefinition, path: string, tooling: Tooling): ClientTool {
  const { lose, origins } = tooling
  const { name, description, format } = definition
  audit(definition, CUSTOM_KEYS, path, lose)
  lose(CUSTOM, { path })
  const grammar = format?.grammar
  if (grammar) lose(GRAMMAR, { path: `${path}.format` })
  const rule = grammar ? `The input must match this ${grammar.syntax} grammar:\n${grammar.definition}` : ''
  const text = [description, rule].filter(Boolean).join('\n\n')
  const tool: ClientTool = {
    name: sentName(name, path, tooling),
    ...(text && { description: text }),
    input_schema: {
      type: 'object',
      properties: { [CUSTOM_INPUT]: { type: 'string' } },
      required: [CUSTOM_INPUT],
    },
  }
  origins.set(tool, path)
  return tool
}

function functionTool(definition: Definition, path: string, tooling: Tooling): ClientTool {
  const { lose, origins, grammar } = tooling
  const { name, description, parameters, strict } = definition
  audit(definition, DEFINITION_KEYS, path, lose)
  const { schema, merged } = objectSchema(parameters) ?? noObject(tooling, path)
  if (merged) lose(MERGED, { path: `${path}.parameters` })
  const exact = strict ? grammar?.compile(schema) : undefined
  if (strict && !exact) lose(NOT_STRICT, { path: `${path}.strict` })
  const tool: ClientTool = {
    name: sentName(name, path, tooling),
    ...(description && { description }),
    input_schema: exact ?? schema,
    ...(exact && { strict: true }),
  }
  origins.set(tool, path)
  return tool
}

function noObject({ lose }: Tooling, path: string): { schema: Schema; merged: boolean } {
  lose(NO_OBJECT, { path: `${path}.parameters` })
  return { schema: {}, merged: false }
}

function sentName(name: string, path: string, { names, lose }: Tooling): string {
  const sent = names.out(name)
  if (sent !== name) lose(RENAMED, { path: `${path}.name`, sent })
  return sent
}
