// Limiters behind a network that can be slow or lossy, on fake timers. They run the same pure functions as the Durable
// Object, and can be evicted, which leaves them what they had written.
import { BLANK, type Book, hear } from '../../src/limits/admission.ts'
import { answer, type Counted, credit, UNCOUNTED, viewsOf } from '../../src/limits/counted.ts'
import { current } from '../../src/limits/observed.ts'
import type { LimiterNamespace, LimiterStub } from '../../src/limits/rpc.ts'

/** What becomes of one call. `lost`: it arrives, but its answer does not. `hung`: nothing is ever heard of it. */
export interface Weather {
  readonly thereMs: number
  readonly backMs: number
  readonly fate: 'arrives' | 'fails' | 'lost' | 'hung'
}
const FINE: Weather = { thereMs: 1, backMs: 1, fate: 'arrives' }

interface Limiter {
  counted: Counted
  book: Book
  revoked: boolean
}

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

export class Network implements LimiterNamespace {
  readonly calls: { readonly to: string; readonly method: string }[] = []
  /** When a limiter last heard of a holder's slots, in true time. */
  readonly heard = new Map<string, number>()
  /** How far the limiters' clock is ahead. */
  clockMs = 0
  readonly #limiters = new Map<string, Limiter>()
  readonly #begun: { readonly name: string; readonly startedAt: number; readonly at: number }[] = []
  readonly #weather: () => Weather

  constructor(weather: () => Weather = () => FINE) {
    this.#weather = weather
  }

  count(method: string): number {
    return this.calls.filter((call) => call.method === method).length
  }

  /** Takes memory from all limiters; what they stored remains. */
  evict(): void {
    for (const [name, limiter] of this.#limiters) {
      const book = { ...limiter.book, debits: {} }
      this.#limiters.set(name, structuredClone({ ...limiter, book }))
    }
  }

  /** When each window of that name began, in true time. */
  begun(name: string): number[] {
    return this.#begun.filter((window) => window.name === name).map(({ at }) => at)
  }

  getByName(name: string): LimiterStub {
    const call = <Ask, Answer>(method: string, act: (limiter: Limiter, ask: Ask) => Answer) => {
      return async (ask: Ask): Promise<Answer> => {
        this.calls.push({ to: name, method })
        const sent = structuredClone(ask)
        const { thereMs, backMs, fate } = this.#weather()
        await sleep(thereMs)
        if (fate === 'hung') await new Promise(() => {})
        if (fate === 'fails') throw new Error('Network connection lost.')
        const answer = act(this.#limiter(name), sent)
        await sleep(backMs)
        if (fate === 'lost') throw new Error('Network connection lost.')
        return structuredClone(answer)
      }
    }
    return {
      lease: call('lease', (limiter, ask) => {
        if (limiter.revoked) return { revoked: true }
        const [counted, granted] = answer(limiter.counted, ask, this.#now())
        limiter.counted = counted
        if (granted.slots) this.heard.set(ask.holder, Date.now())
        for (const { name, startedAt } of [granted.requests, granted.tokens].flatMap((grant) => grant?.views ?? []))
          this.#note(name, startedAt)
        return { revoked: false, ...granted }
      }),
      giveBack: call('giveBack', (limiter, ask) => {
        limiter.counted = credit(limiter.counted, ask, this.#now())
        return {}
      }),
      observe: call('observe', (limiter, telling) => {
        const [book, verdict] = hear(limiter.book, telling, this.#now())
        limiter.book = book
        return { ...book.standing, verdict }
      }),
      snapshot: call('snapshot', (limiter, { limits }) => ({
        revoked: limiter.revoked,
        own: viewsOf(limiter.counted, limits, this.#now()),
        observed: current(limiter.book.standing.seen, this.#now()),
        standing: limiter.book.standing,
      })),
      revoke: () =>
        call('revoke', (limiter) => {
          limiter.revoked = true
          return {}
        })(undefined),
    }
  }

  #now(): number {
    return Date.now() + this.clockMs
  }

  #note(name: string, startedAt: number | undefined): void {
    const last = this.#begun.findLast((window) => window.name === name)
    if (startedAt !== undefined && startedAt !== last?.startedAt) this.#begun.push({ name, startedAt, at: Date.now() })
  }

  #limiter(name: string): Limiter {
    const limiter = this.#limiters.get(name) ?? { counted: UNCOUNTED, book: BLANK, revoked: false }
    this.#limiters.set(name, limiter)
    return limiter
  }
}
