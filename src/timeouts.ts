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

/** A signal that aborts with a 504, and the end of its timer. */
export function deadline(ms: number, message: string): { readonly signal: AbortSignal; readonly clear: () => void } {
  const controller = new AbortController()
  const timer = setTimeout(() => controller.abort(new GatewayError('timeout', message)), ms)
  return { signal: controller.signal, clear: () => clearTimeout(timer) }
}
