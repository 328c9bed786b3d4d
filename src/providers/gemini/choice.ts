// Which function may, must or must not be called: https://ai.google.dev/gemini-api/docs/function-calling
import type { Names } from '../../hub/names.ts'
import { type ChatFields, chosenTools } from '../../hub/request.ts'
import type { Toolbox } from './tools.ts'
import type { ToolConfig } from './wire.ts'

type Config = NonNullable<ToolConfig['functionCallingConfig']>

/** The client speaks the form that came before tools, which has one call an answer. */
export function isLegacy({ tools, functions }: ChatFields): boolean {
  return functions !== undefined && tools === undefined
}

/**
 * The choice as it is sent.
 * @param validates the model can be held to the schemas of its calls.
 */
export function choiceOf(
  fields: ChatFields,
  { declarations, strict }: Toolbox,
  names: Names,
  validates: boolean,
): { config: Config | undefined; only?: ReadonlySet<string> } {
  if (declarations.length === 0) return { config: undefined }
  const auto: Config | undefined = strict ? { mode: 'VALIDATED' } : undefined
  const some = (all: readonly string[]) => all.map((name) => names.out(name))
  const choice = fields.tool_choice
  if (!choice) {
    const call = isLegacy(fields) ? fields.function_call : undefined
    if (typeof call === 'object' && call) return { config: { mode: 'ANY', allowedFunctionNames: some([call.name]) } }
    return { config: call === 'none' ? { mode: 'NONE' } : auto }
  }
  if (choice === 'none') return { config: { mode: 'NONE' } }
  if (choice === 'auto') return { config: auto }
  if (choice === 'required') return { config: { mode: 'ANY' } }
  const allowed = some(chosenTools(choice))
  const required = choice.type !== 'allowed_tools' || (choice.allowed_tools?.mode ?? choice.mode) === 'required'
  if (required) return { config: { mode: 'ANY', allowedFunctionNames: allowed } }
  if (validates) return { config: { mode: 'VALIDATED', allowedFunctionNames: allowed } }
  // Where the choice is the model's, its names cannot be narrowed: the others are not told to it.
  return { config: undefined, only: new Set(allowed) }
}
