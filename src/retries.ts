// Whether a call that failed is tried again at the same target, and after how long.
import { GatewayError } from './hub/error.ts'

/** The first back-off and the longest, in milliseconds. Each is twice the one before. */
const FIRST_MS = 500
const LONGEST_MS = 8000
/** A hint of the provider's that is longer than this is the client's to follow: it keeps no connection open for it. */
const PATIENCE_MS = 20_000
/** No new attempt is begun later than this after the request came, where the key sets no `total_ms`. */
const BEGIN_WITHIN_MS = 60_000

/** Whether a failure may be gone with the next attempt, or at another target. */
export function mayPass({ status }: Pick<GatewayError, 'status'>): boolean {
  return status === 408 || status === 409 || status === 429 || status >= 500
}

/**
 * How long to wait before the next attempt, in milliseconds: what the provider asked for, or a back-off, with jitter so
 * that clients which failed together do not come back together.
 * @param failures how many attempts have failed, from 1.
 * @param random from 0 up to, but not including, 1.
 * @returns undefined where the provider asks for more patience than there is.
 */
export function delayMs(failures: number, hintMs: number | undefined, random: number): number | undefined {
  if (hintMs !== undefined) return hintMs > PATIENCE_MS ? undefined : Math.ceil(hintMs * (1 + random / 10))
  return Math.ceil(Math.min(LONGEST_MS, FIRST_MS * 2 ** (failures - 1)) * (1 - random / 2))
}

/** The retries of one target for one request. Calls that are sent side by side share them. */
export class Retries {
  readonly #most: number
  readonly #until: number
  #failures = 0

  /**
   * @param most how often at most, beside the first attempt.
   * @param began when the request came, in epoch milliseconds.
   * @param totalMs what the key gives to the whole request.
   */
  constructor(most: number, began: number, totalMs: number | undefined) {
    this.#most = most
    this.#until = began + Math.min(totalMs ?? BEGIN_WITHIN_MS, BEGIN_WITHIN_MS)
  }

  /**
   * Waits for the next attempt. False: there is none, and the failure stands.
   * @param signal ends the waiting when nobody waits for the answer any more.
   */
  async again(thrown: unknown, signal: AbortSignal): Promise<boolean> {
    if (!(thrown instanceof GatewayError) || !mayPass(thrown) || thrown.details.shouldRetry === false) return false
    // What is not set now will not be in a second.
    if (thrown.code === 'not_configured' || this.#failures >= this.#most || signal.aborted) return false
    const wait = delayMs(this.#failures + 1, thrown.details.retryAfterMs, Math.random())
    if (wait === undefined || Date.now() + wait >= this.#until) return false
    this.#failures++
    await pause(wait, signal)
    return !signal.aborted
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, ms)
  const gone = () => {
    clearTimeout(timer)
    resolve()
  }
  signal.addEventListener('abort', gone, { once: true })
  return promise.then(() => signal.removeEventListener('abort', gone))
}
