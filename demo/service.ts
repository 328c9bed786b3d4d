// What a provider's folder has to offer to take part in the demo.
import type { Exchange } from './exchange.ts'

export interface Service {
  /** What the provider is called in a binding. */
  readonly provider: string
  /** Where it begins on the demo's server; `/` takes what nobody else does. */
  readonly prefix: string
  /** What a binding's `base_url` ends in, after the demo's own URL. */
  readonly base: string
  answer(exchange: Exchange): Promise<void>
}
