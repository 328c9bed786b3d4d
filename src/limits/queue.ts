// Requests that wait for their key's limits, each for a word of its own.

import type { GatewayError } from '../hub/error.ts'
import type { From } from './window.ts'

/** After so long without a word a request asks for itself. */
export const WORD_MS = 500

/** What a request is counted as. */
export interface Cost {
  /** Its calls: each takes a slot, too. */
  readonly requests: number
  /** A guess, which is settled in the end. */
  readonly tokens: number
}

/** What was taken for a request, and from where. */
export interface Taken {
  readonly slots: number
  readonly tokens: number
  readonly from: From
}

/** A request, from when it is counted until it is over. */
export interface Place {
  readonly cost: Cost
  word: 'granted' | 'failed' | GatewayError | undefined
  wake: () => void
  taken: Taken | undefined
  over: boolean
  /** Its last sign of life. */
  seenAt: number
}

/** A request waits no longer, and is told why. */
export function leave(queue: Place[], place: Place, word: Place['word']): void {
  const at = queue.indexOf(place)
  if (at === -1) return
  queue.splice(at, 1)
  place.word = word
  place.wake()
}

/** Nobody waits any longer. */
export function dismiss(queue: Place[], word: Place['word']): void {
  for (const place of [...queue]) leave(queue, place, word)
}

/** Waits for a word, but not for long. */
export async function wordOrTime(place: Place): Promise<void> {
  // Made here, in the request that waits; only its resolution comes from another.
  const { promise, resolve } = Promise.withResolvers<void>()
  place.wake = resolve
  const timer = setTimeout(resolve, WORD_MS)
  await promise
  clearTimeout(timer)
}
