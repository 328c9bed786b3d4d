// How much a request makes the model think: a level, or a budget where there are no levels.
// https://ai.google.dev/gemini-api/docs/thinking
import { at } from '../../hub/json.ts'
import type { ChatFields } from '../../hub/request.ts'
import { audit, clamped, dropped, type Lose, type Note, rejected } from '../../hub/support.ts'
import type { Family } from './models.ts'
import type { Level, ThinkingConfig } from './wire.ts'

/** Every value OpenAI knows. What is none of them is refused, as OpenAI refuses it. */
const EFFORTS: readonly string[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']

const NO_EFFORT = rejected(`No such effort. Supported values are: ${EFFORTS.join(', ')}.`, 'invalid_value')
export const NO_THINKING = dropped('This model does not think, or not more or less when asked to.')
const NEAREST = clamped('This model has no such effort: the nearest is sent.')
const BUDGET = clamped('The model takes no such thinking budget: the nearest is sent.')
const BY_LEVEL = clamped('This model takes a level instead of a budget: the nearest is sent.')
const SUPERSEDED = dropped('Another field says how much to think.')

/** Every loss that a field about thinking may meet. */
export const THINKING_NOTES: readonly Note[] = [NO_EFFORT, NO_THINKING, NEAREST, BUDGET, BY_LEVEL, SUPERSEDED]

const THINKING_KEYS = { type: 'used', budget_tokens: 'used', display: 'inert' } as const

/** What the client asks for, and the paths at which it says so. */
interface Asked {
  /** One of `EFFORTS`; undefined when only a budget is named, or neither. */
  readonly effort: string | undefined
  readonly at: string
  /** In tokens. */
  readonly budget: number | undefined
  readonly budgetAt: string
}

/**
 * @param tell the ledger's way to a field.
 * @param overruled an extension of the service's own says it all.
 */
export function thinkingOf(
  fields: ChatFields,
  family: Family,
  tell: (field: string) => Lose,
  overruled: boolean,
): ThinkingConfig | undefined {
  const asked = askedOf(fields, tell)
  if (!asked) return undefined
  const lose = (note: Note, path: string, sent?: unknown) =>
    tell(/^\w+/.exec(path)?.[0] ?? path)(note, { path, ...(sent !== undefined && { sent }) })
  if (overruled) return lose(SUPERSEDED, asked.effort === undefined ? asked.budgetAt : asked.at)
  if (family.thinking === 'none') {
    if (asked.effort !== 'none') lose(NO_THINKING, asked.effort === undefined ? asked.budgetAt : asked.at)
    return undefined
  }
  const shown = asked.effort === 'none' || fields.reasoning?.exclude ? {} : ({ includeThoughts: true } as const)
  if (asked.effort === undefined && asked.budget === undefined) return shown
  if (asked.effort !== undefined && asked.budget !== undefined) lose(SUPERSEDED, asked.budgetAt)
  const amount = family.thinking === 'level' ? levelOf(asked, family, lose) : budgetOf(asked, family, lose)
  return { ...shown, ...amount }
}

/** What is asked for, from the three fields that can. */
function askedOf(fields: ChatFields, tell: (field: string) => Lose): Asked | undefined {
  const { reasoning_effort: plain, reasoning, thinking } = fields
  const { enabled, effort: own, max_tokens } = reasoning ?? {}
  for (const [effort, path] of [[plain, 'reasoning_effort'] as const, [own, 'reasoning.effort'] as const]) {
    if (effort && !EFFORTS.includes(effort)) tell(path === 'reasoning_effort' ? path : 'reasoning')(NO_EFFORT, { path })
  }
  const said = plain || own || undefined
  const at = plain ? 'reasoning_effort' : 'reasoning.effort'
  if (thinking) {
    audit(thinking, THINKING_KEYS, 'thinking', tell('thinking'))
    const off = thinking.type === 'disabled'
    const budget = !off && typeof thinking.budget_tokens === 'number' ? thinking.budget_tokens : undefined
    // Adaptive thinking leaves to the effort how much it is.
    if (said && thinking.type === 'adaptive' && budget === undefined)
      return { effort: said, at, budget, budgetAt: 'thinking' }
    if (said) tell(plain ? 'reasoning_effort' : 'reasoning')(SUPERSEDED, { path: at })
    const budgetAt = budget === undefined ? 'thinking' : 'thinking.budget_tokens'
    return { effort: off ? 'none' : undefined, at: 'thinking', budget, budgetAt }
  }
  const budgetAt = max_tokens ? 'reasoning.max_tokens' : 'reasoning'
  if (enabled === false) {
    if (said && said !== 'none') tell(plain ? 'reasoning_effort' : 'reasoning')(SUPERSEDED, { path: at })
    return { effort: 'none', at: 'reasoning.enabled', budget: undefined, budgetAt }
  }
  if (!said && !max_tokens && !enabled) return undefined
  return { effort: said, at, budget: max_tokens ?? undefined, budgetAt }
}

type Tell = (note: Note, path: string, sent?: unknown) => undefined

const LEVELS: Readonly<Record<string, Level>> = {
  none: 'MINIMAL',
  minimal: 'MINIMAL',
  low: 'LOW',
  medium: 'MEDIUM',
  high: 'HIGH',
  xhigh: 'HIGH',
  max: 'HIGH',
}

function levelOf({ effort, at, budget = 0, budgetAt }: Asked, { levels }: Family, lose: Tell): ThinkingConfig {
  if (effort === undefined) {
    const level = nearest(budget <= 2048 ? 'LOW' : budget <= 12_288 ? 'MEDIUM' : 'HIGH', levels)
    lose(BY_LEVEL, budgetAt, level.toLowerCase())
    return { thinkingLevel: level }
  }
  const level = nearest(LEVELS[effort] ?? 'HIGH', levels)
  if (level.toLowerCase() !== effort) lose(NEAREST, at, level.toLowerCase())
  return { thinkingLevel: level }
}

/** The level itself, or the next one above it, which every family has. */
function nearest(wanted: Level, levels: readonly Level[]): Level {
  const order: readonly Level[] = ['MINIMAL', 'LOW', 'MEDIUM', 'HIGH']
  return levels.find((level) => order.indexOf(level) >= order.indexOf(wanted)) ?? 'HIGH'
}

/** The numbers of the service's own endpoint for OpenAI's clients. */
const BUDGETS: Readonly<Record<string, number>> = {
  none: 0,
  minimal: 1024,
  low: 1024,
  medium: 8192,
  high: 24_576,
  xhigh: 32_768,
  max: 32_768,
}

function budgetOf({ effort, at, budget, budgetAt }: Asked, family: Family, lose: Tell): ThinkingConfig {
  const { least, most, off } = family.budget
  const wanted = effort === undefined ? (budget ?? 0) : (BUDGETS[effort] ?? 0)
  const sent = wanted === 0 && off ? 0 : Math.min(most, Math.max(least, wanted))
  if (sent !== wanted) {
    if (effort === undefined) lose(BUDGET, budgetAt, sent)
    else lose(NEAREST, at, sent)
  }
  return { thinkingBudget: sent }
}

/** The service's own configuration, as clients of its endpoint for OpenAI's format send it. */
export function thinkingConfigIn(extras: Readonly<Record<string, unknown>>): unknown {
  return at(extras.google, 'thinking_config') ?? at(at(extras.extra_body, 'google'), 'thinking_config')
}
