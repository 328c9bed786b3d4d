// Responses that were made before: shown, told again, listed with what was asked, deleted. Those that a provider keeps are
// asked of it. https://platform.openai.com/docs/api-reference/responses/get
import type { Item } from '../../schemas/responses.ts'
import type { Json } from '../dialects/responses/object.ts'
import { replayed } from '../dialects/responses/replay.ts'
import { view } from '../dialects/responses/stream.ts'
import { GatewayError } from '../hub/error.ts'
import type { AppContext } from '../journey.ts'
import type { Binding } from '../keys/binding.ts'
import { STREAM_HEADERS } from '../response-headers.ts'
import { admit } from '../translate.ts'
import { forward } from './forward.ts'
import { outputOf } from './memory.ts'
import type { Record } from './record.ts'
import { Shelf, type Shelved } from './shelf.ts'

/** `GET /v1/responses/{id}`, whole or as a stream. */
export const showResponse = answering(async (asked) => {
  const { c, id, shelved, binding } = asked
  const streams = flagIn(c, 'stream')
  const after = countIn(c, 'starting_after', 0) ?? -1
  const { slot } = shelved
  if (slot !== undefined) return forward(c, binding, slot, { method: 'GET', id, below: '', streams })
  const record = recordIn(shelved, id)
  const response = shown(record, includes(c))
  if (!streams) return Response.json(response)
  return new Response(replayed(response, record.cuts, after), { headers: STREAM_HEADERS })
})

/** `DELETE /v1/responses/{id}` */
export const deleteResponse = answering(async (asked) => {
  const { c, id, shelf, shelved, binding } = asked
  const { slot } = shelved
  const answer =
    slot === undefined
      ? Response.json({ id, object: 'response', deleted: true })
      : await forward(c, binding, slot, { method: 'DELETE', id, below: '', streams: false })
  await shelf.remove(id)
  return answer
})

/** `POST /v1/responses/{id}/cancel`: what is kept here has ended. */
export const cancelResponse = answering(async (asked) => {
  const { c, id, shelved, binding } = asked
  const { slot } = shelved
  if (slot !== undefined) return forward(c, binding, slot, { method: 'POST', id, below: '/cancel', streams: false })
  const { response } = recordIn(shelved, id)
  throw new GatewayError('invalid_request', `Cannot cancel a ${response.status} response.`)
})

/** `GET /v1/responses/{id}/input_items`: what was sent with the response, page by page. */
export const listInput = answering(async (asked) => {
  const { c, id, shelved, binding } = asked
  const [limit, order] = [countIn(c, 'limit', 1, 100) ?? 20, c.req.query('order') ?? 'desc']
  if (order !== 'asc' && order !== 'desc') {
    const message = `Invalid value: '${order.slice(0, 60)}'. Supported values are: 'asc', 'desc'.`
    throw new GatewayError('invalid_value', message, { param: 'order' })
  }
  const { slot } = shelved
  if (slot !== undefined) return forward(c, binding, slot, { method: 'GET', id, below: '/input_items', streams: false })
  const items = recordIn(shelved, id).input.map((item) => listed(item, includes(c)))
  if (order === 'desc') items.reverse()
  const after = c.req.query('after')
  const from = after === undefined ? 0 : items.findIndex((item) => item.id === after) + 1
  if (after !== undefined && from === 0) {
    throw new GatewayError('invalid_value', `No item with id '${after.slice(0, 100)}'.`, { param: 'after' })
  }
  const data = items.slice(from, from + limit)
  const [first_id, last_id] = [data[0]?.id ?? null, data.at(-1)?.id ?? null]
  return Response.json({ object: 'list', data, first_id, last_id, has_more: from + limit < items.length })
})

interface Asked {
  readonly c: AppContext
  readonly binding: Binding
  readonly id: string
  readonly shelf: Shelf
  readonly shelved: Shelved
}

/** A handler of what is kept under an id. A response of another key is none. */
function answering(answer: (asked: Asked) => Promise<Response>) {
  return async (c: AppContext): Promise<Response> => {
    const journey = c.get('journey')
    c.executionCtx.waitUntil(journey.over)
    const binding = await admit(c)
    const id = c.req.param('id') ?? ''
    const shelf = new Shelf(c.env, binding.id)
    const shelved = await shelf.get(id)
    if (!shelved) throw notFound(id)
    const response = await answer({ c, binding, id, shelf, shelved })
    journey.note({ status: response.status })
    // A stream that is passed on tells its own end.
    if (!(shelved.slot !== undefined && flagIn(c, 'stream'))) journey.settle('complete')
    return response
  }
}

function recordIn({ record }: Shelved, id: string): Record {
  if (!record) throw notFound(id)
  return record
}

function notFound(id: string): GatewayError {
  return new GatewayError('not_found', `Response with id '${id.slice(0, 100)}' not found.`)
}

/** The response as its client asks to see it. */
function shown(record: Record, include: readonly string[]) {
  const shows = include.includes('reasoning.encrypted_content')
  return { ...record.response, output: outputOf(record).map((item) => seen(item, shows)) }
}

function seen(item: Item, shows: boolean) {
  return view({ ...item, id: String('id' in item ? item.id : ''), type: item.type }, shows)
}

/** An item as lists have it: its content in parts. */
function listed(item: Item, include: readonly string[]): Json {
  const one = seen(item, include.includes('reasoning.encrypted_content'))
  const type = one.role === 'assistant' ? 'output_text' : 'input_text'
  const marked = one.type === 'message' ? { status: 'completed' } : {}
  return { ...marked, ...one, ...(typeof one.content === 'string' && { content: [{ type, text: one.content }] }) }
}

function includes(c: AppContext): readonly string[] {
  return [...(c.req.queries('include[]') ?? []), ...(c.req.queries('include') ?? [])]
}

function flagIn(c: AppContext, name: string): boolean {
  return c.req.query(name) === 'true'
}

function countIn(c: AppContext, name: string, low: number, high = Number.MAX_SAFE_INTEGER): number | undefined {
  const text = c.req.query(name)
  if (text === undefined) return undefined
  const value = Number(text)
  const fail = (code: 'invalid_type' | 'integer_below_min_value' | 'integer_above_max_value', words: string) =>
    new GatewayError(code, `Invalid '${name}': ${words}.`, { param: name })
  if (!/^-?\d+$/.test(text)) throw fail('invalid_type', 'expected an integer')
  if (value < low) throw fail('integer_below_min_value', `expected a value >= ${low}`)
  if (value > high) throw fail('integer_above_max_value', `expected a value <= ${high}`)
  return value
}
