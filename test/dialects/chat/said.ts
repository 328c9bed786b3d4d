// What the tests of the chat dialect share: contexts of answers, and the chunks of what was rendered.
import { ChatRenderer } from '../../../src/dialects/chat/stream.ts'
import type { Delta } from '../../../src/hub/delta.ts'
import type { AnswerContext } from '../../../src/hub/dialect.ts'
import type { Loss } from '../../../src/hub/loss.ts'
import type { ChatFields } from '../../../src/hub/request.ts'

export const CREATED = 1_790_000_000

export function contextOf(fields: Partial<ChatFields> = {}, report?: readonly Loss[]): AnswerContext {
  const all = { model: 'm', messages: [], ...fields }
  return { request: { fields: all, extras: {} }, created: CREATED, report }
}

export const WITH_USAGE = { stream: true, stream_options: { include_usage: true } } satisfies Partial<ChatFields>

/** Everything that a whole answer says, as it goes over the wire. */
export function rendered(deltas: readonly Delta[], context: AnswerContext): string {
  const renderer = new ChatRenderer(context)
  return deltas.map((delta) => renderer.render([delta])).join('') + renderer.end()
}

/** A chunk as OpenAI documents it: what tests look at. */
export interface Chunk {
  readonly id: string
  readonly object: string
  readonly created: number
  readonly model: string
  readonly service_tier?: string
  readonly system_fingerprint: null
  readonly choices: readonly ChunkChoice[]
  readonly usage?: Record<string, unknown> | null
  readonly dragoman?: { readonly losses: readonly Loss[] }
}
export interface ChunkChoice {
  readonly index: number
  readonly delta: Record<string, unknown>
  readonly logprobs: null
  readonly finish_reason: string | null
}

/** The chunks of a stream that ends in `[DONE]`. Nothing else may stand in it but comments. */
export function chunksOf(sse: string): Chunk[] {
  const events = sse.split('\n\n')
  if (events.pop() !== '') throw new Error('The last event is not ended.')
  if (events.pop() !== 'data: [DONE]') throw new Error('The stream does not end in [DONE].')
  return events.flatMap((event) => {
    if (event.startsWith(':')) return []
    if (!/^data: [^\n\r]*$/.test(event)) throw new Error(`No event of one line of data: ${event}`)
    return [JSON.parse(event.slice('data: '.length)) as Chunk]
  })
}
