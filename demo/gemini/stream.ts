// An answer as one body, and as the chunks it is streamed in.
import { pieces } from '../tokens.ts'
import type { Answer } from './answer.ts'
import type { Fields } from './shape.ts'
import type { Part } from './wire.ts'

const head = ({ model, id }: Answer) => ({ modelVersion: model, responseId: id })

/** A candidate; an index of 0 is left out, as everything at zero is. */
const candidate = (index: number, parts: readonly Part[] | undefined, more: Fields = {}): Fields => ({
  ...(parts && { content: { role: 'model', parts } }),
  ...more,
  ...(index > 0 && { index }),
})

const each = ({ candidates }: Answer): readonly number[] => Array.from({ length: candidates }, (_, i) => i)

/** An answer at once. */
export function wholeAnswer(answer: Answer): Fields {
  const { parts, finishReason, beside, usage } = answer
  const said = parts.length > 0 ? parts : undefined
  return {
    candidates: each(answer).map((i) => candidate(i, said, { finishReason, ...beside })),
    usageMetadata: usage,
    ...head(answer),
  }
}

/** One chunk on the wire. */
export const frame = (chunk: Fields): string => `data: ${JSON.stringify(chunk)}\r\n\r\n`

/** How many frames of a stream mark its end. */
export const LAST = 1

function cut(part: Part): readonly Part[] {
  const { text } = part
  return text ? pieces(text).map((piece) => ({ ...part, text: piece })) : [part]
}

/** The frames of an answer, in order: the last one has the reason and all counts. */
export function frames(answer: Answer): readonly string[] {
  const { parts, finishReason, beside, usage } = answer
  const { candidatesTokenCount: _counted, ...early } = usage
  const last = parts.at(-1)
  const closing = last?.text === '' ? last : { text: '' }
  const said = last?.text === '' ? parts.slice(0, -1) : parts
  const chunks = said
    .flatMap(cut)
    .flatMap((part) =>
      each(answer).map((i) => ({ candidates: [candidate(i, [part])], usageMetadata: early, ...head(answer) })),
    )
  const end = {
    candidates: each(answer).map((i) => candidate(i, [closing], { finishReason, ...beside })),
    usageMetadata: usage,
    ...head(answer),
  }
  return [...chunks, end].map(frame)
}
