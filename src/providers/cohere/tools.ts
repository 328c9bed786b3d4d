// Tools, and which of them may, must or must not be called: https://docs.cohere.com/v2/docs/tool-use-overview
import type { CustomDefinition } from '../../../schemas/chat.ts'
import type { Names } from '../../hub/names.ts'
import { type ChatFields, chosenTools } from '../../hub/request.ts'
import { audit, clamped, dropped, emulated, type Keys, type Lose, rejected } from '../../hub/support.ts'
import type { SentTool } from './wire.ts'

type Tool = NonNullable<ChatFields['tools']>[number]
type Definition = NonNullable<ChatFields['functions']>[number]

const RENAMED = clamped('Chat takes no such name: another is sent, and the answer has yours.')
const NOT_STRICT = dropped('Chat is strict with all tools or with none, and not with a tool that requires nothing.')
const CUSTOM = emulated('A custom tool is a function with one string.')
const GRAMMAR = emulated('The grammar is told to the model, which is not held to it.')
const DUPLICATE = rejected('Tool names must be unique.', 'invalid_value')
const NO_SUCH_TOOL = rejected('Chat has no tool of this type.')
const NO_OBJECT = rejected("A tool's parameters must be a JSON Schema of type 'object'.", 'invalid_value')
/** Every loss that a definition of a tool may meet. */
export const TOOL_NOTES = [RENAMED, NOT_STRICT, CUSTOM, GRAMMAR, DUPLICATE, NO_SUCH_TOOL, NO_OBJECT]

const TOOL_KEYS = { type: 'used', function: 'used', custom: 'used', cache_control: 'inert' } as const
const DEFINITION_KEYS: Keys<Definition> = { name: 'used', description: 'used', parameters: 'used', strict: 'used' }
const CUSTOM_KEYS: Keys<CustomDefinition> = { name: 'used', description: 'used', format: 'used' }

/** What a custom tool's one parameter is called. */
export const CUSTOM_INPUT = 'input'

/** A tool as it is sent, and where the client asks for it to be strict, if it does. */
interface Made {
  readonly tool: SentTool
  readonly strict: string | undefined
}

/** What the client wants to be called. Names are as they are sent. */
export interface Wish {
  readonly mode: 'auto' | 'must' | 'never'
  /** Only these of the client's tools may be called; undefined when all may. */
  readonly only: ReadonlySet<string> | undefined
  readonly field: 'tool_choice' | 'function_call'
}

export interface Tools {
  readonly tools: readonly SentTool[]
  readonly strict: boolean
}

/** The client speaks the form that came before tools. */
export function isLegacy({ tools, functions }: ChatFields): boolean {
  return functions !== undefined && tools === undefined
}

export function wishOf(fields: ChatFields, names: Names): Wish {
  const choice = fields.tool_choice
  const call = isLegacy(fields) ? fields.function_call : undefined
  if (!choice && call) {
    if (typeof call === 'object') return { mode: 'must', only: new Set([names.out(call.name)]), field: 'function_call' }
    return { mode: call === 'none' ? 'never' : 'auto', only: undefined, field: 'function_call' }
  }
  const wish = (mode: Wish['mode'], only?: ReadonlySet<string>): Wish => ({ mode, only, field: 'tool_choice' })
  if (!choice) return wish('auto')
  if (typeof choice === 'string') return wish(choice === 'required' ? 'must' : choice === 'none' ? 'never' : 'auto')
  const chosen = new Set(chosenTools(choice).map((name) => names.out(name)))
  const must = choice.type !== 'allowed_tools' || (choice.allowed_tools?.mode ?? choice.mode) === 'required'
  return wish(must ? 'must' : 'auto', chosen)
}

/** The tools that are sent: those that may be called, because a single one cannot be named. */
export function toolsOf(fields: ChatFields, { only }: Wish, names: Names, tell: (field: string) => Lose): Tools {
  const made = fields.tools
    ? unique(fields.tools, 'tools', tell, (tool, path, lose) => toolOf(tool, path, names, lose))
    : unique(fields.functions ?? [], 'functions', tell, (one, path, lose) => functionTool(one, path, names, lose))
  const sent = made.filter(({ tool }) => only?.has(tool.function.name) ?? true)
  const strict = sent.length > 0 && sent.every(({ tool, strict }) => strict !== undefined && requires(tool))
  for (const { strict: path } of strict ? [] : sent) {
    if (path !== undefined) tell(fields.tools ? 'tools' : 'functions')(NOT_STRICT, { path })
  }
  return { tools: sent.map(({ tool }) => tool), strict }
}

function unique<T>(
  given: readonly T[],
  field: string,
  tell: (field: string) => Lose,
  make: (one: T, path: string, lose: Lose) => Made,
): Made[] {
  const lose = tell(field)
  const seen = new Set<string>()
  return given.map((one, i) => {
    const made = make(one, `${field}[${i}]`, lose)
    const { name } = made.tool.function
    if (seen.has(name)) lose(DUPLICATE, { path: `${field}[${i}]` })
    seen.add(name)
    return made
  })
}

/** Strict tools must require something. */
function requires({ function: { parameters } }: SentTool): boolean {
  return Array.isArray(parameters.required) && parameters.required.length > 0
}

function toolOf(tool: Tool, path: string, names: Names, lose: Lose): Made {
  audit(tool, TOOL_KEYS, path, lose)
  if (tool.type === 'function') return functionTool(tool.function, `${path}.function`, names, lose)
  if (tool.type === 'custom') return { tool: customTool(tool.custom, `${path}.custom`, names, lose), strict: undefined }
  lose(NO_SUCH_TOOL, { path: `${path}.type` })
  return { tool: toolNamed('', undefined, {}), strict: undefined }
}

function functionTool(definition: Definition, path: string, names: Names, lose: Lose): Made {
  audit(definition, DEFINITION_KEYS, path, lose)
  const { name, description, parameters, strict } = definition
  const { type = 'object' } = parameters ?? {}
  if (type !== 'object') lose(NO_OBJECT, { path: `${path}.parameters` })
  // The service wants a schema, also of a tool that takes nothing.
  const schema = { type, ...(!parameters?.properties && { properties: {} }), ...parameters }
  const tool = toolNamed(sentName(name, path, names, lose), description, schema)
  return { tool, strict: strict ? `${path}.strict` : undefined }
}

function customTool({ name, ...rest }: CustomDefinition, path: string, names: Names, lose: Lose): SentTool {
  audit({ name, ...rest }, CUSTOM_KEYS, path, lose)
  lose(CUSTOM, { path })
  const grammar = rest.format?.grammar
  if (grammar) lose(GRAMMAR, { path: `${path}.format` })
  const rule = grammar && `The input must match this ${grammar.syntax} grammar:\n${grammar.definition}`
  return toolNamed(sentName(name, path, names, lose), [rest.description, rule].filter(Boolean).join('\n\n'), {
    type: 'object',
    properties: { [CUSTOM_INPUT]: { type: 'string' } },
    required: [CUSTOM_INPUT],
  })
}

function toolNamed(
  name: string,
  description: string | null | undefined,
  parameters: Readonly<Record<string, unknown>>,
): SentTool {
  return { type: 'function', function: { name, ...(description && { description }), parameters } }
}

function sentName(name: string, path: string, names: Names, lose: Lose): string {
  const sent = names.out(name)
  if (sent !== name) lose(RENAMED, { path: `${path}.name`, sent })
  return sent
}
