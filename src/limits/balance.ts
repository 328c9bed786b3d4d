// What one isolate holds of one key's leases. One object a key, changed in place: a balance that is copied across an
// `await` is spent twice.

import { type Reading, tighter, type Unit, type Windows } from './meters.ts'
import { type Back, type Grant, LEASE_MS, type LeaseEvent, type Limits, SPANS, type View } from './window.ts'

/** For how long it is believed that nothing is left: others may give back. */
const BELIEVED_MS = 2000
/** A pace is not measured over less. */
const PACE_MS = 1000
/** With fewer units than this the next lease is asked for when it is needed, not before. */
const WORTH_REFILLING = 4

/** A window that cannot serve a request, in epoch milliseconds of this isolate's clock. */
export interface Exhausted {
  readonly view: View
  readonly used: number
  readonly resetAt: number
}

interface KnownView {
  readonly view: View
  readonly resetAt: number
}

export class Balance {
  #units = 0
  /** The end of the lease, and the last moment that its windows let it have. */
  #until = Number.NEGATIVE_INFINITY
  #windowsUntil = Number.NEGATIVE_INFINITY
  /** What there was after the last lease. */
  #full = 0
  #spent = 0
  #spentSince: number | undefined
  #views: readonly KnownView[] = []
  #answeredAt = Number.NEGATIVE_INFINITY
  /** Units of a lease or of limits that are no more, on their way back. */
  #stale: Back | undefined
  #limits: Limits = {}

  get units(): number {
    return this.#units
  }

  /** Takes n units if the lease has them. Nothing is asked, nothing is awaited. */
  take(n: number, now: number): boolean {
    if (this.#units < n || now >= this.#until) return false
    this.#units -= n
    this.#spent += n
    return true
  }

  /** Under limits that have changed nothing leased before may be used. */
  obey(limits: Limits): void {
    const before = this.#limits
    this.#limits = limits
    if (limits === before || JSON.stringify(limits) === JSON.stringify(before)) return
    this.#shelve(this.#units)
    this.#views = []
  }

  /** A lease's terms as they are asked for at `now`. What goes back with it leaves the balance here and now. */
  ask(need: number, owed: number, now: number): Omit<LeaseEvent, 'holder' | 'unit' | 'limits'> {
    const pace = this.#pace(now)
    const spare = this.#units - Math.max(need, pace ?? 0)
    // An isolate that renews its lease would keep for ever what it took in a busier hour.
    if (now >= this.#until) this.#shelve(this.#units)
    else if (pace !== undefined && spare > pace) this.#shelve(spare)
    const back = this.#stale
    this.#stale = undefined
    const want = pace === undefined ? undefined : Math.max(0, pace - this.#units)
    return { need, want, holds: this.#units, owed, back }
  }

  /** What is left of a lease that is over, once. */
  expire(now: number): Back | undefined {
    if (now >= this.#until) this.#shelve(this.#units)
    const back = this.#stale
    this.#stale = undefined
    return back
  }

  /**
   * Adds what was granted.
   * @param sentAt when it was asked for. The lease is counted from there: the limiter counted from a later moment, so
   *   it ends here before it ends there, whatever the two clocks say and however long the answer took.
   */
  add({ units, forMs, views }: Grant, sentAt: number, now: number): void {
    const known = views.map((view) => ({ view, resetAt: now + (view.endsInMs ?? 0) }))
    const same = sameWindows(this.#views, known)
    if (!same) this.#shelve(this.#units)
    this.#views = known
    this.#answeredAt = now
    this.#units += units
    this.#full = this.#units
    // Answers can overtake each other, so the later end counts, but never one of windows that are over.
    this.#until = Math.max(sentAt + forMs, same ? this.#until : 0)
    this.#windowsUntil = sentAt + Math.min(...views.map(({ endsInMs }) => endsInMs ?? Number.POSITIVE_INFINITY))
  }

  /** Nothing of it may be used any more. */
  clear(): void {
    this.#units = 0
    this.#stale = undefined
  }

  /** Whether to ask for more in the background, so that no request has to wait for it. */
  runsLow(now: number): boolean {
    if (this.#views.some(({ view }) => view.left === 0) && now < this.#answeredAt + BELIEVED_MS) return false
    if (this.#full >= WORTH_REFILLING && this.#units < this.#full / 2) return true
    return now > this.#until - LEASE_MS / 3 && this.#until < this.#windowsUntil
  }

  /** The window that has not got n units, if that was said a moment ago; the last to end, where there are several. */
  exhausted(n: number, now: number): Exhausted | undefined {
    if (now >= this.#answeredAt + BELIEVED_MS) return undefined
    let last: Exhausted | undefined
    for (const { view, resetAt } of this.#views) {
      const remaining = view.left + this.#units
      if (remaining >= n || now >= resetAt || (last !== undefined && last.resetAt >= resetAt)) continue
      last = { view, used: view.limit - remaining, resetAt }
    }
    return last
  }

  /** The key's own windows as they look from here: what can be leased, and what is left of the lease. */
  windows(now: number): Windows {
    const windows: { [unit in Unit]?: Reading } = {}
    for (const { view, resetAt } of this.#views) {
      if (now >= resetAt) continue
      const { unit } = SPANS[view.name]
      const reading = { limit: view.limit, remaining: Math.min(view.limit, view.left + this.#units), resetAt }
      windows[unit] = tighter(windows[unit], reading) ?? reading
    }
    return windows
  }

  /** What a lease's time took at the pace of late; undefined before the first lease. */
  #pace(now: number): number | undefined {
    const since = this.#spentSince
    if (since === undefined) {
      this.#spentSince = now
      return undefined
    }
    const measured = Math.max(PACE_MS, now - since)
    const pace = Math.ceil((this.#spent / measured) * LEASE_MS)
    if (now - since >= PACE_MS) {
      this.#spent = 0
      this.#spentSince = now
    }
    return pace
  }

  #shelve(units: number): void {
    if (units <= 0) return
    this.#units -= units
    const from = Object.fromEntries(this.#views.map(({ view }) => [view.name, view.startedAt] as const))
    // Of two that wait the older is of windows that are over, or nearly: it is let go.
    this.#stale = { units, from }
  }
}

function sameWindows(a: readonly KnownView[], b: readonly KnownView[]): boolean {
  return a.length === b.length && a.every(({ view }, at) => view.startedAt === b[at]?.view.startedAt)
}
