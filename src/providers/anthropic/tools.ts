// Tools and the choice among them: https://docs.anthropic.com/en/docs/build-with-claude/tool-use
import { type ChatFields, chosenTools } from '../../hub/request.ts'
import { clamped, dropped, emulated, type Lose, rejected } from '../../hub/support.ts'
import { cacheControlOf } from './cache.ts'
import type { Family } from './models.ts'
import type { Names } from './names.ts'
import { inputSchema, nativeSchema } from './schema.ts'
import type { ClientTool, Tool, ToolChoice } from './wire.ts'

type SentTool = NonNullable<ChatFields['tools']>[number]
type Definition = NonNullable<ChatFields['functions']>[number]

export const RENAMED = clamped('The name has characters that Messages refuses. The answer has it as you sent it.')
export const MERGED = clamped('The schema has a union at the top, which Messages refuses: its branches are merged.')
export const NOT_STRICT = dropped('This model, or this schema, takes no strict tools.')
export const CUSTOM = emulated('A custom tool is a function with one string.')
export const GRAMMAR = emulated('The grammar is told to the model, which is not held to it.')
export const DUPLICATE = rejected('Tool names must be unique.', 'invalid_value')
export const NO_SUCH_TOOL = rejected('Messages has no tool of this type.', 'unsupported_value')
export const UNFORCED = emulated('This model cannot be forced to call a tool: it is told to.')
export const SUBSET = emulated('Only the allowed tools are sent.')

/** What a custom tool's one parameter is called. */
export const CUSTOM_INPUT = 'input'

export interface Tools {
  readonly tools: Tool[]
  /** The client's names of its custom tools. */
  readonly custom: ReadonlySet<string>
}

/** A tool type with a date at its end is one of the service's own: it is passed as the client wrote it. */
const OWN_TOOL = /^[a-z_]+_\d{8}$/

/** The tools of a request as Messages takes them. */
export function toolsOf(tools: readonly SentTool[], family: Family, names: Names, lose: Lose): Tools {
  const custom = new Set<string>()
  const seen = new Set<string>()
  const out = tools.map((tool, i): Tool => {
    const path = `tools[${i}]`
    const one = toolOf(tool, path, { family, names, lose, custom })
    if (typeof one.name === 'string' && seen.has(one.name)) lose(DUPLICATE, { path })
    seen.add(String(one.name))
    return one
  })
  return { tools: out, custom }
}

/** `functions`, the form that came before tools. */
export function functionsOf(functions: readonly Definition[], family: Family, names: Names, lose: Lose): Tool[] {
  return functions.map((definition, i) => functionTool(definition, `functions[${i}]`, { family, names, lose }))
}

interface Context {
  readonly family: Family
  readonly names: Names
  readonly lose: Lose
}

function toolOf(tool: SentTool, path: string, context: Context & { custom: Set<string> }): Tool {
  const { names, lose, custom } = context
  if (tool.type === 'function') {
    return { ...functionTool(tool.function, `${path}.function`, context), ...cacheControlOf(tool, path, lose) }
  }
  if (tool.type !== 'custom') {
    const { type }: { type: string } = tool
    if (!OWN_TOOL.test(type)) lose(NO_SUCH_TOOL, { path: `${path}.type` })
    return tool
  }
  const { name, description, format } = tool.custom
  custom.add(name)
  lose(CUSTOM, { path: `${path}.type` })
  const grammar = format?.grammar
  if (grammar) lose(GRAMMAR, { path: `${path}.custom.format` })
  const rule = grammar ? `The input must match this ${grammar.syntax} grammar:\n${grammar.definition}` : ''
  const text = [description, rule].filter(Boolean).join('\n\n')
  return {
    name: sentName(name, `${path}.custom.name`, names, lose),
    ...(text && { description: text }),
    input_schema: {
      type: 'object',
      properties: { [CUSTOM_INPUT]: { type: 'string' } },
      required: [CUSTOM_INPUT],
    },
    ...cacheControlOf(tool, path, lose),
  }
}

function functionTool(definition: Definition, path: string, { family, names, lose }: Context): ClientTool {
  const { name, description, parameters, strict } = definition
  const { schema, changed } = inputSchema(parameters)
  if (changed) lose(MERGED, { path: `${path}.parameters` })
  const exact = strict === true && family.structured ? nativeSchema(schema) : undefined
  if (strict === true && !exact) lose(NOT_STRICT, { path: `${path}.strict` })
  return {
    name: sentName(name, `${path}.name`, names, lose),
    ...(description && { description }),
    input_schema: exact ?? schema,
    ...(exact && { strict: true }),
  }
}

function sentName(name: string, path: string, names: Names, lose: Lose): string {
  const sent = names.out(name)
  if (sent !== name) lose(RENAMED, { path, sent })
  return sent
}

export interface Choice {
  readonly choice: ToolChoice | undefined
  readonly tools: Tool[]
  /** What the model is told instead of being forced. */
  readonly instruction: string | undefined
}

type Mode = { readonly type: 'auto' | 'any' | 'none' } | { readonly type: 'tool'; readonly name: string }

/** `tool_choice` or `function_call` as one of the four modes, and the tools that stay. */
export function choiceOf(fields: ChatFields, all: Tool[], names: Names, lose: Lose): { mode: Mode; tools: Tool[] } {
  const asked = fields.tool_choice ?? fields.function_call ?? 'auto'
  if (asked === 'auto' || asked === 'none') return { mode: { type: asked }, tools: all }
  if (asked === 'required') return { mode: { type: 'any' }, tools: all }
  if (!('type' in asked) || asked.type !== 'allowed_tools') {
    const [name = ''] = 'type' in asked ? chosenTools(asked as Named) : [asked.name]
    return { mode: { type: 'tool', name: names.out(name) }, tools: all }
  }
  const allowed = chosenTools(asked as Named).map((name) => names.out(name))
  const tools = all.filter((tool) => allowed.includes(String(tool.name)))
  if (tools.length < all.length) lose(SUBSET)
  const required = ((asked as Allowed).allowed_tools?.mode ?? (asked as Allowed).mode) === 'required'
  return { mode: { type: required ? 'any' : 'auto' }, tools }
}

type Named = Exclude<NonNullable<ChatFields['tool_choice']>, string>
type Allowed = Extract<Named, { type: 'allowed_tools' }>

/** The choice as it is sent; `forces` says whether this model, thinking as it will, can be forced. */
export function sentChoice(mode: Mode, tools: Tool[], parallel: boolean, forces: boolean, lose: Lose): Choice {
  const single = parallel ? {} : { disable_parallel_tool_use: true }
  if (tools.length === 0) return { choice: undefined, tools, instruction: undefined }
  if (mode.type === 'none') return { choice: mode, tools, instruction: undefined }
  if (mode.type === 'auto')
    return { choice: parallel ? undefined : { ...mode, ...single }, tools, instruction: undefined }
  if (forces) return { choice: { ...mode, ...single }, tools, instruction: undefined }
  lose(UNFORCED)
  const only = mode.type === 'tool' ? tools.filter((tool) => tool.name === mode.name) : tools
  return {
    choice: parallel ? undefined : { type: 'auto', ...single },
    tools: only,
    instruction: mode.type === 'tool' ? `You must call the tool ${mode.name}.` : 'You must call one of the tools.',
  }
}

/** True when a call is demanded. */
export function isForced(mode: Mode): boolean {
  return mode.type === 'any' || mode.type === 'tool'
}

export type { Mode }
