// One account and model that a request goes to: sends its calls, learns its limits, names its refusals.
import { GatewayError } from './hub/error.ts'
import type { Call, Provider, Refusal } from './hub/provider.ts'
import type { Usage } from './hub/usage.ts'
import type { Journey } from './journey.ts'
import type { Route } from './keys/route.ts'
import { credentialId } from './limits/credential.ts'
import { readWindows, refillsOf, type Windows } from './limits/meters.ts'
import { observers } from './limits/observe.ts'
import type { Mode, Observer } from './limits/observer.ts'
import { heldBack } from './limits/refusal.ts'
import { retryHint } from './limits/retry.ts'
import type { LimiterNamespace } from './limits/rpc.ts'
import { windowsTold } from './limits/told.ts'
import { fromUpstream } from './response-headers.ts'
import { mayPass, type Retries } from './retries.ts'
import type { Times } from './timeouts.ts'
import { refusalText, send } from './upstream.ts'
import { Upload } from './wire/upload.ts'

export interface Traffic {
  readonly journey: Journey
  readonly limiter: LimiterNamespace
  /** For how long to wait for a limiter: the key's `limits_mode`. */
  readonly mode: Mode
  /** The client's headers. */
  readonly client: Headers
  /** Aborts when the client leaves. */
  readonly gone: AbortSignal
  /** For how long an answer is read on once the client has left, in milliseconds; 0: not at all. */
  readonly drainMs: number
  /** The key has limits on tokens: usage has to be known. */
  readonly metered: boolean
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
type Sendable = Pick<Call, 'path' | 'headers' | 'streams'> &
  Partial<Omit<Call, 'body'>> & { readonly body: string | Upload }

/** Some of a body has gone out that cannot be sent again. */
export function isSpent(body: string | Upload): boolean {
  return body instanceof Upload && body.begun && !body.again
}

export class Target {
  readonly route: Route
  readonly provider: Provider
  readonly #traffic: Traffic
  #observed: Observer | undefined
  readonly #retries: Retries
  #calls = new AbortController()
  /** What the last refusal said of windows. Not when they end, so that it holds for this request only. */
  #told: Windows = {}
  /** When the call was sent whose head came last. */
  #sentAt = 0
  /** Failures of which it is settled whose they are. */
  readonly #judged = new WeakSet<GatewayError>()

  constructor(route: Route, provider: Provider, traffic: Traffic) {
    this.route = route
    this.provider = provider
    this.#traffic = traffic
    this.#retries = traffic.retries()
  }

  /** Made when it is first needed: only then the model is sure to be known. */
  get #observer(): Observer {
    const { slot, model } = this.route
    this.#observed ??= observers.observer({
      limiter: this.#traffic.limiter,
      credentialId: credentialId(slot),
      // The name is the client's, who must not fill the memory with it.
      family: this.provider.family(model).slice(0, 256),
      model: model.slice(0, 256),
      refills: refillsOf(this.provider.meters),
      mode: this.#traffic.mode,
      waitUntil: this.#traffic.waitUntil,
    })
    return this.#observed
  }

  /** The provider's windows, as far as they are known. */
  windows(): Windows {
    return { ...this.#observer.windows(), ...this.#told }
  }

  /**
   * Whether so many calls may go out now.
   * @param last no other target is left to be tried before it.
   * @returns false where the target has failed of late, and others should be tried first.
   * @throws GatewayError 429 where the provider has said that it would refuse.
   */
  async admit(calls: number, last: boolean): Promise<boolean> {
    const verdict = await this.#observer.admit(calls, last)
    if (typeof verdict === 'object') throw heldBack(verdict, this.route.slot.name, Date.now())
    return verdict === 'go'
  }

  /** The answer has begun. */
  answered(): void {
    this.#observer.lives()
  }

  /** What an answer used, for an idea of what the next ones will. */
  used({ prompt_tokens, completion_tokens }: Usage): void {
    this.#observer.used(prompt_tokens, completion_tokens)
  }

  /** Hangs up on every call: nobody will read their answers. */
  abandon(): void {
    this.#observer.release()
    this.#calls.abort()
    this.#calls = new AbortController()
  }

  /** Waits until what has failed may be tried again. False: it may not, or nobody waits for it. */
  async again(thrown: unknown): Promise<boolean> {
    if (this.#sentAt > 0) this.#judge(thrown, this.#sentAt)
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
        if (isSpent(call.body) || !(await this.again(thrown))) throw thrown
      }
    }
  }

  async #once(call: Sendable): Promise<Response> {
    const { journey } = this.#traffic
    const { signal } = this.#calls
    const { sentAt, land } = this.#observer.depart()
    let response: Response
    try {
      response = await this.#ask(call, signal)
    } catch (thrown) {
      if (!signal.aborted) this.#judge(thrown, sentAt)
      throw thrown
    } finally {
      land()
    }
    const { headers, status, ok } = response
    const windows = readWindows(this.provider.meters, headers, Date.now())
    Object.assign(journey.headers, fromUpstream(headers, this.provider.tells))
    this.#sentAt = sentAt
    if (!ok) throw await this.#refusal(response, windows, { call, sentAt })
    this.#observer.observe(windows, { status, sentAt })
    return response
  }

  /** Whether a failure is the provider's, which others should know of. Each is judged once, however often it is thrown. */
  #judge(thrown: unknown, sentAt: number, status = 500): void {
    if (!(thrown instanceof GatewayError) || this.#judged.has(thrown) || this.#traffic.signal.aborted) return
    this.#judged.add(thrown)
    const { code, details } = thrown
    if (code === 'not_configured' || (code === 'server_error' && details.cause instanceof Error)) return
    if (code === 'insufficient_quota') this.#observer.failed(sentAt, { quota: true })
    else if (thrown.status < 500) {
      // A limit is no failure, and no sign that all is well.
      if (thrown.status !== 429) this.#observer.lives()
    } else if (mayPass({ status }) || code === 'overloaded') {
      this.#observer.failed(sentAt, { coolMs: details.retryAfterMs })
    }
  }

  /** Once more where the credential had run out and could be made anew. */
  async #ask({ path, headers, body, streams }: Sendable, calls: AbortSignal): Promise<Response> {
    const { journey, client, times, gone, bindings } = this.#traffic
    const { slot } = this.route
    const signal = AbortSignal.any([this.#traffic.signal, calls])
    const sending = { client, signal, headMs: streams ? times.connectMs : times.firstByteMs, bindings }
    for (let renewed = false; ; renewed = true) {
      if (gone.aborted) throw new GatewayError('upstream_error', 'The client has left.')
      journey.attempts++
      const sent = send(slot, this.provider, { method: 'POST', path, headers, body }, sending)
      const response = await journey.time('upstream', sent)
      if (renewed || response.status !== 401 || isSpent(body) || !this.provider.renew?.(slot)) return response
      await response.body?.cancel()
    }
  }

  async #refusal(
    response: Response,
    windows: Windows,
    { call, sentAt }: { readonly call: Sendable; readonly sentAt: number },
  ): Promise<GatewayError> {
    const { headers, status } = response
    const body = await refusalText(response, this.#traffic.times)
    this.#told = windowsTold(this.provider.meters, body, Date.now())
    const error = this.#hinted(
      this.provider.refuse({ status, headers, body }, this.route.slot.name, call.paramOf ? (call as Call) : undefined),
      { status, headers, body },
      { ...windows, ...this.#told },
    )
    const retryAfterMs = error.code === 'insufficient_quota' ? undefined : error.details.retryAfterMs
    this.#observer.observe(windows, { status: error.status, sentAt, retryAfterMs })
    this.#judge(error, sentAt, status)
    return error
  }

  /** A refusal, and whether or when to try again. */
  #hinted(error: GatewayError, { status, headers, body }: Refusal, windows: Windows): GatewayError {
    // Refused without a word that can be read: it would be refused again, whatever it is told as.
    if (error.status >= 500 && !mayPass({ status })) return error.with({ shouldRetry: false })
    if ((error.status !== 429 && error.status !== 503) || error.details.shouldRetry === false) return error
    // A window of nothing never has anything: the plan lacks the model.
    if (error.status === 429 && Object.values(windows).some(({ limit }) => limit === 0))
      return new GatewayError('insufficient_quota', error.message, { shouldRetry: false })
    const wait = retryHint(headers, body, Date.now(), windows)
    return wait === undefined ? error : error.with({ retryAfterMs: wait })
  }
}
