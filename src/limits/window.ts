// The arithmetic of a key's own windows, pure: (state, event, now) in, [state, decision] out. What is handed out as a
// lease is debited at once, so that whatever isolates do, or never come back to do, the sum cannot pass the limit.

import type { Unit } from './meters.ts'

/** A lease is good for this long at most; then what is left of it comes back. */
export const LEASE_MS = 10_000

/** An isolate whose pace is not known yet gets at most this part of what is left. */
const COLD_SHARE = 20
/** One whose pace is known gets what it needs, up to this part of a fair share. */
const WARM_SHARE = 2
/** How long a holder's unused units can still be given back after its lease ended. */
const GRACE_MS = 60_000

interface Span {
  readonly unit: Unit
  readonly lengthMs: number
  /** When a window begins that is first used at `now`. */
  readonly begins: (now: number) => number
  /** As OpenAI's messages name it. */
  readonly words: string
}

const MINUTE = 60_000
const DAY = 86_400_000

/** The windows a key can have. A minute begins with its first use, a day at midnight UTC. */
export const SPANS = {
  requests_per_minute: { unit: 'requests', lengthMs: MINUTE, begins: (now) => now, words: 'requests per min (RPM)' },
  requests_per_day: {
    unit: 'requests',
    lengthMs: DAY,
    begins: (now) => now - (now % DAY),
    words: 'requests per day (RPD)',
  },
} as const satisfies Record<string, Span>

export type WindowName = keyof typeof SPANS
/** A key's limits, by window. Others that it has are not for windows and are passed over. */
export type Limits = { readonly [name in WindowName]?: number | undefined }

interface OwnWindow {
  /** Epoch milliseconds, the limiter's clock. */
  readonly startedAt: number
  /** Used up or out on lease; more than the limit where use was reported afterwards. */
  readonly used: number
}
type OwnWindows = { readonly [name in WindowName]?: OwnWindow }

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

/** Units that come back, and the windows that they were taken from, by when those began. */
export interface Back {
  readonly units: number
  readonly from: { readonly [name in WindowName]?: number }
}

export interface LeaseEvent {
  /** Names the isolate, at random. */
  readonly holder: string
  readonly unit: Unit
  readonly limits: Limits
  /** Units without which somebody waits. */
  readonly need: number
  /** Units it would use in a lease's time at its pace of late; absent while there is none. */
  readonly want?: number | undefined
  /** Units it still has. */
  readonly holds: number
  /** Units it let through without a lease, because the limiter could not be asked. */
  readonly owed: number
  readonly back?: Back | undefined
}

/** A window after a lease, as the isolate is told of it. */
export interface View {
  readonly name: WindowName
  readonly limit: number
  /** What can still be leased. */
  readonly left: number
  /** Absent while it has not begun. */
  readonly startedAt?: number
  readonly endsInMs?: number
}

export interface Grant {
  readonly units: number
  /** How long they may be used, from when they were asked for. */
  readonly forMs: number
  readonly views: readonly View[]
}

/** Hands out what is needed, more to those who will use it, and never what is not there. */
export function lease(state: UnitState, event: LeaseEvent, now: number): [UnitState, Grant] {
  const { holder, unit, limits, need, want, holds, owed, back } = event
  const returned = back === undefined ? state : giveBack(state, { holder, ...back }, now)[0]
  const own = windowsOf(unit, limits)
  const live = Object.entries(returned.holders).filter(([name, { until }]) => name !== holder && until > now).length + 1

  const running = runningAt(returned.windows, now)
  const left = Math.max(0, Math.min(...own.map(([name, limit]) => limit - (running[name]?.used ?? 0) - owed)))
  const share = Math.floor(left / (want === undefined ? Math.max(COLD_SHARE, WARM_SHARE * live) : WARM_SHARE * live))
  const units = own.length === 0 ? 0 : Math.min(left, Math.max(need, Math.min(want ?? share, share)))

  const windows = units + owed === 0 ? running : charge(running, own, units + owed, now)
  const views = own.map(([name, limit]) => viewOf(name, limit, windows[name], now))
  const forMs = Math.min(LEASE_MS, ...views.map(({ endsInMs }) => endsInMs ?? LEASE_MS))
  const grant = { units, forMs, views }
  if (units + owed + holds === 0 && returned === state) return [state, grant]
  const holders = { ...heldAt(returned.holders, now), [holder]: { held: holds + units, until: now + forMs } }
  return [{ windows, holders }, grant]
}

/** Takes units back into those of their windows that still run, and no more of them than the holder can have. */
export function giveBack(
  state: UnitState,
  { holder, units, from }: Back & { readonly holder: string },
  now: number,
): [UnitState, { readonly units: number }] {
  const known = state.holders[holder]
  const taken = Math.min(units, known?.held ?? 0)
  if (known === undefined || taken <= 0) return [state, { units: 0 }]
  const windows: { [name in WindowName]?: OwnWindow } = { ...runningAt(state.windows, now) }
  for (const name of Object.keys(windows) as WindowName[]) {
    const window = windows[name]
    if (window === undefined || window.startedAt !== from[name]) continue
    windows[name] = { ...window, used: Math.max(0, window.used - taken) }
  }
  const holders = { ...state.holders, [holder]: { ...known, held: known.held - taken } }
  return [{ windows, holders }, { units: taken }]
}

/** The windows of a unit as they stand, without a change to them. */
export function look(state: UnitState, unit: Unit, limits: Limits, now: number): View[] {
  const running = runningAt(state.windows, now)
  return windowsOf(unit, limits).map(([name, limit]) => viewOf(name, limit, running[name], now))
}

/** The windows of a key that count a unit, with their limits. */
export function windowsOf(unit: Unit, limits: Limits): [WindowName, number][] {
  return (Object.keys(SPANS) as WindowName[]).flatMap((name) => {
    const limit = limits[name]
    return SPANS[name].unit === unit && limit !== undefined ? [[name, limit]] : []
  })
}

/**
 * A clock that steps back opens no new window: the old one only lasts longer. Unless it was wrong by more than a whole
 * window: then it would last for as long as the clock was wrong.
 */
function runningAt(windows: OwnWindows, now: number): OwnWindows {
  // A newer version may have stored windows that this one does not know.
  const runs = ([name, window]: [string, OwnWindow]) =>
    name in SPANS && Math.abs(now - window.startedAt) < SPANS[name as WindowName].lengthMs
  return Object.fromEntries(Object.entries(windows).filter(runs))
}

function charge(running: OwnWindows, own: readonly [WindowName, number][], units: number, now: number): OwnWindows {
  const windows: { [name in WindowName]?: OwnWindow } = { ...running }
  for (const [name] of own) {
    const { startedAt, used } = running[name] ?? { startedAt: SPANS[name].begins(now), used: 0 }
    windows[name] = { startedAt, used: used + units }
  }
  return windows
}

function heldAt(holders: UnitState['holders'], now: number): UnitState['holders'] {
  return Object.fromEntries(Object.entries(holders).filter(([, { until }]) => until + GRACE_MS > now))
}

function viewOf(name: WindowName, limit: number, window: OwnWindow | undefined, now: number): View {
  const left = Math.max(0, limit - (window?.used ?? 0))
  if (window === undefined) return { name, limit, left }
  return { name, limit, left, startedAt: window.startedAt, endsInMs: window.startedAt + SPANS[name].lengthMs - now }
}
