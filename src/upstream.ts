// Sends one call to a provider, and turns whatever goes wrong on the way into the error the client is told.
import { GatewayError } from './hub/error.ts'
import type { Provider } from './hub/provider.ts'
import type { Slot } from './keys/slot.ts'

/** Default times, in milliseconds: a model that reasons may think for minutes before it says anything. */
export const FIRST_BYTE_MS = 600_000
export const IDLE_MS = 300_000

export interface Message {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

/** Where a slot's provider is reached. */
export function baseUrl(slot: Slot, provider: Provider): string {
  const base = slot.baseUrl ?? provider.baseUrl
  if (base === undefined) throw new GatewayError('not_configured', `Slot '${slot.name}' has no base URL.`)
  return base.replace(/\/+$/, '')
}

/**
 * The provider's response, whatever its status.
 * @param client the headers of the client's request; only those that the provider names are passed on.
 * @param signal aborts when the client leaves.
 * @throws GatewayError 502 when the provider cannot be reached or redirects, 504 when its head takes too long.
 */
export async function send(
  slot: Slot,
  provider: Provider,
  { method, path, headers, body }: Message,
  client: Headers,
  signal: AbortSignal,
): Promise<Response> {
  const timeout = new AbortController()
  const timer = setTimeout(() => timeout.abort(), FIRST_BYTE_MS)
  try {
    const response = await fetch(baseUrl(slot, provider) + path, {
      method,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...slot.headers,
        ...merge(provider.headers(slot, client), headers),
      },
      ...(body !== undefined && { body }),
      // A redirect would carry the credential to another host.
      redirect: 'manual',
      signal: AbortSignal.any([signal, timeout.signal]),
    })
    if (response.status >= 300 && response.status < 400) {
      await response.body?.cancel()
      throw new GatewayError('upstream_error', `The provider of slot '${slot.name}' answered with a redirect.`)
    }
    return response
  } catch (cause) {
    if (cause instanceof GatewayError) throw cause
    if (timeout.signal.aborted) throw tooSlow(slot.name)
    throw new GatewayError('upstream_error', `The provider of slot '${slot.name}' cannot be reached.`, { cause })
  } finally {
    clearTimeout(timer)
  }
}

/** Lists of one header add up: the client's betas and those that a call needs. */
function merge(own: Record<string, string>, call: Readonly<Record<string, string>>): Record<string, string> {
  const out = { ...own }
  for (const [name, value] of Object.entries(call)) out[name] = out[name] ? `${out[name]},${value}` : value
  return out
}

export function tooSlow(slot: string): GatewayError {
  return new GatewayError('timeout', `The provider of slot '${slot}' did not answer in time.`)
}

const MAX_REFUSAL = 64 * 1024

/** The body of a refusal, as far as anything reads it. */
export async function refusalText(response: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  try {
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk, { stream: true })
      if (text.length > MAX_REFUSAL) break
    }
  } catch {
    // A refusal whose body breaks off is one all the same.
  }
  return text
}
