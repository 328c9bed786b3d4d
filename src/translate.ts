// The journey of one request, from the client's words to the provider's and back. Read this page first.
import { Bill } from './bill.ts'
import { asGatewayError, GatewayError } from './hub/error.ts'
import { Ledger, type Loss } from './hub/loss.ts'
import type { Provider } from './hub/provider.ts'
import type { AppContext, Journey } from './journey.ts'
import { authenticate, checkOrigin } from './keys/authenticate.ts'
import type { Binding } from './keys/binding.ts'
import { type Route, routes } from './keys/route.ts'
import type { Endpoint, Errand, Leg, Prepared } from './leg.ts'
import { limitHeaders } from './limits/headers.ts'
import type { Windows } from './limits/meters.ts'
import { windowsOf } from './limits/spans.ts'
import { routeIn } from './log.ts'
import { priceOf } from './prices.ts'
import { providers } from './providers/index.ts'
import { wishesOf } from './request-headers.ts'
import { routeHeaders } from './response-headers.ts'
import { mayPass, Retries } from './retries.ts'
import { isSpent, Target, type Traffic } from './target.ts'
import { deadline, lagging, timesOf } from './timeouts.ts'

/** Answers one request, whatever is asked for. */
export async function translate(c: AppContext, endpoint: Endpoint): Promise<Response> {
  const journey = c.get('journey')
  const { raw } = c.req
  c.executionCtx.waitUntil(journey.over)

  const binding = await admit(c) //                                        401 403 429 503
  const wishes = wishesOf(raw.headers) //                                  400
  const errand = await endpoint({ c, binding, request: raw }) //           400 413
  journey.note({ stream: errand.streams ?? false })
  const choices = errand.routes ?? routes(binding, errand.model) //        404
  const bill = new Bill(c, binding)
  const strict = wishes.strict || binding.strict
  return firstOf(choices, strict, { c, errand, traffic: trafficOf(c, binding), bill, report: wishes.report })
}

/** The binding of the key that asks, from where it may be used. */
export async function admit(c: AppContext): Promise<Binding> {
  const journey = c.get('journey')
  const waitUntil = (work: Promise<unknown>) => c.executionCtx.waitUntil(work)
  const binding = await journey.time('auth', authenticate(c.req.raw, c.env, waitUntil)) // 401 429 503
  journey.note({ key_id: binding.id })
  checkOrigin(binding, c.req.raw) //                                                       403
  return binding
}

/** What goes between the gateway and the targets of a request, under the rules of its key. */
export function trafficOf(c: AppContext, binding: Binding): Traffic {
  const { limits, timeouts, onDisconnect, limitsMode: mode, retries = 0 } = binding
  const journey = c.get('journey')
  const { headers, signal } = c.req.raw
  const began = Date.now()
  const drainMs = onDisconnect === 'drain' ? DRAIN_MS : 0
  return {
    journey,
    limiter: c.env.LIMITER,
    mode,
    client: headers,
    gone: signal,
    drainMs,
    metered: windowsOf('tokens', { ...limits, ...binding.token?.budget }).length > 0,
    signal: untilTooLate(lingering(signal, journey, drainMs), journey, timeouts.total_ms),
    times: timesOf(timeouts),
    retries: () => new Retries(retries, began, timeouts.total_ms),
    waitUntil: (work) => c.executionCtx.waitUntil(work),
    bindings: c.env,
  }
}

/** What all targets of a request share. */
interface Trip {
  readonly c: AppContext
  readonly errand: Errand
  readonly traffic: Traffic
  readonly bill: Bill
  readonly report: boolean
}

/**
 * The answer of the first target that has one. Each is encoded from the client's own request. Those that failed of late
 * are tried after all others, and those that would refuse are passed over.
 */
async function firstOf(choices: readonly Route[], strict: boolean, trip: Trip): Promise<Response> {
  const { c, errand, traffic, bill, report } = trip
  const { journey, gone, signal } = traffic
  const queue = [...choices]
  const postponed = new Set<Route>()
  let failure: GatewayError | undefined
  let failed: Route | undefined
  let own: Windows = {}
  for (let route = queue.shift(); route; route = queue.shift()) {
    const before = { headers: journey.headers, attempts: journey.attempts }
    journey.headers = {}
    let told = true
    let over = false
    let spent = () => false
    const target = new Target(route, providerOf(route), traffic)
    const ledger = new Ledger(strict, errand.pathOf)
    try {
      journey.note(headed(route))
      journey.price = errand.tier === undefined ? priceOf(route, target.provider, c.env.PRICES) : undefined
      const preparing = prepared(errand, { c, target, traffic, ledger, report })
      const { calls, size, go, sends } = await journey.time('translate', preparing) // 400 404
      const last = choices.length === 1 || postponed.has(route)
      const admitted = await journey.time('limit', target.admit(calls, last)) // 429
      if (!admitted) {
        postponed.add(route)
        queue.push(route)
        told = false
        continue
      }
      journey.note({ losses: lossesIn(errand, ledger.losses) })
      journey.calls = calls
      const reservation = bill.charge(calls, size)
      try {
        await journey.time('limit', reservation.granted) //                    401 429 503
      } catch (refusal) {
        // The key's own limits are the same for every target.
        over = true
        throw refusal
      } finally {
        own = reservation.windows()
      }
      spent = () => sends.some(({ body }) => isSpent(body))
      return await persistently(target, go, spent) //                          the provider's own, 502 504
    } catch (thrown) {
      const error = asGatewayError(thrown)
      target.abandon()
      // A target that would lose something, or has nothing of the kind, is skipped: that says nothing of the others.
      const skipped = (strict && isLoss(error)) || error.code === 'unknown_url' || error.details.elsewhere === true
      const called = journey.attempts > before.attempts
      told = failure === undefined || (!skipped && (over || saysMore(error, failure, called)))
      if (told && !skipped) [failure, failed] = [error, route]
      over ||= gone.aborted || signal.aborted || !(skipped || mayPass(error)) || queue.length === 0 || spent()
      if (over) throw failure ?? error
    } finally {
      if (told) {
        Object.assign(journey.headers, {
          ...limitHeaders(own, target.windows(), Date.now()),
          ...routeHeaders(route.name, ledger.losses),
        })
      } else {
        journey.headers = before.headers
        if (failed) journey.note(headed(failed))
      }
    }
  }
  throw new GatewayError('server_error', 'No target is left.')
}

/** Where a request goes, as the log may have it. */
function headed({ name, slot }: Route): { route: string; provider: string } {
  return { route: routeIn(name), provider: slot.provider }
}

/** Of two targets' failures the one that says how soon to come back; else the later one, if that target was called. */
function saysMore({ details: later }: GatewayError, { details: sooner }: GatewayError, called: boolean): boolean {
  if (later.retryAfterMs === undefined || sooner.retryAfterMs === undefined) return called
  return later.retryAfterMs <= sooner.retryAfterMs
}

/** What is thrown at once is a rejection as well. */
async function prepared(errand: Errand, leg: Leg): Promise<Prepared> {
  return errand.prepare(leg)
}

/** An answer that fails before its first byte is asked for again, like one that was refused. */
async function persistently(target: Target, go: Prepared['go'], spent: () => boolean): Promise<Response> {
  for (;;) {
    try {
      const response = await go()
      target.answered()
      return response
    } catch (thrown) {
      target.abandon()
      if (spent() || !(await target.again(thrown))) throw thrown
    }
  }
}

export function providerOf({ slot }: Pick<Route, 'slot'>): Provider {
  const provider = providers.get(slot.provider)
  if (!provider) throw new GatewayError('not_configured', `The provider of slot '${slot.name}' is not known here.`)
  return provider
}

/** What strict mode makes of a loss. */
function isLoss({ code }: GatewayError): boolean {
  return code === 'unsupported_parameter' || code === 'unsupported_value'
}

/** The losses as the log may have them: names of fields that the endpoint does not know are the client's own words. */
function lossesIn(errand: Errand, losses: readonly Loss[]): string[] {
  return losses.map(({ path, kind }) => {
    const field = /^\w*/.exec(path)?.[0] ?? ''
    return `${errand.knows(field) ? field : '?'} ${kind}`
  })
}

/** What work after a client left may take on Workers, with a reserve: 30 s. */
const DRAIN_MS = 25_000

/** The signal of a client whose answer is read on for a while when it has left. */
function lingering(gone: AbortSignal, journey: Journey, drainMs: number): AbortSignal {
  if (drainMs === 0) return gone
  const late = lagging(gone, drainMs)
  journey.atEnd(late.clear)
  return late.signal
}

/** A signal, and the end of the time that the key gives to a request. */
function untilTooLate(signal: AbortSignal, journey: Journey, totalMs: number | undefined): AbortSignal {
  if (totalMs === undefined) return signal
  const total = deadline(totalMs, 'The answer took longer than the key allows.')
  journey.atEnd(total.clear)
  return AbortSignal.any([signal, total.signal])
}
