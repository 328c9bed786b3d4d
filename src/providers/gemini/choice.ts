// Which function may, must or must not be called: https://ai.google.dev/gemini-api/docs/function-calling
import type { Names } from '../../hub/names.ts'
import type { ChatFields } from '../../hub/request.ts'
import { wishOf } from '../../hub/wish.ts'
import type { Toolbox } from './tools.ts'
import type { ToolConfig } from './wire.ts'

type Config = NonNullable<ToolConfig['functionCallingConfig']>

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
  const { mode, only } = wishOf(fields, (name) => names.out(name))
  const named = 'name' in mode ? [mode.name] : only && [...only]
  if (mode.type === 'none') return { config: { mode: 'NONE' } }
  if (mode.type !== 'auto') return { config: { mode: 'ANY', ...(named && { allowedFunctionNames: named }) } }
  if (!named) return { config: auto }
  if (validates) return { config: { mode: 'VALIDATED', allowedFunctionNames: named } }
  // Where the choice is the model's, its names cannot be narrowed: the others are not told to it.
  return { config: undefined, only: new Set(named) }
}
