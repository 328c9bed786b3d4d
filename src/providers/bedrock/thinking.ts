// How much a model thinks, in the words that its family has for it.
// https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-extended-thinking.html
import type { ChatFields } from '../../hub/request.ts'
import { clamped, dropped, type Lose } from '../../hub/support.ts'
import { type Against, THINKING_NOTES, type Thought, thoughtOf } from '../anthropic/thinking.ts'
import type { Model } from './models.ts'

const NO_SAY = dropped('How much this model thinks cannot be said.')
const OFF_FOR_FORCE = clamped('Here a forced tool call and thinking exclude each other: thinking is off.')
/** Every loss that a field about thinking may meet. */
export const HERE_NOTES = [...THINKING_NOTES, NO_SAY, OFF_FOR_FORCE]

const OFF = { type: 'disabled' } as const
const FIELDS = ['reasoning_effort', 'reasoning', 'thinking'] as const

/**
 * What is decided about thinking. No model but Claude has budgets, and `thinking` is Claude's word: a model that may be
 * one gets it as it came.
 */
export function thoughtHere(
  fields: ChatFields,
  model: Model,
  limit: number,
  against: Against,
  tell: (field: string) => Lose,
): Thought {
  if (model.thinkingBy !== 'thinking') {
    const { thinking, ...rest } = fields
    const passed = model.replays && thinking ? thinking : undefined
    if (thinking && !passed) tell('thinking')(NO_SAY)
    if (model.thinkingBy) return thoughtOf(rest, model, limit, against, tell)
    for (const field of FIELDS) if (field !== 'thinking' && fields[field]) tell(field)(NO_SAY)
    return { thinking: passed, effort: undefined, on: passed !== undefined && passed.type !== 'disabled' }
  }
  const thought = thoughtOf(fields, model, limit, against, tell)
  if (!against.forced || !model.forces || !thought.on || model.thinking === 'budget') return thought
  // A family that always thinks cannot be forced here.
  for (const field of FIELDS)
    if (fields[field]) tell(field)(OFF_FOR_FORCE, { sent: field === 'thinking' ? OFF : 'none' })
  return { thinking: OFF, effort: undefined, on: false }
}

/** What is decided, as the model's own fields. */
export function thinkingPart({ thinking, effort }: Thought, { thinkingBy }: Model): Record<string, unknown> {
  switch (thinkingBy) {
    case undefined:
    case 'thinking':
      return { ...(thinking && { thinking }), ...(effort && { output_config: { effort } }) }
    case 'reasoningConfig':
      if (thinking?.type === 'disabled') return { reasoningConfig: { type: 'disabled' } }
      return effort ? { reasoningConfig: { type: 'enabled', maxReasoningEffort: effort } } : {}
    default:
      return effort ? { [thinkingBy]: effort } : {}
  }
}
