// What is known of one request while it is under way: its id, its times, the headers of its answer, and how it ended.
import type { Context } from 'hono'
import type { GatewayError } from './hub/error.ts'
import type { Loss } from './hub/loss.ts'
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
  losses?: readonly { readonly path: string; readonly kind: string }[]
}

export class Journey {
  readonly id = `req_${crypto.randomUUID().replaceAll('-', '')}`
  /** Headers of the answer that are known so far, whether it succeeds or fails. */
  readonly headers: Record<string, string> = {}
  readonly timings = new Map<string, number>()
  /** Calls that were sent to providers. */
  attempts = 0
  readonly #entry: Entry
  readonly #started = Date.now()
  #settled = false
  readonly #atEnd: (() => void)[] = []

  constructor(request: Request) {
    this.#entry = { request_id: this.id, method: request.method, path: new URL(request.url).pathname }
  }

  /** Awaits one stage and keeps how long it took. */
  async time<T>(stage: string, work: Promise<T>): Promise<T> {
    const from = Date.now()
    try {
      return await work
    } finally {
      this.timings.set(stage, (this.timings.get(stage) ?? 0) + Date.now() - from)
    }
  }

  note(facts: Partial<Omit<Entry, 'request_id' | 'losses'>> & { losses?: readonly Loss[] }): void {
    const { losses, ...rest } = facts
    Object.assign(this.#entry, rest)
    if (losses && losses.length > 0) this.#entry.losses = losses.map(({ path, kind }) => ({ path, kind }))
  }

  /** What is to be given back when the request is over. */
  atEnd(work: () => void): void {
    this.#atEnd.push(work)
  }

  /** The request is over. Only the first time counts, whoever says it: the end of a stream, an error, a hang-up. */
  settle(
    outcome: Outcome | 'refused',
    { usage, error }: { usage?: Usage | undefined; error?: GatewayError | undefined } = {},
  ): void {
    if (this.#settled) return
    this.#settled = true
    for (const work of this.#atEnd) work()
    this.#entry.outcome = outcome
    if (usage) this.#entry.usage = usage
    if (error) this.#entry.error = error.code
    console.log({ ...this.#entry, attempts: this.attempts, duration_ms: Date.now() - this.#started })
  }
}
