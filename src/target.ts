// One account and model that a request goes to: sends its calls, learns its limits, names its refusals.
import { GatewayError } from './hub/error.ts'
import type { Call, Provider } from './hub/provider.ts'
import type { Journey } from './journey.ts'
import type { Route } from './keys/route.ts'
import { credentialId } from './limits/credential.ts'
import { readWindows, type Windows } from './limits/meters.ts'
import { type Observer, observers } from './limits/observe.ts'
import { retryHint } from './limits/retry.ts'
import type { LimiterNamespace } from './limits/rpc.ts'
import { windowsTold } from './limits/told.ts'
import { fromUpstream } from './response-headers.ts'
import type { Times } from './timeouts.ts'
import { refusalText, send } from './upstream.ts'

export interface Traffic {
  readonly journey: Journey
  readonly limiter: LimiterNamespace
  /** The client's headers. */
  readonly client: Headers
  /** Aborts when the client leaves, or when the request has taken too long. */
  readonly signal: AbortSignal
  readonly times: Times
  readonly waitUntil: (work: Promise<unknown>) => void
  /** The Worker's own. */
  readonly bindings: object
}

/** How often a request is mended: a provider that refuses it again and again will not take it. */
const MOST_MENDS = 3

export class Target {
  readonly route: Route
  readonly provider: Provider
  readonly #traffic: Traffic
  readonly #observer: Observer
  readonly #calls = new AbortController()
  /** What the last refusal said of windows. Not when they end, so that it holds for this request only. */
  #told: Windows = {}

  constructor(route: Route, provider: Provider, traffic: Traffic) {
    this.route = route
    this.provider = provider
    this.#traffic = traffic
    this.#observer = observers.observer({
      limiter: traffic.limiter,
      credentialId: credentialId(route.slot),
      // The name is the client's, who must not fill the memory with it.
      family: provider.family(route.model).slice(0, 256),
    })
  }

  /** The provider's windows, as far as they are known. */
  windows(): Windows {
    return { ...this.#observer.windows(), ...this.#told }
  }

  /** Hangs up on every call: nobody will read their answers. */
  abandon(): void {
    this.#calls.abort()
  }

  /**
   * Sends a call; again, in another form, where the provider refuses what can be mended. Some name one field at a time.
   * @returns the call that was answered, and a response whose head is a good one.
   * @throws GatewayError the provider's refusal, 502, 504.
   */
  async answer(call: Call): Promise<{ call: Call; response: Response }> {
    let sent = call
    for (let mends = 0; ; mends++) {
      try {
        return { call: sent, response: await this.send(sent) }
      } catch (thrown) {
        const mended = thrown instanceof GatewayError && mends < MOST_MENDS ? sent.mend?.(thrown) : undefined
        if (!mended) throw thrown
        sent = mended
      }
    }
  }

  /** @throws GatewayError the provider's refusal, 502, 504. */
  async send(call: Pick<Call, 'path' | 'headers' | 'body'> & Partial<Call>): Promise<Response> {
    const { journey, client, times, waitUntil } = this.#traffic
    const { slot } = this.route
    const message = { method: 'POST', path: call.path, headers: call.headers, body: call.body } as const
    journey.attempts++
    const signal = AbortSignal.any([this.#traffic.signal, this.#calls.signal])
    const sending = { client, signal, firstByteMs: times.firstByteMs, bindings: this.#traffic.bindings }
    const ask = () => journey.time('upstream', send(slot, this.provider, message, sending))
    let response = await ask()
    if (response.status === 401 && this.provider.renew?.(slot)) {
      await response.body?.cancel()
      journey.attempts++
      response = await ask()
    }
    const { headers, status } = response
    const now = Date.now()
    const windows = readWindows(this.provider.meters, headers, now)
    this.#observer.observe(windows, { status, waitUntil })
    Object.assign(journey.headers, fromUpstream(headers, this.provider.tells))
    if (response.ok) return response

    const refusal = { status, headers, body: await refusalText(response, times) }
    this.#told = windowsTold(this.provider.meters, refusal.body, now)
    const error = this.provider.refuse(refusal, slot.name, call.paramOf ? (call as Call) : undefined)
    if (error.status !== 429 && error.status !== 503) throw error
    if (error.details.shouldRetry === false) throw error
    const known = { ...windows, ...this.#told }
    // A window of nothing never has anything: the plan lacks the model.
    if (error.status === 429 && Object.values(known).some(({ limit }) => limit === 0))
      throw new GatewayError('insufficient_quota', error.message, { shouldRetry: false })
    const wait = retryHint(headers, refusal.body, now, known)
    throw wait === undefined ? error : error.with({ retryAfterMs: wait })
  }
}
