// The native API of Paddler, as one balancer with one model has it: lines of JSON under a head that is always good.
// Versions before 4.0 stand under their number: `/paddler/2.1/api/v1/…`. https://github.com/intentee/paddler
import { Attempts } from '../attempts.ts'
import { Directives } from '../directives.ts'
import type { Exchange } from '../exchange.ts'
import { misbehave, playStream } from '../play.ts'
import type { Service } from '../service.ts'
import { vectorOf } from '../vectors.ts'
import { failing, generate, lastUserText } from './answer.ts'
import { checkBatch, checkConversation, checkPrompt, Refusal } from './check.ts'

const PREFIX = '/paddler'
const ROUTE =
  /^\/paddler(?:\/(\d\.\d))?\/(api\/v1\/(?:continue_from_(?:conversation_history|raw_prompt)|generate_embedding_batch)|health)$/

/** Bytes, because a line of JSON takes no comments and no other line ends. */
const line = (value: unknown): Buffer => Buffer.from(`${JSON.stringify(value)}\n`)
const errorLine = (id: string, code: number, description: string): Buffer =>
  line({ Error: { request_id: id, error: { code, description } } })

/** One balancer. */
export function paddler(): Service {
  const attempts = new Attempts()

  async function converse(exchange: Exchange, version: number, check: typeof checkPrompt): Promise<void> {
    const request = check(exchange.request.body, version)
    const directives = new Directives(lastUserText(request), '')
    const asked = directives.status?.status ?? (attempts.fails(exchange, directives) ? 500 : undefined)
    if (asked !== undefined) return exchange.send(asked, 'text/plain', `The demo was asked for a ${asked}.`)
    if (await misbehave(exchange, directives)) return

    const id = `req-${exchange.sequence}`
    const envelope = version < 4 ? { request_id: id } : { generated_by: 'agent-1', request_id: id }
    const token = (GeneratedToken: unknown): Buffer => line({ Response: { ...envelope, response: { GeneratedToken } } })
    const early = failing(request)
    const tokens = early ? [early] : generate(request, directives, exchange.sequence, version)
    const overloaded = directives.has('overloaded') || directives.has('overloaded-first')
    const lines = overloaded ? [errorLine(id, 503, 'Buffered requests overflow')] : tokens.map(token)
    if (directives.has('unknown')) lines.splice(0, 0, line({ Notification: 'Nobody knows this line.' }))
    exchange.head(200, { 'content-type': 'application/json' })
    return playStream(exchange, directives, lines, {
      error: errorLine(id, 504, 'Inference timed out after 30000ms of inactivity'),
      last: 1,
      garbage: '{"Response":\n',
    })
  }

  /** Vectors, the last text's first: agents are not equally fast. */
  async function embed(exchange: Exchange): Promise<void> {
    const { input_batch: batch } = checkBatch(exchange.request.body)
    const directives = new Directives(batch.map(({ content }) => content).join('\n'), '')
    const asked = directives.status?.status ?? (attempts.fails(exchange, directives) ? 500 : undefined)
    if (asked !== undefined) return exchange.send(asked, 'text/plain', `The demo was asked for a ${asked}.`)
    if (await misbehave(exchange, directives)) return
    const id = `req-${exchange.sequence}`
    const said = (Embedding: unknown) =>
      line({ Response: { generated_by: 'agent-1', request_id: id, response: { Embedding } } })
    const vectors = batch.toReversed().map(({ content, id: source_document_id }) =>
      said({
        Embedding: {
          embedding: vectorOf(content, 384),
          normalization_method: 'L2',
          pooling_type: 'Mean',
          source_document_id,
        },
      }),
    )
    const lines = directives.has('overloaded')
      ? [errorLine(id, 503, 'Buffered requests overflow')]
      : [...vectors, said('Done')]
    exchange.head(200, { 'content-type': 'application/json' })
    return playStream(exchange, directives, lines, {
      error: errorLine(id, 504, 'Inference timed out after 30000ms of inactivity'),
      last: 1,
      garbage: '{"Response":\n',
    })
  }

  return {
    provider: 'paddler',
    prefix: `${PREFIX}/`,
    base: PREFIX,
    async answer(exchange) {
      const { method, path } = exchange.request
      const [, version = '4.0', route] = ROUTE.exec(path) ?? []
      try {
        if (route === undefined) throw new Refusal('', 404)
        if (route === 'health') return exchange.send(200, 'text/plain', 'OK')
        if (method !== 'POST') throw new Refusal('', 405)
        if (route.endsWith('batch')) return await embed(exchange)
        await converse(exchange, Number(version), /prompt$/.test(route) ? checkPrompt : checkConversation)
      } catch (thrown) {
        if (!(thrown instanceof Refusal)) throw thrown
        exchange.send(thrown.status, 'text/plain', thrown.message)
      }
    },
  }
}
