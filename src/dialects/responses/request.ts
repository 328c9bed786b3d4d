// A Responses request as the hub has it. https://platform.openai.com/docs/api-reference/responses/create
import { type Item, type ResponsesFields, responsesRequest } from '../../../schemas/responses.ts'
import { Desugaring, desugar } from '../../hub/desugar.ts'
import { asGatewayError, GatewayError } from '../../hub/error.ts'
import { type ChatRequest, chatRequestOf, type Origin } from '../../hub/request.ts'
import { validate } from '../../hub/validate.ts'
import { fields, type Plan } from './fields.ts'
import { messagesOf, type Placed } from './items.ts'
import { itemId } from './object.ts'
import { EARLIER, paths } from './paths.ts'
import { relayedBody } from './relayed.ts'
import { toolsOf } from './tools.ts'

/** What is kept of earlier responses, as far as a request names it. */
export interface Past {
  /** Input and output of the responses that this one goes on with, oldest first. */
  readonly items: readonly Item[]
  /** Items of any kept response, by their ids. */
  readonly named: ReadonlyMap<string, Item>
}

const NOTHING: Past = { items: [], named: new Map() }

/**
 * The request as far as it is the same for everybody: what a provider needs that speaks the dialect itself. The rest is
 * said by its `origin`, for those that do not.
 * @throws GatewayError 400 with OpenAI's code and `param`.
 */
export function readResponses(body: unknown): ChatRequest {
  return requestOf(saidIn(body))
}

/**
 * The same of a body that was checked.
 * @param store whether the key lets responses be stored.
 */
export function requestOf(said: Said, past: Past = NOTHING, store = true): ChatRequest {
  const { model, stream } = said
  let whole: ReturnType<typeof translated> | undefined
  const origin: Origin = {
    body: said,
    losses: [],
    // Paths in the hub are only those of what was translated.
    pathOf: (path) => whole?.origin?.pathOf(path) ?? path,
    knows: (field) => Object.hasOwn(fields, field),
    translate: () => {
      whole ??= translated(said, past)
      return whole
    },
    relayed: () => relayedBody(said, past, store),
  }
  // Nobody asks for the messages of what is only relayed.
  return { fields: { model, messages: [], ...(stream && { stream }) }, extras: {}, origin }
}

/** A request's body as it was sent, checked. */
export type Said = ResponsesFields & { readonly model: string } & Readonly<Record<string, unknown>>

/** @throws GatewayError 400 with OpenAI's code and `param`. */
export function saidIn(body: unknown): Said {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new GatewayError('invalid_type', 'Invalid type for the body: expected an object.')
  }
  const said: Said = validate(responsesRequest, body)
  const { input, prompt, previous_response_id: previous, conversation, background, stream, stream_options } = said
  if (conversation && previous) {
    throw refusal('invalid_request', EARLIER, "Only one of 'previous_response_id' and 'conversation' can be sent.")
  }
  // Whoever answers, what is kept of them is not the client's alone.
  if (conversation) throw refusal('unsupported_parameter', 'conversation', fields.conversation.reason)
  if (background) throw refusal('unsupported_parameter', 'background', fields.background.reason)
  if (input === undefined && !prompt) {
    throw refusal('missing_required_parameter', 'input', "Missing required parameter: 'input'.")
  }
  if (input === null && !prompt && !previous) {
    throw refusal('missing_required_parameter', 'input', "Missing required parameter: 'input'.")
  }
  if (stream_options && !stream) {
    const message = "The 'stream_options' parameter is only allowed when 'stream' is enabled."
    throw refusal('invalid_request', 'stream_options', message)
  }
  return said
}

function refusal(
  code: 'invalid_request' | 'unsupported_parameter' | 'missing_required_parameter',
  param: string,
  message = '',
) {
  return new GatewayError(code, message, { param })
}

/** The input as items, with what it names put in its place. */
export function itemsOf({ input }: Pick<ResponsesFields, 'input'>, { named }: Past): Placed[] {
  if (typeof input === 'string') return [{ item: { type: 'message', role: 'user', content: input }, path: 'input' }]
  return (input ?? []).map((item, i) => ({ item: known(item, named), path: `input[${i}]` }))
}

/** A reference's item, and thoughts with what a client does not get to see of them. */
function known(item: Item, named: Past['named']): Item {
  const kept = 'id' in item && typeof item.id === 'string' ? named.get(item.id) : undefined
  return kept && namesAnother(item) ? kept : item
}

/** Whether an item stands for one that is kept elsewhere. */
export function namesAnother(item: Item): boolean {
  return item.type === 'item_reference' || (item.type === 'reasoning' && !item.encrypted_content)
}

const PREFIXES: Readonly<Record<string, string>> = {
  ...{ function_call: 'fc', function_call_output: 'fco', custom_tool_call: 'ctc', custom_tool_call_output: 'cto' },
  reasoning: 'rs',
}

/** The items of a request as they are kept: each has a name, by which a later request may ask for it. */
export function withIds(items: readonly Placed[], response: string): Item[] {
  const name = response.replace(/^resp_/, '')
  return items.map(({ item }, i) => {
    // Only the name is another.
    return { ...item, id: itemId(PREFIXES[item.type] ?? 'msg', name, `i${i}`) } as Item
  })
}

function translated(said: Said, past: Past): ChatRequest {
  const told = new Desugaring()
  const earlier = past.items.map((item): Placed => ({ item, path: EARLIER }))
  const { instructions, tools: given } = said
  const { messages, places } = messagesOf([...earlier, ...itemsOf(said, past)], told.lose('input'))
  const first = instructions ? [{ role: 'system' as const, content: instructions }] : []
  const tools = toolsOf(given ?? [], told.lose('tools'))
  const plan: Plan = { messages: [...first, ...messages], tools }
  const pathOf = paths([...first.map(() => ({ path: 'instructions' })), ...places], tools.places, tools.searchPlace)
  // A field that is not this dialect's may be a provider's.
  const others: Record<string, unknown> = {}
  const hub = desugar(fields, said, plan, told, (name) => {
    others[name] = said[name]
  })
  if (plan.messages.length === 0) throw refusal('missing_required_parameter', 'input', 'There is no input to answer.')
  try {
    const request = chatRequestOf({ ...others, ...hub })
    return {
      ...request,
      origin: { body: said, losses: merged(told), pathOf, knows: (field) => Object.hasOwn(fields, field) },
    }
  } catch (thrown) {
    const error = asGatewayError(thrown)
    const { param } = error.details
    throw param ? error.with({ param: pathOf(param) }) : error
  }
}

/** What many items of earlier responses lose is told once. */
function merged({ losses }: Desugaring): Origin['losses'] {
  const seen = new Set<string>()
  return losses.filter(({ path, reason }) => {
    const name = `${path} ${reason}`
    return seen.size < seen.add(name).size
  })
}
