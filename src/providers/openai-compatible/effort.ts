// Thinking as services switch it that have no efforts of OpenAI's: a request may ask for it in any of three fields.
import type { ChatFields } from '../../hub/request.ts'
import { clamped, dropped, emulated, type Lose, type Note, rows } from '../../hub/support.ts'
import type { Body, LikeFields, Plan } from './like.ts'

/** How a service is told to think. */
export interface Switch {
  /** On or off. @param own what the client said in `thinking`, for what else stands there. */
  readonly set: (on: boolean, own: object | undefined) => Body
  /** How hard, where there are degrees; undefined where this model has none. */
  readonly effort?: (effort: string, model: string) => Body | undefined
  /** For how many tokens, where that can be said. */
  readonly budget?: (tokens: number) => Body
  /** The fields that these write. */
  readonly to: readonly string[]
}

type ThinkingRows = Pick<LikeFields, 'reasoning_effort' | 'reasoning' | 'thinking'>

const NO_DEGREES = emulated('The model thinks or does not: how hard is its own decision.')
const NEAREST = clamped('The service has fewer degrees of effort.')
const NO_BUDGET = dropped('No budget can be set for thinking.')
const NO_MORE = dropped('Only whether, how hard and how long to think can be said.')
const MAY: readonly Note[] = [NO_DEGREES, NEAREST, NO_BUDGET, NO_MORE]

/** What a request asks for; undefined where it says nothing. */
export function asksToThink({ reasoning_effort: level, reasoning, thinking }: ChatFields) {
  const effort = level ?? reasoning?.effort ?? undefined
  const tokens = reasoning?.max_tokens ?? thinking?.budget_tokens
  const budget = typeof tokens === 'number' ? tokens : undefined
  const said = thinking ? thinking.type !== 'disabled' : (reasoning?.enabled ?? undefined)
  const implied = effort === undefined ? (budget === undefined ? undefined : true) : effort !== 'none'
  return { on: said ?? implied, effort: effort === 'none' ? undefined : effort, budget }
}

/** The rows of the three fields. Each writes all that they say together. */
export function switched(one: Switch): ThinkingRows {
  const { map } = rows<Body, Plan>()
  const part = ({ request, model }: Plan): Body => {
    const { on, effort, budget } = asksToThink(request)
    if (on === undefined) return {}
    return {
      ...one.set(on, request.thinking ?? undefined),
      ...(on && effort !== undefined && one.effort?.(effort, model)),
      ...(on && budget !== undefined && one.budget?.(budget)),
    }
  }
  const tellEffort = (effort: string | null | undefined, { model }: Plan, lose: Lose, path: string) => {
    if (!effort || effort === 'none') return
    const sent = Object.values(one.effort?.(effort, model) ?? {})[0]
    if (sent === undefined) lose(NO_DEGREES, { path })
    else if (sent !== effort) lose(NEAREST, { path, sent })
  }
  const tellBudget = (tokens: unknown, lose: Lose, path: string) => {
    if (typeof tokens === 'number' && !one.budget) lose(NO_BUDGET, { path })
  }
  return {
    reasoning_effort: map(
      one.to,
      (effort: string, plan: Plan, lose) => {
        tellEffort(effort, plan, lose, 'reasoning_effort')
        return part(plan)
      },
      MAY,
    ),
    reasoning: map(
      one.to,
      (value: NonNullable<ChatFields['reasoning']>, plan: Plan, lose) => {
        const { effort, enabled: _part, exclude: _here, max_tokens: tokens, ...more } = value
        tellEffort(effort, plan, lose, 'reasoning.effort')
        tellBudget(tokens, lose, 'reasoning.max_tokens')
        for (const [key, said] of Object.entries(more)) {
          if (said !== null && said !== undefined) lose(NO_MORE, { path: `reasoning.${key}` })
        }
        return part(plan)
      },
      MAY,
    ),
    thinking: map(
      one.to,
      (value: NonNullable<ChatFields['thinking']>, plan: Plan, lose) => {
        tellBudget(value.budget_tokens, lose, 'thinking.budget_tokens')
        return part(plan)
      },
      MAY,
    ),
  }
}

/** `thinking: {type}`, with whatever else the client said there. */
export function thinkingType(on: boolean, own: object | undefined): Body {
  const { budget_tokens: _told, ...more }: Body = { ...own }
  return { thinking: { ...more, type: on ? 'enabled' : 'disabled' } }
}

/** `enable_thinking` and `thinking_budget`. */
export const enabledThinking: Switch = {
  set: (on) => ({ enable_thinking: on }),
  budget: (tokens) => ({ thinking_budget: tokens }),
  to: ['enable_thinking', 'thinking_budget'],
}

const UNTHINKING = dropped(
  'What was thought in earlier turns is not there any more: the model answers without thinking.',
)

/** The same request without thinking, where the service misses the reasoning of earlier turns. */
export function withoutThinking(message: string, body: Body, lose: Lose): Body | undefined {
  if (!/reasoning_content/.test(message) || !/must be passed back|missing/i.test(message)) return undefined
  const { reasoning_effort: _effort, ...rest } = body
  lose(UNTHINKING, { path: 'thinking' })
  return { ...rest, ...thinkingType(false, undefined) }
}
