// How long an upstream call may take: what the key sets, and the gateway's own limits for the rest.
import type { Timeouts } from '../schemas/binding.ts'
import { GatewayError } from './hub/error.ts'

/** In milliseconds. */
export interface Times {
  /** Until the response head. */
  readonly firstByteMs: number
  /** The longest silence within the answer. */
  readonly idleMs: number
}

/** A model that reasons may think for minutes before it says anything. */
const FIRST_BYTE_MS = 600_000
const IDLE_MS = 300_000

export function timesOf({ first_byte_ms, idle_ms }: Timeouts): Times {
  return { firstByteMs: first_byte_ms ?? FIRST_BYTE_MS, idleMs: idle_ms ?? IDLE_MS }
}

class TooLate extends Error {
  override readonly name = 'TooLate'
}

/** A signal that aborts what takes too long, and the end of its timer. */
export function deadline(ms: number, message: string): { readonly signal: AbortSignal; readonly clear: () => void } {
  const controller = new AbortController()
  const timer = setTimeout(() => controller.abort(new TooLate(message)), ms)
  return { signal: controller.signal, clear: () => clearTimeout(timer) }
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
