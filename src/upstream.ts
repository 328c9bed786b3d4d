// Sends one call to a provider, and turns whatever goes wrong on the way into the error the client is told.
import { GatewayError } from './hub/error.ts'
import { LARGE } from './hub/large-json.ts'
import type { Provider } from './hub/provider.ts'
import { secrets } from './hub/secrets.ts'
import type { Slot } from './keys/slot.ts'
import { deadline, lateness, type Times } from './timeouts.ts'
import { textUpload, Upload } from './wire/upload.ts'

export interface Message {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Upload
}

/** What a call is sent with. */
export interface Sending {
  /** The headers of the client's request; only those that the provider names are passed on. */
  readonly client: Headers
  /** Aborts when the client leaves, or when the answer is no longer waited for. */
  readonly signal: AbortSignal
  /** How long the head of the response may take, from when the body is sent. */
  readonly headMs: number
  readonly bindings: object
}

/** Where a slot's provider is reached. */
function baseUrl(slot: Slot, provider: Provider): string {
  const { baseUrl } = provider
  const base = slot.baseUrl ?? (typeof baseUrl === 'function' ? baseUrl(slot) : baseUrl)
  if (base === undefined) throw new GatewayError('not_configured', `Slot '${slot.name}' has no base URL.`)
  return base.replace(/\/+$/, '')
}

/** A message as it goes out: its whole address, and its headers with the credential. */
export async function addressed(
  slot: Slot,
  provider: Provider,
  { method, path, headers, body }: Message,
  client: Headers,
): Promise<{ readonly url: string; readonly headers: Record<string, string> }> {
  const account = accountOf(slot)
  const url = /^https?:/.test(path) ? path : baseUrl(slot, provider) + path
  const type = body instanceof Upload ? body.type : 'application/json'
  const own = { ...account.headers, ...(body !== undefined && { 'content-type': type }) }
  const sent = { method, url, headers: { ...own, ...headers }, body: textOf(body) }
  return { url, headers: { ...own, ...merge(await provider.headers(account, client, sent), headers) } }
}

function streamed(body: string | Upload | undefined): Upload | undefined {
  return body instanceof Upload ? body : undefined
}

/** What may be signed of a body: what goes out in pieces is not. */
function textOf(body: string | Upload | undefined): string {
  return typeof body === 'string' ? body : ''
}

function accountOf(slot: Slot): Slot {
  return { ...slot, headers: lowered(slot.headers) }
}

/**
 * The provider's response, whatever its status.
 * @throws GatewayError 502 when the provider cannot be reached or redirects, 504 when its head takes too long.
 */
export async function send(
  slot: Slot,
  provider: Provider,
  { method, path, headers, body }: Message,
  { client, signal, headMs, bindings }: Sending,
): Promise<Response> {
  const upload = typeof body === 'string' && body.length > LARGE ? textUpload('application/json', body) : streamed(body)
  const flowing = upload?.flow(headMs)
  const head = deadline(headMs, `The provider of slot '${slot.name}' did not answer in time.`, flowing?.over)
  try {
    secrets.guard(slot.credential)
    const either = AbortSignal.any([signal, head.signal])
    const reach = provider.reach?.(accountOf(slot), bindings)
    if (reach) return await reach({ method, url: path, headers, body: textOf(body) }, either)
    const message = { method, path, headers, ...(body !== undefined && { body }) }
    const { url, headers: all } = await addressed(slot, provider, message, client)
    const response = await fetch(url, {
      method,
      headers: all,
      ...(body !== undefined && { body: flowing?.readable ?? textOf(body) }),
      // A redirect would carry the credential to another host.
      redirect: 'manual',
      signal: either,
    })
    const redirects = response.status >= 300 && response.status < 400
    if (!redirects && upload?.failure === undefined) return response
    await response.body?.cancel()
    throw new GatewayError('upstream_error', `The provider of slot '${slot.name}' answered with a redirect.`)
  } catch (cause) {
    // Where nobody has begun to take it, nobody will.
    flowing?.readable.cancel().catch(() => undefined)
    // What broke the body is why there is no answer, or none that counts.
    const own = upload?.failure ?? cause
    if (own instanceof GatewayError) throw own
    const unreachable = `The provider of slot '${slot.name}' cannot be reached.`
    throw lateness(own) ?? new GatewayError('upstream_error', unreachable, { cause })
  } finally {
    head.clear()
  }
}

/** Two spellings of one header would be sent as two values of it. */
function lowered(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}

/** Lists of one header add up: the client's betas and those that a call needs, each of them once. */
function merge(own: Record<string, string>, call: Readonly<Record<string, string>>): Record<string, string> {
  const out = { ...own }
  for (const [name, value] of Object.entries(call)) {
    const items = [out[name] ?? '', value].flatMap((list) => list.split(',')).map((item) => item.trim())
    out[name] = [...new Set(items)].filter((item) => item !== '').join(',')
  }
  return out
}

const MAX_REFUSAL = 64 * 1024

/** Its status says the most of it: for the rest nobody waits long. */
const REFUSAL_MS = 10_000

/** The body of a refusal, as far as anything reads it, and as far as it comes in time. */
export async function refusalText(response: Response, { idleMs }: Times): Promise<string> {
  const reader = response.body?.getReader()
  if (!reader) return ''
  const hangUp = () => void reader.cancel().catch(() => undefined)
  const timer = setTimeout(hangUp, Math.min(idleMs, REFUSAL_MS))
  const decoder = new TextDecoder()
  let text = ''
  try {
    while (text.length <= MAX_REFUSAL) {
      const { done, value } = await reader.read()
      if (done) break
      text += decoder.decode(value, { stream: true })
    }
  } catch {
    // A refusal whose body breaks off is one all the same.
  } finally {
    clearTimeout(timer)
    hangUp()
  }
  return text
}
