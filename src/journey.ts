// What is known of one request while it is under way: its id, its times, the headers of its answer, and how it ended.
import type { Context } from 'hono'
import type { GatewayError } from './hub/error.ts'
import type { Usage } from './hub/usage.ts'
import type { Outcome } from './wire/pump.ts'

export type AppContext = Context<{ Bindings: Env; Variables: { journey: Journey } }>

/** One line of the log. Never content, keys, or anything a client or a provider wrote. */
interface Entry {
  readonly request_id: string
  readonly method: string
  readonly path: string
  key_id?: string
  route?: string
  status?: number
  outcome?: Outcome | 'refused'
  error?: string
  usage?: Usage
  /** Fields and kinds, such as `seed dropped`. */
  losses?: readonly string[]
}

/** How a request ended, and what it used as far as anybody said. */
interface End {
  readonly outcome: Outcome | 'refused'
  readonly usage?: Usage | undefined
  readonly error?: GatewayError | undefined
}

export class Journey {
  readonly id = `req_${crypto.randomUUID().replaceAll('-', '')}`
  /** Resolves when the request is settled. Given to `waitUntil`, it keeps what a client that left would take along. */
  readonly over: Promise<void>
  /** Headers of the answer that are known so far, whether it succeeds or fails. Each target begins them anew. */
  headers: Record<string, string> = {}
  readonly timings = new Map<string, number>()
  /** Calls that were sent to providers. */
  attempts = 0
  readonly #entry: Entry
  readonly #started = Date.now()
  readonly #stages = new Map<string, { running: number; from: number }>()
  readonly #resolve: () => void
  #settled = false
  readonly #atEnd: ((end: End) => void)[] = []

  /** @param path the pattern of the path, because what stands in it may be a client's. */
  constructor(method: string, path: string) {
    this.#entry = { request_id: this.id, method, path }
    const { promise, resolve } = Promise.withResolvers<void>()
    this.over = promise
    this.#resolve = resolve
  }

  /** Awaits one stage and keeps how long it took. Where it runs several times side by side, that is counted once. */
  async time<T>(stage: string, work: Promise<T>): Promise<T> {
    const timer = this.#stages.get(stage) ?? { running: 0, from: 0 }
    this.#stages.set(stage, timer)
    if (timer.running++ === 0) timer.from = Date.now()
    try {
      return await work
    } finally {
      if (--timer.running === 0) this.timings.set(stage, (this.timings.get(stage) ?? 0) + Date.now() - timer.from)
    }
  }

  note(facts: Partial<Omit<Entry, 'request_id'>>): void {
    Object.assign(this.#entry, facts)
  }

  /** What is to be settled when the request is over. */
  atEnd(work: (end: End) => void): void {
    this.#atEnd.push(work)
  }

  /** The request is over. Only the first time counts, whoever says it: the end of a stream, an error, a hang-up. */
  settle(outcome: End['outcome'], { usage, error }: Omit<End, 'outcome'> = {}): void {
    if (this.#settled) return
    this.#settled = true
    for (const work of this.#atEnd) work({ outcome, usage, error })
    this.#entry.outcome = outcome
    if (usage) this.#entry.usage = usage
    if (error) this.#entry.error = error.code
    console.log({ ...this.#entry, attempts: this.attempts, duration_ms: Date.now() - this.#started })
    this.#resolve()
  }
}
