// What is known of one request while it is under way: its id, its times, the headers of its answer, and how it ended.
import type { Context } from 'hono'
import type { LogEntry } from '../schemas/log.ts'
import type { GatewayError } from './hub/error.ts'
import { costOf, type Price } from './hub/price.ts'
import type { Usage } from './hub/usage.ts'
import { idIn } from './log.ts'

export type AppContext = Context<{ Bindings: Env; Variables: { journey: Journey } }>

/** The stages that are timed, in the order in which they are told. */
export const STAGES = ['auth', 'limit', 'translate', 'upstream'] as const
export type Stage = (typeof STAGES)[number]

/** What others know of it, and tell as they learn it. */
type Facts = Partial<Pick<LogEntry, 'key_id' | 'route' | 'provider' | 'stream' | 'status' | 'losses'>>

/** How a request ended, and what it used as far as anybody said. */
interface End {
  readonly outcome: LogEntry['outcome']
  readonly usage?: Usage | undefined
  readonly error?: GatewayError | undefined
  /** How much of an answer came that the usage does not count, in UTF-16 units of text; absent where none came. */
  readonly uncounted?: number | undefined
}

export class Journey {
  readonly id = `req_${crypto.randomUUID().replaceAll('-', '')}`
  /** Resolves when the request is settled. Given to `waitUntil`, it keeps what a client that left would take along. */
  readonly over: Promise<void>
  /** Headers of the answer that are known so far, whether it succeeds or fails. Each target begins them anew. */
  headers: Record<string, string> = {}
  readonly timings = new Map<Stage, number>()
  /** Calls that were sent to providers. */
  attempts = 0
  /** What the target's tokens cost, and how many calls side by side the usage is the sum of. */
  price: Price | undefined
  calls = 1
  readonly #method: string
  readonly #endpoint: string
  readonly #record: (entry: LogEntry) => void
  #facts: Facts = {}
  readonly #started = Date.now()
  #firstByte: number | undefined
  readonly #stages = new Map<Stage, { running: number; from: number }>()
  readonly #resolve: () => void
  #settled = false
  readonly #atEnd: ((end: End) => void)[] = []

  /**
   * @param endpoint the pattern of the path, because what stands in it may be a client's.
   * @param record takes the request's entry, once.
   */
  constructor(method: string, endpoint: string, record: (entry: LogEntry) => void) {
    this.#method = method
    this.#endpoint = endpoint
    this.#record = record
    const { promise, resolve } = Promise.withResolvers<void>()
    this.over = promise
    this.#resolve = resolve
  }

  /** Awaits one stage and keeps how long it took. Where it runs several times side by side, that is counted once. */
  async time<T>(stage: Stage, work: Promise<T>): Promise<T> {
    const timer = this.#stages.get(stage) ?? { running: 0, from: 0 }
    this.#stages.set(stage, timer)
    if (timer.running++ === 0) timer.from = Date.now()
    try {
      return await work
    } finally {
      if (--timer.running === 0) this.timings.set(stage, (this.timings.get(stage) ?? 0) + Date.now() - timer.from)
    }
  }

  note(facts: Facts): void {
    this.#facts = { ...this.#facts, ...facts }
  }

  /** The head of a streamed answer goes out, with the first of what follows it. */
  begin(): void {
    this.#firstByte ??= Date.now() - this.#started
  }

  /** What is to be settled when the request is over. */
  atEnd(work: (end: End) => void): void {
    this.#atEnd.push(work)
  }

  /** The request is over. Only the first time counts, whoever says it: the end of a stream, an error, a hang-up. */
  settle(outcome: End['outcome'], { usage, error, uncounted }: Omit<End, 'outcome'> = {}): void {
    if (this.#settled) return
    this.#settled = true
    for (const work of this.#atEnd) work({ outcome, usage, error, uncounted })
    this.#record(this.#entry({ outcome, usage, error }))
    this.#resolve()
  }

  #entry({ outcome, usage, error }: End): LogEntry {
    const upstreamId = idIn(this.headers['dragoman-upstream-request-id'])
    const cost = usage && this.price && costOf(usage, this.price, this.calls)
    return {
      event: 'request',
      request_id: this.id,
      ...(upstreamId !== undefined && { upstream_request_id: upstreamId }),
      method: this.#method,
      endpoint: this.#endpoint,
      ...(outcome === 'complete' && { status: 200 }),
      ...this.#facts,
      outcome,
      ...(error && { error: error.code }),
      ...(usage && { usage: counts(usage) }),
      ...(cost !== undefined && { cost_usd: cost }),
      attempts: this.attempts,
      timings: {
        ...Object.fromEntries(this.timings),
        ...(this.#firstByte !== undefined && { first_byte: this.#firstByte }),
        total: Date.now() - this.#started,
      },
    }
  }
}

/** The counts that the log has. Providers have details of their own, under names of their own. */
function counts(usage: Usage) {
  const { prompt_tokens_details: input, completion_tokens_details: output } = usage
  return {
    input_tokens: usage.prompt_tokens,
    cached_tokens: input?.cached_tokens ?? 0,
    cache_write_tokens: input?.cache_write_tokens ?? 0,
    output_tokens: usage.completion_tokens,
    reasoning_tokens: output?.reasoning_tokens ?? 0,
    total_tokens: usage.total_tokens,
  }
}
