// A chat request as a call of the native API, and the reader of its answer, which is a stream whatever was asked for.

import { GatewayError } from '../../hub/error.ts'
import { jsonIn } from '../../hub/json.ts'
import { jsonAnswer } from '../../hub/json-answer.ts'
import { jsonOf } from '../../hub/large-json.ts'
import { Ledger } from '../../hub/loss.ts'
import type { Account, AnswerReader, Call, Media } from '../../hub/provider.ts'
import type { ChatRequest } from '../../hub/request.ts'
import { stopAt } from '../../hub/stop.ts'
import { write } from '../../hub/support.ts'
import { isLegacy } from '../../hub/wish.ts'
import { extensions, fields } from './fields.ts'
import { planOf } from './plan.ts'
import { type Asked, type State, start } from './state.ts'
import { step } from './stream.ts'
import { counted, promptTokens } from './usage.ts'
import { PATH, type PaddlerBody, PROMPT_PATH, type PromptBody } from './wire.ts'

/** @throws GatewayError 400 for what cannot be sent, or for the first loss in strict mode. */
export function encode(request: ChatRequest, model: string, ledger: Ledger, account: Account): Call {
  return callOf(request, model, ledger, account, undefined)
}

function callOf(
  request: ChatRequest,
  model: string,
  ledger: Ledger,
  account: Account,
  media: ReadonlyMap<string, Media> | undefined,
): Call {
  const plan = planOf(request, ledger, account, media)
  const written = write({ fields, extensions }, request, plan, ledger)
  const { prompt } = request
  const body: PaddlerBody | PromptBody =
    typeof prompt === 'string'
      ? { raw_prompt: prompt, max_tokens: plan.maxTokens }
      : {
          add_generation_prompt: true,
          conversation_history: plan.turns,
          enable_thinking: plan.thinking,
          max_tokens: plan.maxTokens,
          ...written,
        }
  const asked: Asked = {
    model,
    maxTokens: plan.maxTokens,
    calls: plan.tools.length > 0,
    single: request.fields.parallel_tool_calls === false || isLegacy(request.fields),
    prompt: () => promptTokens(body),
  }
  const reader = () => {
    const state = start()
    const json = jsonAnswer(plan.wording?.opens, readerOf(state, asked))
    return stopAt(request.fields.stop, json, 1, () => counted(state, asked))
  }
  return {
    path: prompt === undefined ? PATH : PROMPT_PATH,
    headers: {},
    body: jsonOf(body),
    streams: true,
    paramOf: () => undefined,
    reader,
    answer: (value) => {
      const whole = reader()
      const deltas = [value].flat().flatMap((line) => whole.read({ event: '', data: JSON.stringify(line) }))
      return { deltas }
    },
    ...(plan.wanted.length > 0 && {
      needs: {
        urls: plan.wanted,
        // What else the request loses was told when it was first encoded.
        with: (found) => callOf(request, model, new Ledger(false), account, found),
      },
    }),
  }
}

function readerOf(state: State, asked: Asked): AnswerReader {
  return {
    framing: 'ndjson',
    read: ({ data }, open = false) => {
      const line = jsonIn(data)
      if (line !== undefined) return step(state, line, asked)
      if (open || state.done || state.failed) return []
      // What could not be read may have been a part of the answer: without it the rest would look whole.
      state.failed = true
      return [
        { type: 'error', error: new GatewayError('upstream_error', 'The provider sent a line that is not JSON.') },
      ]
    },
    get done() {
      return state.done
    },
    next: undefined,
  }
}
