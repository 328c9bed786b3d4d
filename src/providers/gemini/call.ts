// A chat request as a call of generateContent: https://ai.google.dev/api/generate-content

import { customNames } from '../../hub/definitions.ts'
import { jsonAnswer, jsonDeltas } from '../../hub/json-answer.ts'
import { jsonOf } from '../../hub/large-json.ts'
import { Ledger } from '../../hub/loss.ts'
import type { Call, Media } from '../../hub/provider.ts'
import type { ChatFields, ChatRequest } from '../../hub/request.ts'
import { dropped, type Note, teller, write } from '../../hub/support.ts'
import { answerOf, readerOf } from './answer.ts'
import { NO_LOGPROBS, NO_PENALTIES, tierSent } from './fields.ts'
import { paramOf } from './param.ts'
import { type Amends, type Plan, planOf } from './plan.ts'
import type { Asked } from './state.ts'
import type { Fetched, Surface } from './surface.ts'
import { NO_THINKING } from './thinking.ts'
import { NO_SYSTEM } from './turns.ts'
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
  let amended: { readonly mending: Mending; readonly call: Call } | undefined
  return {
    ...callOf(asking, told, fetched, {}),
    mend: (error) => {
      const mending = MENDINGS.find(({ when }) => when.test(error.message))
      const lost = mending?.of.filter((field) => asking.request.fields[field] !== undefined) ?? []
      if (!mending || lost.length === 0) return undefined
      // Calls side by side are refused for the same reason, and mended alike.
      if (amended?.mending === mending) return amended.call
      for (const field of lost) teller(asking.ledger, field)(mending.note)
      // What else the request loses was told when it was first encoded.
      amended = { mending, call: callOf(asking, new Ledger(false), fetched, mending.amends) }
      return amended.call
    },
  }
}

const SIGNATURES = dropped('The provider refused the signatures that were sent back: the request went without them.')

interface Mending {
  readonly when: RegExp
  readonly amends: Amends
  readonly note: Note
  /** The fields that lose by it: one of them must have been asked for. */
  readonly of: readonly (keyof ChatFields)[]
}

/** What can be done about a refusal, where no name told what the model lacks. */
const MENDINGS: readonly Mending[] = [
  { when: /thought signature/i, amends: { withoutSignatures: true }, note: SIGNATURES, of: ['messages'] },
  {
    when: /^penalty is not enabled/i,
    amends: { lacks: { penalties: false } },
    note: NO_PENALTIES,
    of: ['presence_penalty', 'frequency_penalty'],
  },
  {
    when: /^logprobs is not enabled/i,
    amends: { lacks: { logprobs: false } },
    note: NO_LOGPROBS,
    of: ['logprobs', 'top_logprobs'],
  },
  {
    when: /^thinking (?:level )?is not (?:enabled|supported)/i,
    amends: { lacks: { thinking: 'none' } },
    note: NO_THINKING,
    of: ['reasoning_effort', 'reasoning', 'thinking'],
  },
  {
    when: /^developer instruction is not enabled/i,
    amends: { lacks: { system: false } },
    note: NO_SYSTEM,
    of: ['messages'],
  },
]

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
    body: jsonOf(body),
    streams,
    paramOf: (path) => paramOf(path, plan),
    reader: (head) => jsonAnswer(opens, readerOf(asked, head)),
    answer: (value) => ({ deltas: jsonDeltas(opens, answerOf(value, asked).deltas) }),
  }
}

function askedOf({ names, request, calls }: Plan, model: string): Asked {
  return { names, model, calls, custom: customNames(request) }
}
