// Whether the model thinks: the service knows yes and no, and without a word the model does.
import type { ChatFields } from '../../hub/request.ts'
import { audit, clamped, dropped, type Keys, type Lose, rejected } from '../../hub/support.ts'
import type { Plan } from './plan.ts'

/** Every value OpenAI knows. What is none of them is refused, as OpenAI refuses it. */
const EFFORTS: readonly string[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']

const NO_EFFORT = rejected(`No such effort. Supported values are: ${EFFORTS.join(', ')}.`, 'invalid_value')
const NO_LEVELS = clamped('The model thinks or does not: there are no levels.')
const NO_BUDGET = dropped('Thinking has no budget of its own.')
const OFF = clamped('A grammar and thinking exclude each other: thinking is off.')
const SUPERSEDED = dropped('Another field says whether to think.')

/** Every loss that a field about thinking may meet. */
export const THINKING_NOTES = [NO_EFFORT, NO_LEVELS, NO_BUDGET, OFF, SUPERSEDED]

export function effortSays(effort: ChatFields['reasoning_effort']): boolean | undefined {
  return effort === undefined || effort === null ? undefined : effort !== 'none'
}

export function reasoningSays(reasoning: ChatFields['reasoning']): boolean | undefined {
  if (!reasoning) return undefined
  const { effort, enabled, max_tokens: budget } = reasoning
  return effortSays(effort) ?? enabled ?? (budget ? true : undefined)
}

export function thinkingSays(thinking: ChatFields['thinking']): boolean | undefined {
  return thinking ? thinking.type !== 'disabled' : undefined
}

/** What becomes of a field that says so. */
export function think({ thinking, grammar }: Plan, says: boolean | undefined, lose: Lose) {
  if (says !== undefined && says !== thinking) {
    if (grammar && says) lose(OFF, { sent: false })
    else lose(SUPERSEDED)
  }
  return { enable_thinking: thinking }
}

/** @param path where the effort stands. */
export function thinkByEffort(plan: Plan, effort: string, lose: Lose, path: string) {
  if (!EFFORTS.includes(effort)) lose(NO_EFFORT, { path })
  const at: Lose = (note, more) => lose(note, { ...more, path })
  if (effort !== 'none' && plan.thinking) at(NO_LEVELS, { sent: true })
  return think(plan, effort !== 'none', at)
}

const REASONING_KEYS: Keys<NonNullable<ChatFields['reasoning']>> = {
  effort: 'used',
  max_tokens: NO_BUDGET,
  exclude: 'used',
  enabled: 'used',
}
const THINKING_KEYS: Keys<NonNullable<ChatFields['thinking']>> & { budget_tokens: typeof NO_BUDGET } = {
  type: 'used',
  budget_tokens: NO_BUDGET,
}

export function thinkByReasoning(plan: Plan, reasoning: NonNullable<ChatFields['reasoning']>, lose: Lose) {
  audit(reasoning, REASONING_KEYS, 'reasoning', lose)
  if (reasoning.effort) return thinkByEffort(plan, reasoning.effort, lose, 'reasoning.effort')
  return think(plan, reasoningSays(reasoning), lose)
}

export function thinkByType(plan: Plan, thinking: NonNullable<ChatFields['thinking']>, lose: Lose) {
  audit(thinking, THINKING_KEYS, 'thinking', lose)
  return think(plan, thinkingSays(thinking), lose)
}
