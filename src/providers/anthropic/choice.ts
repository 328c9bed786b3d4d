// Which tool may, must or must not be called: https://docs.anthropic.com/en/docs/build-with-claude/tool-use

import { emulated, type Lose } from '../../hub/support.ts'
import type { Mode } from '../../hub/wish.ts'
import type { Tool, ToolChoice } from './wire.ts'

export const UNFORCED = emulated('This model cannot be forced to call a tool: it is told to.')

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
