// Refusals, which come in the form of a model's maker or in Google's, alone or in a list of one.
// https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/api-errors
import { GatewayError } from '../../hub/error.ts'
import { at, jsonIn } from '../../hub/json.ts'
import type { Call, Refusal } from '../../hub/provider.ts'
import { refused as messagesRefused } from '../anthropic/error.ts'
import { refused as googleRefused } from '../gemini/error.ts'
import { mistral as predicting } from '../mistral/index.ts'
import { open } from './open.ts'
import { PREDICTING } from './route.ts'

/** Google names the project in full, which is the operator's. */
const PROJECT = /\bprojects\/[\w.:-]+/g

export function refused({ body, ...rest }: Refusal, slot: string, call: Call | undefined): GatewayError {
  const refusal = { ...rest, body: body.replace(PROJECT, 'projects/-') }
  const paramOf = call?.paramOf ?? (() => undefined)
  const value = jsonIn(refusal.body)
  const first: unknown = Array.isArray(value) ? value[0] : value
  if (at(first, 'type') === 'error') {
    const error = messagesRefused({ ...refusal, body: JSON.stringify(first) }, slot, paramOf)
    // At home a limit without a time to wait is one of money; here none ever says how long.
    return error.code === 'rate_limit' ? new GatewayError(error.code, error.message) : error
  }
  if (typeof at(at(first, 'error'), 'status') === 'string') return googleRefused(refusal, slot, paramOf)
  const own = call?.path.includes(`/publishers/${PREDICTING}/`) ? predicting : open
  return own.refuse(refusal, slot, call)
}
