// A chat request as a call of Cohere's chat endpoint: https://docs.cohere.com/v2/reference/chat
import { customNames } from '../../hub/definitions.ts'
import { jsonAnswer, jsonDeltas } from '../../hub/json-answer.ts'
import { jsonOf } from '../../hub/large-json.ts'
import { Ledger } from '../../hub/loss.ts'
import type { Call } from '../../hub/provider.ts'
import type { ChatRequest } from '../../hub/request.ts'
import { teller, write } from '../../hub/support.ts'
import { answerOf, readerOf } from './answer.ts'
import { extensions, fields } from './fields.ts'
import { mendingFor } from './mend.ts'
import { paramOf } from './param.ts'
import { type Plan, planOf } from './plan.ts'
import type { Asked } from './state.ts'
import type { ChatBody } from './wire.ts'

/** @throws GatewayError 400 for what cannot be sent, or for the first loss in strict mode. */
export function encode(request: ChatRequest, model: string, ledger: Ledger): Call {
  const plan = planOf(request, model, ledger)
  const mended = new Map<string, Call>()
  return {
    ...callOf(request, model, ledger, plan),
    mend: (error) => {
      const mending = mendingFor(error, plan)
      if (!mending) return undefined
      // Calls side by side are refused for the same reason, and mended alike.
      const key = JSON.stringify(mending.amends)
      const known = mended.get(key)
      if (known) return known
      const { amends, field, note, sent } = mending
      teller(ledger, field)(note, { sent })
      // What else the request loses was told when it was first encoded.
      const told = new Ledger(false)
      const call = callOf(request, model, told, planOf(request, model, told, amends))
      mended.set(key, call)
      return call
    },
  }
}

function callOf(request: ChatRequest, model: string, ledger: Ledger, plan: Plan): Call {
  const body: ChatBody = {
    messages: plan.messages,
    ...write({ fields, extensions }, request, plan, ledger),
    // The client's name of the model is the slot's and the model's.
    model,
  }
  const opens = plan.format.word?.opens
  const asked: Asked = {
    model,
    names: plan.names,
    custom: customNames(request.fields),
    trimmed: opens !== undefined,
  }
  return {
    path: '/v2/chat',
    headers: {},
    body: jsonOf(body),
    streams: body.stream === true,
    paramOf: (path) => paramOf(path, request.fields),
    reader: (head) => jsonAnswer(opens, readerOf(asked, head)),
    answer: (value) => ({ deltas: jsonDeltas(opens, answerOf(value, asked)) }),
  }
}
