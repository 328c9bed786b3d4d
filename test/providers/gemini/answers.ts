// Answers of generateContent in few words.
import type { Delta } from '../../../src/hub/delta.ts'
import type { Call } from '../../../src/hub/provider.ts'
import { NO_HEADERS } from '../../account.ts'
import type { Fields } from './accepted.ts'

/** A chunk, or a whole answer, with these parts. */
export function chunk(parts: readonly Fields[] | undefined, finishReason?: string, more: Fields = {}): Fields {
  const candidate = {
    ...(parts && { content: { role: 'model', parts } }),
    ...(finishReason && { finishReason }),
    ...more,
  }
  return { candidates: [candidate], modelVersion: 'gemini-x', responseId: 'R1' }
}

/** What a stream of these chunks says, with its end. */
export function readAll({ reader }: Call, chunks: readonly unknown[]): { deltas: Delta[]; done: boolean } {
  const one = reader(NO_HEADERS)
  const deltas = chunks.flatMap((data) =>
    one.read({ event: '', data: typeof data === 'string' ? data : JSON.stringify(data) }),
  )
  return { deltas: [...deltas, ...(one.end?.() ?? [])], done: one.done }
}
