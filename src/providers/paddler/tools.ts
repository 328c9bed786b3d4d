// Tools and the choice among them: the service knows functions only, and cannot be made to call one.
import { DEFINITION_NOTES, type Definition, definitionsOf, NO_OBJECT, NO_SUCH_TOOL } from '../../hub/definitions.ts'
import type { ChatFields } from '../../hub/request.ts'
import { clamped, dropped, emulated, type Lose, rejected } from '../../hub/support.ts'
import { isForced, isLegacy, wishOf } from '../../hub/wish.ts'
import type { Generation } from './generation.ts'
import { bare } from './parameters.ts'
import type { FunctionTool } from './wire.ts'

const NOT_STRICT = dropped('Calls are checked against the schema, and not held to it.')
const LESS = clamped('A schema may have type, properties, required and additionalProperties at its top, and no union.')
const CUSTOM = rejected('The service has no custom tools.')
const TOO_OLD = dropped('Before version 4.0 the service reads no calls.')
const NO_CALLS = rejected('Before version 4.0 the service reads no calls.', 'unsupported_parameter')
const HINT = emulated('The service cannot be made to call a tool: the model is told to.')

/** Every loss that definitions of tools may meet. */
export const TOOL_NOTES = [NOT_STRICT, LESS, CUSTOM, TOO_OLD, ...DEFINITION_NOTES]
/** Every loss that the choice among them may meet. */
export const CHOICE_NOTES = [HINT, NO_CALLS]

export interface Tooling {
  readonly tools: FunctionTool[]
  /** What the model is told instead of being made to call. */
  readonly hint: string | undefined
}

/** The tools that are sent: those that may be called. */
export function toolingOf(fields: ChatFields, { calls }: Generation, tell: (field: string) => Lose): Tooling {
  const sent = (name: string) => name
  const { mode, only, field } = wishOf(fields, sent)
  const none: Tooling = { tools: [], hint: undefined }
  // What may not be called is not sent.
  if (mode.type === 'none') return none
  const lose = tell(isLegacy(fields) ? 'functions' : 'tools')
  if (!calls) {
    if (isForced(mode)) tell(field)(NO_CALLS)
    if (fields.tools ?? fields.functions) lose(TOO_OLD)
    return none
  }
  for (const [i, { type }] of (fields.tools ?? []).entries()) {
    if (type === 'custom') lose(CUSTOM, { path: `tools[${i}].type` })
  }
  const defined = definitionsOf(fields, { sent, tell, marks: 'inert' }).flatMap((one) =>
    'name' in one ? functionTool(one, lose) : (lose(NO_SUCH_TOOL, { path: `${one.own}.type` }) ?? []),
  )
  const may = (name: string) => (mode.type === 'tool' ? name === mode.name : (only?.has(name) ?? true))
  const tools = defined.filter((tool) => may(tool.function.name))
  if (!isForced(mode)) return { tools, hint: undefined }
  tell(field)(HINT)
  const hint = mode.type === 'tool' ? `You must call the tool "${mode.name}".` : 'You must call one of the tools.'
  return { tools, hint }
}

function functionTool(
  { name, description = '', parameters: given, strict, path }: Definition,
  lose: Lose,
): FunctionTool {
  const schema = bare(given)
  if (!schema) lose(NO_OBJECT, { path: `${path}.parameters` })
  if (schema?.less) lose(LESS, { path: `${path}.parameters`, sent: schema.parameters })
  if (strict) lose(NOT_STRICT, { path: `${path}.strict` })
  const parameters = schema?.parameters
  return { type: 'function', function: { name, description, ...(parameters && { parameters }) } }
}
