// How long a prompt is: https://ai.google.dev/api/tokens#method:-models.counttokens
import { at, jsonIn } from '../../hub/json.ts'
import type { Call, TokenCount } from '../../hub/provider.ts'

/** @param wrapped the question, made of the body of the request. */
export function counted({ path, body }: Call, wrapped: (body: Record<string, unknown>) => object): TokenCount {
  return {
    path: path.replace(/:\w+(?:\?.*)?$/, ':countTokens'),
    body: JSON.stringify(wrapped(Object(jsonIn(body)))),
    read: (answer) => at(answer, 'totalTokens'),
  }
}
