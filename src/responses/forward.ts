// A question about a response that a provider keeps, asked of the slot that it was made in.
import { bytesOf } from '../answers.ts'
import { responses } from '../dialects/index.ts'
import { requestOf } from '../dialects/responses/request.ts'
import { GatewayError } from '../hub/error.ts'
import type { AppContext } from '../journey.ts'
import type { Binding } from '../keys/binding.ts'
import { streamingOf } from '../leg.ts'
import { relayedStream } from '../relay.ts'
import { fromUpstream, STREAM_HEADERS } from '../response-headers.ts'
import { providerOf, trafficOf } from '../translate.ts'
import { type Message, refusalText, send } from '../upstream.ts'

/** What of a query a provider is asked. */
const QUERY = /^(?:include(?:\[\])?|stream|starting_after|include_obfuscation|limit|order|after)$/

/** What is asked of which response. */
export interface Question {
  readonly method: Message['method']
  readonly id: string
  /** Below the response's own address: `/input_items`. */
  readonly below: string
  readonly streams: boolean
}

/**
 * The provider's answer, as it came.
 * @throws GatewayError 404 where the key has that slot no longer, and what the provider refuses with.
 */
export async function forward(c: AppContext, binding: Binding, name: string, asked: Question): Promise<Response> {
  const { method, id, below, streams } = asked
  const slot = binding.slots.get(name)
  if (!slot || slot.fault)
    throw slot?.fault ?? new GatewayError('not_found', `The slot '${name}' is not there any more.`)
  const provider = providerOf({ slot })
  const base = provider.relays?.(responses.name, '', slot)
  if (base === undefined) throw new GatewayError('not_found', `The slot '${name}' keeps no responses any more.`)
  const traffic = trafficOf(c, binding)
  const { journey, times, signal, client, bindings } = traffic
  const path = base.replace(/(?=\?|$)/, `/${encodeURIComponent(id)}${below}`)
  const sending = { client, signal, headMs: times.firstByteMs, bindings }
  const message = { method, path: withQuery(path, new URL(c.req.url).searchParams), headers: {} }
  journey.attempts++
  const response = await journey.time('upstream', send(slot, provider, message, sending))
  Object.assign(journey.headers, fromUpstream(response.headers, provider.tells))
  if (!response.ok) {
    const refusal = { status: response.status, headers: response.headers, body: await refusalText(response, times) }
    throw provider.refuse(refusal, name, undefined)
  }
  if (streams) {
    const request = requestOf({ model: '', input: '' })
    const context = { request, created: Math.floor(Date.now() / 1000), report: undefined }
    // What it used was counted when it was made.
    const streaming = streamingOf({ traffic })
    const body = await relayedStream(response, responses, context, {
      ...streaming,
      settle: (end) => streaming.settle({ ...end, usage: undefined }),
    })
    return new Response(body, { headers: STREAM_HEADERS })
  }
  const body = await bytesOf(response, times.idleMs)
  return new Response(body, { headers: { 'content-type': 'application/json' } })
}

function withQuery(path: string, query: URLSearchParams): string {
  const kept = new URLSearchParams([...query].filter(([name]) => QUERY.test(name))).toString()
  return kept === '' ? path : `${path}${path.includes('?') ? '&' : '?'}${kept}`
}
