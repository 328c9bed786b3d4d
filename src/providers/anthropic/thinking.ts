// How much a request makes the model think, per family: effort where there is effort, a budget where there is none.
// https://docs.anthropic.com/en/docs/build-with-claude/extended-thinking
import type { ChatFields } from '../../hub/request.ts'
import { clamped, dropped, type Lose, type Note } from '../../hub/support.ts'
import type { Family } from './models.ts'
import type { Effort, Thinking } from './wire.ts'

export const NO_THINKING = dropped('This model does not think.')
export const NEAREST = clamped('This model has no such effort: the nearest is sent.')
export const TOO_SMALL = clamped('The token limit leaves no room for a thinking budget.')
export const OFF_FOR_FORCE = clamped('A forced tool call and thinking exclude each other: thinking is off.')
export const OFF_FOR_HISTORY = clamped('The last tool calls came without their thinking: thinking is off.')
export const BY_EFFORT = clamped('This model takes an effort instead of a budget: the nearest is sent.')
export const SUPERSEDED = dropped("'thinking' is sent instead.")

/** What is decided about thinking. */
export interface Thought {
  readonly thinking: Thinking | Record<string, unknown> | undefined
  readonly effort: Effort | undefined
  /** Whether the model will think, as far as that is known. */
  readonly on: boolean
  /** Thinking has a budget: the service then wants it at the head of each turn of a tool loop. */
  readonly budget: boolean
}

const OFF: Thought = { thinking: undefined, effort: undefined, on: false, budget: false }

/** Shares of the model's whole output that stand for an effort. */
const SHARE: Readonly<Record<string, number>> = {
  minimal: 0.02,
  low: 0.1,
  medium: 0.3,
  high: 0.6,
  xhigh: 0.9,
  max: 0.9,
}
const MIN_BUDGET = 1024

/** Every value OpenAI knows. What is none of them is refused, as OpenAI refuses it. */
export const EFFORTS: readonly string[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']

export interface Asked {
  /** One of `EFFORTS`, or undefined when the client leaves it to the model. */
  readonly effort: string | undefined
  /** A budget in tokens. */
  readonly budget: number | undefined
  /** The field that asked, for the ledger. */
  readonly field: 'reasoning_effort' | 'reasoning'
}

/** What the client asks for, from the two fields that can. */
export function askedEffort({ reasoning_effort, reasoning }: ChatFields): Asked {
  const field = reasoning_effort ? 'reasoning_effort' : 'reasoning'
  if (reasoning?.enabled === false) return { effort: 'none', budget: undefined, field: 'reasoning' }
  const effort = reasoning_effort ?? reasoning?.effort ?? undefined
  const budget = reasoning?.max_tokens ?? undefined
  if (effort === undefined && budget === undefined && reasoning?.enabled) return { effort: 'medium', budget, field }
  return { effort, budget, field }
}

/**
 * Decides from the effort that was asked for.
 * @param limit the request's `max_tokens`, which thinking is a part of.
 */
export function thoughtOf(family: Family, asked: Asked, limit: number, lose: Lose): Thought {
  if (asked.effort === undefined && asked.budget === undefined) return { ...OFF, on: family.thinksUnasked }
  switch (family.thinking) {
    case 'none':
      if (asked.effort !== 'none') lose(NO_THINKING)
      return OFF
    case 'budget':
      return byBudget(family, asked, limit, lose)
    default:
      return byEffort(family, asked, limit, lose)
  }
}

function byBudget(family: Family, asked: Asked, limit: number, lose: Lose): Thought {
  if (asked.effort === 'none') return OFF
  if (asked.effort === 'max') lose(NEAREST, { sent: 'xhigh' })
  const cap = family.maxOutput ?? limit
  const wanted = asked.budget ?? Math.floor((SHARE[asked.effort ?? ''] ?? 0) * cap)
  // `max_completion_tokens` includes the thinking, so that an answer must still fit beside it.
  const room = limit - Math.max(1, Math.min(1024, Math.floor(limit / 4)))
  const budget = Math.min(Math.max(MIN_BUDGET, wanted), room)
  if (budget < MIN_BUDGET) {
    lose(TOO_SMALL, { sent: 'none' })
    return OFF
  }
  if (asked.budget !== undefined && budget !== asked.budget) lose(TOO_SMALL, { sent: budget })
  return { thinking: { type: 'enabled', budget_tokens: budget }, effort: undefined, on: true, budget: true }
}

const ADAPTIVE: Thinking = { type: 'adaptive', display: 'summarized' }

function byEffort(family: Family, asked: Asked, limit: number, lose: Lose): Thought {
  if (asked.effort === 'none') return turnedDown(family, lose)
  if (asked.effort === undefined) {
    const effort = nearestEffort(family, (asked.budget ?? 0) / (family.maxOutput ?? limit))
    lose(BY_EFFORT, { sent: effort })
    return { thinking: ADAPTIVE, effort, on: true, budget: false }
  }
  const effort = family.efforts.find((one) => one === asked.effort) ?? (asked.effort === 'minimal' ? 'low' : 'high')
  if (effort !== asked.effort) lose(NEAREST, { sent: effort })
  return { thinking: ADAPTIVE, effort, on: true, budget: false }
}

function nearestEffort(family: Family, share: number): Effort {
  const distance = (effort: Effort) => Math.abs((SHARE[effort] ?? 0) - share)
  return family.efforts.reduce<Effort>((best, one) => (distance(one) < distance(best) ? one : best), 'low')
}

function turnedDown(family: Family, lose: Lose): Thought {
  if (family.least === 'low') {
    lose(NEAREST, { sent: 'low' })
    return { thinking: undefined, effort: 'low', on: true, budget: false }
  }
  return { thinking: { type: family.least }, effort: undefined, on: family.least === 'between_tools', budget: false }
}

/** The client's own `thinking`, passed as it is. */
export function ownThinking(thinking: Record<string, unknown>): Thought {
  const on = thinking.type !== 'disabled'
  return { thinking, effort: undefined, on, budget: thinking.type === 'enabled' }
}

/** Thinking turned off after all, and why. */
export function withoutThinking(thought: Thought, lose: Lose, why: Note): Thought {
  if (thought.thinking === undefined) return thought
  lose(why, { sent: 'none' })
  return OFF
}

/** Every loss that a field about thinking may meet. */
export const THINKING_NOTES: readonly Note[] = [
  NO_THINKING,
  NEAREST,
  TOO_SMALL,
  BY_EFFORT,
  OFF_FOR_FORCE,
  OFF_FOR_HISTORY,
  SUPERSEDED,
]
