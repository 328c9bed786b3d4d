// The arithmetic of a key's own windows, pure: (state, event, now) in, [state, decision] out. What is handed out as a
// lease is debited at once, so that whatever isolates do, or never come back to do, the sum cannot pass the limit.

import { type Limits, type OwnUnit, SPANS, type View, type WindowName, windowsOf } from './spans.ts'

/** A lease is good for this long at most; then what is left of it comes back. */
export const LEASE_MS = 10_000

/** An isolate whose pace is not known yet gets at most this part of what is left. */
const COLD_SHARE = 20
/** One whose pace is known gets what it needs, up to this part of a fair share. */
const WARM_SHARE = 2
/** How long a holder's unused units can still be given back after its lease ended. */
const GRACE_MS = 60_000

interface OwnWindow {
  /** Epoch milliseconds, the limiter's clock. */
  readonly startedAt: number
  /** Used up or out on lease; more than the limit where use was reported afterwards. */
  readonly used: number
  /** How many tokens were used past the limit: the next window begins with them. */
  readonly over?: number
}
type OwnWindows = { readonly [name in WindowName]?: OwnWindow | undefined }

interface Holder {
  /** The most units it can still have unused. */
  readonly held: number
  readonly until: number
}

/** What a limiter keeps of one unit of one key. */
export interface UnitState {
  readonly windows: OwnWindows
  readonly holders: { readonly [holder: string]: Holder }
}
export const NOTHING: UnitState = { windows: {}, holders: {} }

/** The windows that units were taken from, by when those began. */
export type From = { readonly [name in WindowName]?: number | undefined }

/** Units that come back to the windows that they were taken from. */
export interface Back {
  readonly units: number
  readonly from: From
}

/** What a holder asks for. */
export interface Terms {
  /** Units without which somebody waits. */
  readonly need: number
  /** Units it would use in a lease's time at its pace of late; absent while there is none. */
  readonly want?: number | undefined
  /** Units it still has, and those it may still bring back because what they are for is under way. */
  readonly holds: number
  /** Units that were used without a lease: reported, and not to be refused any more. */
  readonly owed: number
  readonly backs?: readonly Back[] | undefined
}

export interface LeaseEvent extends Terms {
  /** Names the isolate, at random. */
  readonly holder: string
  readonly unit: OwnUnit
  readonly limits: Limits
}

export interface Grant {
  readonly units: number
  /** How long they may be used, from when they were asked for. */
  readonly forMs: number
  readonly views: readonly View[]
}

/** Hands out what is needed, more to those who will use it, and never what is not there. */
export function lease(state: UnitState, event: LeaseEvent, now: number): [UnitState, Grant] {
  const { holder, unit, limits, need, want, holds, owed, backs = [] } = event
  const returned = giveBack(state, { holder, backs }, now)
  const own = windowsOf(unit, limits)
  const live = Object.entries(returned.holders).filter(([name, { until }]) => name !== holder && until > now).length + 1

  const running = runningAt(returned.windows, own, now)
  const left = Math.max(0, Math.min(...own.map(([name, limit]) => limit - (running[name]?.used ?? 0) - owed)))
  const units = own.length === 0 ? 0 : shareOf(left, { need, want }, live)

  const windows = units + owed === 0 ? running : charge(running, own, units + owed, now)
  const views = own.map(([name, limit]) => viewOf(name, limit, windows[name], now))
  const forMs = Math.min(LEASE_MS, ...views.map(({ endsInMs }) => endsInMs ?? LEASE_MS))
  const grant = { units, forMs, views }
  if (units + owed + holds === 0 && returned === state) return [state, grant]
  const holders = { ...heldAt(returned.holders, now), [holder]: { held: holds + units, until: now + forMs } }
  return [{ windows, holders }, grant]
}

/** How much of what is left one of so many live holders gets. */
export function shareOf(left: number, { need, want }: Pick<Terms, 'need' | 'want'>, live: number): number {
  const share = Math.floor(left / (want === undefined ? Math.max(COLD_SHARE, WARM_SHARE * live) : WARM_SHARE * live))
  return Math.min(left, Math.max(need, Math.min(want ?? share, share)))
}

/** Takes units back into those of their windows that are still known, no more of them than the holder can have. */
export function giveBack(
  state: UnitState,
  { holder, backs }: { readonly holder: string; readonly backs: readonly Back[] },
  now: number,
): UnitState {
  const known = state.holders[holder]
  let held = known?.held ?? 0
  const windows: { [name in WindowName]?: OwnWindow | undefined } = { ...state.windows }
  for (const { units, from } of backs) {
    const taken = Math.min(units, held)
    if (taken <= 0) continue
    held -= taken
    for (const name of Object.keys(windows) as WindowName[]) {
      const window = windows[name]
      if (window === undefined || window.startedAt !== from[name]) continue
      const over = window.over === undefined ? undefined : Math.max(0, window.over - taken)
      windows[name] = { ...window, used: Math.max(0, window.used - taken), ...(over !== undefined && { over }) }
    }
  }
  if (known === undefined || held === known.held) return state
  return { windows, holders: { ...heldAt(state.holders, now), [holder]: { ...known, held } } }
}

/** The windows of a unit as they stand, without a change to them. */
export function look(state: UnitState, unit: OwnUnit, limits: Limits, now: number): View[] {
  const own = windowsOf(unit, limits)
  const running = runningAt(state.windows, own, now)
  return own.map(([name, limit]) => viewOf(name, limit, running[name], now))
}

function runningAt(windows: OwnWindows, own: readonly [WindowName, number][], now: number): OwnWindows {
  const running: { [name in WindowName]?: OwnWindow | undefined } = { ...windows }
  for (const [name, limit] of own) running[name] = windowAt(windows[name], SPANS[name].lengthMs, limit, now)
  return running
}

/**
 * The window that runs now: the one that is known, or the one that its debt began when it ended. A debt is a use like any
 * other, so the next window begins at once, and as many whole ones are spent as the debt takes; time pays it.
 *
 * A clock that steps back opens no new window: the old one only lasts longer. Unless it was wrong by more than a whole
 * window: then it would last for as long as the clock was wrong.
 */
function windowAt(window: OwnWindow | undefined, lengthMs: number, limit: number, now: number): OwnWindow | undefined {
  if (window === undefined) return undefined
  const { startedAt, over = 0 } = window
  const past = Math.trunc((now - startedAt) / lengthMs)
  if (past === 0) return window
  const debt = over - (past - 1) * limit
  if (past < 0 || debt <= 0) return undefined
  return { startedAt: startedAt + past * lengthMs, used: debt, over: Math.max(0, debt - limit) }
}

function charge(running: OwnWindows, own: readonly [WindowName, number][], units: number, now: number): OwnWindows {
  const windows: { [name in WindowName]?: OwnWindow | undefined } = { ...running }
  for (const [name, limit] of own) {
    const { startedAt, used, over = 0 } = running[name] ?? { startedAt: SPANS[name].begins(now), used: 0 }
    const past = over + Math.max(0, units - Math.max(0, limit - used))
    windows[name] = {
      startedAt,
      used: used + units,
      ...(SPANS[name].unit === 'tokens' && past > 0 && { over: past }),
    }
  }
  return windows
}

function heldAt(holders: UnitState['holders'], now: number): UnitState['holders'] {
  return Object.fromEntries(Object.entries(holders).filter(([, { until }]) => until + GRACE_MS > now))
}

function viewOf(name: WindowName, limit: number, window: OwnWindow | undefined, now: number): View {
  const left = Math.max(0, limit - (window?.used ?? 0))
  if (window === undefined) return { name, limit, left }
  const { startedAt, over = 0 } = window
  return { name, limit, left, startedAt, endsInMs: startedAt + SPANS[name].lengthMs - now, ...(over > 0 && { over }) }
}
