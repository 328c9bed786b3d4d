// What a client is told of a provider that has nothing of the kind. In a list of fallbacks such a target is passed over.
import { GatewayError } from '../hub/error.ts'
import type { Target } from '../target.ts'

/** @param what it has none of: `embeddings`. */
export function missing({ route: { slot } }: Target, what: string): GatewayError {
  return new GatewayError('unknown_url', `The provider of slot '${slot.name}' (${slot.provider}) has no ${what}.`)
}
