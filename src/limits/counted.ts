// All that a limiter counts of one key, pure: requests, tokens and slots, asked for in one question and answered in one.

import type { GiveBackAsk, LeaseAnswer, LeaseAsk } from './rpc.ts'
import { giveSlotsBack, leaseSlots, NO_SLOTS, type SlotState, slotsLeft } from './slots.ts'
import type { Limits, OwnUnit, View } from './spans.ts'
import { giveBack, lease, look, NOTHING, type UnitState } from './window.ts'

export interface Counted {
  readonly requests: UnitState
  readonly tokens: UnitState
  readonly slots: SlotState
}
export const UNCOUNTED: Counted = { requests: NOTHING, tokens: NOTHING, slots: NO_SLOTS }

export const UNITS = ['requests', 'tokens'] as const satisfies readonly OwnUnit[]

/** Answers what was asked for. A part of the state that did not change stays the same object. */
export function answer(
  state: Counted,
  { holder, limits, slots, ...asked }: LeaseAsk,
  now: number,
): [Counted, Omit<LeaseAnswer, 'revoked'>] {
  const next = { ...state }
  const said: { -readonly [K in keyof Omit<LeaseAnswer, 'revoked'>]: LeaseAnswer[K] } = {}
  for (const unit of UNITS) {
    const terms = asked[unit]
    if (terms !== undefined) [next[unit], said[unit]] = lease(state[unit], { holder, unit, limits, ...terms }, now)
  }
  const limit = limits.concurrent_requests
  if (slots !== undefined && limit !== undefined)
    [next.slots, said.slots] = leaseSlots(state.slots, { holder, limit, ...slots }, now)
  return [next, said]
}

/** Credits what a holder did not use. */
export function credit(state: Counted, { holder, slots, ...given }: GiveBackAsk, now: number): Counted {
  const next = { ...state }
  for (const unit of UNITS) {
    const backs = given[unit]
    if (backs !== undefined) next[unit] = giveBack(state[unit], { holder, backs }, now)
  }
  if (slots !== undefined) next.slots = giveSlotsBack(state.slots, { holder, ...slots }, now)
  return next
}

/** Every limit of a key as it stands, without a change to it. */
export function viewsOf(state: Counted, limits: Limits, now: number): View[] {
  const own = UNITS.flatMap((unit) => look(state[unit], unit, limits, now))
  const limit = limits.concurrent_requests
  if (limit === undefined) return own
  return [...own, { name: 'concurrent_requests', limit, left: slotsLeft(state.slots, limit, now) }]
}
