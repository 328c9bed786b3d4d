// The arithmetic of requests at the same time, pure. Isolates hold slots as they hold leases of a window, but a slot is
// not used up: an isolate says how many it keeps, and has those and what it is granted until its lease ends. One that
// died never renews, so its slots come back then.

import { shareOf } from './window.ts'

/** Isolates renew long before: what is missed twice may still come in time. */
export const SLOTS_MS = 30_000

interface Holder {
  readonly held: number
  readonly until: number
  /** The number of the last word that was heard: an older one, that took longer, changes nothing. */
  readonly said: number
}

/** What a limiter keeps of a key's slots. */
export interface SlotState {
  readonly holders: { readonly [holder: string]: Holder }
}
export const NO_SLOTS: SlotState = { holders: {} }

/** An isolate's word on how many slots it has from now on. */
export interface SlotsKept {
  /** Counts the words of one isolate, which can overtake each other. */
  readonly said: number
  /** How many it keeps: those in use and some to spare. */
  readonly keep: number
}

export interface SlotTerms extends SlotsKept {
  /** More, without which somebody waits. */
  readonly need: number
  /** More, by what was in use of late; absent while nothing was. */
  readonly want?: number | undefined
}

export interface SlotGrant {
  /** The word that this answers. */
  readonly said: number
  /** Slots beside those it keeps. */
  readonly units: number
  /** How long it may have all of them, from when it asked. */
  readonly forMs: number
  readonly limit: number
  readonly left: number
  /** Nobody else has any. */
  readonly alone: boolean
}

/**
 * Below this part of them slots are short: nobody gets more than it needs, and nobody keeps what it does not use, so that
 * whoever needs one finds it at the limiter. As long as one isolate has them all, one is enough for the next to come.
 */
const SHORT = 1 / 4
export function shortOf(limit: number, alone: boolean): number {
  return alone ? 1 : Math.ceil(limit * SHORT)
}

/** Hands out slots. What is in use is in use, so that what a holder keeps is never refused. */
export function leaseSlots(
  state: SlotState,
  { holder, limit, said, keep, need, want }: SlotTerms & { readonly holder: string; readonly limit: number },
  now: number,
): [SlotState, SlotGrant | undefined] {
  const live = liveAt(state, now)
  if ((live[holder]?.said ?? 0) >= said) return [state, undefined]
  const others = heldBy(live) - (live[holder]?.held ?? 0)
  const count = Object.keys(live).length + (live[holder] === undefined ? 1 : 0)
  const free = Math.max(0, limit - others - keep)
  const alone = count === 1
  const spare = shareOf(Math.max(0, free - shortOf(limit, alone)), { need: 0, want }, count)
  const units = Math.min(free, Math.max(need, spare))
  const held = keep + units
  const grant = { said, units, forMs: SLOTS_MS, limit, left: Math.max(0, limit - others - held), alone }
  if (held === 0 && live[holder] === undefined) return [state, grant]
  return [{ holders: { ...live, [holder]: { held, until: now + SLOTS_MS, said } } }, grant]
}

/** Takes back what a holder does not keep. */
export function giveSlotsBack(
  state: SlotState,
  { holder, said, keep }: SlotsKept & { readonly holder: string },
  now: number,
): SlotState {
  const live = liveAt(state, now)
  const known = live[holder]
  if (known === undefined || known.said >= said) return state
  return { holders: { ...live, [holder]: { ...known, said, held: Math.min(known.held, keep) } } }
}

/** How many slots can still be handed out. */
export function slotsLeft(state: SlotState, limit: number, now: number): number {
  return Math.max(0, limit - heldBy(liveAt(state, now)))
}

function liveAt({ holders }: SlotState, now: number): SlotState['holders'] {
  return Object.fromEntries(Object.entries(holders).filter(([, { until }]) => until > now))
}

function heldBy(holders: SlotState['holders']): number {
  return Object.values(holders).reduce((sum, { held }) => sum + held, 0)
}
