// An answer as a provider says it over the wire, small enough to be a part of the Worker: the self-test replays it.
import type { Account } from './provider.ts'

/**
 * Each sample says the same in its provider's words: the text `Grüße 🦉`, one call of `find` with `{"q":"ü"}`, an end
 * because of that call, and 9 tokens that became 5.
 */
export interface Sample {
  /** As the provider names it. */
  readonly model: string
  /** What the slot says beside its credential. */
  readonly account?: Partial<Account>
  /** The model takes no images. */
  readonly blind?: true
  /** The answer's frames: an event's name, '' where the framing has none, and its data; a text stands as it is. */
  readonly frames: readonly (readonly [event: string, data: unknown])[]
}
