// A Messages request in the hub's words. It is put into them only where somebody translates it: a provider that speaks
// Messages itself gets the client's own words, whatever of them nobody here knows, and refuses them itself.
import type * as z from 'zod/mini'
import { countRequest, type MessagesBody, messagesRequest } from '../../../schemas/messages.ts'
import { Desugaring, desugar } from '../../hub/desugar.ts'
import { GatewayError } from '../../hub/error.ts'
import { isObject } from '../../hub/json.ts'
import { type ChatRequest, chatRequestOf, type Origin } from '../../hub/request.ts'
import { UNKNOWN } from '../../hub/support.ts'
import { validate } from '../../hub/validate.ts'
import { chatMessages } from './conversation.ts'
import { fields, NO_THREAD } from './fields.ts'
import { Paths } from './paths.ts'
import { unsealed } from './relayed.ts'
import { chatTools } from './tools.ts'

/** @throws GatewayError 400 for a body that names no model. */
export function readMessages(body: unknown): ChatRequest {
  return read(body, messagesRequest)
}

/** A request that asks how long its prompt is. @throws GatewayError as `readMessages`. */
export function readCounting(body: unknown): ChatRequest {
  return read(body, countRequest)
}

type Schema = z.ZodMiniType<MessagesBody>

function read(body: unknown, schema: Schema): ChatRequest {
  if (!isObject(body)) throw new GatewayError('invalid_type', 'The body is no object.')
  const { model, stream, max_tokens: limit } = body
  if (model === undefined) throw new GatewayError('missing_required_parameter', 'Field required', { param: 'model' })
  if (typeof model !== 'string' || model === '')
    throw new GatewayError('invalid_value', "Expected a model's name.", { param: 'model' })
  const paths = new Paths()
  const origin: Origin = {
    body,
    losses: [],
    foreign: true,
    pathOf: (path) => paths.of(path),
    knows: (field) => Object.hasOwn(fields, field),
    translate: () => {
      translated ??= translate(body, schema, paths, origin)
      return translated
    },
    relayed: () => unsealed(body),
  }
  let translated: ChatRequest | undefined
  return {
    fields: {
      model,
      messages: [],
      ...(stream === true && { stream }),
      ...(Number.isInteger(limit) && Number(limit) > 0 && { max_completion_tokens: Number(limit) }),
    },
    extras: {},
    origin,
  }
}

function translate(body: Origin['body'], schema: Schema, paths: Paths, origin: Origin): ChatRequest {
  const told = new Desugaring()
  // Before all else: what follows in a thread makes no sense without what it follows.
  if (isObject(body.thread)) told.lose('thread')(NO_THREAD)
  const valid = validate(schema, body)
  const messages = chatMessages(valid, paths, told.lose('messages'))
  const plan = { messages, ...chatTools(valid.tools ?? [], paths, told.lose('tools')) }
  const hub = desugar(fields, valid, plan, told, (_field, lose) => lose(UNKNOWN))
  try {
    return { ...chatRequestOf(hub), origin: { ...origin, losses: told.losses } }
  } catch (thrown) {
    const param = thrown instanceof GatewayError ? thrown.details.param : undefined
    throw thrown instanceof GatewayError && param ? thrown.with({ param: paths.of(param) }) : thrown
  }
}
