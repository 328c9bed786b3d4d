// Whether the real service would take a request: the tables of fields first, then the model, then what the fields mean
// together. A request that passes is one the real service would answer, as far as its reference tells.
import { findModel, type Model } from './models.ts'
import { Refusal } from './refusal.ts'
import { countRequest, messagesRequest } from './request.ts'
import { calls } from './rules/calls.ts'
import { content } from './rules/content.ts'
import { messages } from './rules/conversation.ts'
import { output } from './rules/output.ts'
import type { Checked, Rule } from './rules/rule.ts'
import { sampling } from './rules/sampling.ts'
import { thinking } from './rules/thinking.ts'
import { tools } from './rules/tools.ts'
import type { Context } from './shape.ts'
import type { MessagesBody } from './wire.ts'

/** Every rule, in the order in which the first that objects is answered. */
export const RULES: readonly Rule[] = [...messages, ...calls, ...content, ...tools, ...thinking, ...sampling, ...output]

function modelOf(body: MessagesBody): Model {
  const model = findModel(body.model)
  if (!model) throw new Refusal(`model: ${body.model}`, 'Errors, 404', 404)
  return model
}

function check(request: Checked): Checked {
  for (const rule of RULES) {
    const text = rule.refuse(request)
    if (text !== undefined) throw new Refusal(text, rule.cites)
  }
  return request
}

/** The body of `POST /v1/messages`, checked; throws the Refusal the real service would answer. */
export function checkMessages(body: unknown, context: Context): Checked {
  messagesRequest(body, '', context, 'Messages request')
  const asked = body as MessagesBody
  return check({ body: asked, model: modelOf(asked), ...context })
}

/** The body of `POST /v1/messages/count_tokens`, checked alike: what asks for an answer does not exist here. */
export function checkCount(body: unknown, context: Context): Checked {
  countRequest(body, '', context, 'Messages request')
  const asked = body as MessagesBody
  const model = modelOf(asked)
  return check({ body: { ...asked, max_tokens: model.maxTokens }, model, ...context })
}
