// A chat request as a call of Cohere's chat endpoint: https://docs.cohere.com/v2/reference/chat
import { customNames } from '../../hub/definitions.ts'
import type { GatewayError } from '../../hub/error.ts'
import { jsonAnswer, jsonDeltas } from '../../hub/json-answer.ts'
import { Ledger } from '../../hub/loss.ts'
import type { Call } from '../../hub/provider.ts'
import type { ChatRequest } from '../../hub/request.ts'
import { teller, write } from '../../hub/support.ts'
import { answerOf, readerOf } from './answer.ts'
import { BY_WORD, extensions, fields, OVER_MAXIMUM, OVER_TEMPERATURE } from './fields.ts'
import { paramOf } from './param.ts'
import { type Amends, type Plan, planOf } from './plan.ts'
import type { Asked } from './state.ts'
import type { ChatBody } from './wire.ts'

/** @throws GatewayError 400 for what cannot be sent, or for the first loss in strict mode. */
export function encode(request: ChatRequest, model: string, ledger: Ledger): Call {
  const plan = planOf(request, model, ledger)
  let mended: Call | undefined
  return {
    ...callOf(request, model, ledger, plan),
    mend: (error) => {
      // Calls side by side are refused for the same reason, and mended alike.
      if (mended) return mended
      const amends = amendsFor(error, plan, ledger)
      if (!amends) return undefined
      // What else the request loses was told when it was first encoded.
      const told = new Ledger(false)
      mended = callOf(request, model, told, planOf(request, model, told, amends))
      return mended
    },
  }
}

const HOT = /temperature must be between 0(?:\.0)? and (\d+(?:\.\d+)?)/i
const LONG = /max(?:imum)?[_ ]tokens must be less than or equal to (\d+)/i
const SCHEMA = /json[_ ]?schema|response_format/i

/** What can be done about a refusal. */
function amendsFor({ code, message }: GatewayError, plan: Plan, ledger: Ledger): Amends | undefined {
  if (code !== 'invalid_request') return undefined
  const { request, format } = plan
  const most = Number(HOT.exec(message)?.[1])
  if ((request.temperature ?? 0) > most) {
    teller(ledger, 'temperature')(OVER_TEMPERATURE, { sent: most })
    return { maxTemperature: most }
  }
  const limit = Number(LONG.exec(message)?.[1])
  const field = request.max_completion_tokens ? 'max_completion_tokens' : 'max_tokens'
  if (limit > 0 && (request[field] ?? 0) > limit) {
    teller(ledger, field)(OVER_MAXIMUM, { sent: limit })
    return { maxTokens: limit }
  }
  if (!format.sent || !SCHEMA.test(message)) return undefined
  teller(ledger, 'response_format')(BY_WORD)
  return { byWord: true }
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
    body: JSON.stringify(body),
    streams: body.stream === true,
    paramOf: (path) => paramOf(path, request.fields),
    reader: (head) => jsonAnswer(opens, readerOf(asked, head)),
    answer: (value) => ({ deltas: jsonDeltas(opens, answerOf(value, asked)) }),
  }
}
