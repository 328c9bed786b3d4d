// How much a request makes the model think, per family: effort where there is effort, a budget where there is none.
// https://docs.anthropic.com/en/docs/build-with-claude/extended-thinking
import type { ChatFields } from '../../hub/request.ts'
import { clamped, dropped, type Lose, type Note, rejected } from '../../hub/support.ts'
import type { Family } from './models.ts'
import type { Effort, Thinking } from './wire.ts'

/** Every value OpenAI knows. What is none of them is refused, as OpenAI refuses it. */
const EFFORTS: readonly string[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']

const NO_EFFORT = rejected(`No such effort. Supported values are: ${EFFORTS.join(', ')}.`, 'invalid_value')
const NO_THINKING = dropped('This model does not think.')
const NEAREST = clamped('This model has no such effort: the nearest is sent.')
const TOO_SMALL = clamped('A thinking budget must fit between 1024 tokens and the token limit.')
const OFF_FOR_FORCE = clamped('A forced tool call and thinking exclude each other: thinking is off.')
const OFF_FOR_HISTORY = clamped('The last tool calls came without their thinking: thinking is off.')
const BY_EFFORT = clamped('This model takes an effort instead of a budget: the nearest is sent.')
const SUPERSEDED = dropped('Another field says how much to think.')

/** Every loss that a field about thinking may meet. */
export const THINKING_NOTES: readonly Note[] = [
  NO_EFFORT,
  NO_THINKING,
  NEAREST,
  TOO_SMALL,
  OFF_FOR_FORCE,
  OFF_FOR_HISTORY,
  BY_EFFORT,
  SUPERSEDED,
]

/** What is decided about thinking. */
export interface Thought {
  readonly thinking: Thinking | Record<string, unknown> | undefined
  readonly effort: Effort | undefined
  /** Whether the model will think, as far as that is known. */
  readonly on: boolean
}

/** What stands against a thinking budget. */
export interface Against {
  /** A call is demanded. */
  readonly forced: boolean
  /** The tool loop that is going on lost its thinking. */
  readonly lost: boolean
}

/** What the client asks for, and where it says so. */
interface Asked {
  /** One of `EFFORTS`, or undefined when only a budget is named. */
  readonly effort: string | undefined
  /** A budget in tokens. */
  readonly budget: number | undefined
  /** Tells a loss of the effort, or of the budget where there is only that. */
  readonly lose: (note: Note, sent?: unknown) => void
  readonly loseBudget: (note: Note, sent?: unknown) => void
}

const OFF: Thought = { thinking: undefined, effort: undefined, on: false }

/**
 * @param limit the request's `max_tokens`, which thinking is a part of.
 * @param tell the ledger's way to a field.
 */
export function thoughtOf(
  fields: ChatFields,
  family: Family,
  limit: number,
  against: Against,
  tell: (field: string) => Lose,
): Thought {
  const asked = askedOf(fields, tell)
  const { thinking } = fields
  if (thinking) {
    const effort = besideOf(asked, family)
    if (asked && !effort) asked.lose(SUPERSEDED)
    const lose = (note: Note) => tell('thinking')(note, { sent: { type: 'disabled' } })
    return settled({ thinking, effort, on: thinking.type !== 'disabled' }, family, against, lose)
  }
  if (!asked) return { ...OFF, on: family.thinksUnasked }
  switch (family.thinking) {
    case 'none':
      if (asked.effort !== 'none') asked.lose(NO_THINKING)
      return OFF
    case 'budget':
      return settled(byBudget(family, asked, limit), family, against, (note) => asked.lose(note, 'none'))
    default:
      return byEffort(family, asked, limit)
  }
}

/** An effort beside `thinking`, where the family has such a one. */
function besideOf(asked: Asked | undefined, { efforts }: Family): Effort | undefined {
  return asked?.budget === undefined ? efforts.find((one) => one === asked?.effort) : undefined
}

/** What is asked for, from the two fields that can. */
function askedOf({ reasoning_effort: plain, reasoning }: ChatFields, tell: (field: string) => Lose): Asked | undefined {
  const { enabled, effort: own, max_tokens } = reasoning ?? {}
  const at = (path: string) => (note: Note, sent?: unknown) =>
    tell('reasoning')(note, { path, ...(sent !== undefined && { sent }) })
  const loseBudget = at('reasoning.max_tokens')
  for (const [effort, path] of [[plain, 'reasoning_effort'] as const, [own, 'reasoning.effort'] as const]) {
    if (effort && !EFFORTS.includes(effort)) at(path)(NO_EFFORT)
  }
  const said = plain || own
  const lose = at(
    plain ? 'reasoning_effort' : own ? 'reasoning.effort' : max_tokens ? 'reasoning.max_tokens' : 'reasoning',
  )
  if (enabled === false) {
    if (said && said !== 'none') lose(SUPERSEDED)
    return { effort: 'none', budget: undefined, lose: at('reasoning.enabled'), loseBudget }
  }
  if (!said && !max_tokens) return enabled ? { effort: 'medium', budget: undefined, lose, loseBudget } : undefined
  return { effort: said || undefined, budget: max_tokens ?? undefined, lose, loseBudget }
}

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

function byBudget(family: Family, { effort, budget: named, lose, loseBudget }: Asked, limit: number): Thought {
  if (effort === 'none') return OFF
  if (effort && named !== undefined) lose(SUPERSEDED)
  else if (effort === 'max') lose(NEAREST, 'xhigh')
  const wanted = named ?? Math.floor((SHARE[effort ?? ''] ?? 0) * (family.maxOutput ?? limit))
  // OpenAI's limit includes the thinking, so that an answer must still fit beside it.
  const room = limit - Math.max(1, Math.min(1024, Math.floor(limit / 4)))
  const budget = Math.min(Math.max(MIN_BUDGET, wanted), room)
  if (budget < MIN_BUDGET) {
    lose(TOO_SMALL, 'none')
    return OFF
  }
  if (named !== undefined && budget !== named) loseBudget(TOO_SMALL, budget)
  return { thinking: { type: 'enabled', budget_tokens: budget }, effort: undefined, on: true }
}

/** Without `display` the newer models think in silence. */
const ADAPTIVE: Thinking = { type: 'adaptive', display: 'summarized' }

function byEffort(family: Family, { effort: asked, budget, lose, loseBudget }: Asked, limit: number): Thought {
  if (asked !== undefined && budget !== undefined) loseBudget(SUPERSEDED)
  if (asked === 'none') return turnedDown(family, lose)
  if (asked === undefined) {
    const effort = nearestEffort(family, (budget ?? 0) / (family.maxOutput ?? limit))
    loseBudget(BY_EFFORT, effort)
    return { thinking: ADAPTIVE, effort, on: true }
  }
  const effort = family.efforts.find((one) => one === asked) ?? (asked === 'minimal' ? 'low' : 'high')
  if (effort !== asked) lose(NEAREST, effort)
  return { thinking: ADAPTIVE, effort, on: true }
}

function nearestEffort(family: Family, share: number): Effort {
  const distance = (effort: Effort) => Math.abs((SHARE[effort] ?? 0) - share)
  return family.efforts.reduce<Effort>((best, one) => (distance(one) < distance(best) ? one : best), 'low')
}

function turnedDown(family: Family, lose: Asked['lose']): Thought {
  if (family.least === 'low') {
    lose(NEAREST, 'low')
    return { thinking: undefined, effort: 'low', on: true }
  }
  return { thinking: { type: family.least }, effort: undefined, on: family.least === 'between_tools' }
}

/** A thinking budget is refused beside a forced call, and in a tool loop that lost its thinking: it is off then. */
function settled(thought: Thought, family: Family, { forced, lost }: Against, lose: (note: Note) => void): Thought {
  if (thought.thinking?.type !== 'enabled') return thought
  const why = forced && family.forces ? OFF_FOR_FORCE : lost ? OFF_FOR_HISTORY : undefined
  if (!why) return thought
  lose(why)
  return OFF
}
