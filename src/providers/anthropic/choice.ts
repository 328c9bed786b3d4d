// Which tool may, must or must not be called: https://docs.anthropic.com/en/docs/build-with-claude/tool-use

import type { Names } from '../../hub/names.ts'
import { type ChatFields, chosenTools } from '../../hub/request.ts'
import { emulated, type Lose } from '../../hub/support.ts'
import type { Tool, ToolChoice } from './wire.ts'

export const UNFORCED = emulated('This model cannot be forced to call a tool: it is told to.')

export type Mode = { readonly type: 'auto' | 'any' | 'none' } | { readonly type: 'tool'; readonly name: string }

/** What the client wants to be called. Names are as they are sent. */
export interface Wish {
  readonly mode: Mode
  /** Only these of the client's tools may be called; undefined when all may. */
  readonly only: ReadonlySet<string> | undefined
  readonly field: 'tool_choice' | 'function_call'
}

/** The client speaks the form that came before tools, which has one call an answer. */
export function isLegacy({ tools, functions }: ChatFields): boolean {
  return functions !== undefined && tools === undefined
}

export function wishOf(fields: ChatFields, names: Names): Wish {
  const choice = fields.tool_choice
  const call = isLegacy(fields) ? fields.function_call : undefined
  const field = choice || !call ? 'tool_choice' : 'function_call'
  const wish = (mode: Mode, only?: ReadonlySet<string>): Wish => ({ mode, only, field })
  if (!choice) return wish(typeof call === 'object' && call ? named(call.name, names) : { type: call ?? 'auto' })
  if (typeof choice === 'string') return wish({ type: choice === 'required' ? 'any' : choice })
  const chosen = chosenTools(choice)
  if (choice.type !== 'allowed_tools') return wish(named(chosen[0] ?? '', names))
  const required = (choice.allowed_tools?.mode ?? choice.mode) === 'required'
  return wish({ type: required ? 'any' : 'auto' }, new Set(chosen.map((name) => names.out(name))))
}

function named(name: string, names: Names): Mode {
  return { type: 'tool', name: names.out(name) }
}

/** True when a call is demanded. */
export function isForced(mode: Mode): boolean {
  return mode.type === 'any' || mode.type === 'tool'
}

export interface Choice {
  readonly choice: ToolChoice | undefined
  readonly tools: Tool[]
  /** What the model is told instead of being forced. */
  readonly instruction?: string
}

/**
 * The choice as it is sent.
 * @param forces whether this model can be forced.
 */
export function choiceOf(mode: Mode, tools: Tool[], parallel: boolean, forces: boolean, lose: Lose): Choice {
  const single = parallel ? {} : { disable_parallel_tool_use: true }
  const auto: ToolChoice | undefined = parallel ? undefined : { type: 'auto', ...single }
  if (tools.length === 0) return { choice: undefined, tools }
  if (mode.type === 'none') return { choice: { type: 'none' }, tools }
  if (mode.type === 'auto') return { choice: auto, tools }
  if (forces) return { choice: { ...mode, ...single }, tools }
  lose(UNFORCED)
  if (!('name' in mode)) return { choice: auto, tools, instruction: 'You must call one of the tools.' }
  const only = tools.filter((tool) => tool.name === mode.name)
  return { choice: auto, tools: only, instruction: `You must call the tool "${mode.name}".` }
}
