// How much a request makes the model think: https://docs.cohere.com/docs/reasoning
import type { ChatFields } from '../../hub/request.ts'
import { audit, clamped, dropped, type Keys, type Lose, type Note, rejected } from '../../hub/support.ts'
import type { Family } from './models.ts'
import type { Thinking } from './wire.ts'

/** Efforts as budgets, in tokens. The service has only budgets, so the numbers are ours. */
const BUDGETS: Readonly<Record<string, number>> = {
  minimal: 512,
  low: 1024,
  medium: 4096,
  high: 8192,
  xhigh: 16_384,
  max: 31_000,
}
const EFFORTS = ['none', ...Object.keys(BUDGETS)]

const NO_EFFORT = rejected(`No such effort. Supported values are: ${EFFORTS.join(', ')}.`, 'invalid_value')
const NO_TYPE = rejected("'thinking.type' is 'enabled' or 'disabled'.", 'invalid_value')
export const NO_THINKING = dropped('This model does not think.')
const TOO_LARGE = clamped('A thinking budget must leave room for an answer within the token limit.')
const SUPERSEDED = dropped('Another field says how much to think.')
/** Every loss that a field about thinking may meet. */
export const THINKING_NOTES: readonly Note[] = [NO_EFFORT, NO_TYPE, NO_THINKING, TOO_LARGE, SUPERSEDED]

const REASONING_KEYS: Keys<NonNullable<ChatFields['reasoning']>> = {
  effort: 'used',
  max_tokens: 'used',
  // What the model thinks is left out of the answer by the gateway.
  exclude: 'used',
  enabled: 'used',
}
/** The service's own spelling, and the one that clients of another service know. */
const THINKING_KEYS = { type: 'used', token_budget: 'used', budget_tokens: 'used', display: 'inert' } as const

/** What the client asks for. */
interface Asked {
  readonly on: boolean
  readonly budget: number | undefined
  /** Where the client says so, and where it names the budget itself, if it does. */
  readonly path: string
  readonly budgetPath: string | undefined
}

/** @param limit the request's token limit, which thinking is a part of. */
export function thinkingOf(
  fields: ChatFields,
  family: Family,
  limit: number | undefined,
  tell: (field: string) => Lose,
): Thinking | undefined {
  const asked = byThinking(fields, tell) ?? byReasoning(fields, tell)
  if (!asked) return undefined
  const lose = (note: Note, path: string, sent?: unknown) => tell(rootOf(path))(note, { path, sent })
  if (family.reasons === false) {
    if (asked.on) lose(NO_THINKING, asked.path)
    return undefined
  }
  if (!asked.on) return { type: 'disabled' }
  if (asked.budget === undefined) return { type: 'enabled' }
  const room = limit === undefined ? asked.budget : limit - Math.max(1, Math.min(1024, Math.floor(limit / 4)))
  const budget = Math.min(asked.budget, room)
  if (budget < 1) {
    lose(TOO_LARGE, asked.path, 'none')
    return { type: 'disabled' }
  }
  if (asked.budgetPath && budget !== asked.budget) lose(TOO_LARGE, asked.budgetPath, budget)
  return { type: 'enabled', token_budget: budget }
}

function rootOf(path: string): string {
  return path.replace(/\..*/, '')
}

function byThinking({ thinking, reasoning_effort, reasoning }: ChatFields, tell: (field: string) => Lose) {
  if (!thinking) return undefined
  const lose = tell('thinking')
  audit(thinking, THINKING_KEYS, 'thinking', lose)
  // Adaptive thinking leaves to the effort how much it is.
  if (thinking.type === 'adaptive' && reasoning_effort) return undefined
  if (reasoning_effort) tell('reasoning_effort')(SUPERSEDED)
  if (reasoning?.effort || reasoning?.max_tokens || reasoning?.enabled != null) tell('reasoning')(SUPERSEDED)
  if (!/^(?:enabled|disabled|adaptive|auto)$/.test(thinking.type)) lose(NO_TYPE, { path: 'thinking.type' })
  const named = ['token_budget', 'budget_tokens'].find((key) => typeof Reflect.get(thinking, key) === 'number')
  const budget: unknown = named && Reflect.get(thinking, named)
  const asked: Asked = {
    on: thinking.type !== 'disabled',
    budget: typeof budget === 'number' ? budget : undefined,
    path: 'thinking',
    budgetPath: named && `thinking.${named}`,
  }
  return asked
}

function byReasoning({ reasoning_effort, reasoning }: ChatFields, tell: (field: string) => Lose): Asked | undefined {
  if (reasoning) audit(reasoning, REASONING_KEYS, 'reasoning', tell('reasoning'))
  const { effort: inside, max_tokens: named, enabled } = reasoning ?? {}
  const effort = reasoning_effort || inside || undefined
  const path = reasoning_effort ? 'reasoning_effort' : inside ? 'reasoning.effort' : 'reasoning'
  const superseded = (at: string) => tell(rootOf(at))(SUPERSEDED, { path: at })
  if (effort && !EFFORTS.includes(effort)) tell(rootOf(path))(NO_EFFORT, { path })
  if (effort === 'none' || enabled === false) {
    if (effort && effort !== 'none') superseded(path)
    if (named) superseded('reasoning.max_tokens')
    return { on: false, budget: undefined, path, budgetPath: undefined }
  }
  if (named) {
    if (effort) superseded(path)
    return { on: true, budget: named, path: 'reasoning.max_tokens', budgetPath: 'reasoning.max_tokens' }
  }
  if (!effort && !enabled) return undefined
  return { on: true, budget: BUDGETS[effort ?? ''], path, budgetPath: undefined }
}
