// Which tool may, must or must not be called.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolChoice.html
import { dropped, emulated, type Lose } from '../../hub/support.ts'
import { isForced, type Mode } from '../../hub/wish.ts'
import { UNFORCED } from '../anthropic/choice.ts'
import type { Model } from './models.ts'
import type { Piece } from './points.ts'
import { nameOf } from './tools.ts'
import type { Tool, ToolChoice } from './wire.ts'

export const NOT_NONE = emulated('Converse needs the tools that its history calls: the model is told to call none.')
export const PARALLEL = dropped('This model may call several tools at once.')

export interface Choice {
  readonly choice: ToolChoice | undefined
  readonly tools: Piece<Tool>[]
  /** What the model is told instead of being forced. */
  readonly instruction?: string
}

/** The choice as it is sent; left to itself, a model chooses. */
export function choiceOf(mode: Mode, tools: Piece<Tool>[], model: Model, lose: Lose): Choice {
  if (tools.length === 0 || !isForced(mode)) return { choice: undefined, tools }
  const only = 'name' in mode ? tools.filter(({ block }) => nameOf(block) === mode.name) : tools
  if (!model.forces) {
    lose(UNFORCED)
    const what = 'name' in mode ? `the tool "${mode.name}"` : 'one of the tools'
    return { choice: undefined, tools: only, instruction: `You must call ${what}.` }
  }
  // Where no tool can be named, it is the only one that there is.
  if (!('name' in mode) || !model.names) return { choice: { any: {} }, tools: only }
  return { choice: { tool: { name: mode.name } }, tools }
}
