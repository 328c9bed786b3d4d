// `POST /v1/translate`: what would be sent for a request, and what would be lost. Nobody is called.
import { readText } from './body.ts'
import { numberIn } from './config.ts'
import { asGatewayError, GatewayError } from './hub/error.ts'
import { at, jsonIn } from './hub/json.ts'
import { Ledger, type Loss } from './hub/loss.ts'
import type { AppContext } from './journey.ts'
import { type Route, routes } from './keys/route.ts'
import type { Credential, Slot } from './keys/slot.ts'
import type { Asking, Endpoint, Errand, Outgoing } from './leg.ts'
import { wishesOf } from './request-headers.ts'
import { routeHeaders } from './response-headers.ts'
import { Target, type Traffic } from './target.ts'
import { admit, providerOf, trafficOf } from './translate.ts'
import { addressed } from './upstream.ts'
import { Upload } from './wire/upload.ts'

/** What one target would get. */
interface Translation {
  /** `slot/model` */
  readonly route: string
  readonly requests: readonly unknown[]
  readonly losses: readonly Loss[]
}

/** What all targets of a request share. */
interface Asked {
  readonly c: AppContext
  readonly errand: Errand
  readonly traffic: Traffic
  readonly strict: boolean
}

/**
 * Answers with the calls that a request would lead to. The body is the request's own, of the endpoint that the query
 * names (`?endpoint=/v1/messages`; chat completions unless said), or `{"endpoint", "body"}` around it. It counts against
 * no limit.
 * @param endpoints by path.
 * @throws GatewayError what the request itself would be refused with.
 */
export async function preview(c: AppContext, endpoints: ReadonlyMap<string, Endpoint>): Promise<Response> {
  const journey = c.get('journey')
  c.executionCtx.waitUntil(journey.over)
  const binding = await admit(c)
  const { strict } = wishesOf(c.req.raw.headers)
  const { path, request } = await within(c)
  const endpoint = endpoints.get(path)
  if (!endpoint) {
    const message = `Invalid 'endpoint'. Expected one of: ${[...endpoints.keys()].join(', ')}.`
    throw new GatewayError('invalid_value', message, { param: 'endpoint' })
  }
  const errand = await endpoint({ c, binding, request })
  const asked = { c, errand, traffic: trafficOf(c, binding), strict: strict || binding.strict }
  const choices = errand.routes ?? routes(binding, errand.model)
  const outcomes = await Promise.all(choices.map((route) => translation(asked, route).catch(asGatewayError)))
  const first = outcomes.find((outcome): outcome is Translation => !(outcome instanceof GatewayError))
  if (!first) throw outcomes.find((outcome) => outcome instanceof GatewayError)
  const targets = outcomes.map((outcome, i) =>
    outcome instanceof GatewayError ? { route: choices[i]?.name, error: outcome.body } : outcome,
  )
  Object.assign(journey.headers, routeHeaders(first.route, first.losses))
  journey.note({ status: 200 })
  journey.settle('complete')
  return c.json({ object: 'translation', endpoint: path, ...first, ...(targets.length > 1 && { targets }) })
}

/** The request that the body is, or holds. */
async function within(c: AppContext): Promise<{ readonly path: string; readonly request: Asking['request'] }> {
  const { raw } = c.req
  const named = c.req.query('endpoint')
  if (named !== undefined) return { path: named, request: raw }
  const text = await readText(raw, numberIn(c.env.MAX_BODY_BYTES, 33_554_432))
  const body = jsonIn(text)
  const [endpoint, inner] = [at(body, 'endpoint'), at(body, 'body')]
  const wrapped = typeof endpoint === 'string' && inner !== undefined
  const headers = { 'content-type': 'application/json' }
  const request = new Request(raw.url, { method: 'POST', headers, body: wrapped ? JSON.stringify(inner) : text })
  return { path: wrapped ? endpoint : '/v1/chat/completions', request }
}

async function translation({ c, errand, traffic, strict }: Asked, route: Route): Promise<Translation> {
  const ledger = new Ledger(strict, errand.pathOf)
  const target = new Target(route, providerOf(route), traffic)
  const { sends } = await errand.prepare({ c, target, traffic, ledger, report: false })
  const requests = sends.map((outgoing) => shown(outgoing, target, traffic))
  return { route: route.name, requests: await Promise.all(requests), losses: ledger.losses }
}

/** A call as it would leave, but for the credential. */
async function shown(outgoing: Outgoing, { route, provider }: Target, { client, bindings }: Traffic): Promise<unknown> {
  const { path, headers, body, fetches } = outgoing
  const said = body instanceof Upload ? await uploaded(body) : { body: jsonIn(body) ?? body }
  const more = { ...said, ...(fetches && { fetches }) }
  // Another way than the network has no address, and takes no credential.
  if (provider.reach?.(route.slot, bindings)) return { method: 'POST', url: path, headers, ...more }
  const message = { method: 'POST', path, headers, body } as const
  const sent = await addressed(masked(route.slot), provider, message, client)
  const hide = hiding(route.slot.credential)
  const shown = Object.entries(sent.headers).map(([name, value]) => [name, hide(value)])
  return { method: 'POST', url: hide(sent.url), headers: Object.fromEntries(shown), ...more }
}

/** What goes out in pieces: the body, where it is all here and text, else its length in bytes as far as that is known. */
async function uploaded(upload: Upload): Promise<{ readonly body: unknown } | { readonly upload: number | null }> {
  if (!upload.again || !/\bjson\b/.test(upload.type)) return { upload: upload.length ?? null }
  return { body: jsonIn(await new Response(upload.flow(READ_MS).readable).text()) }
}

/** Nothing but our own reading is waited for. */
const READ_MS = 60_000

const MASK = '***'

/** A slot that signs with a key of nothing, and asks nobody for a token. A text stays: its look decides where it goes. */
function masked(slot: Slot): Slot {
  const { credential } = slot
  if (typeof credential !== 'object') return slot
  if ('access_key_id' in credential) {
    const hidden = Object.keys(credential).map((part) => [part, MASK])
    return { ...slot, credential: { ...credential, ...Object.fromEntries(hidden) } }
  }
  // As a token of the account's, which says no longer whose project it is.
  const project = slot.project ?? at(credential, 'project_id')
  return { ...slot, credential: MASK, ...(typeof project === 'string' && { project }) }
}

/** Takes a credential, and what was signed with one of nothing, out of a text. */
function hiding(credential: Credential | undefined): (text: string) => string {
  if (typeof credential === 'string') return (text) => text.replaceAll(credential, MASK)
  return (text) => text.replace(/\bSignature=[0-9a-f]+/, `Signature=${MASK}`)
}
