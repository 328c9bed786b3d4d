import { DurableObject } from 'cloudflare:workers'
import { BLANK, type Book, hear, isWorthKeeping, type Telling } from './admission.ts'
import { answer, type Counted, credit, UNCOUNTED, viewsOf } from './counted.ts'
import { current } from './observed.ts'
import type { GiveBackAsk, LeaseAnswer, LeaseAsk, ObserveAnswer, Snapshot } from './rpc.ts'
import type { Limits } from './spans.ts'
import type { Standing } from './standing.ts'

/** Clocks differ, and what was begun before the end may be settled after it. */
const LINGER_MS = 600_000

const KINDS = Object.keys(UNCOUNTED) as (keyof Counted)[]

/**
 * One thing that is limited: a client key (`key:<id>`), or a credential and model family (`cred:<hash>:<family>`). A
 * shell: the arithmetic is in `counted.ts` and `admission.ts`. Every method is synchronous, so that none runs while
 * another is at work, and what it wrote is on disk before its answer leaves.
 */
export class Limiter extends DurableObject<Env> {
  #counted: Counted
  /** What is on its way is not stored: it is here again, or over, before an object that is in use is moved. */
  #book: Book
  #isKept: boolean
  #revoked: boolean
  /** An alarm is set. */
  #ends = false

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    const { kv } = ctx.storage
    const stored = KINDS.map((kind) => [kind, kv.get(kind) ?? UNCOUNTED[kind]])
    this.#counted = Object.fromEntries(stored) as Counted
    const standing = kv.get<Standing>('standing')
    this.#book = standing ? { ...BLANK, standing } : BLANK
    this.#isKept = standing !== undefined
    this.#revoked = kv.get<boolean>('revoked') ?? false
  }

  /** Debits units and hands them out. Asked for nothing it only says whether the key is still good. */
  lease(ask: LeaseAsk): LeaseAnswer {
    if (this.#revoked) return { revoked: true }
    if (ask.endsAt !== undefined) this.#endAt(ask.endsAt)
    const [counted, granted] = answer(this.#counted, ask, Date.now())
    this.#keep(counted)
    return { revoked: false, ...granted }
  }

  override async alarm(): Promise<void> {
    await this.ctx.storage.deleteAll()
    this.#counted = UNCOUNTED
  }

  /** Nothing is kept of what has ended; but no sooner than the last isolate has heard of it. */
  #endAt(time: number): void {
    if (this.#ends) return
    this.#ends = true
    void this.ctx.storage.setAlarm(time + LINGER_MS)
  }

  /** Credits what a holder did not use of its leases. */
  giveBack(ask: GiveBackAsk): object {
    this.#keep(credit(this.#counted, ask, Date.now()))
    return {}
  }

  /** Takes in what an isolate saw of the provider, and decides on what it wants to send. */
  observe(telling: Telling): ObserveAnswer {
    const now = Date.now()
    const [book, verdict] = hear(this.#book, telling, now)
    this.#book = book
    const { standing } = book
    // An ample view need not survive, except in place of one that is none: without one, requests are sent just the same.
    const keep = isWorthKeeping(standing, now)
    if (keep || this.#isKept) this.ctx.storage.kv.put('standing', standing)
    this.#isKept = keep
    return { ...standing, verdict }
  }

  /** All that is known, without a change to it. */
  snapshot({ limits }: { readonly limits: Limits }): Snapshot {
    const now = Date.now()
    return {
      revoked: this.#revoked,
      own: viewsOf(this.#counted, limits, now),
      observed: current(this.#book.standing.seen, now),
      standing: this.#book.standing,
    }
  }

  /** Ends the key, for good: every isolate hears of it with its next lease. */
  revoke(): object {
    this.#revoked = true
    this.ctx.storage.kv.put('revoked', true)
    return {}
  }

  #keep(counted: Counted): void {
    for (const kind of KINDS) {
      if (counted[kind] !== this.#counted[kind]) this.ctx.storage.kv.put(kind, counted[kind])
    }
    this.#counted = counted
  }
}
