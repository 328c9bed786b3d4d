// How long a prompt is, in the words of Messages: https://docs.anthropic.com/en/api/messages-count-tokens
//
// Asked of a provider that speaks Messages, or that counts in words of its own. Where nobody counts it is estimated, and
// that is told.
import { textOf } from './answers.ts'
import { readText } from './body.ts'
import { numberIn } from './config.ts'
import { passed, relayedBody } from './converse.ts'
import { counting } from './dialects/index.ts'
import { missing } from './endpoints/missing.ts'
import { GatewayError } from './hub/error.ts'
import { at, jsonIn, parseJson } from './hub/json.ts'
import { reportOf } from './hub/loss.ts'
import type { Call, TokenCount } from './hub/provider.ts'
import type { ChatRequest } from './hub/request.ts'
import { estimatedTokens } from './hub/tokens.ts'
import { type Endpoint, type Leg, type Prepared, settle } from './leg.ts'
import { complete } from './media/complete.ts'
import { spliceValue } from './wire/splice.ts'

export const countTokens: Endpoint = async ({ c, request: raw }) => {
  const text = await readText(raw, numberIn(c.env.MAX_BODY_BYTES, 33_554_432)) // 400 413
  const request = counting.read(parseJson(text)) //                                 400
  return {
    model: request.fields.model,
    pathOf: request.origin?.pathOf,
    knows: (field) => request.origin?.knows(field) ?? false,
    prepare: (leg) => prepare(leg, request, text),
  }
}

function prepare(leg: Leg, read: ChatRequest, text: string): Prepared {
  const { provider, route } = leg.target
  const { model, slot } = route
  const path = provider.relays?.('messages', model, slot)
  if (path !== undefined) {
    const body = relayedBody(leg, read, (name) => spliceValue(text, 'model', JSON.stringify(name)))
    return asked(leg, { path: `${path}/count_tokens`, body, read: (answer) => at(answer, 'input_tokens') })
  }
  if (!provider.chat) throw missing(leg.target, 'conversations')
  const request = read.origin?.translate?.(provider.chat) ?? read
  for (const loss of request.origin?.losses ?? []) leg.ledger.tell(loss)
  if (!provider.countTokens) return estimated(leg, request)
  const call = provider.chat.encode(request, model, leg.ledger, slot)
  const count = provider.countTokens(call, model, slot)
  return count ? asked(leg, count, { call, request }) : estimated(leg, request)
}

/** A conversation that was put into the provider's words first. */
interface Translated {
  readonly call: Call
  readonly request: ChatRequest
}

function asked(leg: Leg, count: TokenCount, translated?: Translated): Prepared {
  const { c, target, traffic } = leg
  const { provider, route } = target
  const headers = translated ? {} : passed(counting, traffic.client)
  const go = async () => {
    const around = { network: c.env.MEDIA ?? globalThis, own: new URL(c.req.url).hostname, signal: traffic.signal }
    const whole = translated?.call.needs && (await complete(translated.call, around))
    const { read, ...ready } = (whole && provider.countTokens?.(whole, route.model, route.slot)) ?? count
    try {
      const response = await target.send({ ...ready, headers, streams: false })
      return answered(leg, read(jsonIn(await textOf(response, traffic.times.idleMs))))
    } catch (thrown) {
      // Not every model's prompts are counted, and only the refusal tells.
      if (!(translated && thrown instanceof GatewayError && UNCOUNTED.test(thrown.message))) throw thrown
      return estimated(leg, translated.request).go()
    }
  }
  const fetches = translated?.call.needs?.urls.map(({ url }) => url)
  const { path, body } = count
  return { calls: 1, sends: [{ path, headers, body, ...(fetches && { fetches }) }], go }
}

const UNCOUNTED = /(?:not|n't) support.*count|count.*(?:not|n't) support/i

function estimated(leg: Leg, request: ChatRequest): Prepared {
  const reason = 'The provider counts no prompts: four characters are taken for a token.'
  leg.ledger.tell({ path: 'input_tokens', kind: 'emulated', reason })
  return { calls: 0, sends: [], go: async () => answered(leg, estimatedTokens(request)) }
}

function answered(leg: Leg, tokens: unknown): Response {
  if (typeof tokens !== 'number') throw new GatewayError('upstream_error', 'The provider sent no count of tokens.')
  settle(leg, 'complete', undefined)
  return Response.json({ input_tokens: tokens, ...(leg.report && { dragoman: reportOf(leg.ledger.losses) }) })
}
