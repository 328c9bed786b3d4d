// Is this a request that the service would take?
import { checkConversation } from './conversation.ts'
import { findModel, type Model } from './models.ts'
import { Refusal } from './refusal.ts'
import { checkConfig, checkTools } from './rules.ts'
import { BODY, type Body } from './wire.ts'

export interface Checked {
  readonly body: Body
  readonly model: Model
}

/** The request as it is understood; throws the Refusal the real service would answer. */
export function checkRequest(name: string, given: unknown): Checked {
  const model = findModel(name)
  if (!model) {
    const text = `models/${name} is not found for API version v1beta, or is not supported for generateContent. Call ListModels to see the list of available models and their supported methods.`
    throw new Refusal(text, 404)
  }
  // The table above is what the type says.
  const body = BODY(given, '') as Body
  checkTools(body, model)
  checkConfig(body, model)
  checkConversation(body, model)
  return { body, model }
}
