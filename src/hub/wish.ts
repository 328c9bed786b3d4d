// Which of its tools a client wants to be called, in any of the forms in which it can say so.
// https://platform.openai.com/docs/guides/function-calling#tool-choice
import type { ChatFields } from './request.ts'
import { chosenTools } from './request.ts'

export type Mode = { readonly type: 'auto' | 'any' | 'none' } | { readonly type: 'tool'; readonly name: string }

/** What the client wants to be called. */
export interface Wish {
  readonly mode: Mode
  /** Only these of the client's tools may be called; undefined when all may. */
  readonly only: ReadonlySet<string> | undefined
  /** Where the client says so. */
  readonly field: 'tool_choice' | 'function_call'
}

/** The client speaks the form that came before tools, which has one call an answer. */
export function isLegacy({ tools, functions }: ChatFields): boolean {
  return functions !== undefined && tools === undefined
}

/** @param sent a tool's name as it is sent, for one of the client's. */
export function wishOf(fields: ChatFields, sent: (name: string) => string): Wish {
  const choice = fields.tool_choice
  const call = isLegacy(fields) ? fields.function_call : undefined
  const field = choice || !call ? 'tool_choice' : 'function_call'
  const wish = (mode: Mode, only?: ReadonlySet<string>): Wish => ({ mode, only, field })
  const named = (name: string) => wish({ type: 'tool', name: sent(name) })
  if (!choice) return typeof call === 'object' && call ? named(call.name) : wish({ type: call ?? 'auto' })
  if (typeof choice === 'string') return wish({ type: choice === 'required' ? 'any' : choice })
  const chosen = chosenTools(choice)
  if (choice.type !== 'allowed_tools') return named(chosen[0] ?? '')
  const required = (choice.allowed_tools?.mode ?? choice.mode) === 'required'
  return wish({ type: required ? 'any' : 'auto' }, new Set(chosen.map(sent)))
}

/** True when a call is demanded. */
export function isForced(mode: Mode): boolean {
  return mode.type === 'any' || mode.type === 'tool'
}
