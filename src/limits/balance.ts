// What one isolate holds of one key's leases of a unit. One object a key and unit, changed in place: a balance that is
// copied across an `await` is spent twice.

import { type Reading, tighter, type Unit, type Windows } from './meters.ts'
import { Pace } from './pace.ts'
import { type Limits, type OwnUnit, SPANS, type View, type WindowName, windowsOf } from './spans.ts'
import { type Back, type From, type Grant, LEASE_MS, type Terms } from './window.ts'

/** For how long it is believed that nothing is left: others may give back. */
const BELIEVED_MS = 2000
/** With fewer units than this the next lease is asked for when it is needed, not before. */
const WORTH_REFILLING = 4
/** Units of more windows than this do not wait to go back: all but the last are of windows long over. */
const MOST_BACKS = 4

/** A window that cannot serve a request, in epoch milliseconds of this isolate's clock. */
export interface Exhausted {
  readonly name: WindowName
  readonly limit: number
  readonly used: number
  /** When it will be able to. */
  readonly resetAt: number
}

interface KnownView {
  readonly view: View & { readonly name: WindowName }
  readonly resetAt: number
}

export class Balance {
  readonly #unit: OwnUnit
  #units = 0
  /** Units that were taken and may come back. */
  #out = 0
  /** Used without a lease, and not yet told to the limiter. */
  #owed = 0
  /** The end of the lease, and the last moment that its windows let it have. */
  #until = Number.NEGATIVE_INFINITY
  #windowsUntil = Number.NEGATIVE_INFINITY
  /** What there was after the last lease. */
  #full = 0
  readonly #pace = new Pace()
  #views: readonly KnownView[] = []
  #from: From = {}
  #answeredAt = Number.NEGATIVE_INFINITY
  /** Units of leases, or of limits, that are no more, on their way back. */
  #backs: Back[] = []
  #limits: readonly [WindowName, number][] = []

  constructor(unit: OwnUnit) {
    this.#unit = unit
  }

  get units(): number {
    return this.#units
  }

  /** What the limiter counts as used, and nobody has used. Negative where more was used than it knows. */
  unused(now: number): number {
    return (now < this.#until ? this.#units : 0) - this.#owed
  }

  get owed(): number {
    return this.#owed
  }

  /** Units are out that the limiter will hear of again. */
  get awaits(): boolean {
    return this.#out > 0
  }

  /** The key has a limit on this unit. */
  get counts(): boolean {
    return this.#limits.length > 0
  }

  /** The window that is too small for n units, ever. */
  tooSmall(n: number): readonly [WindowName, number] | undefined {
    return this.#limits.find(([, limit]) => limit < n)
  }

  has(n: number, now: number): boolean {
    return n === 0 || (this.#units >= n && now < this.#until)
  }

  /** Takes n units, which the lease has. Nothing is asked, nothing is awaited. */
  take(n: number): From {
    this.#units -= n
    this.#pace.spend(n)
    return this.#from
  }

  /** The same for a guess, which is to be settled. */
  reserve(n: number): From {
    this.#out += n
    return this.take(n)
  }

  /** Counts units that no lease covers: those that the limiter could not be asked for. */
  owe(n: number): void {
    this.#owed += n
  }

  /** Puts what was really used in the place of what was reserved. What is too much goes where it came from. */
  settle(reserved: number, used: number, from: From, now: number): void {
    this.#out -= reserved
    const surplus = reserved - used
    if (surplus >= 0) {
      this.#pace.save(surplus)
      if (from === this.#from && now < this.#until) this.#units += surplus
      else this.#shelve(surplus, from)
      return
    }
    const covered = now < this.#until ? Math.min(-surplus, this.#units) : 0
    this.#units -= covered
    this.#pace.spend(-surplus)
    this.#owed += -surplus - covered
  }

  /** Under limits that have changed nothing leased before may be used. */
  obey(limits: Limits): void {
    const before = this.#limits
    this.#limits = windowsOf(this.#unit, limits)
    if (String(before) === String(this.#limits)) return
    this.#putAway(this.#units)
    this.#views = []
    this.#from = {}
  }

  /** A lease's terms as they are asked for at `now`. What goes back with it leaves the balance here and now. */
  ask(need: number, now: number): Terms {
    const pace = this.#pace.measure(now)
    const spare = this.#units - Math.max(need, pace ?? 0)
    // An isolate that renews its lease would keep for ever what it took in a busier hour.
    if (now >= this.#until) this.#putAway(this.#units)
    else if (pace !== undefined && spare > pace) this.#putAway(spare)
    const want = pace === undefined ? undefined : Math.max(0, pace - this.#units)
    const owed = this.#owed
    this.#owed = 0
    return { need, want, holds: this.#units + this.#out, owed, backs: this.returns(now) }
  }

  /** What goes back: the rest of a lease that is over, and what came too late for its own. Once. */
  returns(now: number): readonly Back[] | undefined {
    if (now >= this.#until) this.#putAway(this.#units)
    const backs = this.#backs
    this.#backs = []
    return backs.length === 0 ? undefined : backs
  }

  /** Something waits to go back. */
  get returning(): boolean {
    return this.#backs.length > 0
  }

  /**
   * Adds what was granted.
   * @param sentAt when it was asked for. The lease is counted from there: the limiter counted from a later moment, so
   *   it ends here before it ends there, whatever the two clocks say and however long the answer took.
   */
  add({ units, forMs, views }: Grant, sentAt: number, now: number): void {
    const known = (views as KnownView['view'][]).map((view) => ({ view, resetAt: now + (view.endsInMs ?? 0) }))
    const same = sameWindows(this.#views, known)
    if (!same) {
      this.#putAway(this.#units)
      this.#from = Object.fromEntries(known.map(({ view }) => [view.name, view.startedAt]))
    }
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
    this.#backs = []
  }

  /** Whether to ask for more in the background, so that no request has to wait for it. */
  runsLow(now: number): boolean {
    if (!this.counts) return false
    if (this.#views.some(({ view }) => view.left === 0) && now < this.#answeredAt + BELIEVED_MS) return false
    if (this.#full >= WORTH_REFILLING && this.#units < this.#full / 2) return true
    return now > this.#until - LEASE_MS / 3 && this.#until < this.#windowsUntil
  }

  /** The window that has not got n units, if that was said a moment ago; the last to end, where there are several. */
  exhausted(n: number, now: number): Exhausted | undefined {
    if (n === 0 || now >= this.#answeredAt + BELIEVED_MS) return undefined
    let last: Exhausted | undefined
    for (const { view, resetAt } of this.#views) {
      const { name, limit, over = 0 } = view
      const remaining = view.left + this.#units
      if (remaining >= n || now >= resetAt) continue
      // Windows that the debt spends whole, and the one in which it leaves too little.
      const more = Math.max(0, Math.ceil((over + n - limit) / limit))
      const again = resetAt + more * SPANS[name].lengthMs
      if (last === undefined || last.resetAt < again) {
        last = { name, limit, used: limit - remaining + over, resetAt: again }
      }
    }
    return last
  }

  /** The key's own windows as they look from here: what can be leased, and what is left of the lease. */
  windows(now: number): Windows {
    const windows: { [unit in Unit]?: Reading } = {}
    for (const { view, resetAt } of this.#views) {
      if (now >= resetAt) continue
      const remaining = Math.max(0, Math.min(view.limit, view.left + this.#units - this.#owed))
      const reading = { limit: view.limit, remaining, resetAt }
      windows[this.#unit] = tighter(windows[this.#unit], reading) ?? reading
    }
    return windows
  }

  #putAway(units: number): void {
    this.#units -= Math.max(0, units)
    this.#shelve(units, this.#from)
  }

  #shelve(units: number, from: From): void {
    if (units <= 0) return
    const last = this.#backs.at(-1)
    if (last?.from === from) this.#backs.splice(-1, 1, { units: last.units + units, from })
    else this.#backs = [...this.#backs, { units, from }].slice(-MOST_BACKS)
  }
}

function sameWindows(a: readonly KnownView[], b: readonly KnownView[]): boolean {
  return a.length === b.length && a.every(({ view }, at) => view.startedAt === b[at]?.view.startedAt)
}
