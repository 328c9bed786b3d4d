// What becomes of a prompt that the client wants refused as soon as it may be harmful, where the client says that it is.
import type { Directives } from '../directives.ts'
import { tokensOf } from '../tokens.ts'
import type { Body } from './wire.ts'

/** The answer to a prompt that is refused, or undefined where it is not. */
export function ratings(body: Body, directives: Directives): Record<string, unknown> | undefined {
  const settings = body.safetySettings ?? []
  const strict = settings.length > 0 && settings.every(({ threshold }) => threshold === 'BLOCK_LOW_AND_ABOVE')
  if (!strict || !directives.has('refusal')) return undefined
  const safetyRatings = settings.map(({ category }) =>
    category === 'HARM_CATEGORY_HARASSMENT'
      ? { category, probability: 'HIGH', blocked: true }
      : { category, probability: 'NEGLIGIBLE' },
  )
  const promptTokenCount = tokensOf(body.contents)
  return {
    promptFeedback: { blockReason: 'SAFETY', safetyRatings },
    usageMetadata: { promptTokenCount, totalTokenCount: promptTokenCount },
  }
}
