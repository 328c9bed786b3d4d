// A chat request as a call of generateContent: https://ai.google.dev/api/generate-content

import { customNames } from '../../hub/definitions.ts'
import type { GatewayError } from '../../hub/error.ts'
import { jsonAnswer, jsonDeltas } from '../../hub/json-answer.ts'
import { Ledger } from '../../hub/loss.ts'
import type { Call, Media } from '../../hub/provider.ts'
import type { ChatRequest } from '../../hub/request.ts'
import { dropped, teller, write } from '../../hub/support.ts'
import { answerOf, readerOf } from './answer.ts'
import { NO_LOGPROBS, NO_PENALTIES, tierSent } from './fields.ts'
import { paramOf } from './param.ts'
import { type Amends, type Plan, planOf } from './plan.ts'
import type { Asked } from './state.ts'
import type { Fetched, Surface } from './surface.ts'
import type { GeminiFields } from './wire.ts'

/** @throws GatewayError 400 for what cannot be sent, or for the first loss in strict mode. */
export function encodeFor(surface: Surface, request: ChatRequest, model: string, ledger: Ledger): Call {
  const fetched: Fetched = { media: new Map(), wanted: new Map() }
  const asking = { surface, request, model, ledger }
  const call = firstCall(asking, ledger, fetched)
  if (fetched.wanted.size === 0) return call
  const withMedia = (media: ReadonlyMap<string, Media>) =>
    // What the request loses was told by now.
    firstCall(asking, new Ledger(false), { media, wanted: new Map() })
  return { ...call, needs: { urls: [...fetched.wanted.values()], with: withMedia } }
}

interface Asking {
  readonly surface: Surface
  readonly request: ChatRequest
  readonly model: string
  /** Where losses are told that only a refusal shows. */
  readonly ledger: Ledger
}

function firstCall(asking: Asking, told: Ledger, fetched: Fetched): Call {
  let amended: { readonly why: string; readonly call: Call } | undefined
  return {
    ...callOf(asking, told, fetched, {}),
    mend: (error) => {
      const mending = mendingFor(error, asking)
      if (!mending) return undefined
      // Calls side by side are refused for the same reason, and mended alike.
      if (amended?.why === mending.note.reason) return amended.call
      for (const field of mending.told) teller(asking.ledger, field)(mending.note)
      // What else the request loses was told when it was first encoded.
      amended = { why: mending.note.reason, call: callOf(asking, new Ledger(false), fetched, mending.amends) }
      return amended.call
    },
  }
}

const SIGNATURES = dropped('The provider refused the signatures that were sent back: the request went without them.')

/** What can be done about a refusal. */
function mendingFor(
  { message }: GatewayError,
  { request: { fields } }: Asking,
): { amends: Amends; note: typeof SIGNATURES; told: string[] } | undefined {
  const asked = (...names: (keyof typeof fields)[]) => names.filter((name) => fields[name] !== undefined)
  if (/thought signature/i.test(message)) {
    return { amends: { withoutSignatures: true }, note: SIGNATURES, told: ['messages'] }
  }
  if (/^penalty is not enabled/i.test(message)) {
    const told = asked('presence_penalty', 'frequency_penalty')
    return told.length > 0 ? { amends: { lacks: { penalties: false } }, note: NO_PENALTIES, told } : undefined
  }
  if (/^logprobs is not enabled/i.test(message)) {
    const told = asked('logprobs', 'top_logprobs')
    return told.length > 0 ? { amends: { lacks: { logprobs: false } }, note: NO_LOGPROBS, told } : undefined
  }
  return undefined
}

/** What stands at the top of a body; the rest is configuration. */
const TOP: ReadonlySet<string> = new Set([
  ...['contents', 'systemInstruction', 'tools', 'toolConfig', 'safetySettings', 'cachedContent', 'serviceTier'],
  ...['labels', 'modelArmorConfig'],
])

function callOf({ surface, request, model }: Asking, ledger: Ledger, fetched: Fetched, amends: Amends): Call {
  const plan = planOf(request, model, ledger, surface, fetched, amends)
  const { fields } = request
  const written: Partial<GeminiFields> = {
    contents: plan.contents,
    ...(plan.system && { systemInstruction: plan.system }),
    ...write(surface.table, request, plan, ledger),
  }
  const entries = Object.entries(written)
  const config = entries.filter(([name]) => !TOP.has(name))
  const body = {
    ...Object.fromEntries(entries.filter(([name]) => TOP.has(name))),
    ...(config.length > 0 && { generationConfig: Object.fromEntries(config) }),
  }
  const streams = fields.stream === true
  const asked = askedOf(plan, model)
  const opens = plan.format?.by === 'word' ? plan.format.opens : undefined
  const tier = fields.service_tier ? (tierSent(fields.service_tier) ?? 'standard') : undefined
  return {
    path: surface.path(model, streams),
    headers: (tier && surface.tierHeaders?.(tier)) || {},
    body: JSON.stringify(body),
    streams,
    paramOf: (path) => paramOf(path, plan),
    reader: (head) => jsonAnswer(opens, readerOf(asked, head)),
    answer: (value) => ({ deltas: jsonDeltas(opens, answerOf(value, asked).deltas) }),
  }
}

function askedOf({ names, request, calls }: Plan, model: string): Asked {
  return { names, model, calls, custom: customNames(request) }
}
