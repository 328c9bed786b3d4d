// What is asked of the gateway, whatever the endpoint, and its way to one target: what can be refused before anything is
// sent, what would be sent, the sending, the answer.
import type { Streaming } from './answers.ts'
import type { GatewayError } from './hub/error.ts'
import type { Ledger } from './hub/loss.ts'
import type { Usage } from './hub/usage.ts'
import type { AppContext } from './journey.ts'
import type { Binding } from './keys/binding.ts'
import type { Route } from './keys/route.ts'
import { inputTokens, type Size } from './limits/estimate.ts'
import type { Target, Traffic } from './target.ts'
import type { Outcome } from './wire/pump.ts'
import type { Upload } from './wire/upload.ts'

/** A request of a client that has been let in, for an endpoint to read. */
export interface Asking {
  readonly c: AppContext
  readonly binding: Binding
  /** What is read: the client's request, or one that stands within it. */
  readonly request: Request
}

/**
 * Reads what an endpoint is asked.
 * @throws GatewayError 400 with `param`, 413.
 */
export type Endpoint = (asking: Asking) => Promise<Errand>

/** What a client wants done, read and checked: the same for every target. */
export interface Errand {
  /** As the client names it. */
  readonly model: string
  /** Where it goes, when that is known before the model is. */
  readonly routes?: readonly Route[] | undefined
  /** The client wants the answer as a stream. */
  readonly streams?: boolean
  /** The service tier that it asks for by name, whose prices are others. */
  readonly tier?: string | undefined
  /** The client's spelling of a path in the hub's, where they differ. */
  readonly pathOf?: ((path: string) => string) | undefined
  /** Whether a field is one of the endpoint's, so that the log may have its name: any other is the client's own word. */
  knows(field: string): boolean
  /**
   * Everything that can be refused before anything is sent or charged.
   * @throws GatewayError 400 for what cannot be sent, or for the first loss in strict mode; 404 where the target's
   *   provider has nothing of the kind.
   */
  prepare(leg: Leg): Prepared | Promise<Prepared>
}

/** One errand on its way to one target. */
export interface Leg {
  readonly c: AppContext
  readonly target: Target
  readonly traffic: Traffic
  readonly ledger: Ledger
  /** The client asked for the losses in the answer, too. */
  readonly report: boolean
}

/** A request as it would be sent, without what the slot adds: its address, its credential. */
export interface Outgoing {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Upload
  /** Addresses of media that are fetched first, and become a part of the body. */
  readonly fetches?: readonly string[]
}

/** A request that is ready to be sent, and what it counts as. */
export interface Prepared {
  /** How many requests it is to the limits. */
  readonly calls: number
  /** How many tokens, as far as they can be guessed; nothing is reserved where this is absent. */
  readonly size?: Size | undefined
  /** What would be sent first: one for each call that is made side by side. */
  readonly sends: readonly Outgoing[]
  readonly go: () => Promise<Response>
}

/** What an answer is passed on by; an answer that was counted before is of no target. */
type Answered = Pick<Leg, 'traffic'> & Partial<Pick<Leg, 'target'>>

/** The end of a request whose head went out, or was about to. */
export function settle(
  { target, traffic }: Answered,
  outcome: Outcome,
  usage: Usage | undefined,
  { error, uncounted = 0 }: { readonly error?: GatewayError | undefined; readonly uncounted?: number } = {},
): void {
  const { journey, gone } = traffic
  if (usage) target?.used(usage)
  journey.note({ status: 200 })
  journey.settle(gone.aborted ? 'client_gone' : outcome, { usage, error, uncounted })
}

/** How a streamed answer of this leg is passed on. */
export function streamingOf(leg: Answered): Streaming {
  const { times, gone, drainMs, waitUntil } = leg.traffic
  return {
    signal: gone,
    drainMs,
    firstByteMs: times.firstByteMs,
    idleMs: times.idleMs,
    waitUntil,
    settle: ({ outcome, usage, ...more }) => settle(leg, outcome, usage, more),
  }
}

/** What a request without an answer of its own tokens is to limits of tokens, where the key has any: its input. */
export function inputSize({ traffic }: Leg, body: object): Size | undefined {
  return traffic.metered ? { input: inputTokens(body), answers: 0, most: 0 } : undefined
}
