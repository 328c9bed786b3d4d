// Tools as Converse takes them: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolConfiguration.html
import type { CustomDefinition } from '../../../schemas/chat.ts'
import type { Names } from '../../hub/names.ts'
import type { ChatFields } from '../../hub/request.ts'
import { audit, clamped, dropped, emulated, type Keys, type Lose, rejected } from '../../hub/support.ts'
import { objectSchema } from '../anthropic/parameters.ts'
import type { Grammar, Schema } from '../anthropic/schema.ts'
import { CUSTOM_INPUT } from '../anthropic/tools.ts'
import type { Piece, Points } from './points.ts'
import type { Tool, ToolSpec } from './wire.ts'

type SentTool = NonNullable<ChatFields['tools']>[number]
type Definition = NonNullable<ChatFields['functions']>[number]

export const NO_TOOLS = dropped('This model takes no tools.')
const RENAMED = clamped('Converse takes no such name: another is sent, and the answer has yours.')
const MERGED = clamped('The schema has a union at the top, which Converse refuses: its branches are merged.')
const NOT_STRICT = dropped('This model, or this schema, takes no strict tools.')
const CUSTOM = emulated('A custom tool is a function with one string.')
const GRAMMAR = emulated('The grammar is told to the model, which is not held to it.')
const DUPLICATE = rejected('Tool names must be unique.', 'invalid_value')
const NO_SUCH_TOOL = rejected('Converse has no tool of this type.')
const NO_OBJECT = rejected("A tool's parameters must be a JSON Schema of type 'object'.", 'invalid_value')

/** Every loss that a definition of a tool may meet. */
export const TOOL_NOTES = [
  ...[NO_TOOLS, RENAMED, MERGED, NOT_STRICT, CUSTOM, GRAMMAR],
  ...[DUPLICATE, NO_SUCH_TOOL, NO_OBJECT],
]

const TOOL_KEYS = { type: 'used', function: 'used', custom: 'used', cache_control: 'used' } as const
const DEFINITION_KEYS: Keys<Definition> = { name: 'used', description: 'used', parameters: 'used', strict: 'used' }
const CUSTOM_KEYS: Keys<CustomDefinition> = { name: 'used', description: 'used', format: 'used' }

export interface Tooling {
  readonly lose: Lose
  readonly points: Points
  readonly names: Names
  /** The grammar of strict tools, where the model has them. */
  readonly grammar: Grammar | undefined
}

/** The client's tools, of either form. */
export function clientTools({ tools, functions = [] }: ChatFields, tooling: Tooling): Piece<Tool>[] {
  const field = tools ? 'tools' : 'functions'
  const pieces = tools
    ? tools.map((tool, i) => toolOf(tool, `tools[${i}]`, tooling))
    : (functions ?? []).map((one, i) => ({ block: functionTool(one, `functions[${i}]`, tooling) }))
  const seen = new Set<string>()
  for (const [i, { block }] of pieces.entries()) {
    const name = nameOf(block)
    if (seen.has(name)) tooling.lose(DUPLICATE, { path: `${field}[${i}]` })
    seen.add(name)
  }
  return pieces
}

export function nameOf(tool: Tool): string {
  return 'toolSpec' in tool ? tool.toolSpec.name : tool.systemTool.name
}

function toolOf(tool: SentTool, path: string, tooling: Tooling): Piece<Tool> {
  const { lose, points } = tooling
  const point = points.of(tool, path)
  if (tool.type === 'function') {
    audit(tool, TOOL_KEYS, path, lose)
    return { block: functionTool(tool.function, `${path}.function`, tooling), point }
  }
  if (tool.type === 'custom') {
    audit(tool, TOOL_KEYS, path, lose)
    return { block: customTool(tool.custom, `${path}.custom`, tooling), point }
  }
  lose(NO_SUCH_TOOL, { path: `${path}.type` })
  return { block: { systemTool: { name: '' } } }
}

function customTool(definition: CustomDefinition, path: string, tooling: Tooling): ToolSpec {
  const { lose } = tooling
  const { name, description, format } = definition
  audit(definition, CUSTOM_KEYS, path, lose)
  lose(CUSTOM, { path })
  const grammar = format?.grammar
  if (grammar) lose(GRAMMAR, { path: `${path}.format` })
  const rule = grammar ? `The input must match this ${grammar.syntax} grammar:\n${grammar.definition}` : ''
  const text = [description, rule].filter(Boolean).join('\n\n')
  const json = { type: 'object', properties: { [CUSTOM_INPUT]: { type: 'string' } }, required: [CUSTOM_INPUT] }
  return toolSpec(sentName(name, path, tooling), text, json)
}

function functionTool(definition: Definition, path: string, tooling: Tooling): ToolSpec {
  const { lose, grammar } = tooling
  const { name, description, parameters, strict } = definition
  audit(definition, DEFINITION_KEYS, path, lose)
  const object = objectSchema(parameters)
  if (!object) lose(NO_OBJECT, { path: `${path}.parameters` })
  const schema: Schema = object?.schema ?? {}
  if (object?.merged) lose(MERGED, { path: `${path}.parameters` })
  const exact = strict ? grammar?.compile(schema) : undefined
  if (strict && !exact) lose(NOT_STRICT, { path: `${path}.strict` })
  return toolSpec(sentName(name, path, tooling), description, exact ?? schema, exact !== undefined)
}

/** A description must say something, where there is one. */
export function toolSpec(name: string, description: string | null | undefined, json: Schema, strict = false): ToolSpec {
  return {
    toolSpec: { name, ...(description && { description }), inputSchema: { json }, ...(strict && { strict: true }) },
  }
}

function sentName(name: string, path: string, { names, lose }: Tooling): string {
  const sent = names.out(name)
  if (sent !== name) lose(RENAMED, { path: `${path}.name`, sent })
  return sent
}
