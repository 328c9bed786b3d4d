// How long an upstream call may take: what the key sets, and the gateway's own limits for the rest.
import type { Timeouts } from '../schemas/binding.ts'
import { GatewayError } from './hub/error.ts'

/** In milliseconds. */
export interface Times {
  /**
   * Until the head of a streamed response. A Worker cannot see when a connection stands; services send this head as soon
   * as they have taken the request.
   */
  readonly connectMs: number
  /** Until the first byte of the answer: of a stream's body, of a whole answer's head. */
  readonly firstByteMs: number
  /** The longest silence within the answer. */
  readonly idleMs: number
}

/** A model that reasons may think for minutes before it says anything. */
const FIRST_BYTE_MS = 600_000
const IDLE_MS = 300_000

export function timesOf({ connect_ms, first_byte_ms = FIRST_BYTE_MS, idle_ms = IDLE_MS }: Timeouts): Times {
  return {
    connectMs: Math.min(connect_ms ?? first_byte_ms, first_byte_ms),
    firstByteMs: first_byte_ms,
    idleMs: idle_ms,
  }
}

class TooLate extends Error {
  override readonly name = 'TooLate'
}

/**
 * A signal that aborts what takes too long, and the end of its timer.
 * @param after what has to be over before the time runs.
 */
export function deadline(
  ms: number,
  message: string,
  after?: Promise<void>,
): { readonly signal: AbortSignal; readonly clear: () => void } {
  const controller = new AbortController()
  let timer: ReturnType<typeof setTimeout> | null = null
  let over = false
  const begin = () => {
    if (!over) timer = setTimeout(() => controller.abort(new TooLate(message)), ms)
  }
  if (after) void after.then(begin)
  else begin()
  const clear = () => {
    over = true
    if (timer !== null) clearTimeout(timer)
  }
  return { signal: controller.signal, clear }
}

/** A signal that follows another after a time, which runs on when the other aborts, and the end of its timer. */
export function lagging(signal: AbortSignal, ms: number): { readonly signal: AbortSignal; readonly clear: () => void } {
  const controller = new AbortController()
  let timer: ReturnType<typeof setTimeout> | null = null
  const begin = () => {
    timer = setTimeout(() => controller.abort(signal.reason), ms)
  }
  if (signal.aborted) begin()
  else signal.addEventListener('abort', begin, { once: true })
  const clear = () => {
    signal.removeEventListener('abort', begin)
    if (timer !== null) clearTimeout(timer)
  }
  return { signal: controller.signal, clear }
}

/**
 * The 504 of what was ended because it took too long; undefined for anything else. The runtime throws copies of what
 * fetches and bodies are aborted with, which are of no class, so that they are known by name.
 */
export function lateness(thrown: unknown): GatewayError | undefined {
  if (!(thrown instanceof Error)) return undefined
  if (thrown.name === 'TooLate') return new GatewayError('timeout', thrown.message)
  if (thrown.name === 'IdleTimeout') return new GatewayError('timeout', 'The provider stopped answering.')
  return undefined
}
