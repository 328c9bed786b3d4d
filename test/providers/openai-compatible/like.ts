// A service out of its differences, what it is sent, and what it says.
import { chat } from '../../../src/dialects/index.ts'
import type { Delta } from '../../../src/hub/delta.ts'
import { Ledger, type Loss } from '../../../src/hub/loss.ts'
import type { Account, Call, Conversant } from '../../../src/hub/provider.ts'
import type { Like } from '../../../src/providers/openai-compatible/like.ts'
import { openaiLike } from '../../../src/providers/openai-compatible/provider.ts'
import { everything } from '../../../src/providers/openai-compatible/rows.ts'
import { ACCOUNT } from '../../account.ts'

export type Fields = Readonly<Record<string, unknown>>

/** A service that differs in nothing, but for what is said. */
export function service(differences: Partial<Like> = {}): Conversant {
  return openaiLike({ name: 'some-service', baseUrl: 'https://some.example/v1', fields: everything, ...differences })
}

/** What becomes of a request. */
export function send(fields: Fields, differences: Partial<Like> = {}, model = 'some-1', account: Account = ACCOUNT) {
  const { chat: its } = service(differences)
  if (!('encode' in its)) throw new Error('The service is not one that is translated.')
  const request = chat.read({ model, messages: [{ role: 'user', content: 'Hello' }], ...fields })
  const ledger = new Ledger(false)
  const call = its.encode(request, model, ledger, account)
  return { call, body: JSON.parse(call.body) as Record<string, unknown>, losses: ledger.losses as readonly Loss[] }
}

const SSE = new Headers({ 'content-type': 'text/event-stream' })

/** The deltas of a stream of these chunks; of a text, as it is. */
export function read(call: Call, chunks: readonly unknown[], end = true): Delta[] {
  const reader = call.reader(SSE)
  const deltas = chunks.flatMap((chunk) =>
    reader.read({ event: '', data: typeof chunk === 'string' ? chunk : JSON.stringify(chunk) }),
  )
  return end ? [...deltas, ...(reader.end?.() ?? [])] : deltas
}

/** What a service says in these chunks. */
export function said(chunks: readonly unknown[], rules: Like['answer'] = {}, fields: Fields = {}): Delta[] {
  return read(send(fields, { answer: rules }).call, chunks)
}

/** A chunk of the first choice. */
export function chunk(delta: Fields, finish: string | null = null, more: Fields = {}): Fields {
  return { id: 'c1', model: 'some-1', choices: [{ index: 0, delta, finish_reason: finish }], ...more }
}

/** The deltas of one kind. */
export function of<T extends Delta['type']>(type: T, deltas: readonly Delta[]): Extract<Delta, { type: T }>[] {
  return deltas.filter((delta): delta is Extract<Delta, { type: T }> => delta.type === type)
}

export const STOP = chunk({}, 'stop')
