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
import { mayPass, type Retries } from './retries.ts'
import type { Times } from './timeouts.ts'
import { refusalText, send } from './upstream.ts'

export interface Traffic {
  readonly journey: Journey
  readonly limiter: LimiterNamespace
  /** The client's headers. */
  readonly client: Headers
  /** Aborts when the client leaves. */
  readonly gone: AbortSignal
  /** For how long an answer is read on once the client has left, in milliseconds; 0: not at all. */
  readonly drainMs: number
  /** Aborts when nobody needs the answer any more, or when the request has taken too long. */
  readonly signal: AbortSignal
  readonly times: Times
  /** The retries that each target has, and the end of the time in which they may begin. */
  readonly retries: () => Retries
  readonly waitUntil: (work: Promise<unknown>) => void
  /** The Worker's own. */
  readonly bindings: object
}

/** How often a request is mended: a provider that refuses it again and again will not take it. */
const MOST_MENDS = 3

/** A call, as far as sending it takes. */
type Sendable = Pick<Call, 'path' | 'headers' | 'body' | 'streams'> & Partial<Call>

export class Target {
  readonly route: Route
  readonly provider: Provider
  readonly #traffic: Traffic
  readonly #observer: Observer
  readonly #retries: Retries
  #calls = new AbortController()
  /** What the last refusal said of windows. Not when they end, so that it holds for this request only. */
  #told: Windows = {}

  constructor(route: Route, provider: Provider, traffic: Traffic) {
    this.route = route
    this.provider = provider
    this.#traffic = traffic
    this.#retries = traffic.retries()
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
    this.#calls = new AbortController()
  }

  /** Waits until what has failed may be tried again. False: it may not, or nobody waits for it. */
  async again(thrown: unknown): Promise<boolean> {
    return this.#retries.again(thrown, AbortSignal.any([this.#traffic.gone, this.#calls.signal]))
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

  /**
   * Sends a call, and sends it again where the failure may have passed.
   * @throws GatewayError the provider's refusal, 502, 504.
   */
  async send(call: Sendable): Promise<Response> {
    for (;;) {
      try {
        return await this.#once(call)
      } catch (thrown) {
        if (!(await this.again(thrown))) throw thrown
      }
    }
  }

  async #once(call: Sendable): Promise<Response> {
    const { journey, waitUntil } = this.#traffic
    const response = await this.#ask(call)
    const { headers, status } = response
    const windows = readWindows(this.provider.meters, headers, Date.now())
    this.#observer.observe(windows, { status, waitUntil })
    Object.assign(journey.headers, fromUpstream(headers, this.provider.tells))
    if (response.ok) return response
    throw await this.#refusal(response, windows, call)
  }

  /** Once more where the credential had run out and could be made anew. */
  async #ask({ path, headers, body, streams }: Sendable): Promise<Response> {
    const { journey, client, times, gone, bindings } = this.#traffic
    const { slot } = this.route
    const signal = AbortSignal.any([this.#traffic.signal, this.#calls.signal])
    const sending = { client, signal, headMs: streams ? times.connectMs : times.firstByteMs, bindings }
    for (let renewed = false; ; renewed = true) {
      if (gone.aborted) throw new GatewayError('upstream_error', 'The client has left.')
      journey.attempts++
      const sent = send(slot, this.provider, { method: 'POST', path, headers, body }, sending)
      const response = await journey.time('upstream', sent)
      if (renewed || response.status !== 401 || !this.provider.renew?.(slot)) return response
      await response.body?.cancel()
    }
  }

  async #refusal(response: Response, windows: Windows, call: Sendable): Promise<GatewayError> {
    const { headers, status } = response
    const refusal = { status, headers, body: await refusalText(response, this.#traffic.times) }
    const now = Date.now()
    this.#told = windowsTold(this.provider.meters, refusal.body, now)
    const error = this.provider.refuse(refusal, this.route.slot.name, call.paramOf ? (call as Call) : undefined)
    // Refused without a word that can be read: it would be refused again, whatever it is told as.
    if (error.status >= 500 && !mayPass({ status })) return error.with({ shouldRetry: false })
    if ((error.status !== 429 && error.status !== 503) || error.details.shouldRetry === false) return error
    const known = { ...windows, ...this.#told }
    // A window of nothing never has anything: the plan lacks the model.
    if (error.status === 429 && Object.values(known).some(({ limit }) => limit === 0))
      return new GatewayError('insufficient_quota', error.message, { shouldRetry: false })
    const wait = retryHint(headers, refusal.body, now, known)
    return wait === undefined ? error : error.with({ retryAfterMs: wait })
  }
}
