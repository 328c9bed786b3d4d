// Tools and the choice among them: the service knows functions only, and cannot be made to call one.
import type { FunctionDefinition } from '../../../schemas/chat.ts'
import { type ChatFields, chosenTools } from '../../hub/request.ts'
import { audit, clamped, dropped, emulated, type Keys, type Lose, rejected } from '../../hub/support.ts'
import type { Generation } from './generation.ts'
import { bare } from './parameters.ts'
import type { FunctionTool } from './wire.ts'

const NOT_STRICT = dropped('Calls are checked against the schema, and not held to it.')
const LESS = clamped('A schema may have type, properties, required and additionalProperties at its top, and no union.')
const CUSTOM = rejected('The service has no custom tools.')
const NO_SUCH_TOOL = rejected('The service has no tool of this type.')
const NO_OBJECT = rejected("A tool's parameters must be a JSON Schema of type 'object'.", 'invalid_value')
const TOO_OLD = dropped('Before version 4.0 the service reads no calls.')
const NO_CALLS = rejected('Before version 4.0 the service reads no calls.', 'unsupported_parameter')
const HINT = emulated('The service cannot be made to call a tool: the model is told to.')

/** Every loss that definitions of tools may meet. */
export const TOOL_NOTES = [NOT_STRICT, LESS, CUSTOM, NO_SUCH_TOOL, NO_OBJECT, TOO_OLD]
/** Every loss that the choice among them may meet. */
export const CHOICE_NOTES = [HINT, NO_CALLS]

const TOOL_KEYS = { type: 'used', function: 'used', cache_control: 'inert' } as const
const DEFINITION_KEYS: Keys<FunctionDefinition> = {
  name: 'used',
  description: 'used',
  parameters: 'used',
  strict: 'used',
}

/** The client speaks the form that came before tools, which has one call an answer. */
export function isLegacy({ tools, functions }: ChatFields): boolean {
  return functions !== undefined && tools === undefined
}

export interface Tooling {
  readonly tools: FunctionTool[]
  /** What the model is told instead of being made to call. */
  readonly hint: string | undefined
}

/** The tools that are sent: those that may be called. */
export function toolingOf(fields: ChatFields, { calls }: Generation, tell: (field: string) => Lose): Tooling {
  const { mode, only, field } = wishOf(fields)
  const none: Tooling = { tools: [], hint: undefined }
  // What may not be called is not sent.
  if (mode === 'none') return none
  const legacy = isLegacy(fields)
  const lose = tell(legacy ? 'functions' : 'tools')
  if (!calls) {
    if (mode === 'required') tell(field)(NO_CALLS)
    if (fields.tools ?? fields.functions) lose(TOO_OLD)
    return none
  }
  const defined = legacy
    ? (fields.functions ?? []).map((definition, i) => functionTool(definition, `functions[${i}]`, lose))
    : (fields.tools ?? []).flatMap((tool, i) => toolOf(tool, `tools[${i}]`, lose) ?? [])
  const tools = defined.filter((tool) => only?.has(tool.function.name) ?? true)
  if (mode !== 'required') return { tools, hint: undefined }
  tell(field)(HINT)
  const [first] = tools
  const one = only?.size === 1 && first
  return { tools, hint: one ? `You must call the tool "${first.function.name}".` : 'You must call one of the tools.' }
}

interface Wish {
  readonly mode: 'auto' | 'none' | 'required'
  /** Only these may be called; undefined when all may. */
  readonly only?: ReadonlySet<string>
  readonly field: 'tool_choice' | 'function_call'
}

function wishOf(fields: ChatFields): Wish {
  const { tool_choice: choice, function_call: call } = fields
  if (choice) {
    const field = 'tool_choice'
    if (typeof choice === 'string') return { mode: choice, field }
    const mode = choice.type === 'allowed_tools' ? (choice.allowed_tools?.mode ?? choice.mode ?? 'auto') : 'required'
    return { mode, only: new Set(chosenTools(choice)), field }
  }
  const field = 'function_call'
  if (!call || !isLegacy(fields)) return { mode: 'auto', field }
  return typeof call === 'string' ? { mode: call, field } : { mode: 'required', only: new Set([call.name]), field }
}

type Tool = NonNullable<ChatFields['tools']>[number]

function toolOf(tool: Tool, path: string, lose: Lose): FunctionTool | undefined {
  if (tool.type === 'function') {
    audit(tool, TOOL_KEYS, path, lose)
    return functionTool(tool.function, `${path}.function`, lose)
  }
  return lose(tool.type === 'custom' ? CUSTOM : NO_SUCH_TOOL, { path: `${path}.type` })
}

function functionTool(definition: FunctionDefinition, path: string, lose: Lose): FunctionTool {
  audit(definition, DEFINITION_KEYS, path, lose)
  const { name, description, strict } = definition
  const schema = bare(definition.parameters)
  if (!schema) lose(NO_OBJECT, { path: `${path}.parameters` })
  if (schema?.less) lose(LESS, { path: `${path}.parameters`, sent: schema.parameters })
  if (strict) lose(NOT_STRICT, { path: `${path}.strict` })
  const parameters = schema?.parameters
  return { type: 'function', function: { name, description: description ?? '', ...(parameters && { parameters }) } }
}
