// A chat request as a call of the publisher whose model it names, in that publisher's format.
// https://cloud.google.com/vertex-ai/generative-ai/docs/model-garden/available-models
import { GatewayError } from '../../hub/error.ts'
import type { Ledger } from '../../hub/loss.ts'
import type { Account, Call } from '../../hub/provider.ts'
import type { ChatRequest } from '../../hub/request.ts'
import { rows, teller } from '../../hub/support.ts'
import { encodeFor as encodeMessages } from '../anthropic/call.ts'
import { hosted } from '../anthropic/surface.ts'
import { encodeFor as encodeGenerate } from '../gemini/call.ts'
import { errorIn } from '../gemini/error.ts'
import { mistral as predicting } from '../mistral/index.ts'
import { generating } from './generate.ts'
import { open } from './open.ts'
import { isExpress, modelPath } from './place.ts'
import { type Route, routeOf } from './route.ts'

/** Of the Messages API on this platform; it has not changed since. */
const MESSAGES_VERSION = 'vertex-2023-10-16'

/** The row of `n`, which is done before anybody's table is asked. */
export const choices = rows<object, undefined>().emulate(
  'Not every model gives several choices: as many calls are made side by side.',
)

/** @throws GatewayError 400 for what cannot be sent, or for the first loss in strict mode; 404 where a key is not enough. */
export function encode(request: ChatRequest, model: string, ledger: Ledger, account: Account): Call {
  const route = routeOf(model)
  if (isExpress(account) && route.publisher !== 'google') throw beyondKey()
  const { n, ...fields } = request.fields
  if (n !== undefined) choices.write(n, undefined, teller(ledger, 'n'))
  return encodeAs(route, { ...request, fields }, ledger, account)
}

function encodeAs({ format, publisher, model }: Route, request: ChatRequest, ledger: Ledger, account: Account): Call {
  const predict = (name: string, streams: boolean) =>
    modelPath(account, publisher, name, streams ? 'streamRawPredict' : 'rawPredict')
  switch (format) {
    case 'messages':
      return encodeMessages(hosted(MESSAGES_VERSION, predict, errorIn), request, model, ledger)
    case 'generate':
      return encodeGenerate(generating(account, publisher), request, model, ledger)
    case 'predict':
      return movedTo(predicting.chat.encode(request, model, ledger, account), (streams) => predict(model, streams))
    case 'open':
      return open.chat.encode(request, model, ledger, account)
    default:
      return format satisfies never
  }
}

/** A call that is sent elsewhere, and so is what mends it. */
function movedTo(call: Call, path: (streams: boolean) => string): Call {
  return {
    ...call,
    path: path(call.streams),
    mend: (error) => {
      const mended = call.mend?.(error)
      return mended && movedTo(mended, path)
    },
  }
}

function beyondKey(): GatewayError {
  const message = "The slot's API key does not reach this model: it takes an access token or a service account."
  return new GatewayError('model_not_found', message, { param: 'model' })
}
